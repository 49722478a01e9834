//! A booking as any saga is seen by operators: each leg is a step, and the payment is one.
//!
//! States come from the events alone. Which legs there are, in which order, and of which kind, no event
//! tells: that is in the rows, and never changes.

use serde::Serialize;

use crate::booking::{Leg, LegState, LegStatus, PaymentState, PaymentStatus, Snapshot};
use crate::event::{BrokenHistory, Change, Event, Folded, fold};
use crate::passenger::Passenger;
use holdfast_core::ids::NotAnId;
use holdfast_core::money::Money;
use holdfast_core::saga::{SagaLine, SagaView, StepStatus, StepType, StepView};
use holdfast_core::time::Timestamp;

/// The kind of this saga.
pub const SAGA: &str = "booking";
const PAYMENT: &str = "payment";

/// What is known of a leg or a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartData {
    /// How it stands, in a booking's own words.
    pub status: PartStatus,
    /// The supplier's name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Those who travel, whom its supplier is told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passengers: Vec<Passenger>,
    /// Why it was refused or released, or why its supplier does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How a part stands, in a booking's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum PartStatus {
    /// A leg.
    Leg(LegStatus),
    /// A payment.
    Payment(PaymentStatus),
}

/// What cannot be seen as a saga.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASaga {
    /// Its events do not hold together.
    #[error(transparent)]
    Broken(#[from] BrokenHistory),
    /// Its id is none of a saga's.
    #[error(transparent)]
    Id(#[from] NotAnId),
}

/// A booking in short, by its rows.
///
/// # Errors
/// [`NotAnId`] never for a booking that was opened: its id is a saga's.
pub fn line(snapshot: &Snapshot) -> Result<SagaLine, NotAnId> {
    let booking = &snapshot.booking;
    Ok(SagaLine {
        saga_id: booking.booking_id.as_str().parse()?,
        saga_name: SAGA.to_owned(),
        version: booking.definition.clone(),
        created: booking.created,
        updated: booking.updated,
        expires: booking.state.timer.deadline,
        status: booking.state.status.as_str().to_owned(),
        reason: booking.state.reason.clone(),
    })
}

/// A booking as any saga is seen, by these events. `snapshot` says which legs there are.
///
/// # Errors
/// [`NotASaga`] where the events do not hold together.
pub fn told(snapshot: &Snapshot, events: &[Event]) -> Result<SagaView<PartData>, NotASaga> {
    let folded = fold(events)?;
    let times = || events.iter().map(|event| event.at);
    let booking = &snapshot.booking;
    Ok(SagaView {
        saga_id: booking.booking_id.as_str().parse()?,
        saga_name: SAGA.to_owned(),
        version: booking.definition.clone(),
        created: times().min().unwrap_or(booking.created),
        updated: times().max().unwrap_or(booking.updated),
        expires: folded.booking.timer.deadline,
        status: folded.booking.status.as_str().to_owned(),
        steps: steps(snapshot, &folded, events),
    })
}

fn steps(snapshot: &Snapshot, folded: &Folded, events: &[Event]) -> Vec<StepView<PartData>> {
    let is_undone = folded.booking.is_being_undone();
    let legs = snapshot.legs.iter().filter_map(|leg| {
        let state = folded.legs.get(&leg.id)?;
        let mut step = of_leg(leg, state, is_undone, events);
        let passengers = snapshot.booking.passengers.iter();
        step.data.passengers = passengers.filter(|_| leg.named).cloned().collect();
        Some(step)
    });
    let is_over = folded.booking.status.is_finished();
    let payment = of_payment(&folded.payment, is_over, events);
    legs.chain([payment]).collect()
}

fn of_leg(leg: &Leg, state: &LegState, is_undone: bool, events: &[Event]) -> StepView<PartData> {
    let progress = match state.status {
        LegStatus::Refused => (StepType::Normal, StepStatus::Failed),
        LegStatus::Released => (StepType::Compensate, StepStatus::Compensated),
        LegStatus::ReleaseFailed => (StepType::Compensate, StepStatus::Failed),
        _ if is_undone || state.dropped => (StepType::Compensate, StepStatus::Compensating),
        LegStatus::Pending => (StepType::Normal, StepStatus::Pending),
        LegStatus::Held | LegStatus::Unknown => (StepType::Normal, StepStatus::Running),
        LegStatus::Confirmed => (StepType::Normal, StepStatus::Success),
    };
    let changes = events.iter().filter_map(|event| {
        let change = event.legs.get(&leg.id)?;
        Some((event.at, change))
    });
    let is_undo =
        |state: &LegState| matches!(state.status, LegStatus::Released | LegStatus::ReleaseFailed);
    let past = Past::of(changes, |state| (state.status, is_undo(state)));
    let data = PartData {
        status: PartStatus::Leg(state.status),
        reference: state.reference.clone(),
        price: state.price.clone(),
        passengers: Vec::new(),
        reason: why(leg, events),
    };
    past.step(leg.id.as_str(), leg.kind.as_str(), progress, data)
}

/// Why a leg came to where it stands, in the words of the event that told it.
fn why(leg: &Leg, events: &[Event]) -> Option<String> {
    let told = events.iter().rfind(|event| event.moves(&leg.id))?;
    told.why(&leg.id).map(str::to_owned)
}

fn of_payment(state: &PaymentState, is_over: bool, events: &[Event]) -> StepView<PartData> {
    let progress = match state.status {
        PaymentStatus::None if state.attempts > 0 => (StepType::Normal, StepStatus::Running),
        PaymentStatus::None if is_over => (StepType::Normal, StepStatus::Skipped),
        PaymentStatus::None => (StepType::Normal, StepStatus::Pending),
        PaymentStatus::Pending | PaymentStatus::Authorized | PaymentStatus::Unknown => {
            (StepType::Normal, StepStatus::Running)
        }
        PaymentStatus::Captured => (StepType::Normal, StepStatus::Success),
        PaymentStatus::Declined => (StepType::Normal, StepStatus::Failed),
        PaymentStatus::Voided | PaymentStatus::Refunded | PaymentStatus::PartlyRefunded => {
            (StepType::Compensate, StepStatus::Compensated)
        }
        PaymentStatus::ReleaseFailed => (StepType::Compensate, StepStatus::Failed),
    };
    let changes = events.iter().filter_map(|event| {
        let change = event.payment.as_ref()?;
        Some((event.at, change))
    });
    let is_undo = |state: &PaymentState| {
        matches!(
            state.status,
            PaymentStatus::Voided
                | PaymentStatus::Refunded
                | PaymentStatus::PartlyRefunded
                | PaymentStatus::ReleaseFailed
        )
    };
    let past = Past::of(changes, |state| (state.status, is_undo(state)));
    let data = PartData {
        status: PartStatus::Payment(state.status),
        reference: state.reference.clone(),
        price: None,
        passengers: Vec::new(),
        reason: None,
    };
    let mut step = past.step(PAYMENT, PAYMENT, progress, data);
    step.attempts = state.attempts;
    step
}

/// What the events tell of a part's past.
#[derive(Default)]
struct Past {
    begun: Option<Timestamp>,
    last: Option<Timestamp>,
    tries: u32,
    undos: u32,
}

impl Past {
    /// `came_to` tells the status, and whether an undo has led to it.
    fn of<'a, S: 'a, T: PartialEq>(
        changes: impl Iterator<Item = (Timestamp, &'a Change<S>)>,
        came_to: impl Fn(&S) -> (T, bool),
    ) -> Self {
        let mut past = Self::default();
        for (at, change) in changes {
            let (status, is_undo) = came_to(&change.after);
            let before = change.before.as_ref().map(&came_to);
            if before.is_none_or(|(before, _)| before == status && !is_undo) {
                continue;
            }
            past.begun = past.begun.or(Some(at));
            past.last = Some(at);
            match is_undo {
                true => past.undos += 1,
                false => past.tries += 1,
            }
        }
        past
    }

    fn step(
        &self,
        name: &str,
        topic: &str,
        (kind, status): (StepType, StepStatus),
        data: PartData,
    ) -> StepView<PartData> {
        let is_under_way = matches!(
            status,
            StepStatus::Pending | StepStatus::Running | StepStatus::Compensating
        );
        StepView {
            name: name.to_owned(),
            topic: topic.to_owned(),
            kind,
            status,
            attempts: self.tries,
            compensate_retries: self.undos.saturating_sub(1),
            data,
            started: self.begun,
            ended: self.last.filter(|_| !is_under_way),
        }
    }
}
