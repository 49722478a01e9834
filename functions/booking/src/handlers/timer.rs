//! Consumes the wake-ups of hold timers.

use crate::settings;
use crate::store::Bookings;
use crate::timer::Timekeeper;
use crate::waking::WakeUp;
use holdfast_kit::clock::Clock;
use holdfast_kit::queue;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let timekeeper = Timekeeper {
        store: settings::store(&environment)?,
        queue: environment.timer_queue()?,
        executions: environment.executions()?,
        task_tokens: environment.task_tokens(),
        clock: Clock::system(),
    };
    Bookings::serve(|wake_ups| {
        let timekeeper = &timekeeper;
        queue::each::<Bookings, _, _>(
            wake_ups,
            &timekeeper.queue.0,
            |_| None,
            move |wake_up: WakeUp, tries| async move { timekeeper.wake(&wake_up, tries).await },
        )
    })
    .await
}
