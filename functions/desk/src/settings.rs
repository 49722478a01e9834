//! Where the bookings and the suppliers are: as asked, or as the environment says.

use std::env;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use holdfast::clock::Clock;
use holdfast::desk::Clerk;
use holdfast::store::Store;
use holdfast::suppliers::Endpoint;

use crate::arguments::Arguments;

/// An operator can wait a little longer than a function.
const SUPPLIER_TIMEOUT: Duration = Duration::from_secs(10);

/// A setting that is missing.
#[derive(Debug, thiserror::Error)]
#[error("{what} is not known: use {option}, or set {variable}")]
pub(crate) struct Missing {
    what: &'static str,
    option: &'static str,
    variable: &'static str,
}

/// The desk, as whoever runs this program.
pub(crate) async fn clerk(arguments: &Arguments) -> Result<Clerk, Missing> {
    let table = arguments
        .table
        .clone()
        .or_else(|| first_set(&["BOOKINGS_TABLE", "HOLDFAST_BOOKINGS_TABLE"]))
        .ok_or(Missing {
            what: "the bookings' table",
            option: "--table",
            variable: "BOOKINGS_TABLE",
        })?;
    let name = name(arguments)?;
    let https = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let mut aws = aws_config::defaults(BehaviorVersion::latest()).http_client(https);
    if let Some(profile) = &arguments.profile {
        aws = aws.profile_name(profile);
    }
    let client = aws_sdk_dynamodb::Client::new(&aws.load().await);
    Ok(Clerk {
        store: Store::new(client, table),
        clock: Clock::system(),
        name,
    })
}

/// Who acts; whoever only reads needs no name.
fn name(arguments: &Arguments) -> Result<String, Missing> {
    let given = arguments.name.clone();
    let name = given.or_else(|| first_set(&["USER", "LOGNAME"]));
    if name.is_none() && arguments.command.only_reads() {
        return Ok(String::new());
    }
    name.ok_or(Missing {
        what: "your name",
        option: "--as",
        variable: "USER",
    })
}

/// The suppliers.
pub(crate) fn suppliers(arguments: &Arguments) -> Result<Endpoint, Missing> {
    let url = arguments
        .suppliers_url
        .clone()
        .or_else(|| first_set(&["SUPPLIERS_URL", "HOLDFAST_SUPPLIERS_URL"]))
        .ok_or(Missing {
            what: "the suppliers' address",
            option: "--suppliers-url",
            variable: "SUPPLIERS_URL",
        })?;
    Ok(Endpoint::new(&url, SUPPLIER_TIMEOUT))
}

fn first_set(names: &[&str]) -> Option<String> {
    let set = names.iter().filter_map(|name| env::var(name).ok());
    set.into_iter().find(|value| !value.is_empty())
}
