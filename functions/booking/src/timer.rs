//! Consumes wake-ups. A wake-up is only a hint: the timer, read afresh, decides what it means.
//!
//! When time has won, the execution that waits is told; where no execution is alive to hear it, one
//! is started that takes the unwinding up. A wake-up for later is sent on with the delay that is left.

use std::time::Duration;

use aws_sdk_sfn::error::DisplayErrorContext;
use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_booking_rules::booking::{Booking, Snapshot};
use holdfast_booking_rules::waiting::{self, Meaning};
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Operation, Refusal, State};
use serde_json::json;

use crate::stamp::stamp;
use crate::store::Store;
use crate::waking::{SHORT_WAIT, TimerQueue, WakeUp};
use holdfast_kit::clock::Clock;
use holdfast_kit::executions::Executions;
use holdfast_kit::task_tokens::{TaskTokens, Tells, Word};

/// Looks at timers when they are due.
#[derive(Clone)]
pub struct Timekeeper {
    /// The bookings.
    pub store: Store,
    /// Takes wake-ups that came early.
    pub queue: TimerQueue,
    /// Looked for, and started.
    pub executions: Executions,
    /// Tells them.
    pub task_tokens: TaskTokens,
    /// The time.
    pub clock: Clock,
}

/// How long an execution that is alive is given before the booking is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// How long a wake-up that has overtaken its own deadline is given at first.
const LOOK_SOON: Duration = Duration::from_secs(2);

impl Timekeeper {
    /// Handles one wake-up. What is left to wait for has been ordered when it returns.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] to be delivered again.
    pub async fn wake(&self, wake_up: &WakeUp) -> Result<(), Failure> {
        let Some(snapshot) = self.store.find(&wake_up.id).await? else {
            return Ok(());
        };
        let meaning = waiting::meaning(&snapshot.booking.state, wake_up.generation);
        if matches!(meaning, Meaning::Ended | Meaning::Stale) {
            return Ok(());
        }
        let left = self.clock.now().until(wake_up.due);
        if left > SHORT_WAIT {
            return self.queue.send(wake_up, self.clock.now()).await;
        }
        if meaning == Meaning::Early {
            return self.wait_for_its_deadline(wake_up).await;
        }
        tokio::time::sleep(left).await;
        let generation = wake_up.generation;
        let fire = |snapshot: &Snapshot| {
            Ok(waiting::wake(
                snapshot,
                generation,
                stamp("timer", &self.clock),
            ))
        };
        let snapshot = self.store.change(snapshot, fire).await?;
        self.follow_up(&snapshot, wake_up).await
    }

    /// Looks again soon for a deadline that is not written yet, and then ever more rarely: a look
    /// waits as long again as the wake-up has waited already. So a write that comes within a second
    /// is found within two, and one that never comes costs a handful of looks.
    async fn wait_for_its_deadline(&self, wake_up: &WakeUp) -> Result<(), Failure> {
        let waited = wake_up.due.until(self.clock.now());
        let delay = waited.max(LOOK_SOON);
        self.queue.send_after(wake_up, delay).await
    }

    /// Sees to it that the booking goes on, now or when it is due.
    async fn follow_up(&self, snapshot: &Snapshot, wake_up: &WakeUp) -> Result<(), Failure> {
        let booking = &snapshot.booking;
        let timer = &booking.state.timer;
        let (now, generation) = (self.clock.now(), wake_up.generation);
        let again = match timer::decide(timer, Operation::Fire { generation }, now) {
            Err(Refusal::TooEarly(due) | Refusal::Paused(due)) => Some(due),
            _ => None,
        };
        if let Some(due) = again {
            return self.look_again(wake_up, due).await;
        }
        if self.is_alive(booking).await? {
            self.tell(booking).await?;
            return self.look_again(wake_up, now + LOOK_AGAIN).await;
        }
        self.take_up(booking, wake_up).await
    }

    async fn look_again(&self, wake_up: &WakeUp, due: Timestamp) -> Result<(), Failure> {
        self.queue
            .send(
                &WakeUp {
                    due,
                    ..wake_up.clone()
                },
                self.clock.now(),
            )
            .await
    }

    /// Tells the execution that waits that time has won.
    async fn tell(&self, booking: &Booking) -> Result<(), Failure> {
        let Some(waiting) = &booking.waiting else {
            return Ok(());
        };
        if booking.state.timer.state != State::Fired {
            return Ok(());
        }
        // An execution that has gone on with something else will find the timer fired.
        let expired = format!("the hold ended at {}", booking.state.timer.deadline);
        let word = Word::Failure(Failure::HoldExpired(expired));
        self.task_tokens.tell(&waiting.handle, word).await.map(drop)
    }

    async fn is_alive(&self, booking: &Booking) -> Result<bool, Failure> {
        let described = self
            .executions
            .step_functions
            .describe_execution()
            .execution_arn(&booking.execution)
            .send()
            .await;
        match described {
            Ok(execution) => Ok(*execution.status() == ExecutionStatus::Running),
            Err(error) => match error.as_service_error() {
                Some(service) if service.is_execution_does_not_exist() => Ok(false),
                _ => Err(Failure::unavailable(
                    "looking for the execution",
                    DisplayErrorContext(error),
                )),
            },
        }
    }

    /// Starts an execution that takes the unwinding up. Its name is the wake-up's own, so that a
    /// doubled wake-up starts one; it is looked after in turn, until the booking has ended.
    async fn take_up(&self, booking: &Booking, wake_up: &WakeUp) -> Result<(), Failure> {
        let name = format!("{}.{}", booking.booking_id, wake_up.due.as_seconds());
        let input = json!({"unwind": booking.booking_id});
        self.executions.start(&name, &input).await?;
        self.look_again(wake_up, self.clock.now() + LOOK_AGAIN)
            .await
    }
}
