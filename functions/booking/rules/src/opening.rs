//! The rules of opening: everything that will ever have to be undone is in a booking from its first
//! moment; and an execution that resumes the undoing of a booking takes it over from its own.

use holdfast_core::change::Stamp;
use holdfast_core::execution::{is_namesake, trace_id};
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::Timer;

use crate::action::Script;
use crate::booking::{
    Booking, BookingState, BookingStatus, Leg, LegState, Payment, PaymentState, Snapshot,
};
use crate::event::EventName;
use crate::request::{BookingRequest, LegRequest};
use crate::transition::Transition;

/// The execution that opens a booking.
#[derive(Clone, Copy, Debug)]
pub struct Execution<'a> {
    /// Its name, which becomes the booking's id.
    pub name: &'a str,
    /// What tells it from every other execution.
    pub arn: &'a str,
    /// The version of the code that opens.
    pub definition: &'a str,
}

/// A booking that is opened at this moment, as a request asks for it.
///
/// # Errors
/// [`Failure::InvalidBooking`] where the execution's name is no id.
pub fn open(
    execution: Execution<'_>,
    asked: &BookingRequest,
    now: Timestamp,
) -> Result<Snapshot, Failure> {
    let id = execution.name.parse();
    let booking_id: BookingId =
        id.map_err(|problem| Failure::invalid("the execution's name", format!("{problem}")))?;
    let given = asked.trace_id.as_ref().map(ToString::to_string);
    let booking = Booking {
        booking_id,
        version: 1,
        state: BookingState {
            status: BookingStatus::Holding,
            timer: Timer::start(now + asked.hold),
            ending: None,
            reason: None,
            amount: None,
            cancellation: None,
        },
        customer: asked.customer.clone(),
        max_total: asked.max_total.clone(),
        passengers: asked.passengers.clone(),
        simulate: asked.simulate.clone(),
        execution: execution.arn.to_owned(),
        waiting: None,
        trace_id: given.unwrap_or_else(|| trace_id(execution.arn, now)),
        definition: execution.definition.to_owned(),
        created: now,
        updated: now,
    };
    let legs = (0..)
        .zip(&asked.legs)
        .map(|(order, leg)| new_leg(&booking, order, leg));
    let paid = asked.payment.as_ref();
    let simulate = paid.map(|payment| payment.simulate.clone());
    Ok(Snapshot {
        legs: legs.collect::<Result<_, _>>()?,
        booking,
        payment: new_payment(simulate.unwrap_or_default()),
    })
}

/// A leg of which nothing is known yet.
///
/// # Errors
/// [`Failure::InvalidBooking`] where its spec cannot be written.
pub fn new_leg(booking: &Booking, order: u32, asked: &LegRequest) -> Result<Leg, Failure> {
    let spec = serde_json::to_value(&asked.spec)
        .map_err(|problem| Failure::invalid("spec", problem.to_string()))?;
    Ok(Leg {
        id: asked.id.clone(),
        kind: asked.spec.kind(),
        order,
        spec,
        offer: asked.offer.clone(),
        named: !booking.passengers.is_empty(),
        simulate: asked.simulate.clone(),
        version: 1,
        state: LegState::pending(),
        attempts: 0,
        last_error: None,
    })
}

fn new_payment(simulate: Script) -> Payment {
    Payment {
        version: 1,
        state: PaymentState::none(),
        decide_by: None,
        simulate,
        last_error: None,
    }
}

/// Whether this execution opened the booking. One that uses an old name again has the same ARN; it was
/// started long after the booking was opened.
pub fn is_opened_by(snapshot: &Snapshot, execution: &str, started: Option<Timestamp>) -> bool {
    let booking = &snapshot.booking;
    booking.execution == execution && !is_namesake(started, booking.created)
}

/// Another execution takes the booking up, for its own is gone, and drives it from now on. `None`
/// where it does already, or where the booking has ended.
pub fn take_up(snapshot: &Snapshot, execution: &str, stamp: Stamp<'_>) -> Option<Transition> {
    let booking = &snapshot.booking;
    if booking.execution == execution || booking.state.status.has_ended() {
        return None;
    }
    let next = Booking {
        execution: execution.to_owned(),
        waiting: None,
        ..booking.clone()
    };
    let change = Transition::of(snapshot, EventName::TakenUp, stamp);
    Some(change.booking(&next, booking.state.clone()))
}
