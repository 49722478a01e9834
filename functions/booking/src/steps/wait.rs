//! The booking waits for its traveller: the execution's task token is kept where a command, or the
//! timer, will find it. A supplier's hold that ends early brings the deadline forward.

use std::time::Duration;

use holdfast_booking_rules::booking::{Booking, BookingStatus, Snapshot, Waiting};
use holdfast_booking_rules::event::EventName;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Operation, State};
use serde::Deserialize;

use super::settle::expired;
use crate::store::Store;
use crate::waking::{WakeUp, Wakes};
use holdfast_booking_rules::transition::Transition;
use holdfast_kit::clock::Clock;

/// The step in which the booking waits.
#[derive(Clone)]
pub struct Wait<W> {
    /// The bookings.
    pub store: Store,
    /// Wakes the timer.
    pub waker: W,
    /// The time.
    pub clock: Clock,
    /// How long before a supplier's hold ends the traveller must have paid.
    pub margin: Duration,
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct WaitRequest {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// Wakes the execution.
    pub token: String,
}

impl<W: Wakes> Wait<W> {
    /// Keeps the token. Whoever waits for a timer that has fired is told so at once.
    ///
    /// # Errors
    /// [`Failure::HoldExpired`] and [`Failure::Conflict`] for good, [`Failure::Unavailable`] to be tried again.
    pub async fn wait(&self, request: &WaitRequest) -> Result<(), Failure> {
        let before = self.store.load(&request.booking_id).await?;
        self.wake_earlier(&before).await?;
        let waits = |snapshot: &Snapshot| self.keep(snapshot, &request.token);
        let after = self.store.change(before.clone(), waits).await?;
        if after.booking.state.timer.state == State::Fired {
            return Err(expired(&after));
        }
        if after.booking.state.timer.generation != before.booking.state.timer.generation {
            self.waker.forget(&before.booking).await;
        }
        Ok(())
    }

    /// The wake-up for an earlier deadline is ordered before the deadline is written.
    async fn wake_earlier(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        let timer = &snapshot.booking.state.timer;
        let Some(deadline) = self.earliest_end(snapshot) else {
            return Ok(());
        };
        let tighten = Operation::Tighten { deadline };
        let Ok(tightened) = timer::decide(timer, tighten, self.clock.now()) else {
            return Ok(());
        };
        let booking_id = snapshot.booking.booking_id.clone();
        let (generation, due) = (tightened.generation, tightened.deadline);
        self.waker
            .wake(&WakeUp {
                booking_id,
                generation,
                due,
                trace_id: Some(snapshot.booking.trace_id.clone()),
            })
            .await
    }

    fn keep(&self, snapshot: &Snapshot, token: &str) -> Result<Option<Transition>, Failure> {
        let now = self.clock.now();
        let booking = &snapshot.booking;
        let mut state = booking.state.clone();
        let fire = Operation::Fire {
            generation: state.timer.generation,
        };
        if let Ok(fired) = timer::decide(&state.timer, fire, now)
            && fired.state == State::Fired
        {
            state.timer = fired;
            let fired = self.transition(snapshot, EventName::TimerFired, now);
            return Ok(Some(fired.booking(booking, state)));
        }
        check_waitable(snapshot)?;
        if booking
            .waiting
            .as_ref()
            .is_some_and(|waiting| waiting.task_token == token)
        {
            return Ok(None);
        }
        if let Some(deadline) = self.earliest_end(snapshot) {
            let tighten = Operation::Tighten { deadline };
            state.timer = timer::decide(&state.timer, tighten, now).unwrap_or(state.timer);
        }
        let tightened = state.timer != booking.state.timer;
        state.status = BookingStatus::AwaitingPayment;
        let waiting = Some(Waiting {
            task_token: token.to_owned(),
            taken: None,
            decision: None,
        });
        let next = Booking {
            waiting,
            ..booking.clone()
        };
        let name = if tightened {
            EventName::TimerTightened
        } else {
            EventName::AwaitingPayment
        };
        Ok(Some(
            self.transition(snapshot, name, now).booking(&next, state),
        ))
    }

    /// When the first of the suppliers' holds ends, less the time it takes to pay and confirm.
    fn earliest_end(&self, snapshot: &Snapshot) -> Option<Timestamp> {
        snapshot.holds_end().map(|end| end - self.margin)
    }

    fn transition(&self, snapshot: &Snapshot, name: EventName, now: Timestamp) -> Transition {
        let booking = &snapshot.booking;
        Transition::new(&booking.booking_id, name, "booking", &booking.trace_id, now)
    }
}

fn check_waitable(snapshot: &Snapshot) -> Result<(), Failure> {
    let state = &snapshot.booking.state;
    if state.timer.state == State::Fired {
        return Err(expired(snapshot));
    }
    match state.status {
        BookingStatus::Holding | BookingStatus::AwaitingPayment => Ok(()),
        status => Err(Failure::Conflict(format!(
            "the booking is {}; nobody waits",
            status.as_str()
        ))),
    }
}
