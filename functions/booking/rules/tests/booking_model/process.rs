//! A process at work on one task: it reads the booking, asks the rules, calls a supplier (`calls`), and
//! sends conditional writes, each of which lands in a later step of its own or never.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::BookingStatus;

use crate::answers::{remaining_work, under_way};
use crate::record::{Clock, Record, Rows, Said, Token};
use crate::suppliers::{Money, Reply};
use crate::system::System;
use crate::words::{Came, Change, Decided, No, Plan, Question, Why};
use crate::world::World;
use crate::{traveller, waking};

/// What a process is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Task {
    Hold(u8),
    Confirm(u8),
    Release(u8),
    Authorize(u8),
    /// Waits for the decision about an attempt, reached by a token.
    Await(u8, Token),
    /// Hears that an attempt was decided.
    Learn(u8),
    Withdraw(u8),
    Settle,
    Capture,
    GiveBack(Action),
    Wait(Token),
    TurnBack(Why),
    HandOver(Work),
    /// The end, of this cancellation or of the whole booking.
    Close(Option<u8>),
    TakeUp(u8),
    /// A traveller's command.
    Say(Said),
    /// A cancellation of the booked trip: of one leg, or of all.
    CancelBooked(Option<u8>),
    /// A wake-up for the deadline of this generation.
    Wake(u8),
    /// What the desk does.
    Conclude,
    Resolve,
    Abandon,
}

/// Work that could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Work {
    Leg(u8),
    Money(Action),
}

/// A process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Process {
    pub(crate) task: Task,
    pub(crate) at: At,
    /// The booking, as the process has read it.
    pub(crate) view: Record,
    /// What of it has been written by others since.
    pub(crate) stale: Rows,
}

/// Where a process stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum At {
    Start,
    /// Its write is on its way.
    Writing(Change, Record, Rows),
    Calling(Action),
    /// The execution is told what a payment has come to.
    Reporting(Answer),
    /// The execution is told. `true` where the command was taken by this very process.
    Telling(bool),
}

/// What a process answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    /// Done; with what is to be done next.
    Done(Plan),
    /// This is to be done, for this cancellation or for the whole booking.
    Planned(Plan, Option<u8>),
    No(No),
}

/// What a step of a process comes to.
pub(crate) enum Step {
    Goes(Process),
    Answers(Answer),
}

impl Answer {
    pub(crate) const DONE: Self = Self::Done(Plan {
        legs: 0,
        money: None,
    });

    pub(crate) fn is_done(self) -> bool {
        !matches!(self, Self::No(_))
    }
}

impl Step {
    pub(crate) const DONE: Self = Self::Answers(Answer::DONE);

    pub(crate) fn no(no: No) -> Self {
        Self::Answers(Answer::No(no))
    }
}

impl Process {
    pub(crate) fn on(task: Task) -> Self {
        Self {
            task,
            at: At::Start,
            view: Record::BLANK,
            stale: Rows::NONE,
        }
    }

    /// Other processes have written these records.
    pub(crate) fn outdate(&mut self, rows: Rows) {
        self.stale = self.stale.and(rows.common(self.looks_at(self.at)));
    }

    /// The records that it will look at again, of those that it has read.
    fn looks_at(&self, at: At) -> Rows {
        match (at, self.task) {
            (At::Start, _) => Rows::NONE,
            (At::Writing(change, ..), _) => change.looks_at(),
            (At::Calling(_), Task::Hold(leg) | Task::Confirm(leg) | Task::Release(leg)) => {
                Rows::leg(leg)
            }
            (At::Calling(_), Task::Settle | Task::Capture | Task::GiveBack(_)) => Rows::HEADS,
            _ => Rows::ALL,
        }
    }

    /// Whether its next step is a call that could be answered like this.
    pub(crate) fn may_get(&self, reply: Reply, world: &World) -> bool {
        if reply == Reply::Yes {
            return true;
        }
        let At::Calling(action) = self.at else {
            return false;
        };
        // A question that is not answered is asked again later.
        let is_question = action == Action::Await;
        !is_question && (reply != Reply::No || self.may_be_refused(action, world))
    }

    fn may_be_refused(&self, action: Action, world: &World) -> bool {
        let suppliers = &world.suppliers;
        match self.task {
            Task::Hold(leg) | Task::Confirm(leg) => {
                suppliers.legs[usize::from(leg)].may_refuse(action)
            }
            Task::Authorize(attempt) => suppliers.may_decline(attempt),
            _ => action == Action::Capture && suppliers.money == Money::Authorized,
        }
    }

    /// Takes a step, having been taken out of the world.
    pub(crate) fn step(self, world: &mut World, system: &System, reply: Reply) -> Step {
        let step = self.act(world, system, reply);
        match (self.task, self.at, step) {
            (Task::Learn(_), At::Reporting(_), step) => step,
            (Task::Learn(_), _, Step::Answers(answer)) => self.at(At::Reporting(answer)),
            (_, _, step) => step,
        }
    }

    fn act(mut self, world: &mut World, system: &System, reply: Reply) -> Step {
        match self.at {
            At::Start => {
                self.view = world.record;
                self.begin(world, system)
            }
            At::Writing(change, next, rows) => self.land(change, next, rows, world, system),
            At::Calling(action) => self.call(action, world, system, reply),
            At::Reporting(answer) => match self.task {
                Task::Learn(attempt) => Self::reports(answer, attempt, world),
                _ => Step::DONE,
            },
            At::Telling(claimed) => match self.task {
                Task::Say(said) => traveller::tell(self, said, claimed, world, system),
                Task::CancelBooked(_) => traveller::start(&self, world),
                _ => waking::tell(self, world, system),
            },
        }
    }

    fn begin(self, world: &mut World, system: &System) -> Step {
        let change = match self.task {
            Task::Hold(leg) => return self.call_if_to_do(leg, Action::Hold, world, system),
            Task::Confirm(leg) => return self.call_if_to_do(leg, Action::Confirm, world, system),
            Task::Capture => return self.capture(world, system),
            Task::GiveBack(action) => {
                let may = self.ask(Question::MayGiveBack, world, system);
                return self.call_if(may, action);
            }
            Task::Release(leg) => Change::Leave(leg),
            Task::Authorize(attempt) => Change::Begin(attempt),
            Task::Await(attempt, token) => Change::Await(attempt, token),
            Task::Learn(attempt) if self.view.attempts != attempt => return Step::no(No::Pending),
            Task::Learn(attempt) => return self.asks_about(attempt, world, system),
            Task::Withdraw(attempt) => return self.withdraw(attempt, world, system),
            Task::Settle => Change::Commit,
            Task::Wait(token) => {
                world.order_wake_up(&self.view, system);
                Change::Wait(token)
            }
            Task::TurnBack(why) => Change::TurnBack(why),
            Task::HandOver(work) => {
                world.send_to_desk(work);
                work.handed_over()
            }
            Task::Close(number) => Change::Close(number),
            Task::TakeUp(execution) => Change::TakeUp(execution),
            Task::Say(said) => Change::Take(said),
            Task::CancelBooked(leg) => Change::CancelBooked(leg),
            Task::Wake(generation) => Change::Wake(generation),
            Task::Conclude => Change::Conclude,
            Task::Resolve => match world.do_by_hand(&self.view) {
                Some(done) => Change::Resolve(done),
                None => return Step::no(No::Conflict),
            },
            Task::Abandon => Change::Abandon,
        };
        self.want(change, world, system)
    }

    pub(crate) fn ask(
        &self,
        question: Question,
        world: &World,
        system: &System,
    ) -> Result<bool, No> {
        let terms = system.terms(world.now);
        system.rules.answer(&self.view, question, &terms)
    }

    /// Goes on from here, and forgets of what it has read all that it will not look at again.
    pub(crate) fn at(mut self, at: At) -> Step {
        let rows = self.looks_at(at);
        self.view = self.view.only(rows);
        self.stale = self.stale.common(rows);
        Step::Goes(Self { at, ..self })
    }

    fn call_if(self, to_do: Result<bool, No>, action: Action) -> Step {
        match to_do {
            Ok(true) => self.at(At::Calling(action)),
            Ok(false) => Step::DONE,
            Err(no) => Step::no(no),
        }
    }

    fn call_if_to_do(self, leg: u8, action: Action, world: &World, system: &System) -> Step {
        let to_do = self.ask(Question::IsToDo(leg, action), world, system);
        self.call_if(to_do, action)
    }

    fn capture(self, world: &World, system: &System) -> Step {
        let may = self.ask(Question::MayCapture, world, system);
        self.call_if(may, Action::Capture)
    }

    /// Decides upon what it has read.
    pub(crate) fn want(self, change: Change, world: &mut World, system: &System) -> Step {
        let terms = system.terms(world.now);
        let decided = system.rules.decide(&self.view, change, &terms);
        world.remember_decision(change, decided, &self.view);
        match decided {
            Decided::Nothing => self.proceed(change, false, world, system),
            Decided::Write(next, rows) => self.at(At::Writing(change, next.only(rows), rows)),
            Decided::Refused(no) => Step::no(no),
        }
    }

    /// The write arrives. It lands if nothing of what it writes has been written since.
    fn land(
        mut self,
        change: Change,
        next: Record,
        rows: Rows,
        world: &mut World,
        system: &System,
    ) -> Step {
        let lost = self.stale.common(rows);
        if lost != Rows::NONE && system.protocol.writes_are_conditional {
            // Only these: what else was written, a leg that was added say, stays unseen.
            self.view.absorb(lost, &world.record);
            self.stale = self.stale.without(lost);
            let again = match change {
                Change::Unclear(_) => Change::Unclear(false),
                Change::EndPause(_) => Change::EndPause(!system.protocol.pauses_have_an_owner),
                other => other,
            };
            return self.want(again, world, system);
        }
        world.write(change, &next, rows, system);
        self.view.absorb(rows, &next);
        self.stale = self.stale.without(rows);
        self.proceed(change, true, world, system)
    }

    /// Goes on after a change that is written (`landed`), or that was not needed.
    fn proceed(mut self, change: Change, landed: bool, world: &mut World, system: &System) -> Step {
        match change {
            Change::Leave(leg) => self.call_if_to_do(leg, Action::Release, world, system),
            Change::Leg(_, Came::HoldRefused) | Change::GiveUp => Step::no(No::Refused),
            Change::Leg(_, Came::Unclear(_)) | Change::Unclear(_) => Step::no(No::Unavailable),
            Change::Begin(_) => self.authorize(),
            Change::Authorized(attempt) | Change::Declined(attempt) | Change::Pending(attempt) => {
                self.come_to(attempt, world, system)
            }
            Change::Await(attempt, _) => self.waits_for_decision(attempt, world, system),
            Change::Withdrawn(attempt) => self.has_withdrawn(attempt, world, system),
            Change::EndPause(_) => self.too_late(world),
            Change::Commit => self.capture(world, system),
            Change::Wait(_) if self.view.timer == Clock::Fired => Step::no(No::Expired),
            Change::TurnBack(_) => {
                let (plan, number) = (remaining_work(&world.record), under_way(&world.record));
                Step::Answers(Answer::Planned(plan, number))
            }
            Change::Close(_) if self.view.status == BookingStatus::NeedsAttention => {
                self.view = world.record;
                self.stale = Rows::NONE;
                self.want(Change::Conclude, world, system)
            }
            Change::Take(_) | Change::CancelBooked(_) => self.at(At::Telling(landed)),
            Change::Wake(_) => waking::follow_up(self, world, system),
            _ => Step::DONE,
        }
    }

    /// Goes on with an attempt that has begun.
    fn authorize(self) -> Step {
        if self.view.timer == Clock::Fired {
            return Step::no(No::Expired);
        }
        if self.view.payment.is_open() {
            return self.at(At::Calling(Action::Authorize));
        }
        self.paid()
    }

    fn paid(self) -> Step {
        let legs = self.view.trip().fold(0, |legs, leg| legs | 1 << leg);
        Step::Answers(Answer::Done(Plan { legs, money: None }))
    }

    pub(crate) fn come_to(self, attempt: u8, world: &World, system: &System) -> Step {
        match self.ask(Question::ComeTo(attempt), world, system) {
            Ok(_) => self.paid(),
            Err(No::Pending) => self.is_undecided(world, system),
            Err(no) => Step::no(no),
        }
    }

    pub(crate) fn too_late(self, world: &World) -> Step {
        let expired = self.view.timer == Clock::Fired || world.now >= self.view.deadline;
        Step::no(if expired { No::Expired } else { No::Refused })
    }
}

impl Work {
    fn handed_over(self) -> Change {
        match self {
            Self::Leg(leg) => Change::HandOverLeg(leg),
            Self::Money(Action::Capture) => Change::HandOverCapture,
            Self::Money(_) => Change::HandOverPayment,
        }
    }
}
