//! The simulated suppliers, as a Lambda or as a local process.

use holdfast_kit::settings::Environment;
use lambda_runtime::Error;

use crate::config::Config;
use crate::serving::{behind_gateway, in_lambda, serve_locally};
use crate::{Reporter, Secret, Supplies, router};

/// Serves until the process ends.
///
/// # Errors
/// A bad setting, or a Lambda runtime that cannot be reached.
pub(super) async fn run(environment: Environment) -> Result<(), Error> {
    let config = Config::from_env()?;
    let mut supplies = Supplies::new(environment.dynamodb(), config.table, config.settings)
        .with_offers_sealed_by(&config.key);
    if let Some(id) = config.webhook_secret {
        let secrets = environment.client(aws_sdk_secretsmanager::Client::new);
        let reporter = Reporter::new(environment.https().clone(), Secret::Kept(secrets, id));
        supplies = supplies.with_reporter(if in_lambda() {
            reporter
        } else {
            reporter.to_this_machine()
        });
    }
    let router = router(supplies);
    if in_lambda() {
        lambda_http::run(behind_gateway(router, "")).await
    } else {
        serve_locally(router, config.port).await
    }
}
