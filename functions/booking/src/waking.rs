//! Waking the hold timer: a one-time schedule for each deadline, a little early, because a schedule
//! is only good to the minute; the queue it fires into is good to the second.
//!
//! A wake-up is only a hint. Late, early, doubled or stale, the timer decides what it means.

use std::time::Duration;

use aws_sdk_scheduler::error::DisplayErrorContext;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode,
    RetryPolicy, Target,
};
use holdfast_booking_rules::booking::Booking;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use holdfast_kit::clock::Clock;
use holdfast_kit::queue::Queue;

/// The message that wakes a timer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WakeUp {
    /// Whose timer it is.
    pub booking_id: BookingId,
    /// The deadline it was made for.
    pub generation: u32,
    /// When to look.
    pub due: Timestamp,
    /// Follows the booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
}

/// Sees to it that timers are woken.
pub trait Wakes: Clone + Send + Sync + 'static {
    /// Has a timer looked at when it is due. Asking twice for the same is harmless.
    fn wake(&self, wake_up: &WakeUp) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Forgets the wake-ups for a booking's deadline and those before it. What cannot be forgotten
    /// comes to nothing later.
    fn forget(&self, booking: &Booking) -> impl Future<Output = ()> + Send;
}

/// Wakes by way of EventBridge Scheduler and SQS.
#[derive(Clone, Debug)]
pub struct Waker {
    /// Makes and drops schedules.
    pub scheduler: aws_sdk_scheduler::Client,
    /// Takes what is due soon.
    pub queue: TimerQueue,
    /// Where schedules are kept.
    pub group: String,
    /// The role a schedule sends with.
    pub role_arn: String,
    /// Where schedules send to.
    pub queue_arn: String,
    /// Where what a schedule could not send ends.
    pub dead_letter_arn: String,
    /// How long before the deadline a schedule fires.
    pub early: Duration,
    /// The time.
    pub clock: Clock,
}

/// The queue that wake-ups wait in for their last minutes.
#[derive(Clone, Debug)]
pub struct TimerQueue(pub Queue);

/// The queue delays by whole seconds, and is asked for one that is too short rather than too long.
/// This much at most is left when the message comes, and the consumer waits for it.
pub const SHORT_WAIT: Duration = Duration::from_secs(1);
/// The longest that SQS delays a message.
const LONGEST_DELAY: Duration = Duration::from_secs(900);

impl TimerQueue {
    /// Sends a wake-up, to be delivered within the second before it is due.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the queue does not answer.
    pub async fn send(&self, wake_up: &WakeUp, now: Timestamp) -> Result<(), Failure> {
        let body = serde_json::to_string(wake_up).map_err(unavailable)?;
        let delay = now.until(wake_up.due).min(LONGEST_DELAY).as_secs();
        let Self(queue) = self;
        queue
            .sqs
            .send_message()
            .queue_url(&queue.url)
            .message_body(body)
            .delay_seconds(i32::try_from(delay).unwrap_or(0))
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable(DisplayErrorContext(error)))
    }
}

impl Wakes for Waker {
    async fn wake(&self, wake_up: &WakeUp) -> Result<(), Failure> {
        let (now, early) = (self.clock.now(), wake_up.due - self.early);
        if early <= now {
            return self.queue.send(wake_up, now).await;
        }
        let target = self.target(wake_up)?;
        let window = FlexibleTimeWindow::builder()
            .mode(FlexibleTimeWindowMode::Off)
            .build();
        let made = self
            .scheduler
            .create_schedule()
            .name(name(&wake_up.booking_id, wake_up.generation))
            .group_name(&self.group)
            .schedule_expression(format!("at({})", to_the_second(early)))
            .schedule_expression_timezone("UTC")
            .flexible_time_window(window.map_err(unavailable)?)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(target)
            .send()
            .await;
        match made {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.is_conflict_exception()) =>
            {
                Ok(())
            }
            other => other
                .map(drop)
                .map_err(|error| unavailable(DisplayErrorContext(error))),
        }
    }

    async fn forget(&self, booking: &Booking) {
        // Whoever brought the deadline forward may have died before it forgot the older ones.
        for generation in 1..=booking.state.timer.generation {
            self.drop_schedule(&booking.booking_id, generation).await;
        }
    }
}

impl Waker {
    async fn drop_schedule(&self, booking_id: &BookingId, generation: u32) {
        let dropped = self
            .scheduler
            .delete_schedule()
            .name(name(booking_id, generation))
            .group_name(&self.group)
            .send()
            .await;
        let Err(error) = dropped else { return };
        if error
            .as_service_error()
            .is_some_and(|e| e.is_resource_not_found_exception())
        {
            return;
        }
        let error = DisplayErrorContext(error).to_string();
        tracing::warn!(%booking_id, error, "a schedule stays; it will come to nothing");
    }

    fn target(&self, wake_up: &WakeUp) -> Result<Target, Failure> {
        let retry = RetryPolicy::builder()
            .maximum_retry_attempts(10)
            .maximum_event_age_in_seconds(3600);
        Target::builder()
            .arn(&self.queue_arn)
            .role_arn(&self.role_arn)
            .input(serde_json::to_string(wake_up).map_err(unavailable)?)
            .retry_policy(retry.build())
            .dead_letter_config(
                DeadLetterConfig::builder()
                    .arn(&self.dead_letter_arn)
                    .build(),
            )
            .build()
            .map_err(unavailable)
    }
}

/// One schedule for each deadline of a booking.
fn name(booking: &BookingId, generation: u32) -> String {
    format!("{booking}.{generation}")
}

/// A schedule's moment has no fractions of a second and no zone.
fn to_the_second(moment: Timestamp) -> String {
    moment
        .to_string()
        .chars()
        .take("2027-03-01T12:00:00".len())
        .collect()
}

fn unavailable(problem: impl std::fmt::Display) -> Failure {
    Failure::Unavailable(format!("waking the timer: {problem}"))
}
