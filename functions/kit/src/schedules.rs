//! Waking the timer of a saga: a one-time schedule for each deadline, a little early, because a
//! schedule is only good to the minute; the queue it fires into is good to the second.
//!
//! A wake-up is only a hint. Late, early, doubled or stale, the timer decides what it means.

use std::time::Duration;

use aws_sdk_scheduler::error::DisplayErrorContext;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode,
    RetryPolicy, Target,
};
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::Timer;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clock::Clock;
use crate::later::Later;
use crate::queue::Queue;
use crate::table::{Aggregate, Saga, named};

/// The message that wakes a timer: `{"booking_id", "generation", "due", "trace_id"}`. The id is called
/// what the aggregate calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WakeUp<A: Aggregate> {
    /// Whose timer it is.
    pub id: A::Id,
    /// The deadline it was made for.
    pub generation: u32,
    /// When to look.
    pub due: Timestamp,
    /// Follows the saga.
    pub trace_id: Option<String>,
}

impl<A: Saga> WakeUp<A> {
    /// The wake-up for the deadline of a saga.
    pub fn of(id: &A::Id, saga: &A::View) -> Self {
        let timer = A::timer(saga);
        Self {
            id: id.clone(),
            generation: timer.generation,
            due: timer.deadline,
            trace_id: Some(A::trace_id(saga).to_owned()),
        }
    }
}

/// Sees to it that timers are woken.
pub trait Wakes<A: Aggregate>: Clone + Send + Sync + 'static {
    /// Has a timer looked at when it is due. Asking twice for the same is harmless.
    fn wake(&self, wake_up: &WakeUp<A>) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Forgets the wake-ups for a timer's deadline and for those before it. What cannot be forgotten
    /// comes to nothing later.
    fn forget(&self, id: &A::Id, timer: &Timer) -> impl Future<Output = ()> + Send;
}

/// Wakes by way of EventBridge Scheduler and SQS.
#[derive(Clone, Debug)]
pub struct Waker {
    /// Makes and drops schedules.
    pub scheduler: Later<aws_sdk_scheduler::Client>,
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
/// What is being done when something goes wrong here.
const WAKING: &str = "waking the timer";

impl TimerQueue {
    /// Sends a wake-up, to be delivered within the second before it is due.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the queue does not answer.
    pub async fn send<A: Aggregate>(
        &self,
        wake_up: &WakeUp<A>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        self.send_after(wake_up, now.until(wake_up.due)).await
    }

    /// Sends a wake-up, to be delivered after this time, a quarter of an hour at most.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the queue does not answer.
    pub async fn send_after<A: Aggregate>(
        &self,
        wake_up: &WakeUp<A>,
        delay: Duration,
    ) -> Result<(), Failure> {
        let Self(queue) = self;
        queue.send(wake_up, delay.min(LONGEST_DELAY), WAKING).await
    }
}

impl<A: Aggregate> Wakes<A> for Waker {
    async fn wake(&self, wake_up: &WakeUp<A>) -> Result<(), Failure> {
        let (now, early) = (self.clock.now(), wake_up.due - self.early);
        if early <= now {
            return self.queue.send(wake_up, now).await;
        }
        let window = FlexibleTimeWindow::builder()
            .mode(FlexibleTimeWindowMode::Off)
            .build()
            .map_err(|problem| Failure::unavailable(WAKING, problem))?;
        let made = self
            .scheduler
            .create_schedule()
            .name(name(&wake_up.id, wake_up.generation))
            .group_name(&self.group)
            .schedule_expression(format!("at({})", to_the_second(early)))
            .schedule_expression_timezone("UTC")
            .flexible_time_window(window)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(self.target(body(wake_up)?)?)
            .send()
            .await;
        let Err(error) = made else { return Ok(()) };
        let was_made = error
            .as_service_error()
            .is_some_and(|error| error.is_conflict_exception());
        if was_made {
            return Ok(());
        }
        Err(Failure::unavailable(WAKING, DisplayErrorContext(error)))
    }

    async fn forget(&self, id: &A::Id, timer: &Timer) {
        // The process that brought the deadline forward may have died before it forgot the older ones.
        for generation in 1..=timer.generation {
            self.drop_schedule(&name(id, generation)).await;
        }
    }
}

impl Waker {
    async fn drop_schedule(&self, schedule: &str) {
        let dropped = self
            .scheduler
            .delete_schedule()
            .name(schedule)
            .group_name(&self.group)
            .send()
            .await;
        let Err(error) = dropped else { return };
        let is_gone = error
            .as_service_error()
            .is_some_and(|error| error.is_resource_not_found_exception());
        if !is_gone {
            let error = DisplayErrorContext(error).to_string();
            tracing::warn!(schedule, error, "a schedule stays; it will come to nothing");
        }
    }

    fn target(&self, input: String) -> Result<Target, Failure> {
        let retry = RetryPolicy::builder()
            .maximum_retry_attempts(10)
            .maximum_event_age_in_seconds(3600);
        let dead_letters = DeadLetterConfig::builder().arn(&self.dead_letter_arn);
        Target::builder()
            .arn(&self.queue_arn)
            .role_arn(&self.role_arn)
            .input(input)
            .retry_policy(retry.build())
            .dead_letter_config(dead_letters.build())
            .build()
            .map_err(|problem| Failure::unavailable(WAKING, problem))
    }
}

fn body<A: Aggregate>(wake_up: &WakeUp<A>) -> Result<String, Failure> {
    serde_json::to_string(wake_up).map_err(|problem| Failure::unavailable(WAKING, problem))
}

/// One schedule for each deadline of a saga.
fn name(id: &impl std::fmt::Display, generation: u32) -> String {
    format!("{id}.{generation}")
}

/// A schedule's moment has no fractions of a second and no zone. It is the next whole second: the one
/// before may be over when the schedule is made.
fn to_the_second(moment: Timestamp) -> String {
    (moment + Duration::from_millis(999))
        .to_string()
        .chars()
        .take("2027-03-01T12:00:00".len())
        .collect()
}

/// A wake-up without the id.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rest {
    generation: u32,
    due: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
}

impl<A: Aggregate> Serialize for WakeUp<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rest = Rest {
            generation: self.generation,
            due: self.due,
            trace_id: self.trace_id.clone(),
        };
        named::write::<A, S>(&self.id, &rest, serializer)
    }
}

impl<'de, A: Aggregate> Deserialize<'de> for WakeUp<A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (id, rest) = named::read::<A, Rest, D>(deserializer)?;
        Ok(Self {
            id,
            generation: rest.generation,
            due: rest.due,
            trace_id: rest.trace_id,
        })
    }
}
