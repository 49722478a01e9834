//! The rules of recording what came of a step, whoever reports it and however late. A call that may
//! have been done leaves a step as it is: `running`.

use holdfast_core::cause::bounded;
use holdfast_core::change::Stamp;

use crate::action::StepName;
use crate::event::EventName;
use crate::order::{Ending, OrderState, Progress, Snapshot, StepData};
use crate::status::{Happened, StepHappened};
use crate::transition::Transition;
use crate::turning::{Turn, released};

/// What came of asking a step's participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did it.
    Done(StepData),
    /// It definitely did not, and never will.
    Refused(String),
}

/// Records what came of a step. `None` where a twin has recorded it before, or where it is of no
/// account any more: a step that is being undone stays so.
pub fn record(
    snapshot: &Snapshot,
    name: StepName,
    outcome: &Outcome,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    match outcome {
        Outcome::Done(data) => done(snapshot, name, data, stamp),
        Outcome::Refused(why) => refused(snapshot, name, why, stamp),
    }
}

fn done(
    snapshot: &Snapshot,
    name: StepName,
    data: &StepData,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    let (step, known) = (snapshot.step(name)?, &snapshot.order.state);
    let progress = step.state.progress.after(StepHappened::Done)?;
    // What was refused is looked at again as long as it can be undone.
    if step.state.progress == Progress::FAILED && known.status.is_finished() {
        return None;
    }
    let order = advanced(known, name);
    let event = told_when_done(name, order != *known);
    let state = step.state.come_to(progress, stamp.at).knowing(data);
    let change = Transition::to(snapshot, event, stamp, order);
    Some(change.step(step, state).ending(snapshot))
}

/// The order once a step of it is done. One that is being undone goes no further.
fn advanced(known: &OrderState, name: StepName) -> OrderState {
    let happened = match name {
        StepName::RemoveFromStock => Happened::StockTaken,
        StepName::GenerateInvoice => Happened::InvoiceIssued,
        StepName::ShipOrder => Happened::CarrierBooked,
        StepName::CapturePayment if known.goes_forward_only() => Happened::MoneyTaken,
        _ => return known.clone(),
    };
    let mut next = known.clone();
    if let Some(status) = known.status.after(happened) {
        next.status = status;
        next.reason = None;
    }
    next
}

/// A refusal ends the way forward: the order is turned back in the same change.
fn refused(snapshot: &Snapshot, name: StepName, why: &str, stamp: Stamp<'_>) -> Option<Transition> {
    let step = snapshot.step(name)?;
    let progress = step.state.progress.after(StepHappened::Refused)?;
    let why = bounded(why.to_owned());
    let data = StepData {
        refused: Some(why.clone()),
        ..StepData::default()
    };
    let state = step.state.come_to(progress, stamp.at).knowing(&data);
    let (happened, error, event) = match name {
        StepName::CapturePayment => {
            let event = EventName::CaptureRefused;
            (Happened::CaptureRefused, "Refused", event)
        }
        StepName::AuthorizePayment => {
            let event = EventName::PaymentDeclined;
            (Happened::TurnedBack, "Declined", event)
        }
        _ => (Happened::TurnedBack, "Refused", told_when_refused(name)),
    };
    let turn = Turn {
        event,
        happened,
        ending: Ending::Failed,
        reason: format!("{name}: {error}: {why}"),
        timer: released(&snapshot.order.state.timer, stamp),
        settles: Some(name),
    };
    let turned = turn.of(snapshot, stamp);
    let change = turned.unwrap_or_else(|| Transition::within(snapshot, event, stamp));
    Some(change.note(why).step(step, state))
}

fn told_when_done(name: StepName, goes_on: bool) -> EventName {
    match name {
        StepName::PlaceOrder => EventName::OrderFilled,
        StepName::CheckCredit => EventName::CreditApproved,
        StepName::AuthorizePayment => EventName::PaymentAuthorized,
        StepName::CapturePayment if goes_on => EventName::OrderCompleted,
        StepName::CapturePayment => EventName::PaymentCaptured,
        // Its participant was late: the order goes back, and is not what the event would say.
        _ if !goes_on => EventName::StepDoneLate,
        StepName::RemoveFromStock => EventName::OrderCreated,
        StepName::GenerateInvoice => EventName::OrderInvoiced,
        StepName::ShipOrder => EventName::OrderShipped,
    }
}

fn told_when_refused(name: StepName) -> EventName {
    match name {
        StepName::RemoveFromStock => EventName::StockRefused,
        StepName::GenerateInvoice => EventName::InvoicingRefused,
        StepName::ShipOrder => EventName::ShipmentRefused,
        _ => EventName::CreditRefused,
    }
}
