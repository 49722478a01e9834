//! Settings from environment variables. A wrong one ends the process at start, by name.

use std::env;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use crate::executions::Executions;
use crate::https::Https;
use crate::later::Later;
use crate::logging;
use crate::rehearsal::Simulation;
use crate::task_tokens::TaskTokens;

/// How long AWS may take to answer one request; the SDK then asks again.
const AWS_PATIENCE: Duration = Duration::from_secs(5);

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
    dynamodb: Later<aws_sdk_dynamodb::Client>,
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
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(AWS_PATIENCE);
        let mut aws = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(setting::<String>("AWS_REGION")?))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .service_config(Endpoints)
            .timeout_config(timeouts.build())
            .http_client(https.clone());
        aws.set_endpoint_url(env::var("AWS_ENDPOINT_URL").ok());
        Ok(Self::of(aws.build(), https))
    }

    fn of(aws: SdkConfig, https: Https) -> Self {
        let reach = aws.clone();
        let dynamodb = Later::new(move || aws_sdk_dynamodb::Client::new(&reach));
        Self {
            aws,
            https,
            dynamodb,
        }
    }

    /// The same, but AWS must answer each request within this time.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(patience);
        let aws = self.aws.to_builder().timeout_config(timeouts.build());
        Self::of(aws.build(), self.https)
    }

    /// The client for calls to others than AWS.
    pub fn https(&self) -> &Https {
        &self.https
    }

    /// Talks to DynamoDB.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        (*self.dynamodb).clone()
    }

    /// Talks to EventBridge.
    pub fn event_bus(&self) -> Later<aws_sdk_eventbridge::Client> {
        self.client(aws_sdk_eventbridge::Client::new)
    }

    /// Talks to EventBridge Scheduler.
    pub fn scheduler(&self) -> Later<aws_sdk_scheduler::Client> {
        self.client(aws_sdk_scheduler::Client::new)
    }

    /// Talks to SQS.
    pub fn sqs(&self) -> Later<aws_sdk_sqs::Client> {
        self.client(aws_sdk_sqs::Client::new)
    }

    /// Talks to Step Functions.
    pub fn step_functions(&self) -> Later<aws_sdk_sfn::Client> {
        self.client(aws_sdk_sfn::Client::new)
    }

    /// A client of AWS, made when it is first used.
    pub fn client<T: 'static>(&self, make: fn(&SdkConfig) -> T) -> Later<T> {
        let aws = self.aws.clone();
        Later::new(move || make(&aws))
    }

    /// Where bookings begin, by `STATE_MACHINE_ARN`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn executions(&self) -> Result<Executions, BadSetting> {
        Ok(Executions {
            step_functions: self.step_functions(),
            state_machine_arn: setting("STATE_MACHINE_ARN")?,
        })
    }

    /// Tells executions that wait.
    pub fn task_tokens(&self) -> TaskTokens {
        TaskTokens(self.step_functions())
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
