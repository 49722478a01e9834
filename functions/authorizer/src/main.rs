//! The Lambdas of the authorizer: `_HANDLER` says which of them this process is.

use holdfast_authorizer::handlers;
use holdfast_kit::settings::{Environment, setting};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load()?;
    let handler: String = setting("_HANDLER")?;
    handlers::run(&handler, environment).await
}
