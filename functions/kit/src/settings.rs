//! Settings from environment variables. A wrong one ends the process at start, by name.

use std::env;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use crate::executions::Executions;
use crate::rehearsal::Simulation;
use crate::task_tokens::TaskTokens;

/// A setting that is missing or makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("environment variable {name}: {problem}")]
pub struct BadSetting {
    name: &'static str,
    problem: String,
}

/// The settings of a Lambda, and the AWS that it talks to.
#[derive(Clone, Debug)]
pub struct Environment {
    aws: SdkConfig,
}

impl Environment {
    /// Starts logging and reads how to reach AWS.
    pub async fn load() -> Self {
        lambda_runtime::tracing::init_default_subscriber();
        let https = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let aws = aws_config::defaults(BehaviorVersion::latest())
            .http_client(https)
            .load()
            .await;
        Self { aws }
    }

    /// How to reach AWS, for a client of it.
    pub fn aws(&self) -> &SdkConfig {
        &self.aws
    }

    /// Where bookings begin, by `STATE_MACHINE_ARN`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn executions(&self) -> Result<Executions, BadSetting> {
        Ok(Executions {
            step_functions: aws_sdk_sfn::Client::new(&self.aws),
            state_machine_arn: setting("STATE_MACHINE_ARN")?,
        })
    }

    /// Tells executions that wait.
    pub fn task_tokens(&self) -> TaskTokens {
        TaskTokens(aws_sdk_sfn::Client::new(&self.aws))
    }

    /// Whether scripted mishaps happen, by `SIMULATION`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn simulation(&self) -> Result<Simulation, BadSetting> {
        setting("SIMULATION")
    }
}

/// A setting of any type that can be read from text.
///
/// # Errors
/// [`BadSetting`] when it is missing or cannot be read.
pub fn setting<T: FromStr<Err: Display>>(name: &'static str) -> Result<T, BadSetting> {
    let bad = |problem: String| BadSetting { name, problem };
    let text = env::var(name).map_err(|problem| bad(problem.to_string()))?;
    text.parse()
        .map_err(|problem: T::Err| bad(problem.to_string()))
}

/// A setting in whole seconds.
///
/// # Errors
/// [`BadSetting`] when it is missing or no number.
pub fn seconds(name: &'static str) -> Result<Duration, BadSetting> {
    setting(name).map(Duration::from_secs)
}
