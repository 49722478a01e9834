//! The last resort: looks for sagas that should have gone on long ago, whose wake-ups were lost, and
//! wakes their timers once more.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use tracing::Instrument;

use crate::clock::Clock;
use crate::logging;
use crate::schedules::{TimerQueue, WakeUp};
use crate::table::{Saga, Table};

/// Looks for overdue sagas.
#[derive(Clone, Debug)]
pub struct Sweep<A> {
    /// The sagas.
    pub table: Table<A>,
    /// Takes wake-ups.
    pub queue: TimerQueue,
    /// The time.
    pub clock: Clock,
}

/// What the schedule asks.
#[derive(Clone, Debug, Deserialize)]
pub struct SweepRequest {
    /// How long a saga must be overdue.
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

impl<A: Saga> Sweep<A> {
    /// Wakes the timers of sagas that are overdue. Waking one too often is harmless.
    ///
    /// # Errors
    /// [`Failure::Unavailable`]; the next sweep goes on.
    pub async fn sweep(&self, request: &SweepRequest) -> Result<Swept, Failure> {
        let now = self.clock.now();
        let before = now - Duration::from_secs(request.grace_seconds);
        let mut woken = 0;
        for status in A::RUNNING {
            for id in self.table.overdue(*status, before).await? {
                let Some(found) = self.table.find(&id).await? else {
                    continue;
                };
                self.wake(id, *status, &found, now).await?;
                woken += 1;
            }
        }
        Ok(Swept { woken })
    }

    async fn wake(
        &self,
        id: A::Id,
        status: A::Status,
        saga: &A::View,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let trace_id = A::trace_id(saga);
        let span = logging::span(A::ID_FIELD, &id.to_string(), Some(trace_id));
        let status = A::word(status);
        span.in_scope(|| tracing::warn!(status, "overdue; waking its timer"));
        let wake_up = WakeUp::<A> {
            id,
            generation: A::timer(saga).generation,
            due: now,
            trace_id: Some(trace_id.to_owned()),
        };
        self.queue.send(&wake_up, now).instrument(span).await
    }
}
