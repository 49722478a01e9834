//! The suppliers: as a Lambda, `_HANDLER` says which; as a local process, the simulated ones.

use std::process::ExitCode;
use std::time::Duration;

use holdfast_kit::settings::{Environment, setting};
use holdfast_suppliers::handlers;
use lambda_runtime::Error;

/// How long AWS may take to answer one request.
const AWS_PATIENCE: Duration = Duration::from_millis(1_500);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("holdfast suppliers: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let environment = Environment::load()?.with_patience(AWS_PATIENCE);
    let handler = if handlers::in_lambda() {
        setting("_HANDLER")?
    } else {
        "suppliers".to_owned()
    };
    handlers::run(&handler, environment).await
}
