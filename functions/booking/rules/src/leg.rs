//! The rules of one leg: what an action means for it, and what becomes of it when the supplier has
//! answered or kept silent. A call that may have been done leaves a leg `unknown`.

use crate::action::Action;
use holdfast_core::cause::bounded;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::money::Money;
use holdfast_core::refund::Refund;
use holdfast_core::time::Timestamp;

use crate::booking::{BookingStatus, Leg, LegState, LegStatus, Snapshot};
use crate::command;
use crate::event::EventName;
use crate::status::{LegHappened, Obstacle, Standing};
use crate::transition::Transition;
use holdfast_core::change::Stamp;

/// Whose leg it is, and the trace that its step belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Of<'a> {
    /// The booking.
    pub booking: &'a BookingId,
    /// Follows the booking.
    pub trace_id: &'a str,
    /// Why it is released, where it is.
    pub why: Option<&'a str>,
}

/// What came of asking a leg's supplier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The supplier holds it.
    Held(Held),
    /// The supplier has confirmed or released it.
    Done(Action),
    /// The supplier definitely did not hold it, and never will.
    HoldRefused(String),
    /// The supplier may have done it.
    Unclear(Action, String),
}

/// What a supplier says of a leg that it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The supplier's name for it.
    pub reference: Option<String>,
    /// What it costs.
    pub price: Option<Money>,
    /// What is given back of the price.
    pub refund: Option<Refund>,
    /// Until when it is held.
    pub expires: Option<Timestamp>,
}

impl Outcome {
    fn action(&self) -> Action {
        match self {
            Self::Held(_) | Self::HoldRefused(_) => Action::Hold,
            Self::Done(action) | Self::Unclear(action, _) => *action,
        }
    }

    fn happened(&self) -> LegHappened {
        match self {
            Self::HoldRefused(_) => LegHappened::Refused(Action::Hold),
            Self::Unclear(action, _) => LegHappened::Unclear(*action),
            Self::Held(_) | Self::Done(_) => LegHappened::Done(self.action()),
        }
    }

    fn event(&self) -> EventName {
        match self {
            Self::Held(_) => EventName::LegHeld,
            Self::Done(Action::Confirm) => EventName::LegConfirmed,
            Self::Done(_) => EventName::LegReleased,
            Self::HoldRefused(_) => EventName::LegRefused,
            Self::Unclear(..) => EventName::LegUnknown,
        }
    }
}

/// Whether the supplier must be asked for an action. False where it has been done before.
///
/// # Errors
/// [`Failure::Refused`] where it can never be done.
pub fn is_to_do(leg: &Leg, action: Action) -> Result<bool, Failure> {
    if leg.state.dropped && action != Action::Release {
        return Err(Failure::Refused(format!(
            "leg {}: it is out of the trip",
            leg.id
        )));
    }
    stands(leg, action)
}

/// What the status alone says of an action: a leg that is out of the trip may have been held all the
/// same, by a call that was on its way.
fn stands(leg: &Leg, action: Action) -> Result<bool, Failure> {
    let obstacle = match leg.state.status.standing(action) {
        Standing::ToDo => return Ok(true),
        Standing::AlreadyDone => return Ok(false),
        Standing::Never(obstacle) => obstacle,
    };
    let refuse = |why: &str| Err(Failure::Refused(format!("leg {}: {why}", leg.id)));
    match obstacle {
        Obstacle::Refused => {
            let why = leg.last_error.as_deref();
            refuse(why.unwrap_or("the supplier refused it"))
        }
        Obstacle::Released => refuse("it has been released"),
        Obstacle::NotHeld => refuse("it is not held"),
        Obstacle::NoSuchAction => Err(Failure::invalid("action", "use hold, confirm or release")),
    }
}

/// Records what came of asking a leg's supplier; what went wrong before it did what it was asked for is
/// no reason of anything that happens later. `None` where a twin has recorded it before, or
/// where nothing is new.
///
/// # Errors
/// [`Failure::Refused`] where the action can no longer be done for the leg as it stands.
pub fn record(
    leg: &Leg,
    outcome: &Outcome,
    of: Of<'_>,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    if !stands(leg, outcome.action())? {
        return Ok(None);
    }
    let Some(status) = leg.state.status.after(outcome.happened()) else {
        return Ok(None);
    };
    let mut from = leg.clone();
    let mut next = leg.state.with(status);
    match outcome {
        Outcome::Held(held) => {
            from.last_error = None;
            next = LegState {
                status,
                reference: held.reference.clone(),
                price: held.price.clone(),
                refund: held.refund.clone(),
                hold_expires: held.expires,
                ..next
            };
        }
        Outcome::Done(Action::Release) => {
            let why = of.why.map(str::to_owned);
            from.last_error = from.last_error.or(why);
        }
        Outcome::Done(_) => from.last_error = None,
        Outcome::HoldRefused(why) => from.last_error = Some(why.clone()),
        Outcome::Unclear(_, why) => {
            from.attempts += 1;
            from.last_error = Some(why.clone());
        }
    }
    let change = Transition::new(
        of.booking,
        outcome.event(),
        stamp.actor,
        of.trace_id,
        stamp.at,
    );
    let change = match &from.last_error {
        Some(why) if status.needs_a_reason() => change.note(why),
        _ => change,
    };
    Ok(Some(change.leg(&from, next)))
}

impl LegStatus {
    /// Whether a leg that comes to it has a reason to tell.
    pub fn needs_a_reason(self) -> bool {
        match self {
            Self::Refused | Self::Released | Self::ReleaseFailed | Self::Unknown => true,
            Self::Pending | Self::Held | Self::Confirmed => false,
        }
    }
}

impl Snapshot {
    /// Why a leg is not a part of the trip, or not yet: what went wrong with it, or what became of the
    /// whole trip. `None` for a leg that is well.
    pub fn reason_of(&self, leg: &Leg) -> Option<String> {
        let own = leg.reason().map(str::to_owned);
        own.or_else(|| match leg.state.status {
            LegStatus::Released => Some(self.why_released(leg)),
            _ if leg.state.dropped => Some(self.why_released(leg)),
            _ => None,
        })
    }

    /// Why a leg is released: what went wrong with it, the traveller's wish, or what undoes the trip.
    pub fn why_released(&self, leg: &Leg) -> String {
        let booking = self.booking.state.reason.as_deref();
        match (&leg.last_error, leg.state.dropped, booking) {
            (Some(why), ..) => why.clone(),
            (None, true, _) => "dropped by the traveller".to_owned(),
            (None, false, Some(why)) => bounded(format!("the trip is undone: {why}")),
            (None, false, None) => "the trip is undone".to_owned(),
        }
    }
}

/// A leg leaves the trip before its supplier is asked to release it. `None` where it has left, or where
/// the whole trip is being undone: neither is ever taken back, so a release that acts late does no harm.
///
/// # Errors
/// [`Failure::Conflict`] where the leg is a part of a trip that stands.
pub fn leave(
    snapshot: &Snapshot,
    id: &LegId,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    let booking = &snapshot.booking;
    let Some(leg) = snapshot.leg(id) else {
        return Ok(None);
    };
    if !leg.state.is_of_the_trip() || booking.state.is_being_undone() {
        return Ok(None);
    }
    if !is_leaving(snapshot, id) {
        let problem = format!("leg {id} is a part of the trip; it is not released");
        return Err(Failure::Conflict(problem));
    }
    let change = Transition::of(snapshot, EventName::LegGivenUp, stamp);
    let change = match &leg.last_error {
        Some(why) => change.note(why),
        None => change,
    };
    let change = change.booking(booking, booking.state.clone());
    Ok(Some(change.leg(leg, leg.state.out())))
}

/// Whether the execution carries out the command that adds this leg, and gives it up, or drops it.
fn is_leaving(snapshot: &Snapshot, id: &LegId) -> bool {
    let waiting = snapshot.booking.waiting.as_ref();
    let taken = waiting.and_then(|waiting| waiting.taken.as_ref());
    snapshot.booking.state.status == BookingStatus::AwaitingPayment
        && taken.is_some_and(|taken| command::is_about(&taken.command, id))
}
