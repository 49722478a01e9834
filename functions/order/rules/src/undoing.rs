//! The rules of undoing: from last to first every step that is not surely gone, the payment last of
//! all; or, past the commit point, finishing what was begun.

use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::verb::Verb;
use serde::{Deserialize, Serialize};

use crate::action::{Action, StepName, Topic};
use crate::beginning::{Going, Opened, Try, find};
use crate::event::EventName;
use crate::order::{OrderState, Progress, Snapshot, Step, StepData};
use crate::status::StepHappened;
use crate::transition::Transition;

/// One piece of work for a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Work {
    /// The step that it is about.
    pub step: StepName,
    /// Whose work it is.
    pub topic: Topic,
    /// What is to be done.
    pub action: Action,
}

impl Work {
    /// The undo of a step; nothing for a step that leaves nothing behind.
    pub fn undo(step: StepName) -> Option<Self> {
        step.undo().map(|action| Self {
            step,
            topic: step.topic(),
            action,
        })
    }

    /// The capture that is owed.
    pub const CAPTURE: Self = Self {
        step: StepName::CapturePayment,
        topic: Topic::Payment,
        action: Action::CapturePayment,
    };
}

/// What is left to do for an order, in the order in which it is to be done. A committed order is
/// finished; any other is undone.
pub fn remaining_work(snapshot: &Snapshot) -> Vec<Work> {
    let state = &snapshot.order.state;
    if state.status.is_finished() {
        return Vec::new();
    }
    if state.goes_forward_only() {
        return vec![Work::CAPTURE];
    }
    what_is_left(snapshot)
}

/// The steps that are not surely gone, from last to first, the payment last. Money that was taken is
/// refunded; its authorization goes with it.
fn what_is_left(snapshot: &Snapshot) -> Vec<Work> {
    let captured = snapshot.progress(StepName::CapturePayment);
    let refunds = matches!(
        captured,
        Progress::SUCCESS | Progress::COMPENSATING | Progress::NOT_UNDONE
    );
    let goods = [
        StepName::ShipOrder,
        StepName::GenerateInvoice,
        StepName::RemoveFromStock,
    ];
    let money = match refunds {
        true => StepName::CapturePayment,
        false => StepName::AuthorizePayment,
    };
    let steps = goods.into_iter().chain([money]);
    let left = steps.filter(|step| !snapshot.progress(*step).is_gone());
    left.filter_map(Work::undo).collect()
}

/// Whether everything of an order is surely gone from its participants.
pub fn is_undone(snapshot: &Snapshot) -> bool {
    what_is_left(snapshot).is_empty()
}

/// Begins an undo, or tries it again. `None` where that is known, or where it is done: ask
/// [`is_to_undo`] afterwards.
///
/// # Errors
/// What [`is_to_undo`] fails with.
pub fn begin(
    snapshot: &Snapshot,
    action: Action,
    tried: Try,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    let Opened::Goes(going) = open(snapshot, action, tried, stamp)? else {
        return Ok(None);
    };
    let (step, state) = (of(snapshot, action)?, going.step);
    if state == step.state {
        return Ok(None);
    }
    let event = match step.state.progress {
        Progress::COMPENSATING => EventName::StepRetried,
        _ => EventName::StepUndoing,
    };
    let change = Transition::within(snapshot, event, stamp).note(action.as_str());
    Ok(Some(change.step(step, state)))
}

pub(crate) fn open(
    snapshot: &Snapshot,
    action: Action,
    tried: Try,
    stamp: Stamp<'_>,
) -> Result<Opened, Failure> {
    if !is_to_undo(snapshot, action)? {
        return Ok(Opened::Done);
    }
    let step = of(snapshot, action)?;
    let begun = step.state.progress.after(StepHappened::UndoBegan);
    let is_first = matches!(step.state.progress, Progress::RUNNING | Progress::SUCCESS);
    let mut state = match begun {
        Some(begun) => step.state.come_to(begun, stamp.at),
        None => step.state.clone(),
    };
    state.compensate_retries = tried.repeats(state.compensate_retries, is_first);
    let order = snapshot.order.state.clone();
    let going = Going { order, step: state };
    Ok(Opened::Goes(Box::new(going)))
}

/// Whether a participant is to be asked to undo a step. False where there is nothing of it any more.
/// An order that is being undone stays so: an undo that acts late does no harm.
///
/// # Errors
/// [`Failure::Conflict`] where the order is not being undone, [`Failure::Unavailable`] where it was read
/// while it changed.
pub fn is_to_undo(snapshot: &Snapshot, action: Action) -> Result<bool, Failure> {
    let (step, state) = (of(snapshot, action)?, &snapshot.order.state);
    if !state.is_being_undone() {
        let status = state.status.as_str();
        let problem = format!("the order is {status}; {action} undoes nothing of it");
        return Err(Failure::Conflict(problem));
    }
    if step.state.progress == Progress::PENDING {
        let problem = "the order was read while it changed";
        return Err(Failure::unavailable(format!("beginning {action}"), problem));
    }
    Ok(!step.state.progress.is_gone())
}

/// Records that a step was undone, or that there was nothing of it. `None` where a twin has recorded it
/// before, or where the order is not being undone.
pub fn undone(
    snapshot: &Snapshot,
    action: Action,
    data: &StepData,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    if !snapshot.order.state.is_being_undone() || !action.is_undo() {
        return None;
    }
    let event = match action {
        Action::CancelShipment => EventName::ShipmentCancelled,
        Action::CancelInvoice => EventName::InvoiceCredited,
        Action::ReturnStock => EventName::StockPutBack,
        Action::RefundPayment => EventName::PaymentRefunded,
        _ => EventName::PaymentVoided,
    };
    let change = Transition::within(snapshot, event, stamp);
    let change = settled_by(action).iter().fold(change, |change, name| {
        let step = snapshot.step(*name);
        let next = step.and_then(|step| {
            let gone = step.state.progress.after(StepHappened::Undone)?;
            Some((step, step.state.come_to(gone, stamp.at).knowing(data)))
        });
        match next {
            Some((step, state)) => change.step(step, state),
            None => change,
        }
    });
    (!change.steps.is_empty()).then_some(change)
}

/// The steps of which nothing is left once an undo is done: money that was given back is not reserved
/// any more either.
pub(crate) fn settled_by(action: Action) -> &'static [StepName] {
    match action {
        Action::CancelShipment => &[StepName::ShipOrder],
        Action::CancelInvoice => &[StepName::GenerateInvoice],
        Action::ReturnStock => &[StepName::RemoveFromStock],
        Action::VoidPayment => &[StepName::AuthorizePayment],
        Action::RefundPayment => &[StepName::CapturePayment, StepName::AuthorizePayment],
        _ => &[],
    }
}

/// What is tried where an undo was refused: a payment that may have been taken cannot be voided, and is
/// refunded.
pub fn instead(state: &OrderState, refused: Action) -> Option<Action> {
    let was_asked_for = state.timer.is_committed();
    (refused == Action::VoidPayment && was_asked_for).then_some(Action::RefundPayment)
}

fn of(snapshot: &Snapshot, action: Action) -> Result<&Step, Failure> {
    match action.step().filter(|_| action.is_undo()) {
        Some(name) => find(snapshot, name),
        None => {
            let problem = format!("{action} undoes no step");
            Err(Failure::invalid_order("action", problem))
        }
    }
}
