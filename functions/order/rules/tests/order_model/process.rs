//! A process at work on one task: it reads the order, asks the rules, calls a participant, and sends
//! conditional writes, each of which lands in a later step of its own or never.

use holdfast_order_rules::action::{Action, StepName};
use holdfast_order_rules::order::OrderStatus;
use holdfast_order_rules::undoing::instead;

use crate::participants::{Outcome, Reply};
use crate::record::{Clock, Record, Rows, Token, Waits};
use crate::rules::{Change, Decided, No, Plan, Question, Says, Tries, Why};
use crate::system::System;
use crate::world::World;

/// What a process is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Task {
    /// A step whose participant is called, and the undo of one.
    Do(StepName, Tries),
    Undo(Action, Tries),
    /// What is asked for over the broker, by an execution that waits or by the desk.
    Ask(Action, Option<Token>),
    TurnBack(Why),
    HandOver(Action),
    Close,
    TakeUp(u8),
    /// The customer's command.
    Cancel,
    /// A wake-up.
    Wake,
    /// An answer that came over the broker.
    Hear(Says),
    Conclude,
    Resolve,
    Abandon,
}

/// A process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Process {
    pub(crate) task: Task,
    pub(crate) at: At,
    /// The order, as the process has read it.
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
    /// The execution that waits is told: that its action is done, or why it is not.
    Telling(Waits, Result<(), No>),
}

/// What a process answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    /// Done; with what is to be done next.
    Done(Plan),
    /// Asked: the execution waits.
    Waits,
    No(No),
}

/// What a step of a process comes to.
pub(crate) enum Step {
    Goes(Process),
    Answers(Answer),
}

impl Step {
    fn done() -> Self {
        Self::Answers(Answer::Done(Plan::default()))
    }

    fn of(answer: Result<bool, No>) -> Self {
        match answer {
            Ok(_) => Self::done(),
            Err(no) => Self::Answers(Answer::No(no)),
        }
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

    /// Other processes have written these rows. What is no longer so, and will be read again before
    /// anything comes of it, is forgotten: it would only tell apart worlds that are alike.
    pub(crate) fn outdate(&mut self, rows: Rows, writes_are_conditional: bool) {
        let looks_at = match self.at {
            At::Start | At::Telling(..) => Rows::NONE,
            At::Writing(change, ..) => self.looks_at(change),
            // A refusal may be what it comes to.
            At::Calling(action) => self.looks_at(self.comes_to(action, false)),
        };
        self.stale = self.stale.and(rows).common(looks_at);
        if self.stale != Rows::NONE && writes_are_conditional {
            self.view = self.view.only(looks_at).without_head();
            if let At::Writing(change, _, rows) = self.at {
                self.at = At::Writing(change, Record::BLANK, rows);
            }
        }
    }

    /// The rows that a change is decided upon: those that it may write, and those that it only reads.
    fn looks_at(&self, change: Change) -> Rows {
        let settled = |action| match action {
            Action::RefundPayment => {
                Rows::step(StepName::CapturePayment).and(Rows::step(StepName::AuthorizePayment))
            }
            action => action.step().map_or(Rows::NONE, Rows::step),
        };
        let steps = match change {
            Change::Record(step, true) | Change::Answer(Says::Forward(step, true)) => {
                Rows::step(step)
            }
            Change::Undone(action) | Change::Answer(Says::Undone(action)) => settled(action),
            Change::HandOver(action) => settled(action),
            Change::TakeUp(_) => Rows::NONE,
            _ => Rows::ALL,
        };
        steps.and(Rows::HEAD)
    }

    /// What is recorded of a call.
    fn comes_to(&self, action: Action, done: bool) -> Change {
        match self.task {
            Task::Do(step, _) => Change::Record(step, done),
            _ => Change::Undone(action),
        }
    }

    /// Whether its next step is a call that could be answered like this.
    pub(crate) fn may_get(&self, reply: Reply, world: &World) -> bool {
        match (reply, self.at) {
            (Reply::Yes, _) => true,
            (Reply::No, At::Calling(action)) => world.participants.may_refuse(action),
            (Reply::Lost, At::Calling(_)) => true,
            _ => false,
        }
    }

    /// Takes a step, having been taken out of the world.
    pub(crate) fn step(mut self, world: &mut World, system: &System, reply: Reply) -> Step {
        match self.at {
            At::Start => {
                self.view = world.record;
                self.begin(world, system)
            }
            At::Writing(change, next, rows) => self.land(change, next, rows, world, system),
            At::Calling(action) => self.call(action, world, system, reply),
            At::Telling(waits, told) => {
                world.tell(waits, told);
                Step::done()
            }
        }
    }

    fn begin(self, world: &mut World, system: &System) -> Step {
        let change = match self.task {
            Task::Do(step, tries) => Change::Begin(step, tries),
            Task::Undo(action, tries) => Change::BeginUndo(action, tries),
            Task::Ask(action, token) => Change::Ask(action, token),
            Task::TurnBack(why) => Change::TurnBack(why),
            Task::HandOver(action) => {
                world.send_to_desk(action);
                Change::HandOver(action)
            }
            Task::Close => Change::Close,
            Task::TakeUp(execution) => Change::TakeUp(execution),
            Task::Cancel => Change::Cancel,
            Task::Wake => Change::Wake,
            Task::Hear(says) => Change::Answer(says),
            Task::Conclude => Change::Conclude,
            Task::Resolve => match world.do_by_hand(&self.view, system) {
                Some(done) => Change::Resolve(done),
                None => return Step::Answers(Answer::No(No::Conflict)),
            },
            Task::Abandon => Change::Abandon,
        };
        self.want(change, world, system)
    }

    /// Decides upon what it has read.
    fn want(self, change: Change, world: &mut World, system: &System) -> Step {
        let decided = system.rules.decide(&self.view, change, world.now);
        world.remember_decision(change, decided, &self.view);
        match decided {
            Decided::Nothing => self.proceed(change, world, system),
            Decided::Write(next, rows) => self.goes(At::Writing(change, next.only(rows), rows)),
            Decided::Refused(no) => Step::Answers(Answer::No(no)),
        }
    }

    fn goes(self, at: At) -> Step {
        Step::Goes(Self { at, ..self })
    }

    /// The write arrives. It lands if nothing of what it writes has been written since; else the rows
    /// that were refused are read again, and no others.
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
            self.view.absorb(lost, &world.record);
            self.stale = self.stale.without(lost);
            return self.want(change, world, system);
        }
        world.write(change, &next, rows, system);
        self.view.absorb(rows, &next);
        self.stale = self.stale.without(rows);
        self.proceed(change, world, system)
    }

    /// Goes on after a change that is written, or that was not needed.
    fn proceed(mut self, change: Change, world: &mut World, system: &System) -> Step {
        let ask = |question| system.rules.answer(&self.view, question);
        match change {
            Change::Begin(step, _) => self.call_if(ask(Question::IsToDo(step)), step.action()),
            Change::BeginUndo(action, _) => self.call_if(ask(Question::IsToUndo(action)), action),
            Change::Ask(action, token) => match ask(Question::Told(action)) {
                _ if token.is_none() => Step::done(),
                Ok(false) => Step::Answers(Answer::Waits),
                told => Step::of(told),
            },
            Change::Record(step, _) => Step::of(ask(Question::IsToDo(step))),
            Change::TurnBack(_) => {
                let plan = system.rules.remaining_work(&self.view);
                Step::Answers(Answer::Done(plan))
            }
            Change::Close | Change::Answer(_)
                if self.view.head.status == OrderStatus::NeedsAttention =>
            {
                self.view = world.record;
                self.stale = Rows::NONE;
                self.want(Change::Conclude, world, system)
            }
            Change::Cancel | Change::Wake | Change::Answer(_) => match system.telling(&self.view) {
                Some((waits, told)) => self.tells(waits, told),
                None => Step::done(),
            },
            _ => Step::done(),
        }
    }

    /// Goes on to tell the execution; what it has read it needs no more.
    pub(crate) fn tells(self, waits: Waits, told: Result<(), No>) -> Step {
        Step::Goes(Self {
            at: At::Telling(waits, told),
            ..Self::on(self.task)
        })
    }

    fn call_if(self, to_do: Result<bool, No>, action: Action) -> Step {
        match to_do {
            Ok(true) => self.goes(At::Calling(action)),
            other => Step::of(other),
        }
    }

    fn call(self, action: Action, world: &mut World, system: &System, reply: Reply) -> Step {
        let in_time = Question::IsInTime(world.now);
        let is_late = system.rules.answer(&self.view, in_time) == Ok(false);
        if is_late && !action.is_undo() && system.protocol.calls_look_at_the_clock {
            return Step::Answers(Answer::No(No::Unavailable));
        }
        let before = world.participants;
        let outcome = world.participants.call(action, reply, &system.protocol);
        world.remember_call(action, &before);
        let is_lost = action == Action::CapturePayment
            && outcome == Outcome::Refused
            && !system.protocol.refused_captures_turn_back;
        match outcome {
            _ if is_lost => Step::Answers(Answer::No(No::Refused)),
            Outcome::Unknown => Step::Answers(Answer::No(No::Unavailable)),
            Outcome::Refused if action.is_undo() => self.try_instead(action),
            outcome => self.record(action, outcome == Outcome::Done, world, system),
        }
    }

    /// Writes what came of a call. A write upon what is no longer so is lost, whatever it says: the rows
    /// are read again first.
    fn record(mut self, action: Action, done: bool, world: &mut World, system: &System) -> Step {
        let change = self.comes_to(action, done);
        if self.stale != Rows::NONE && system.protocol.writes_are_conditional {
            let again = self.looks_at(self.comes_to(action, true));
            self.view.absorb(self.stale.common(again), &world.record);
            self.stale = self.stale.without(again);
        }
        self.want(change, world, system)
    }

    /// A void that was refused is followed by a refund where the money may have been taken.
    fn try_instead(self, refused: Action) -> Step {
        let state = self.view.snapshot().order.state;
        match instead(&state, refused) {
            Some(action) if self.view.head.timer == Clock::Committed => {
                self.goes(At::Calling(action))
            }
            _ => Step::Answers(Answer::No(No::Refused)),
        }
    }
}
