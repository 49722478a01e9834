//! The booking starts to wait for its traveller: keeps the execution's task token.

use holdfast::clock::Clock;
use holdfast::lambda::{Environment, seconds, serve};
use holdfast::steps::{Wait, WaitRequest};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load().await;
    let wait = Wait {
        store: environment.store()?,
        waker: environment.waker()?,
        clock: Clock::system(),
        margin: seconds("HOLD_MARGIN_SECONDS")?,
    };
    serve(|request: WaitRequest| {
        let wait = &wait;
        async move { wait.wait(&request).await }
    })
    .await
}
