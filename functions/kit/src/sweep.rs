//! The last resort, for what no message comes for any more: the sweep wakes the timers of sagas that
//! should have gone on long ago, and reminds of those that wait for a person.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use tracing::{Instrument, Span};

use crate::clock::Clock;
use crate::queue::Queue;
use crate::schedules::{TimerQueue, WakeUp};
use crate::serve::Serves;
use crate::table::{Claim, Saga, Table};

/// Looks for sagas whose wake-up was lost.
#[derive(Clone, Debug)]
pub struct Sweep<A> {
    /// The sagas.
    pub table: Table<A>,
    /// Takes wake-ups.
    pub queue: TimerQueue,
    /// Takes what waits for a person.
    pub errands: Queue,
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// How many timers were woken.
    pub woken: usize,
    /// Of how many sagas what waits was sent again.
    pub reminded: usize,
}

fn default_grace() -> u64 {
    120
}

impl<A: Saga> Sweep<A> {
    /// Sweeps whenever the schedule asks, until the process ends.
    ///
    /// # Errors
    /// When the Lambda runtime cannot be reached.
    pub async fn serve(&self) -> Result<(), lambda_runtime::Error> {
        A::serve(async |request: SweepRequest| self.sweep(&request).await).await
    }

    /// Wakes the timers of sagas that are overdue, and sends again what waits of others. To wake one
    /// too often is harmless, and so is an errand that is done already.
    ///
    /// # Errors
    /// [`Failure::Unavailable`]; the next sweep goes on. A saga that cannot be read holds up no other.
    pub async fn sweep(&self, request: &SweepRequest) -> Result<Swept, Failure> {
        let now = self.clock.now();
        let before = now - Duration::from_secs(request.grace_seconds);
        let (mut swept, mut failed) = (Swept::default(), Ok(()));
        for status in A::RUNNING {
            for id in self.table.overdue(*status, before).await? {
                match self.wake(&id, *status, now).await {
                    Ok(woken) => swept.woken += usize::from(woken),
                    Err(failure) => failed = Err(failure),
                }
            }
        }
        for status in A::WAITING {
            for id in self.table.overdue(*status, now).await? {
                match self.remind(&id, *status, now).await {
                    Ok(reminded) => swept.reminded += usize::from(reminded),
                    Err(failure) => failed = Err(failure),
                }
            }
        }
        failed.map(|()| swept)
    }

    async fn wake(&self, id: &A::Id, status: A::Status, now: Timestamp) -> Result<bool, Failure> {
        let Some(saga) = self.table.find(id).await? else {
            return Ok(false);
        };
        let (span, status) = (Self::span(id, &saga), A::word(status));
        span.in_scope(|| tracing::warn!(status, "overdue; waking its timer"));
        let wake_up = WakeUp::<A> {
            due: now,
            ..WakeUp::of(id, &saga)
        };
        let sent = self.queue.send(&wake_up, now).instrument(span);
        sent.await.map(|()| true)
    }

    /// Sends again what waits of a saga, and sees to it that its rows are kept until it ends. The
    /// reminder is claimed first, so that it is not repeated at every sweep.
    async fn remind(&self, id: &A::Id, status: A::Status, now: Timestamp) -> Result<bool, Failure> {
        let Some(saga) = self.table.find(id).await? else {
            return Ok(false);
        };
        let Some(reminder) = A::remind(&saga, now) else {
            return Ok(false);
        };
        let claim = Claim {
            name: "reminder",
            generation: 1,
            at: now,
            until: now + reminder.pause,
            patience: Duration::ZERO,
            again: false,
        };
        if !self.table.claim(id, &claim).await? {
            return Ok(false);
        }
        let (span, status) = (Self::span(id, &saga), A::word(status));
        span.in_scope(|| tracing::warn!(status, "waits; its messages are sent again"));
        let renewed = self.table.renew(id, now).await;
        for errand in &reminder.errands {
            let sent = self.errands.send(errand, Duration::ZERO, "reminding");
            sent.instrument(span.clone()).await?;
        }
        renewed.map(|()| true)
    }

    fn span(id: &A::Id, saga: &A::View) -> Span {
        A::span(&id.to_string(), Some(A::trace_id(saga)))
    }
}
