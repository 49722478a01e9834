//! The booking waits for its traveller: the execution's task token is kept where a command, or the
//! timer, will find it.

use std::time::Duration;

use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::paying::expired;
use holdfast_booking_rules::waiting::{self, Listener, Since};
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::timer::State;
use holdfast_kit::clock::Clock;
use holdfast_kit::schedules::Wakes;
use serde::Deserialize;

use crate::store::{Bookings, Store, WakeUp};

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
    /// Since when it waits.
    #[serde(flatten)]
    pub since: Since,
}

impl<W: Wakes<Bookings>> Wait<W> {
    /// Keeps the token. An execution that waits for a timer that has fired is told so at once.
    ///
    /// # Errors
    /// [`Failure::HoldExpired`] and [`Failure::Conflict`] for good, [`Failure::Unavailable`] to be tried again.
    pub async fn wait(&self, request: &WaitRequest) -> Result<(), Failure> {
        let before = self.store.load(&request.booking_id).await?;
        self.wake_earlier(&before).await?;
        let waits = |snapshot: &Snapshot| {
            waiting::wait(
                snapshot,
                Listener {
                    handle: &request.token,
                    since: request.since,
                },
                self.margin,
                self.clock.stamp("booking"),
            )
        };
        let after = self.store.change(before.clone(), waits).await?;
        if after.booking.state.timer.state == State::Fired {
            return Err(expired(&after));
        }
        if after.booking.state.timer.generation != before.booking.state.timer.generation {
            let old = &before.booking;
            self.waker.forget(&old.booking_id, &old.state.timer).await;
        }
        Ok(())
    }

    /// The wake-up for an earlier deadline is ordered before the deadline is written.
    async fn wake_earlier(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        let now = self.clock.now();
        let Some(timer) = waiting::tightened(snapshot, self.margin, now) else {
            return Ok(());
        };
        let wake_up = WakeUp {
            id: snapshot.booking.booking_id.clone(),
            generation: timer.generation,
            due: timer.deadline,
            trace_id: Some(snapshot.booking.trace_id.clone()),
        };
        self.waker.wake(&wake_up).await
    }
}
