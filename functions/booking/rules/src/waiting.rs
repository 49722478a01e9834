//! A booking that waits: for its traveller's next command, or for a payment's decision.

use std::time::Duration;

use holdfast_core::change::Stamp;
pub use holdfast_core::execution::Since;
use holdfast_core::failure::Failure;
use holdfast_core::ids::LegId;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Meaning, Operation, State, Timer};
use serde::{Deserialize, Serialize};

use crate::booking::{
    Booking, BookingState, BookingStatus, Leg, LegStatus, PaymentStatus, Snapshot,
};
use crate::command;
use crate::event::EventName;
use crate::paying::expired;
use crate::status::Happened;
use crate::transition::Transition;

/// An execution that waits: for the traveller's next command, or for a payment's decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// How the execution is reached; means nothing to the rules.
    #[serde(rename = "task_token")]
    pub handle: String,
    /// The command that was taken for it and is on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
    /// Since when.
    #[serde(flatten)]
    pub since: Since,
    /// The attempt to pay whose decision it waits for; nothing where it waits for the traveller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<u32>,
}

/// How an execution that waits is reached.
#[derive(Clone, Copy, Debug)]
pub struct Listener<'a> {
    /// Means nothing to the rules.
    pub handle: &'a str,
    /// Since when it waits.
    pub since: Since,
}

impl Listener<'_> {
    /// The command that was taken for an earlier try of the same wait: nobody heard it, and it is told
    /// to this one.
    fn unheard<'a>(&self, known: &'a Waiting) -> Option<&'a Taken> {
        let same = known.since.entered.is_some() && known.since.entered == self.since.entered;
        known.taken.as_ref().filter(|_| same)
    }

    /// Whether the booking knows of a later one: then this is a late delivery, and its execution has gone on.
    pub(crate) fn is_outdated(&self, booking: &Booking) -> bool {
        let known = booking.waiting.as_ref();
        known.is_some_and(|known| known.since > self.since && known.handle != self.handle)
    }
}

/// The failure of a wait that was given up before it was written.
pub(crate) fn outdated() -> Failure {
    Failure::Conflict("the execution waits anew; this wait was given up".to_owned())
}

impl Waiting {
    /// Whether the traveller may say something.
    pub fn is_for_a_command(&self) -> bool {
        self.taken.is_none() && self.decision.is_none()
    }
}

impl Snapshot {
    /// The execution that waits, as long as it can be told what the traveller says: while it waits for
    /// that, or for the decision about the payment that is pending.
    pub fn listening(&self) -> Option<&Waiting> {
        let waiting = self.booking.waiting.as_ref()?;
        let payment = &self.payment.state;
        let listens = match (self.booking.state.status, waiting.decision) {
            (BookingStatus::AwaitingPayment, None) => true,
            // Its payment is withdrawn, and another is about to begin.
            (BookingStatus::AwaitingPayment, Some(_)) => waiting.taken.is_some(),
            (BookingStatus::Paying, Some(attempt)) => {
                payment.status == PaymentStatus::Pending && payment.attempts == attempt
            }
            _ => false,
        };
        listens.then_some(waiting)
    }
}

/// A command on its way to the execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// What it says, without what it pays with.
    pub command: String,
    /// When it was taken.
    pub at: Timestamp,
}

/// The booking waits for its traveller. A deadline that has passed fires the timer instead; a
/// supplier's hold that ends early brings the deadline forward. A leg that is not held by now is out
/// of the trip: nothing holds it any more.
///
/// # Errors
/// [`Failure::HoldExpired`] when time has won, [`Failure::Conflict`] when the booking cannot wait.
pub fn wait(
    snapshot: &Snapshot,
    listener: Listener<'_>,
    margin: Duration,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    let booking = &snapshot.booking;
    let mut state = booking.state.clone();
    if let Some(fired) = fired(&state.timer, stamp.at) {
        state.timer = fired;
        let change = Transition::of(snapshot, EventName::TimerFired, stamp);
        return Ok(Some(change.booking(booking, state)));
    }
    state.status = waits(snapshot)?;
    let known = booking.waiting.as_ref();
    if known.is_some_and(|waiting| waiting.handle == listener.handle) {
        return Ok(None);
    }
    if listener.is_outdated(booking) {
        return Err(outdated());
    }
    let tightened = tightened(snapshot, margin, stamp.at);
    state.timer = tightened.unwrap_or(state.timer);
    let taken = known.and_then(|known| listener.unheard(known));
    let undecided: Vec<_> = snapshot
        .trip()
        .filter(|leg| leg.state.status != LegStatus::Held && !is_about(taken, &leg.id))
        .collect();
    let waiting = Some(Waiting {
        handle: listener.handle.to_owned(),
        taken: taken.cloned(),
        since: listener.since,
        decision: None,
    });
    let next = Booking {
        waiting,
        ..booking.clone()
    };
    let name = match tightened {
        Some(_) => EventName::TimerTightened,
        None => EventName::AwaitingPayment,
    };
    let change = Transition::of(snapshot, name, stamp).booking(&next, state);
    let change = match snapshot.holds_end().filter(|_| tightened.is_some()) {
        Some(end) => change.note(why_tightened(end, margin)),
        None => change,
    };
    let out = |change: Transition, leg: &Leg| change.leg(leg, leg.state.out());
    Ok(Some(undecided.into_iter().fold(change, out)))
}

/// Why the deadline moves: travellers see it come nearer.
fn why_tightened(holds_end: Timestamp, margin: Duration) -> String {
    let seconds = margin.as_secs();
    format!("a supplier holds until {holds_end}; the deadline is {seconds} s before")
}

fn is_about(taken: Option<&Taken>, leg: &LegId) -> bool {
    taken.is_some_and(|taken| command::is_about(&taken.command, leg))
}

/// The timer with the earlier deadline that the suppliers' holds demand, less the time it takes to
/// pay and confirm; `None` where the present deadline is early enough.
pub fn tightened(snapshot: &Snapshot, margin: Duration, now: Timestamp) -> Option<Timer> {
    let deadline = snapshot.holds_end()? - margin;
    let tighten = Operation::Tighten { deadline };
    timer::decide(&snapshot.booking.state.timer, tighten, now).ok()
}

fn fired(timer: &Timer, now: Timestamp) -> Option<Timer> {
    let generation = timer.generation;
    let decided = timer::decide(timer, Operation::Fire { generation }, now);
    decided.ok().filter(|timer| timer.state == State::Fired)
}

fn waits(snapshot: &Snapshot) -> Result<BookingStatus, Failure> {
    let state = &snapshot.booking.state;
    if state.timer.state == State::Fired {
        return Err(expired(snapshot));
    }
    state.status.after(Happened::Waits).ok_or_else(|| {
        let status = state.status.as_str();
        Failure::Conflict(format!("the booking is {status}; it does not wait"))
    })
}

/// A wake-up for the deadline of this generation came: fires the timer, or frees it from a payment
/// whose lease is over. `None` where there is nothing to change.
pub fn wake(snapshot: &Snapshot, generation: u32, stamp: Stamp<'_>) -> Option<Transition> {
    let booking = &snapshot.booking;
    let fire = Operation::Fire { generation };
    let timer = timer::decide(&booking.state.timer, fire, stamp.at).ok()?;
    let mut state = booking.state.clone();
    state.timer = timer;
    let change = Transition::of(snapshot, EventName::of_freed(&timer), stamp);
    Some(change.booking(booking, state))
}

/// What a wake-up for the deadline of this generation means to a booking that stands like this.
pub fn meaning(state: &BookingState, generation: u32) -> Meaning {
    timer::meaning(&state.timer, state.status.has_ended(), generation)
}

/// The failure that an execution is told which waits though time has won; `None` where none waits, or
/// time has not won. An execution that has gone on with something else will find the timer fired.
pub fn told(booking: &Booking) -> Option<(&Waiting, Failure)> {
    let (waiting, timer) = (booking.waiting.as_ref()?, &booking.state.timer);
    let expired = format!("the hold ended at {}", timer.deadline);
    (timer.state == State::Fired).then_some((waiting, Failure::HoldExpired(expired)))
}
