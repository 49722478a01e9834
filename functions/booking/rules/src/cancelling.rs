//! Giving a booked trip back, whole or some of its legs: what the traveller gets for it, and what is
//! left to do. What suppliers give back was agreed when they held each leg.
//!
//! A cancellation begins with one change, which takes its legs out of the trip: from then on they
//! are released whatever happens, and the refund is the one that the traveller agreed to.

use std::collections::BTreeSet;

use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::booking::{
    Booking, BookingStatus, Cancellation, Leg, PaymentState, PaymentStatus, Refunded, Snapshot,
};
use crate::event::EventName;
use crate::status::{Happened, Left, PaymentHappened};
use crate::transition::Transition;
use crate::unwinding::Work;

/// What a traveller gets for what they would give back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// For each leg.
    pub legs: Vec<LegQuote>,
    /// In all.
    pub refund: Money,
}

/// What a traveller gets for one leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LegQuote {
    /// The leg.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: LegId,
    /// What its supplier gives back.
    pub refund: Money,
}

/// What a traveller wants to give back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Some legs; the whole trip where none are named.
    pub legs: Option<Vec<LegId>>,
    /// The refund that the traveller agrees to. Without it nothing is begun, and they are told.
    pub refund: Option<Money>,
}

/// What the traveller would get now for these legs, or for the whole trip.
///
/// # Errors
/// [`Failure::Conflict`] where the trip is not booked, or for some legs of one that is not known to be
/// paid for, [`Failure::InvalidBooking`] for legs that it does not have.
pub fn quote(
    snapshot: &Snapshot,
    legs: Option<&[LegId]>,
    now: Timestamp,
) -> Result<Quote, Failure> {
    check_booked(snapshot)?;
    let given_back = chosen(snapshot, legs)?;
    check_parts(snapshot, &given_back)?;
    let amount = snapshot.booking.state.amount.as_ref();
    let nothing = amount.map_or_else(|| Money::new(0, "XXX"), |amount| amount.percent(0));
    let was_paid = was_paid(&snapshot.payment.state);
    let quoted = given_back.iter().map(|leg| LegQuote {
        id: leg.id.clone(),
        refund: leg
            .state
            .refund(now)
            .filter(|_| was_paid)
            .unwrap_or_else(|| nothing.clone()),
    });
    let quoted: Vec<_> = quoted.collect();
    let sum = Money::sum(quoted.iter().map(|leg| &leg.refund));
    let sum = sum.map_err(|problem| Failure::Conflict(problem.to_string()))?;
    Ok(Quote {
        legs: quoted,
        refund: sum.unwrap_or(nothing),
    })
}

/// Begins a cancellation. `None` where the same one has begun before, or is done.
///
/// # Errors
/// As for a [`quote`]; [`Failure::Conflict`] where the refund is another by now.
pub fn begin(
    snapshot: &Snapshot,
    wish: &Wish,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    let booking = &snapshot.booking;
    if has_begun(snapshot, wish) {
        return Ok(None);
    }
    let quote = quote(snapshot, wish.legs.as_deref(), stamp.at)?;
    if wish.refund.as_ref() != Some(&quote.refund) {
        return Err(another_refund(&quote));
    }
    let mut state = booking.state.clone();
    state.status = state
        .status
        .after(Happened::GivingBack)
        .ok_or_else(|| not_booked(snapshot))?;
    let was_paid = was_paid(&snapshot.payment.state);
    let is_whole = quote.legs.len() == snapshot.trip().count();
    let before = state.cancellation.as_ref();
    state.cancellation = Some(Cancellation {
        number: before.map_or(1, |before| before.number + 1),
        legs: quote.legs.iter().map(|leg| leg.id.clone()).collect(),
        refund: (was_paid || !is_whole).then_some(quote.refund),
    });
    let change = Transition::of(snapshot, EventName::CancellationStarted, stamp);
    let change = change.booking(booking, state);
    let out = |change: Transition, leg: &Leg| change.leg(leg, leg.state.out());
    let given_back = chosen(snapshot, wish.legs.as_deref())?;
    Ok(Some(given_back.into_iter().fold(change, out)))
}

fn another_refund(quote: &Quote) -> Failure {
    let Money { amount, currency } = &quote.refund;
    Failure::Conflict(format!(
        "the trip is booked; `refund` must be what is given back for it, \
         {{\"amount\": {amount}, \"currency\": \"{currency}\"}} at this moment"
    ))
}

/// Whether this is the last cancellation, whatever has become of it: no leg comes back into a trip, so
/// the traveller can wish for it only once.
fn has_begun(snapshot: &Snapshot, wish: &Wish) -> bool {
    let Some(last) = &snapshot.booking.state.cancellation else {
        return false;
    };
    let same_legs = match &wish.legs {
        Some(legs) => is_same(legs, &last.legs),
        None => snapshot.trip().next().is_none(),
    };
    let agreed = match (&last.refund, &wish.refund) {
        (Some(refund), Some(wished)) => refund == wished,
        (None, Some(wished)) => wished.amount == 0,
        (_, None) => false,
    };
    same_legs && agreed
}

fn is_same(some: &[LegId], others: &[LegId]) -> bool {
    let set = |legs: &[LegId]| legs.iter().cloned().collect::<BTreeSet<_>>();
    set(some) == set(others)
}

fn check_booked(snapshot: &Snapshot) -> Result<(), Failure> {
    let is_booked = snapshot.booking.state.status == BookingStatus::Booked;
    if is_booked {
        Ok(())
    } else {
        Err(not_booked(snapshot))
    }
}

fn not_booked(snapshot: &Snapshot) -> Failure {
    let status = snapshot.booking.state.status;
    let problem = match status {
        BookingStatus::Cancelling => "it is being cancelled; look again when that is done",
        BookingStatus::NeedsAttention => "an operator looks after it; look again later",
        _ => "only a booked trip can be given back for a refund",
    };
    Failure::Conflict(format!("the booking is {}; {problem}", status.as_str()))
}

/// The legs of the trip that are named, or all of them.
fn chosen<'a>(snapshot: &'a Snapshot, legs: Option<&[LegId]>) -> Result<Vec<&'a Leg>, Failure> {
    let Some(named) = legs else {
        return Ok(snapshot.trip().collect());
    };
    if named.is_empty() {
        let problem = "names no leg; leave it out for the whole trip";
        return Err(Failure::invalid("legs", problem));
    }
    let stranger = named
        .iter()
        .find(|id| !snapshot.trip().any(|leg| leg.id == **id));
    if let Some(id) = stranger {
        let ours: Vec<_> = snapshot.trip().map(|leg| leg.id.as_str()).collect();
        let problem = format!("the trip has no leg `{id}`; it has {}", ours.join(", "));
        return Err(Failure::invalid("legs", problem));
    }
    Ok(snapshot
        .trip()
        .filter(|leg| named.contains(&leg.id))
        .collect())
}

/// Money that is not known to be taken is undone as a whole: what a part of it comes to is not known.
fn check_parts(snapshot: &Snapshot, given_back: &[&Leg]) -> Result<(), Failure> {
    let payment = &snapshot.payment.state;
    let is_whole = given_back.len() == snapshot.trip().count();
    if is_whole || was_paid(payment) || payment.is_gone() {
        return Ok(());
    }
    let problem = "the payment of the trip was given up; only the whole trip can be given back";
    Err(Failure::Conflict(problem.to_owned()))
}

/// Whether the money of a booked trip was taken. An operator may have given up a capture that failed.
fn was_paid(payment: &PaymentState) -> bool {
    let was_refunded = payment.refunded.is_some();
    let is_taken = matches!(
        payment.status,
        PaymentStatus::Captured | PaymentStatus::PartlyRefunded
    );
    is_taken || was_refunded || payment.status == PaymentStatus::ReleaseFailed
}

/// The name of the execution that carries a cancellation out: the same however often it is started.
pub fn execution_name(booking: &BookingId, number: u32) -> String {
    format!("{booking}.cancel-{number}")
}

/// The names of the executions of all cancellations of a booking, in order.
pub fn execution_names(booking: &Booking) -> impl Iterator<Item = String> {
    let last = booking.state.cancellation.as_ref();
    let last = last.map_or(0, |cancellation| cancellation.number);
    (1..=last).map(|number| execution_name(&booking.booking_id, number))
}

/// The number of the cancellation that is under way.
pub fn under_way(snapshot: &Snapshot) -> Option<u32> {
    let cancellation = snapshot.booking.state.cancelling()?;
    Some(cancellation.number)
}

/// What is left to do about the money of a cancellation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoneyBack<'a> {
    /// This much is to be given back, under this number.
    Part {
        /// The number of the cancellation.
        number: u32,
        /// How much.
        sum: &'a Money,
    },
    /// The trip was never paid for: what may be reserved is to be undone.
    Reservation,
}

/// What is left to do about the money of the cancellation that is under way.
pub fn money_back(snapshot: &Snapshot) -> Option<MoneyBack<'_>> {
    let cancellation = snapshot.booking.state.cancelling()?;
    let payment = &snapshot.payment.state;
    let Some(sum) = &cancellation.refund else {
        return (!payment.is_gone()).then_some(MoneyBack::Reservation);
    };
    let number = cancellation.number;
    let is_owed = sum.amount > 0 && !payment.was_refunded_for(number);
    is_owed.then_some(MoneyBack::Part { number, sum })
}

/// What is left to do for the cancellation that is under way: its legs from last to first, then the
/// money.
pub fn remaining_work(snapshot: &Snapshot, cancellation: &Cancellation) -> Vec<Work> {
    let legs = snapshot.legs.iter().rev();
    let left =
        legs.filter(|leg| cancellation.legs.contains(&leg.id) && !leg.state.status.is_gone());
    let money = money_back(snapshot).map(|back| match back {
        MoneyBack::Part { .. } => Work::payment(Action::Refund),
        MoneyBack::Reservation => Work::payment(Action::Void),
    });
    left.map(Work::release).chain(money).collect()
}

/// What is left of the trip once the cancellation that is under way is done.
pub fn left(snapshot: &Snapshot) -> Left {
    match snapshot.trip().next() {
        Some(_) => Left::Legs,
        None => Left::Nothing,
    }
}

/// The supplier gave the refund of this cancellation back. `None` where that was known.
pub fn refunded(
    snapshot: &Snapshot,
    number: u32,
    sum: &Money,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    let payment = &snapshot.payment;
    let next = given_back(snapshot, number, sum)?;
    let change = Transition::of(snapshot, EventName::PaymentRefunded, stamp);
    Some(change.payment(payment, next))
}

/// The payment once the refund of this cancellation is given back. `None` where it was before.
pub(crate) fn given_back(snapshot: &Snapshot, number: u32, sum: &Money) -> Option<PaymentState> {
    let payment = &snapshot.payment.state;
    if payment.was_refunded_for(number) {
        return None;
    }
    let known = payment.refunded.as_ref();
    let before = known.map(|known| &known.sum);
    let total = Money::sum(before.into_iter().chain([sum])).ok()??;
    let mut cancellations = known.map_or_else(BTreeSet::new, |known| known.cancellations.clone());
    cancellations.insert(number);
    let is_all = Some(&total) == snapshot.booking.state.amount.as_ref();
    let happened = match is_all {
        true => PaymentHappened::Refunded,
        false => PaymentHappened::PartlyRefunded,
    };
    Some(PaymentState {
        status: payment.status.after(happened).unwrap_or(payment.status),
        refunded: Some(Refunded {
            cancellations,
            sum: total,
        }),
        ..payment.clone()
    })
}
