//! The last resort: looks for bookings that somebody should have gone on with long ago, whose
//! wake-ups were lost, and wakes their timers once more.

use std::time::Duration;

use holdfast_booking_rules::booking::BookingStatus;
use holdfast_core::failure::Failure;
use serde::{Deserialize, Serialize};

use crate::store::Store;
use crate::waking::{TimerQueue, WakeUp};
use holdfast_kit::clock::Clock;

/// Looks for overdue bookings.
#[derive(Clone)]
pub struct Sweep {
    /// The bookings.
    pub store: Store,
    /// Takes wake-ups.
    pub queue: TimerQueue,
    /// The time.
    pub clock: Clock,
}

/// What the schedule asks.
#[derive(Clone, Debug, Deserialize)]
pub struct SweepRequest {
    /// How long a booking must be overdue.
    #[serde(default = "default_grace")]
    pub grace_seconds: u64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// How many timers were woken.
    pub woken: usize,
}

fn default_grace() -> u64 {
    120
}

/// Where a booking may be when its execution is lost.
const UNFINISHED: &[BookingStatus] = &[
    BookingStatus::Holding,
    BookingStatus::AwaitingPayment,
    BookingStatus::Paying,
    BookingStatus::Confirming,
    BookingStatus::Unwinding,
];

impl Sweep {
    /// Wakes the timers of bookings that are overdue. Waking one too often is harmless.
    ///
    /// # Errors
    /// [`Failure::Unavailable`]; the next sweep goes on.
    pub async fn sweep(&self, request: &SweepRequest) -> Result<Swept, Failure> {
        let now = self.clock.now();
        let before = now - Duration::from_secs(request.grace_seconds);
        let mut woken = 0;
        for status in UNFINISHED {
            for booking_id in self.store.overdue(*status, before).await? {
                let Some(found) = self.store.find(&booking_id).await? else {
                    continue;
                };
                let generation = found.booking.state.timer.generation;
                let (status, trace_id) = (status.as_str(), &found.booking.trace_id);
                tracing::warn!(%booking_id, trace_id, status, "overdue; waking its timer");
                let wake_up = WakeUp {
                    booking_id,
                    generation,
                    due: now,
                    trace_id: Some(found.booking.trace_id),
                };
                self.queue.send(&wake_up, now).await?;
                woken += 1;
            }
        }
        Ok(Swept { woken })
    }
}
