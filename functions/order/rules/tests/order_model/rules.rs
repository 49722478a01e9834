//! What the actors ask the rules: each question is put to the very functions of the rules, by way of
//! a real snapshot. The answers are kept, for the same question comes up in very many states.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use holdfast_core::cause::Cause;
use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_order_rules::action::{Action, StepName};
use holdfast_order_rules::asking::{Listener, ask as ask_for};
use holdfast_order_rules::beginning::{self, Try};
use holdfast_order_rules::broker::{Answer, Said};
use holdfast_order_rules::order::{Snapshot, StepData};
use holdfast_order_rules::recording::{self, Outcome};
use holdfast_order_rules::telling::{Told, told};
use holdfast_order_rules::transition::Transition;
use holdfast_order_rules::turning;
use holdfast_order_rules::undoing::{self, Work, remaining_work as remaining};
use holdfast_order_rules::{answering, closing, command, deadline, desk, placing};

use crate::record::{OWED, Record, Rows, Token, timestamp};

/// A change that an actor wants to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Change {
    Begin(StepName, Tries),
    /// Asked by an execution that waits, or by the desk.
    Ask(Action, Option<Token>),
    /// Whether the step is done, or refused.
    Record(StepName, bool),
    BeginUndo(Action, Tries),
    Undone(Action),
    /// What came of it was told over the broker.
    Answer(Says),
    TurnBack(Why),
    HandOver(Action),
    Close,
    Conclude,
    Cancel,
    Wake,
    TakeUp(u8),
    /// This is the work that was done by hand.
    Resolve(Plan),
    Abandon,
}

/// What an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Says {
    Forward(StepName, bool),
    Undone(Action),
}

/// Who tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Tries {
    Machine,
    Desk,
}

/// Why an order is turned back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Why {
    Cancelled,
    Failed,
    Stopped,
}

/// Why the rules refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum No {
    Refused,
    Unavailable,
    Cancelled,
    Conflict,
}

/// What a change comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decided {
    Nothing,
    Write(Record, Rows),
    Refused(No),
}

/// Work that is left, a bit for each action, in the order in which it is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Plan(u8);

const IN_ORDER: [Action; 6] = [
    Action::CancelShipment,
    Action::CancelInvoice,
    Action::ReturnStock,
    Action::RefundPayment,
    Action::VoidPayment,
    Action::CapturePayment,
];

impl Plan {
    fn of(work: &[Work]) -> Self {
        let actions = work.iter().map(|work| Self::bit(work.action));
        Self(actions.fold(0, |plan, bit| plan | bit))
    }

    pub(crate) fn bit(action: Action) -> u8 {
        let place = IN_ORDER.iter().position(|known| *known == action);
        1 << place.unwrap()
    }

    pub(crate) fn has(self, action: Action) -> bool {
        self.0 & Self::bit(action) != 0
    }

    /// Takes the next piece of work.
    pub(crate) fn next(&mut self) -> Option<Action> {
        let left = self.0;
        self.0 &= left.wrapping_sub(1);
        IN_ORDER.get(left.trailing_zeros() as usize).copied()
    }
}

/// A question that changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Question {
    IsToDo(StepName),
    IsToUndo(Action),
    /// Whether who waits for this is told that it is done. `Ok(false)`: nothing yet.
    Told(Action),
    IsInTime(u8),
}

/// The rules, or some that have been tampered with.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) change: fn(&Snapshot, Change, u8) -> Result<Option<Transition>, Failure>,
    pub(crate) ask: fn(&Snapshot, Question) -> Result<bool, Failure>,
    pub(crate) plan: fn(&Snapshot) -> Vec<Work>,
}

impl Rules {
    pub(crate) const REAL: Self = Self {
        change,
        ask,
        plan: remaining,
    };
}

/// Decides with the real rules.
pub(crate) fn change(
    snapshot: &Snapshot,
    change: Change,
    now: u8,
) -> Result<Option<Transition>, Failure> {
    let stamp = Stamp {
        actor: "model",
        at: timestamp(now),
    };
    Ok(match change {
        Change::Begin(step, tries) => return beginning::begin(snapshot, step, tries.of(), stamp),
        Change::Ask(action, token) => return asked(snapshot, action, token, stamp),
        Change::Record(step, done) => recording::record(snapshot, step, &outcome(done), stamp),
        Change::BeginUndo(action, tries) => {
            return undoing::begin(snapshot, action, tries.of(), stamp);
        }
        Change::Undone(action) => undoing::undone(snapshot, action, &StepData::default(), stamp),
        Change::Answer(says) => return answering::record_answer(snapshot, &says.answer(), stamp),
        Change::TurnBack(why) => turning::turn_back(snapshot, &why.cause(), stamp),
        Change::HandOver(action) => desk::handed_over(snapshot, action, OWED, stamp),
        Change::Close => closing::close(snapshot, stamp),
        Change::Conclude => closing::conclude(snapshot, stamp),
        Change::Cancel => return command::cancel(snapshot, stamp),
        Change::Wake => deadline::wake(snapshot, 1, stamp),
        Change::TakeUp(execution) => placing::take_up(snapshot, &execution.to_string(), stamp),
        Change::Resolve(done) => {
            desk::check_waits(snapshot)?;
            let work = desk::waiting_work(snapshot);
            // As the rules have it, of plans: the model keeps no work as a whole.
            let planned = if Plan::of(&work) == done { &*work } else { &[] };
            desk::check_planned(planned, &work)?;
            Some(desk::resolved(snapshot, &work, "why", stamp))
        }
        Change::Abandon => {
            desk::check_waits(snapshot)?;
            Some(desk::abandoned(snapshot, "no", stamp))
        }
    })
}

fn asked(
    snapshot: &Snapshot,
    action: Action,
    token: Option<Token>,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    let Some(token) = token else {
        return ask_for(snapshot, action, None, Try::Again, stamp);
    };
    let listener = Listener {
        handle: &token.handle(),
        since: token.since(),
    };
    let tried = Try::Numbered(0);
    ask_for(snapshot, action, Some(listener), tried, stamp)
}

fn outcome(done: bool) -> Outcome {
    match done {
        true => Outcome::Done(StepData::default()),
        false => Outcome::Refused("no".to_owned()),
    }
}

/// Answers with the real rules.
pub(crate) fn ask(snapshot: &Snapshot, question: Question) -> Result<bool, Failure> {
    match question {
        Question::IsToDo(step) => beginning::is_to_do(snapshot, step),
        Question::IsToUndo(action) => undoing::is_to_undo(snapshot, action),
        Question::Told(action) => match told(snapshot, action) {
            Told::Nothing => Ok(false),
            Told::Success(_) => Ok(true),
            Told::Failure(failure) => Err(failure),
        },
        Question::IsInTime(now) => {
            let end = deadline::starts_before(&snapshot.order.state);
            Ok(end.is_none_or(|end| timestamp(now) < end))
        }
    }
}

impl Tries {
    fn of(self) -> Try {
        match self {
            Self::Machine => Try::Numbered(0),
            Self::Desk => Try::Again,
        }
    }
}

impl Says {
    fn answer(self) -> Answer {
        Answer {
            order_id: "x".parse().unwrap(),
            request_id: "x/order.1".to_owned(),
            said: match self {
                Self::Forward(step, done) => Said::Forward(step, outcome(done)),
                Self::Undone(action) => Said::Undone(action, StepData::default()),
            },
        }
    }
}

impl Why {
    fn cause(self) -> Cause {
        let error = match self {
            Self::Cancelled => "Cancelled",
            Self::Failed => "Unavailable",
            Self::Stopped => "",
        };
        Cause {
            error: error.to_owned(),
            ..Cause::default()
        }
    }
}

impl No {
    fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Refused(_) | Failure::Declined(_) => Self::Refused,
            Failure::Unavailable(_) => Self::Unavailable,
            Failure::Cancelled(_) => Self::Cancelled,
            _ => Self::Conflict,
        }
    }
}

/// What is left of an order, what of it waits at the desk, and what the sweep sends there again.
#[derive(Clone, Copy)]
struct Plans {
    remaining: Plan,
    waiting: Plan,
    lost: Option<Plan>,
}

// A check has a thread of its own, and so its own answers.
thread_local! {
    static CHANGES: RefCell<HashMap<(Record, Change, u8), Decided>> = RefCell::default();
    static ANSWERS: RefCell<HashMap<(Record, Question), Result<bool, No>>> = RefCell::default();
    static PLANS: RefCell<HashMap<Record, Plans>> = RefCell::default();
}

impl Rules {
    /// What a change comes to for this order.
    pub(crate) fn decide(&self, record: &Record, change: Change, now: u8) -> Decided {
        let key = (*record, change, now);
        if let Some(known) = CHANGES.with_borrow(|known| known.get(&key).copied()) {
            return known;
        }
        let decided = match (self.change)(&record.snapshot(), change, now) {
            Ok(None) => Decided::Nothing,
            Ok(Some(change)) => Decided::Write(record.after(&change), Rows::of(&change)),
            Err(failure) => Decided::Refused(No::of(&failure)),
        };
        CHANGES.with_borrow_mut(|known| known.insert(key, decided));
        decided
    }

    /// The answer to a question about this order.
    pub(crate) fn answer(&self, record: &Record, question: Question) -> Result<bool, No> {
        let key = (*record, question);
        if let Some(known) = ANSWERS.with_borrow(|known| known.get(&key).copied()) {
            return known;
        }
        let answer = (self.ask)(&record.snapshot(), question);
        let answer = answer.map_err(|failure| No::of(&failure));
        ANSWERS.with_borrow_mut(|known| known.insert(key, answer));
        answer
    }

    /// What is left to do for an order.
    pub(crate) fn remaining_work(&self, record: &Record) -> Plan {
        self.plans(record).remaining
    }

    /// What of an order waits at the desk.
    pub(crate) fn waiting_work(&self, record: &Record) -> Plan {
        self.plans(record).waiting
    }

    /// What the sweep sends to the desk again, where no clerk has tried it for long.
    pub(crate) fn lost_work(&self, record: &Record) -> Option<Plan> {
        self.plans(record).lost
    }

    fn plans(&self, record: &Record) -> Plans {
        if let Some(known) = PLANS.with_borrow(|known| known.get(record).copied()) {
            return known;
        }
        let snapshot = record.snapshot();
        let long_after = timestamp(0) + Duration::from_secs(86_400);
        let lost = desk::lost_work(&snapshot, long_after);
        let plans = Plans {
            remaining: Plan::of(&(self.plan)(&snapshot)),
            waiting: Plan::of(&desk::waiting_work(&snapshot)),
            lost: lost.map(|(work, _)| Plan::of(&work)),
        };
        PLANS.with_borrow_mut(|known| known.insert(*record, plans));
        plans
    }
}
