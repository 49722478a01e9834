//! The execution of the state machine: which task comes next, by what the last one answered.

use holdfast_order_rules::action::{Action, StepName};

use crate::process::{Answer, Process, Task};
use crate::record::Token;
use crate::rules::{No, Plan, Tries, Why};

/// An execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Execution {
    /// Tells it from the one that it took the order over from.
    pub(crate) number: u8,
    pub(crate) stage: Stage,
    /// The process that it waits for. Without one, the task is to be tried again.
    pub(crate) worker: Option<Process>,
    /// What is left to be undone.
    plan: Plan,
    /// The task token that it was given last.
    token: Token,
}

/// Where an execution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    Doing(Task),
    /// It waits for an answer.
    Listening(Action),
    /// No execution is alive.
    Stopped,
    Ended,
}

impl Execution {
    /// One that begins with this step.
    pub(crate) fn at(first: StepName) -> Self {
        let mut execution = Self {
            number: 0,
            stage: Stage::Ended,
            worker: None,
            plan: Plan::default(),
            token: Token::default(),
        };
        execution.take(first.action());
        execution
    }

    pub(crate) fn token(&self) -> Token {
        self.token
    }

    pub(crate) fn is_alive(&self) -> bool {
        !matches!(self.stage, Stage::Stopped | Stage::Ended)
    }

    /// What it waits for under this token.
    pub(crate) fn hears(&self, token: Token) -> Option<Action> {
        let action = match self.stage {
            Stage::Listening(action) | Stage::Doing(Task::Ask(action, _)) => action,
            _ => return None,
        };
        (self.token == token).then_some(action)
    }

    fn start(&mut self, task: Task) {
        self.stage = Stage::Doing(task);
        self.worker = Some(Process::on(task));
    }

    /// Does or undoes something, by a call or over the broker.
    fn take(&mut self, action: Action) {
        let Some(step) = action.step() else {
            return;
        };
        if step.topic().is_asked_over_the_broker() {
            self.token = Token {
                entered: self.token.entered + 1,
                retry: 0,
            };
            return self.start(Task::Ask(action, Some(self.token)));
        }
        self.start(match action.is_undo() {
            true => Task::Undo(action, Tries::Machine),
            false => Task::Do(step, Tries::Machine),
        });
    }

    fn turn_back(&mut self, why: Why) {
        self.plan = Plan::default();
        self.start(Task::TurnBack(why));
    }

    /// Tries its task again; a wait, with another token.
    pub(crate) fn try_again(&mut self) {
        match self.stage {
            Stage::Listening(action) | Stage::Doing(Task::Ask(action, Some(_))) => {
                let retry = self.token.retry + 1;
                self.token = Token {
                    retry,
                    ..self.token
                };
                self.start(Task::Ask(action, Some(self.token)));
            }
            Stage::Doing(task) => self.start(task),
            Stage::Stopped | Stage::Ended => {}
        }
    }

    /// The order is taken up by another execution.
    pub(crate) fn take_up(&mut self) {
        self.number += 1;
        self.start(Task::TakeUp(self.number));
    }

    /// A process has answered. It is tried again where that may help.
    pub(crate) fn hear(&mut self, answer: Answer) {
        self.worker = None;
        match (answer, self.stage) {
            (Answer::Waits, Stage::Doing(Task::Ask(action, _))) => {
                self.stage = Stage::Listening(action);
            }
            (Answer::No(No::Unavailable), _) => {}
            _ => self.go_on(answer),
        }
    }

    /// Goes on with an answer, or without one.
    pub(crate) fn go_on(&mut self, answer: Answer) {
        let Some((action, is_back)) = self.is_at() else {
            return self.go_back(answer);
        };
        match (answer, is_back) {
            (Answer::No(_), true) => self.start(Task::HandOver(action)),
            (_, true) => self.undo(),
            (Answer::No(No::Cancelled), false) => self.turn_back(Why::Cancelled),
            (Answer::No(_), false) => self.turn_back(Why::Failed),
            (_, false) => self.next_after(action),
        }
    }

    /// What it does or waits for; and whether that is on the way back.
    fn is_at(&self) -> Option<(Action, bool)> {
        let action = match self.stage {
            Stage::Listening(action) | Stage::Doing(Task::Ask(action, _)) => action,
            Stage::Doing(Task::Undo(action, _)) => action,
            // A capture that is owed is tried once more on the way back.
            Stage::Doing(Task::Do(StepName::CapturePayment, Tries::Desk)) => {
                return Some((Action::CapturePayment, true));
            }
            Stage::Doing(Task::Do(step, _)) => step.action(),
            _ => return None,
        };
        Some((action, action.is_undo()))
    }

    fn next_after(&mut self, done: Action) {
        let next = done.step().and_then(|done| {
            let mut steps = StepName::ALL.iter();
            steps.find(|step| **step > done)
        });
        match next {
            Some(next) => self.take(next.action()),
            None => self.stage = Stage::Ended,
        }
    }

    fn go_back(&mut self, answer: Answer) {
        match (self.stage, answer) {
            (Stage::Doing(Task::TurnBack(_)), Answer::Done(plan)) => {
                self.plan = plan;
                self.undo();
            }
            (Stage::Doing(Task::TakeUp(_)), Answer::Done(_)) => self.turn_back(Why::Stopped),
            (Stage::Doing(Task::TurnBack(_) | Task::TakeUp(_) | Task::Close), Answer::No(_)) => {
                self.stage = Stage::Stopped;
            }
            (Stage::Doing(Task::Close), _) => self.stage = Stage::Ended,
            (Stage::Doing(_), _) => self.undo(),
            _ => {}
        }
    }

    fn undo(&mut self) {
        match self.plan.next() {
            Some(Action::CapturePayment) => {
                self.start(Task::Do(StepName::CapturePayment, Tries::Desk));
            }
            Some(action) => self.take(action),
            None => self.start(Task::Close),
        }
    }
}
