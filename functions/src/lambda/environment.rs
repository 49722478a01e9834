//! Settings from environment variables. A wrong one ends the process at start, by name.

use std::env;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use axum::http::HeaderValue;
use holdfast_domain::breaker::Rules;

use crate::api::KeyRing;
use crate::batch::Queue;
use crate::clock::Clock;
use crate::customers::Customers;
use crate::executions::Executions;
use crate::simulation::Simulation;
use crate::store::Store;
use crate::suppliers::{Breakers, Endpoint};
use crate::task_tokens::TaskTokens;
use crate::waking::{TimerQueue, Waker};

/// Failures of a supplier with more time than this between them are no run.
const FAILURES_REMEMBERED: Duration = Duration::from_secs(60);

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

    /// The bookings' table, by `BOOKINGS_TABLE`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn store(&self) -> Result<Store, BadSetting> {
        let table: String = setting("BOOKINGS_TABLE")?;
        Ok(Store::new(aws_sdk_dynamodb::Client::new(&self.aws), table))
    }

    /// The suppliers, by `SUPPLIERS_URL` and `SUPPLIER_TIMEOUT_MS`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn suppliers(&self) -> Result<Endpoint, BadSetting> {
        let url: String = setting("SUPPLIERS_URL")?;
        Ok(Endpoint::new(
            &url,
            Duration::from_millis(setting("SUPPLIER_TIMEOUT_MS")?),
        ))
    }

    /// The suppliers behind their breakers, by `BREAKER_FAILURES` and `BREAKER_OPEN_SECONDS` besides.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn guarded_suppliers(&self, store: &Store) -> Result<Endpoint, BadSetting> {
        let patience = Duration::from_millis(setting("SUPPLIER_TIMEOUT_MS")?);
        let rules = Rules {
            failures: setting("BREAKER_FAILURES")?,
            memory: FAILURES_REMEMBERED,
            open: seconds("BREAKER_OPEN_SECONDS")?,
            // A call, the question what became of it, and a little for our own work.
            lease: 2 * patience + Duration::from_secs(1),
        };
        let breakers = Breakers::new(store.clone(), rules, Clock::system());
        Ok(self.suppliers()?.with_breakers(breakers))
    }

    /// The customers' table, by `CUSTOMERS_TABLE`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn customers(&self) -> Result<Customers, BadSetting> {
        let table: String = setting("CUSTOMERS_TABLE")?;
        let client = aws_sdk_dynamodb::Client::new(&self.aws);
        Ok(Customers::new(client, table))
    }

    /// What tokens are signed with, by `SIGNING_KEY_ID`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn key_ring(&self) -> Result<KeyRing, BadSetting> {
        self.keys_of("SIGNING_KEY_ID")
    }

    /// What suppliers sign their reports with, by `WEBHOOK_SECRET_ID`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn webhook_keys(&self) -> Result<KeyRing, BadSetting> {
        self.keys_of("WEBHOOK_SECRET_ID")
    }

    fn keys_of(&self, name: &'static str) -> Result<KeyRing, BadSetting> {
        let secret: String = setting(name)?;
        let secrets = aws_sdk_secretsmanager::Client::new(&self.aws);
        Ok(KeyRing::new(secrets, secret, Clock::system()))
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

    /// Whose pages may use the API, by `CORS_ORIGIN`; nobody's where it is empty.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn cors_origin(&self) -> Result<Option<HeaderValue>, BadSetting> {
        let origin: HeaderValue = setting("CORS_ORIGIN")?;
        Ok(Some(origin).filter(|origin| !origin.is_empty()))
    }

    /// Whether scripted mishaps happen, by `SIMULATION`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn simulation(&self) -> Result<Simulation, BadSetting> {
        setting("SIMULATION")
    }

    /// What wakes timers.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn waker(&self) -> Result<Waker, BadSetting> {
        Ok(Waker {
            scheduler: aws_sdk_scheduler::Client::new(&self.aws),
            queue: self.timer_queue()?,
            group: setting("SCHEDULE_GROUP")?,
            role_arn: setting("SCHEDULE_ROLE_ARN")?,
            queue_arn: setting("TIMER_QUEUE_ARN")?,
            dead_letter_arn: setting("TIMER_DEAD_LETTER_ARN")?,
            early: seconds("WAKE_EARLY_SECONDS")?,
            clock: Clock::system(),
        })
    }

    /// The queue that wake-ups wait in, by `TIMER_QUEUE_URL`.
    ///
    /// # Errors
    /// [`BadSetting`]
    pub fn timer_queue(&self) -> Result<TimerQueue, BadSetting> {
        Ok(TimerQueue(Queue {
            sqs: aws_sdk_sqs::Client::new(&self.aws),
            url: setting("TIMER_QUEUE_URL")?,
        }))
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
