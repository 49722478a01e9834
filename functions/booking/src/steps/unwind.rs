//! Decides that a booking is to be undone, and what that takes.
//!
//! It decides upon what is recorded, not upon what it is told: a booking past its commit point is
//! finished instead, and one that has ended is left alone.

use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::cancelling::under_way;
use holdfast_booking_rules::unwinding::{Work, remaining_work, turn_back};
use holdfast_core::cause::Cause;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_kit::clock::Clock;
use serde::{Deserialize, Serialize};

use crate::store::Store;
use holdfast_kit::causes::unwrapped;

/// The turn to the way back.
#[derive(Clone)]
pub struct Unwind {
    /// The bookings.
    pub store: Store,
    /// The time.
    pub clock: Clock,
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
    /// The number of the cancellation that is carried out, where a booked trip is given back.
    pub cancellation: Option<u32>,
}

impl Unwind {
    /// Turns a booking to the way back, unless it is committed or has ended, and plans what is left to do.
    ///
    /// # Errors
    /// [`Failure::NoSuch`] where there is no such booking, [`Failure::Unavailable`] to be tried again.
    pub async fn unwind(&self, request: &UnwindRequest) -> Result<UnwindPlan, Failure> {
        let snapshot = self.store.load(&request.booking_id).await?;
        let cause = unwrapped(Cause::foremost(request.causes.clone()));
        let turn =
            |snapshot: &Snapshot| Ok(turn_back(snapshot, &cause, self.clock.stamp("unwind")));
        self.store.change(snapshot, turn).await?;
        // Read afresh: a leg that was added just before the turn is among the legs only now.
        let turned = self.store.load(&request.booking_id).await?;
        Ok(UnwindPlan {
            work: remaining_work(&turned),
            cancellation: under_way(&turned),
        })
    }
}
