//! Consumes the answers of other services.

use holdfast_kit::clock::Clock;
use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

use crate::answers::Answers;
use crate::settings;
use crate::store::Orders;

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let answers = Answers {
        store: settings::store(&environment)?,
        task_tokens: environment.task_tokens(),
        clock: Clock::system(),
    };
    let queue = environment.queue("ORDER_ANSWERS_QUEUE_URL")?;
    Orders::serve(|batch| answers.consume(batch, &queue)).await
}
