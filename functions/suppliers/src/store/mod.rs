//! The suppliers' table, and nothing but conditional writes to it. Payments from accounts are kept in the
//! authorizer's table, among its accounts.
//!
//! | pk | sk | holds |
//! |---|---|---|
//! | `KEY#<key>` | `ANSWER` | the answer given under an `Idempotency-Key`, and what was asked |
//! | `KEY#<key>` | `OUTAGES`, `LOSSES` | how often a scripted fault has struck |
//! | `BOOKING#<id>` | `LEG#<leg>`, `PAYMENT`, `SHIPMENT` | what belongs to a booking, or to an order |
//! | `OUTAGE#<supplier>` | `OUTAGE` | that a supplier is out of order, and what it was asked for since |
//! | `STOCK#<resource>` | `STOCK` | how many places are taken |
//! | `STOCK#<resource>` | `PLEDGE#<until>#<booking>#<leg>` | places that are taken until then only |
//!
//! The index [`DUE`], of the authorizer's table only, holds the payments that are authorized, by the time
//! at which the sweep gives them back. The index [`ALIVE`] holds what is held, confirmed, authorized, captured, booked or picked up, in a few shards.
//! `expires` is the time to live, long after anybody asks.

mod account;
mod account_sweep;
mod audit;
mod error;
mod outage;
mod read;
mod reclaim;
mod transaction;
mod write;

use aws_sdk_dynamodb::Client;
use holdfast_authorizer::accounts::Accounts;
use holdfast_core::ids::{BookingId, LegId, SagaId};
use holdfast_kit::table::item::{self, number, text};

pub(crate) use error::StoreError;
pub(crate) use holdfast_kit::table::Item;
pub(crate) use outage::Outage;
pub(crate) use transaction::Outcome;
pub(crate) use write::Counted;

/// The index of what is alive: hash `alive`, range `alive_sk`, both texts.
pub(crate) const ALIVE: &str = "alive";
/// The index of reservations: hash `due`, range `due_at`, both texts.
pub(crate) const DUE: &str = "due";

/// The suppliers' table.
#[derive(Clone)]
pub(crate) struct Store {
    client: Client,
    table: String,
    /// The accounts of the same table.
    accounts: Accounts,
}

impl Store {
    pub(crate) fn new(client: Client, table: String) -> Self {
        let accounts = Accounts::new(client.clone(), table.as_str());
        Self {
            client,
            table,
            accounts,
        }
    }
}

/// Where something is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Address {
    pub(crate) fn leg(booking: &BookingId, leg: &LegId) -> Self {
        Self {
            pk: saga_pk(booking.as_str()),
            sk: format!("{LEG}{leg}"),
        }
    }

    pub(crate) fn payment(owner: &SagaId) -> Self {
        Self {
            pk: saga_pk(owner.as_str()),
            sk: PAYMENT.to_owned(),
        }
    }

    pub(crate) fn shipment(order: &SagaId) -> Self {
        Self {
            pk: saga_pk(order.as_str()),
            sk: SHIPMENT.to_owned(),
        }
    }

    fn key(&self) -> Item {
        item::key(&self.pk, &self.sk)
    }
}

const LEG: &str = "LEG#";
const PAYMENT: &str = "PAYMENT";
const SHIPMENT: &str = "SHIPMENT";
const PLEDGE: &str = "PLEDGE#";

/// Where all is that belongs to a booking or an order.
fn saga_pk(id: &str) -> String {
    format!("BOOKING#{id}")
}

fn answer_address(key: &str) -> Address {
    Address {
        pk: format!("KEY#{key}"),
        sk: "ANSWER".to_owned(),
    }
}

fn stock_address(resource: &str) -> Address {
    Address {
        pk: format!("STOCK#{resource}"),
        sk: "STOCK".to_owned(),
    }
}
