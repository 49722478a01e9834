//! Settings from environment variables. A wrong one ends the process at start, by name.

use std::env;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use crate::executions::Executions;
use crate::https::Https;
use crate::logging;
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
    https: Https,
}

impl Environment {
    /// Starts logging and reads how to reach AWS. A Lambda finds its region and its credentials in
    /// its environment, so nothing is looked for elsewhere.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn load() -> Result<Self, BadSetting> {
        logging::start();
        let https = Https::default();
        let credentials = Credentials::new(
            setting::<String>("AWS_ACCESS_KEY_ID")?,
            setting::<String>("AWS_SECRET_ACCESS_KEY")?,
            env::var("AWS_SESSION_TOKEN").ok(),
            None,
            "environment",
        );
        let mut aws = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(setting::<String>("AWS_REGION")?))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .service_config(Endpoints)
            .http_client(https.clone());
        aws.set_endpoint_url(env::var("AWS_ENDPOINT_URL").ok());
        let aws = aws.build();
        Ok(Self { aws, https })
    }

    /// The client for calls to others than AWS.
    pub fn https(&self) -> &Https {
        &self.https
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

/// Addresses of single services, such as `AWS_ENDPOINT_URL_DYNAMODB`.
#[derive(Debug)]
struct Endpoints;

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().replace(' ', "_").to_uppercase();
        env::var(format!("{}_{service}", key.env())).ok()
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
