//! Where the bookings, the orders and the suppliers are: as asked, or as the environment says.

use std::env;
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use holdfast_booking as booking;
use holdfast_kit::clock::Clock;
use holdfast_kit::https::Https;
use holdfast_kit::suppliers::{Endpoint, Key, NotAKey};
use holdfast_order as order;

use super::arguments::{Arguments, Saga};
use super::places::{Kind, Places};
use super::run::Problem;
use super::trouble;

/// An operator can wait a little longer than a function.
const SUPPLIER_TIMEOUT: Duration = Duration::from_secs(10);

/// A setting that is missing.
#[derive(Debug, thiserror::Error)]
#[error("{what} is not known: run `source .local/env`, use {option}, or set {variable}")]
pub(crate) struct Missing {
    pub(crate) what: &'static str,
    pub(crate) option: &'static str,
    pub(crate) variable: &'static str,
}

/// The desks of bookings and orders, in the name of the operator who runs this program.
pub(crate) async fn places(arguments: &Arguments) -> Result<Places, Problem> {
    let name = name(arguments, first_set(&["USER", "LOGNAME"]))?;
    let config = aws(arguments.profile.as_ref()).await;
    let client = aws_sdk_dynamodb::Client::new(&config);
    let (mut kinds, mut tables) = (Vec::new(), Vec::new());
    if arguments.saga != Some(Saga::Order) {
        let table = bookings_table(arguments)?;
        tables.push(table.clone());
        kinds.push(bookings(
            booking::store::Store::new(client.clone(), table),
            &name,
        ));
    }
    if arguments.saga != Some(Saga::Booking) {
        let table = orders_table(arguments)?;
        tables.push(table.clone());
        kinds.push(orders(
            order::store::Store::new(client.clone(), table),
            &name,
        ));
    }
    trouble::check(&config).await?;
    Ok(Places {
        kinds,
        client,
        tables,
    })
}

fn bookings(store: booking::store::Store, name: &str) -> Kind {
    let clerk = booking::desk::Clerk {
        store: store.clone(),
        clock: Clock::system(),
        name: name.to_owned(),
    };
    Kind {
        sagas: Box::new(store),
        counter: Box::new(clerk),
    }
}

fn orders(store: order::store::Store, name: &str) -> Kind {
    let clerk = order::desk::Clerk {
        store: store.clone(),
        clock: Clock::system(),
        name: name.to_owned(),
    };
    Kind {
        sagas: Box::new(store),
        counter: Box::new(clerk),
    }
}

fn bookings_table(arguments: &Arguments) -> Result<String, Missing> {
    let set = || first_set(&["BOOKINGS_TABLE", "HOLDFAST_BOOKINGS_TABLE"]);
    arguments.table.clone().or_else(set).ok_or(Missing {
        what: "the bookings' table",
        option: "--table",
        variable: "BOOKINGS_TABLE",
    })
}

fn orders_table(arguments: &Arguments) -> Result<String, Missing> {
    let set = || first_set(&["ORDERS_TABLE", "HOLDFAST_ORDERS_TABLE"]);
    arguments.orders_table.clone().or_else(set).ok_or(Missing {
        what: "the orders' table",
        option: "--orders-table",
        variable: "ORDERS_TABLE",
    })
}

/// The way to AWS, as the operator's own configuration says.
pub(crate) async fn aws(profile: Option<&String>) -> SdkConfig {
    let https = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let mut aws = aws_config::defaults(BehaviorVersion::latest()).http_client(https);
    if let Some(profile) = profile {
        aws = aws.profile_name(profile);
    }
    aws.load().await
}

/// Stands in no history, for nothing is done.
const OF_A_DRY_RUN: &str = "dry run";

/// Who acts; an operator who only looks, or tells what would be done, needs no name.
fn name(arguments: &Arguments, user: Option<String>) -> Result<String, Missing> {
    match arguments.name.clone().or(user) {
        Some(name) => Ok(name),
        None if arguments.command.only_reads() => Ok(String::new()),
        None if arguments.dry_run => Ok(OF_A_DRY_RUN.to_owned()),
        None => Err(Missing {
            what: "your name",
            option: "--as",
            variable: "USER",
        }),
    }
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
    let suppliers = Endpoint::new(Https::default(), &url, SUPPLIER_TIMEOUT);
    Ok(match account_payments() {
        Some(address) => suppliers.with_account_payments(&address),
        None => suppliers,
    })
}

/// Where payments from accounts are seen to: behind the API, if nothing else is said.
fn account_payments() -> Option<String> {
    let behind_the_api = || {
        Some(format!(
            "{}/account-payments",
            first_set(&["HOLDFAST_API_URL"])?
        ))
    };
    first_set(&["ACCOUNT_PAYMENTS_URL"]).or_else(behind_the_api)
}

/// The key that calls to suppliers carry, if there is one. It is read from the environment alone, because
/// others see a command line.
pub(crate) fn suppliers_key() -> Result<Option<Key>, NotAKey> {
    let set = first_set(&["SUPPLIERS_KEY", "HOLDFAST_SUPPLIERS_KEY"]);
    set.map(|key| key.parse()).transpose()
}

pub(crate) fn first_set(names: &[&str]) -> Option<String> {
    let set = names.iter().filter_map(|name| env::var(name).ok());
    set.into_iter().find(|value| !value.is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::name;
    use crate::desk::arguments::Arguments;

    fn asked(line: &str) -> Arguments {
        let words = ["desk"].into_iter().chain(line.split_whitespace());
        Arguments::read(lexopt::Parser::from_iter(words)).unwrap()
    }

    #[test]
    fn an_operator_who_changes_nothing_needs_no_name() {
        for line in ["list", "show b1", "history b1", "replay b1", "wait b1"] {
            assert_eq!(name(&asked(line), None).unwrap(), "", "{line}");
        }
        for line in [
            "redrive --kind hotel --dry-run",
            "abandon b1 --reason x --dry-run",
        ] {
            assert!(name(&asked(line), None).is_ok(), "{line}");
        }
    }

    #[test]
    fn an_operator_who_acts_has_a_name() {
        let acts = [
            "redrive b1",
            "resolve b1 --reason x",
            "abandon b1 --reason x",
        ];
        for line in acts {
            let missing = name(&asked(line), None).unwrap_err().to_string();
            assert!(missing.contains("--as"), "{line}: {missing}");
            let user = Some("ana".to_owned());
            assert_eq!(name(&asked(line), user.clone()).unwrap(), "ana", "{line}");
            let given = asked(&format!("{line} --as bob"));
            assert_eq!(name(&given, user).unwrap(), "bob", "{line}");
        }
    }
}
