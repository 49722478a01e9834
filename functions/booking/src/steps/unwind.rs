//! Decides that a booking is to be undone, and what that takes.
//!
//! It decides upon what is recorded, not upon what it is told: a booking past its commit point is
//! finished instead, and one that has ended is left alone.

use holdfast_booking_rules::booking::{BookingStatus, Ending, Snapshot};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::unwinding::{Cause, Work, remaining_work};
use holdfast_core::failure::Failure;
use holdfast_core::ids::{Action, BookingId};
use holdfast_core::timer::{self, Operation, State};
use serde::{Deserialize, Serialize};

use crate::store::Store;
use holdfast_booking_rules::transition::Transition;
use holdfast_kit::clock::Clock;
use holdfast_kit::rehearsal::{Moment, Rehearsal, Simulation};

/// The turn to the way back.
#[derive(Clone)]
pub struct Unwind {
    /// The bookings.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Scripted mishaps.
    pub simulation: Simulation,
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct UnwindRequest {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// What went wrong; several legs may fail to be held at once.
    #[serde(default)]
    pub causes: Vec<Cause>,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

/// What the state machine is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnwindPlan {
    /// What is left to do, in order.
    pub work: Vec<Work>,
}

impl Unwind {
    /// Turns a booking to the way back, unless it is committed or has ended, and plans what is left to do.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`] where there is no such booking, [`Failure::Unavailable`] to be tried again.
    pub async fn unwind(&self, request: &UnwindRequest) -> Result<UnwindPlan, Failure> {
        let snapshot = self.store.load(&request.booking_id).await?;
        let script = &snapshot.booking.simulate;
        let ours = self.simulation.of(script, Action::Unwind, request.retry);
        ours.deliver(|| self.turn_back(request, snapshot.clone(), ours))
            .await
    }

    async fn turn_back(
        &self,
        request: &UnwindRequest,
        snapshot: Snapshot,
        ours: Rehearsal,
    ) -> Result<UnwindPlan, Failure> {
        let cause = Cause::foremost(request.causes.clone());
        ours.crash_at(Moment::Before);
        self.store
            .change(snapshot, |snapshot| Ok(self.turn(snapshot, &cause)))
            .await?;
        ours.crash_at(Moment::After);
        // Read afresh: a leg that was added just before the turn is among the legs only now.
        let turned = self.store.load(&request.booking_id).await?;
        Ok(UnwindPlan {
            work: remaining_work(&turned),
        })
    }

    fn turn(&self, snapshot: &Snapshot, cause: &Cause) -> Option<Transition> {
        let booking = &snapshot.booking;
        let turned = booking.state.status == BookingStatus::Unwinding;
        if turned || booking.state.status.has_ended() || booking.state.timer.is_committed() {
            return None;
        }
        let now = self.clock.now();
        let mut state = booking.state.clone();
        // A timer that has fired stays fired: that is why it is being undone.
        if let Ok(timer) = timer::decide(&state.timer, Operation::Cancel, now) {
            state.timer = timer;
        }
        state.status = BookingStatus::Unwinding;
        // Nobody says why when an execution was stopped: then it is time that undoes the booking.
        let time_won = state.timer.state == State::Fired && cause.error.is_empty();
        state.ending = Some(if time_won {
            Ending::Expired
        } else {
            cause.ending()
        });
        state.reason = Some(cause.reason());
        let (id, trace_id) = (&booking.booking_id, &booking.trace_id);
        let transition = Transition::new(id, EventName::UnwindingStarted, "unwind", trace_id, now);
        Some(transition.note(cause.reason()).booking(booking, state))
    }
}
