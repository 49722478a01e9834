//! The Lambdas of push: `_HANDLER` says which of them this process is.

use holdfast_kit::settings::{Environment, setting};
use holdfast_push::handlers;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load()?;
    let handler: String = setting("_HANDLER")?;
    handlers::run(&handler, environment).await
}
