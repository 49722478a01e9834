//! Why AWS or a table does not answer, in words for operators. The stores tell it as they got it, for logs;
//! so the table is asked once more, and its refusal is read.

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::get_item::GetItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_kit::https::{Https, never_connected};

/// Why AWS or a table does not answer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// Nobody is signed in to AWS.
    #[error(
        "there are no AWS credentials: run `source .local/env` for the stack of `make up`, \
         or sign in to AWS"
    )]
    NoCredentials,
    /// No region is set.
    #[error("AWS_REGION is not set: run `source .local/env` for the stack of `make up`, or set it")]
    NoRegion,
    /// No connection comes about.
    #[error("nothing answers at {0}: start the stack with `make up`, or see `make status`")]
    Unreachable(String),
    /// There is no such table.
    #[error("there is no table {0}: is it that of this stack? `source .local/env` again")]
    NoTable(String),
    /// It may not be read, or for another reason is not.
    #[error("the table {table} does not answer: {code}: {message}")]
    Refused {
        table: String,
        code: String,
        message: String,
    },
}

/// Whether anybody is signed in to AWS, and local AWS answers where that is meant. The SDK would try for
/// seconds to reach what is down.
pub(super) async fn check(config: &SdkConfig) -> Result<(), Trouble> {
    if let Some(address) = address()
        && let Err(problem) = Https::default().connect(&address).await
        && never_connected(&*problem)
    {
        return Err(Trouble::Unreachable(address));
    }
    if config.region().is_none() {
        return Err(Trouble::NoRegion);
    }
    let provider = config.credentials_provider();
    let provider = provider.ok_or(Trouble::NoCredentials)?;
    let credentials = provider.provide_credentials().await;
    credentials.map(drop).map_err(|_| Trouble::NoCredentials)
}

/// What is wrong with one of these tables, if anything is.
pub(super) async fn of(client: &Client, tables: &[String]) -> Option<Trouble> {
    for table in tables {
        let nothing = || AttributeValue::S("NOTHING".to_owned());
        let asked = client.get_item().table_name(table);
        let asked = asked.key("pk", nothing()).key("sk", nothing());
        if let Err(problem) = asked.send().await {
            return Some(told(table, &problem));
        }
    }
    None
}

fn told(table: &str, problem: &SdkError<GetItemError>) -> Trouble {
    let is_missing = |error: &GetItemError| error.is_resource_not_found_exception();
    match problem {
        SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) => {
            Trouble::Unreachable(address().unwrap_or_else(|| "AWS".to_owned()))
        }
        other if other.as_service_error().is_some_and(is_missing) => {
            Trouble::NoTable(table.to_owned())
        }
        other => Trouble::Refused {
            table: table.to_owned(),
            code: other.code().unwrap_or("no answer").to_owned(),
            message: other.message().unwrap_or("it makes no sense").to_owned(),
        },
    }
}

/// Where local AWS is; nothing where AWS itself is meant.
fn address() -> Option<String> {
    let variables = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"];
    super::settings::first_set(&variables)
}
