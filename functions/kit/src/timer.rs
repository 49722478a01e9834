//! Consumes wake-ups. A wake-up is only a hint: the timer, read afresh, decides what it means.
//!
//! When time has won, the execution that waits is told; where no execution is alive to hear it, one
//! is started that takes the unwinding up. A wake-up for later is sent on with the delay that is left.
//!
//! From then on one wake-up looks after the saga until it has ended: each look sends the next, and
//! claims it first. Of doubled wake-ups and of the sweep's, one goes on. If the chain is lost, the
//! next sweep begins another.

use std::time::Duration;

use aws_sdk_sfn::error::DisplayErrorContext;
use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Meaning, Operation, Refusal};
use serde_json::json;

use crate::clock::Clock;
use crate::executions::Executions;
use crate::queue;
use crate::schedules::{SHORT_WAIT, TimerQueue, WakeUp};
use crate::serve::Serves;
use crate::table::{Claim, Saga, Table};
use crate::task_tokens::{TaskTokens, Tells};

/// Looks at timers when they are due.
#[derive(Clone, Debug)]
pub struct Timekeeper<A> {
    /// The sagas.
    pub table: Table<A>,
    /// Takes wake-ups that came early.
    pub queue: TimerQueue,
    /// Looked for, and started.
    pub executions: Executions,
    /// Tells them.
    pub task_tokens: TaskTokens,
    /// The time.
    pub clock: Clock,
}

/// Who fires timers, in the history.
const ACTOR: &str = "timer";
/// How long an execution that is alive is given before the saga is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// How much later than it should a look may come before another wake-up takes its place.
const LATE: Duration = Duration::from_secs(25);
/// How long a wake-up that has overtaken its own deadline is given at first.
const LOOK_SOON: Duration = Duration::from_secs(2);

impl<A: Saga> Timekeeper<A> {
    /// Handles the wake-ups that the queue delivers, until the process ends.
    ///
    /// # Errors
    /// When the Lambda runtime cannot be reached.
    pub async fn serve(&self) -> Result<(), lambda_runtime::Error> {
        let wake = async |wake_up: WakeUp<A>, tries| self.wake(&wake_up, tries).await;
        A::serve(|wake_ups| queue::each::<A, _, _>(wake_ups, &self.queue.0, |_| None, wake)).await
    }

    /// Handles one wake-up, at its first delivery or a later one (`tries`). What is left to wait for
    /// has been ordered when it returns.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] to be delivered again.
    pub async fn wake(&self, wake_up: &WakeUp<A>, tries: u32) -> Result<(), Failure> {
        let Some(saga) = self.table.find(&wake_up.id).await? else {
            return Ok(());
        };
        let generation = wake_up.generation;
        let meaning = A::meaning(&saga, generation);
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
        let fire = |saga: &A::View| Ok(A::wake(saga, generation, self.clock.stamp(ACTOR)));
        let saga = self.table.change(saga, fire).await?;
        match A::meaning(&saga, generation) {
            Meaning::Due => self.follow_up(&saga, wake_up, tries).await,
            // Another writer was first.
            _ => Ok(()),
        }
    }

    /// Looks again soon for a deadline that is not written yet, and then ever more rarely: a look
    /// waits as long again as the wake-up has waited already. So a write that comes within a second
    /// is found within two, and one that never comes costs a handful of looks.
    async fn wait_for_its_deadline(&self, wake_up: &WakeUp<A>) -> Result<(), Failure> {
        let waited = wake_up.due.until(self.clock.now());
        let delay = waited.max(LOOK_SOON);
        self.queue.send_after(wake_up, delay).await
    }

    /// Sees to it that the saga goes on, now or when it is due, and looks again then.
    async fn follow_up(
        &self,
        saga: &A::View,
        wake_up: &WakeUp<A>,
        tries: u32,
    ) -> Result<(), Failure> {
        let (now, generation) = (self.clock.now(), wake_up.generation);
        let fire = Operation::Fire { generation };
        let due = match timer::decide(A::timer(saga), fire, now) {
            Err(Refusal::TooEarly(due) | Refusal::Paused(due)) => Some(due),
            _ => None,
        };
        let next = due.unwrap_or(now + LOOK_AGAIN);
        if !self.is_the_one(wake_up, next, tries).await? {
            return Ok(());
        }
        if due.is_none() {
            self.see_to(saga, wake_up).await?;
        }
        let again = WakeUp {
            due: next,
            ..wake_up.clone()
        };
        self.queue.send(&again, self.clock.now()).await
    }

    /// Whether this wake-up is the one that goes on until the saga has ended. There is one such
    /// chain at most: a double, or a sweep's wake-up, ends here while the chain is alive.
    async fn is_the_one(
        &self,
        wake_up: &WakeUp<A>,
        next: Timestamp,
        tries: u32,
    ) -> Result<bool, Failure> {
        let claim = Claim {
            name: "look",
            generation: wake_up.generation,
            at: wake_up.due,
            until: next,
            patience: LATE,
            again: tries > 1,
        };
        self.table.claim(&wake_up.id, &claim).await
    }

    /// Time has won, or the saga is overdue: its execution goes on, or another one does.
    async fn see_to(&self, saga: &A::View, wake_up: &WakeUp<A>) -> Result<(), Failure> {
        if self.is_alive(A::execution(saga)).await? {
            return self.tell(saga).await;
        }
        self.take_up(wake_up).await
    }

    /// Tells the execution that waits though it need not: time has won, say.
    async fn tell(&self, saga: &A::View) -> Result<(), Failure> {
        let Some((token, word)) = A::told(saga) else {
            return Ok(());
        };
        self.task_tokens.tell(token, word).await.map(drop)
    }

    async fn is_alive(&self, execution: &str) -> Result<bool, Failure> {
        let described = self
            .executions
            .step_functions
            .describe_execution()
            .execution_arn(execution)
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
    /// doubled wake-up starts one; it is looked after in turn, until the saga has ended.
    async fn take_up(&self, wake_up: &WakeUp<A>) -> Result<(), Failure> {
        let name = format!("{}.{}", wake_up.id, wake_up.due.as_seconds());
        let input = json!({"unwind": wake_up.id});
        self.executions.start(&name, &input).await
    }
}
