//! Consumes the wake-ups of hold timers.

use holdfast::batch::{self, Source};
use holdfast::clock::Clock;
use holdfast::lambda::{Environment, serve, setting};
use holdfast::timekeeper::Timekeeper;
use holdfast::waking::WakeUp;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let timekeeper = Timekeeper {
        store: environment.store()?,
        queue: environment.timer_queue()?,
        step_functions: aws_sdk_sfn::Client::new(environment.aws()),
        state_machine_arn: setting("STATE_MACHINE_ARN")?,
        clock: Clock::system(),
    };
    let source = Source {
        sqs: timekeeper.queue.sqs.clone(),
        url: timekeeper.queue.url.clone(),
    };
    serve(|wake_ups| {
        let (timekeeper, source) = (&timekeeper, &source);
        batch::each(
            wake_ups,
            source,
            |_| None,
            move |wake_up: WakeUp, _| async move { timekeeper.wake(&wake_up).await },
        )
    })
    .await
}
