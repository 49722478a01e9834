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
use holdfast_core::breaker::Rules;

use crate::breakers::{Breakers, FAILURES_REMEMBERED};
use crate::clock::Clock;
use crate::executions::Executions;
use crate::https::Https;
use crate::later::Later;
use crate::logging;
use crate::outbox::Publisher;
use crate::queue::Queue;
use crate::rehearsal::Simulation;
use crate::schedules::{TimerQueue, Waker};
use crate::suppliers::Endpoint;
use crate::table::{Aggregate, Items, Table};
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

    /// Opens a connection to DynamoDB for the first request to use, within this time. It asks by
    /// plain HTTP what any caller may ask: the SDK's own first request costs more than the rest of
    /// a program's start. A failure is no loss: the first request then opens the connection.
    pub async fn connect_to_dynamodb(&self, within: Duration) {
        let own = env::var("AWS_ENDPOINT_URL_DYNAMODB").ok();
        let shared = || self.aws.endpoint_url().map(str::to_owned);
        let region = self.aws.region().map_or("", Region::as_ref);
        let url = own
            .or_else(shared)
            .unwrap_or_else(|| format!("https://dynamodb.{region}.amazonaws.com"));
        let connected = tokio::time::timeout(within, self.https.connect(&url)).await;
        if !matches!(connected, Ok(Ok(()))) {
            tracing::warn!(
                url,
                "could not connect to DynamoDB ahead of the first request"
            );
        }
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

    /// The table of an aggregate, by the setting of this name.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn table<A: Aggregate>(&self, name: &'static str) -> Result<Table<A>, BadSetting> {
        let table: String = setting(name)?;
        Ok(Table::new(self.dynamodb(), table))
    }

    /// The queue whose address is in the setting of this name.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn queue(&self, name: &'static str) -> Result<Queue, BadSetting> {
        let (sqs, url) = (self.sqs(), setting(name)?);
        Ok(Queue { sqs, url })
    }

    /// The queue that wake-ups wait in, by `TIMER_QUEUE_URL`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn timer_queue(&self) -> Result<TimerQueue, BadSetting> {
        self.queue("TIMER_QUEUE_URL").map(TimerQueue)
    }

    /// What wakes timers.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn waker(&self) -> Result<Waker, BadSetting> {
        Ok(Waker {
            scheduler: self.scheduler(),
            queue: self.timer_queue()?,
            group: setting("SCHEDULE_GROUP")?,
            role_arn: setting("SCHEDULE_ROLE_ARN")?,
            queue_arn: setting("TIMER_QUEUE_ARN")?,
            dead_letter_arn: setting("TIMER_DEAD_LETTER_ARN")?,
            early: seconds("WAKE_EARLY_SECONDS")?,
            clock: Clock::system(),
        })
    }

    /// What puts events on the bus, by `EVENT_BUS_NAME` and `PUBLISHER_DEAD_LETTERS_URL`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn publisher(&self) -> Result<Publisher, BadSetting> {
        Ok(Publisher {
            bus: self.event_bus(),
            bus_name: setting("EVENT_BUS_NAME")?,
            sqs: self.sqs(),
            dead_letters_url: setting("PUBLISHER_DEAD_LETTERS_URL")?,
        })
    }

    /// The suppliers, by `SUPPLIERS_URL`, `ACCOUNT_PAYMENTS_URL`, `SUPPLIERS_KEY` and
    /// `SUPPLIER_TIMEOUT_MS`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn suppliers(&self) -> Result<Endpoint, BadSetting> {
        let url: String = setting("SUPPLIERS_URL")?;
        let accounts: String = setting("ACCOUNT_PAYMENTS_URL")?;
        let patience = Duration::from_millis(setting("SUPPLIER_TIMEOUT_MS")?);
        let suppliers = Endpoint::new(self.https.clone(), &url, patience);
        Ok(suppliers
            .with_account_payments(&accounts)
            .with_key(setting("SUPPLIERS_KEY")?))
    }

    /// The suppliers behind their breakers, which are kept in this table; by `BREAKER_FAILURES` and
    /// `BREAKER_OPEN_SECONDS` besides.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn guarded_suppliers(&self, table: impl Into<Items>) -> Result<Endpoint, BadSetting> {
        let patience = Duration::from_millis(setting("SUPPLIER_TIMEOUT_MS")?);
        let rules = Rules {
            failures: setting("BREAKER_FAILURES")?,
            memory: FAILURES_REMEMBERED,
            open: seconds("BREAKER_OPEN_SECONDS")?,
            // A call, the question what became of it, and a little for our own work.
            lease: 2 * patience + Duration::from_secs(1),
        };
        let breakers = Breakers::new(table, rules, Clock::system());
        Ok(self.suppliers()?.with_breakers(breakers))
    }

    /// Where sagas begin, by `STATE_MACHINE_ARN`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn executions(&self) -> Result<Executions, BadSetting> {
        self.executions_of("STATE_MACHINE_ARN")
    }

    /// Where sagas begin whose state machine is in the setting of this name.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn executions_of(&self, name: &'static str) -> Result<Executions, BadSetting> {
        Ok(Executions {
            step_functions: self.step_functions(),
            state_machine_arn: setting(name)?,
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
