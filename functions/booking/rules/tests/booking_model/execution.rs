//! The execution of the state machine: which task comes next, by what the last one answered.

use holdfast_booking_rules::action::Action;

use crate::limits::Protocol;
use crate::process::{Answer, Process, Task, Work};
use crate::record::{ADDED, Said, Token};
use crate::words::{No, Plan, Why};

/// An execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Execution {
    /// Tells it from the one that it took the booking over from.
    pub(crate) number: u8,
    pub(crate) stage: Stage,
    /// The process that it waits for. Without one, the task is to be tried again.
    pub(crate) worker: Option<Process>,
    /// What is left to be confirmed or undone.
    plan: Plan,
    /// The cancellation that it carries out.
    cancellation: Option<u8>,
    /// A leg could not be held.
    held_badly: bool,
    /// The task token that it was given last.
    token: Token,
    /// When it has begun its wait for a decision anew.
    polled: u8,
    pays_up_front: bool,
    lets_legs_go: bool,
    waits_for_confirmations: bool,
}

/// Where an execution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    Doing(Part, Task),
    /// It waits for its traveller, or for time.
    Listening,
    /// It waits for the decision about an attempt to pay, or for its traveller.
    Deciding(u8),
    /// No execution is alive.
    Stopped,
    Ended,
}

/// The part of the state machine that a task belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Forward,
    Undoing,
}

impl Execution {
    /// One that begins with this.
    pub(crate) fn new(pays_up_front: bool, protocol: &Protocol) -> Self {
        Self {
            number: 0,
            stage: Stage::Listening,
            worker: None,
            plan: Plan::default(),
            cancellation: None,
            held_badly: false,
            token: Token {
                entered: 0,
                retry: 0,
            },
            polled: 0,
            pays_up_front,
            lets_legs_go: protocol.legs_are_let_go,
            waits_for_confirmations: protocol.confirmations_are_waited_for,
        }
    }

    pub(crate) fn token(&self) -> Token {
        self.token
    }

    pub(crate) fn is_alive(&self) -> bool {
        !matches!(self.stage, Stage::Stopped | Stage::Ended)
    }

    /// Whether it listens to this token.
    pub(crate) fn hears(&self, token: Token) -> bool {
        let waits = matches!(
            self.stage,
            Stage::Listening
                | Stage::Deciding(_)
                | Stage::Doing(_, Task::Wait(_) | Task::Await(..))
        );
        waits && self.token == token
    }

    fn start(&mut self, part: Part, task: Task) {
        self.stage = Stage::Doing(part, task);
        self.worker = Some(Process::on(task));
    }

    /// Holds the legs from the first.
    pub(crate) fn hold(&mut self) {
        self.start(Part::Forward, Task::Hold(0));
    }

    pub(crate) fn wait(&mut self) {
        self.token = Token {
            entered: self.token.entered + 1,
            retry: 0,
        };
        self.start(Part::Forward, Task::Wait(self.token));
    }

    fn await_decision(&mut self, attempt: u8) {
        self.token = Token {
            entered: self.token.entered + 1,
            retry: 0,
        };
        self.start(Part::Forward, Task::Await(attempt, self.token));
    }

    /// Begins its wait for a decision anew, once in each moment.
    pub(crate) fn poll(&mut self, now: u8) {
        if let Stage::Deciding(attempt) = self.stage
            && self.polled < now
        {
            self.polled = now;
            self.stage = Stage::Doing(Part::Forward, Task::Await(attempt, self.token));
            self.try_again();
        }
    }

    fn turn_back(&mut self, why: Why) {
        self.plan = Plan::default();
        self.start(Part::Undoing, Task::TurnBack(why));
    }

    /// Tries its task again.
    pub(crate) fn try_again(&mut self) {
        if let Stage::Doing(part, task) = self.stage {
            let again = match task {
                Task::Wait(token) => {
                    let retry = token.retry + 1;
                    self.token = Token { retry, ..token };
                    Task::Wait(self.token)
                }
                Task::Await(attempt, token) => {
                    let retry = token.retry + 1;
                    self.token = Token { retry, ..token };
                    Task::Await(attempt, self.token)
                }
                other => other,
            };
            self.start(part, again);
        }
    }

    /// The booking is taken up by another execution.
    pub(crate) fn take_up(&mut self) {
        self.number += 1;
        self.start(Part::Undoing, Task::TakeUp(self.number));
    }

    pub(crate) fn hear_that_time_has_won(&mut self) {
        self.turn_back(Why::Expired);
    }

    /// It is told what the payment has come to that it waits for.
    pub(crate) fn hear_decision(&mut self, attempt: u8, answer: Answer) {
        self.go_forward(Task::Authorize(attempt), answer);
    }

    pub(crate) fn hear_command(&mut self, said: Said, attempt: u8) {
        let waits_for_the_traveller = matches!(
            self.stage,
            Stage::Listening | Stage::Doing(_, Task::Wait(_))
        );
        match said {
            Said::Pay if !waits_for_the_traveller => {
                self.pays_up_front = false;
                self.start(Part::Forward, Task::Withdraw(attempt - 1));
            }
            Said::Pay => self.start(Part::Forward, Task::Authorize(attempt)),
            Said::Cancel => self.turn_back(Why::Cancelled),
            Said::AddLeg => self.start(Part::Forward, Task::Hold(ADDED)),
            Said::DropLeg(leg) => self.start(Part::Forward, Task::Release(leg)),
        }
    }

    /// A process has answered. It is tried again where that may help.
    pub(crate) fn hear(&mut self, answer: Answer) {
        self.worker = None;
        if answer != Answer::No(No::Unavailable) {
            self.go_on(answer);
        }
    }

    /// Goes on with an answer, or without one.
    pub(crate) fn go_on(&mut self, answer: Answer) {
        match self.stage {
            Stage::Doing(Part::Forward, task) => self.go_forward(task, answer),
            Stage::Doing(Part::Undoing, task) => self.go_back(task, answer),
            _ => {}
        }
    }

    fn go_forward(&mut self, task: Task, answer: Answer) {
        match (task, answer) {
            (Task::Hold(leg), _) if leg < ADDED => self.held(leg, answer),
            (Task::Hold(_) | Task::Release(_), Answer::No(No::Unavailable))
                if !self.lets_legs_go =>
            {
                self.wait();
            }
            (Task::Hold(_), Answer::No(No::Unavailable)) => {
                self.start(Part::Forward, Task::Release(ADDED));
            }
            (Task::Hold(_) | Task::Release(_) | Task::HandOver(_), Answer::Done(_))
            | (Task::Hold(_), Answer::No(No::Refused)) => self.wait(),
            (Task::Release(leg), Answer::No(No::Refused | No::Unavailable)) => {
                self.start(Part::Forward, Task::HandOver(Work::Leg(leg)));
            }
            (Task::Wait(_), Answer::Done(_)) => self.stage = Stage::Listening,
            (Task::Authorize(attempt), Answer::No(No::Pending)) => self.await_decision(attempt),
            (Task::Await(attempt, _), Answer::No(No::Pending)) => {
                self.stage = Stage::Deciding(attempt);
            }
            (Task::Await(..), Answer::No(No::Cancelled)) => self.turn_back(Why::Cancelled),
            (Task::Withdraw(attempt), Answer::Done(_)) => {
                self.start(Part::Forward, Task::Authorize(attempt + 1));
            }
            (Task::Authorize(_) | Task::Await(..), Answer::Done(plan)) => {
                self.plan = plan;
                self.confirm();
            }
            (Task::Authorize(_) | Task::Await(..), Answer::No(No::Declined))
                if !self.pays_up_front =>
            {
                self.wait();
            }
            (Task::Confirm(_), Answer::Done(_)) => self.confirm(),
            (Task::Confirm(_), _) if !self.waits_for_confirmations => self.confirm(),
            (Task::Settle, Answer::Done(_)) => self.stage = Stage::Ended,
            (_, Answer::No(No::Expired)) => self.turn_back(Why::Expired),
            _ => self.turn_back(Why::Failed),
        }
    }

    fn held(&mut self, leg: u8, answer: Answer) {
        self.held_badly |= !answer.is_done();
        if leg + 1 < ADDED {
            self.start(Part::Forward, Task::Hold(leg + 1));
        } else if self.held_badly {
            self.turn_back(Why::Failed);
        } else if self.pays_up_front {
            self.start(Part::Forward, Task::Authorize(1));
        } else {
            self.wait();
        }
    }

    fn confirm(&mut self) {
        let legs = self.plan.legs;
        if legs == 0 {
            return self.start(Part::Forward, Task::Settle);
        }
        let leg = legs.trailing_zeros();
        self.plan.legs = legs & (legs - 1);
        self.start(Part::Forward, Task::Confirm(u8::try_from(leg).unwrap()));
    }

    fn go_back(&mut self, task: Task, answer: Answer) {
        match (task, answer) {
            (Task::TakeUp(_), Answer::Done(_)) => self.turn_back(Why::Stopped),
            (Task::TurnBack(_), Answer::Planned(plan, cancellation)) => {
                (self.plan, self.cancellation) = (plan, cancellation);
                self.undo();
            }
            (Task::TurnBack(_) | Task::TakeUp(_) | Task::Close(_), Answer::No(_)) => {
                self.stage = Stage::Stopped;
            }
            (Task::Close(_), _) => self.stage = Stage::Ended,
            (Task::Release(leg), Answer::No(_)) => self.hand_over(Work::Leg(leg)),
            (Task::Capture, Answer::No(_)) => self.hand_over(Work::Money(Action::Capture)),
            (Task::GiveBack(action), Answer::No(_)) => self.hand_over(Work::Money(action)),
            _ => self.undo(),
        }
    }

    fn hand_over(&mut self, work: Work) {
        self.start(Part::Undoing, Task::HandOver(work));
    }

    fn undo(&mut self) {
        let task = self.plan.next().unwrap_or(Task::Close(self.cancellation));
        self.start(Part::Undoing, task);
    }
}

impl Plan {
    /// Takes the next piece of work: the legs from last to first, the money last of all.
    pub(crate) fn next(&mut self) -> Option<Task> {
        if let Some(leg) = self.legs.checked_ilog2() {
            self.legs &= !(1 << leg);
            return Some(Task::Release(u8::try_from(leg).unwrap()));
        }
        self.money.take().map(|action| match action {
            Action::Capture => Task::Capture,
            other => Task::GiveBack(other),
        })
    }
}
