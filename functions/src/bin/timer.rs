//! Consumes the wake-ups of hold timers.

use holdfast::batch;
use holdfast::clock::Clock;
use holdfast::lambda::{Environment, serve};
use holdfast::timekeeper::Timekeeper;
use holdfast::waking::WakeUp;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let timekeeper = Timekeeper {
        store: environment.store()?,
        queue: environment.timer_queue()?,
        executions: environment.executions()?,
        task_tokens: environment.task_tokens(),
        clock: Clock::system(),
    };
    serve(|wake_ups| {
        let timekeeper = &timekeeper;
        batch::each(
            wake_ups,
            &timekeeper.queue.0,
            |_| None,
            move |wake_up: WakeUp, _| async move { timekeeper.wake(&wake_up).await },
        )
    })
    .await
}
