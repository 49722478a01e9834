//! Customers in DynamoDB: a table of their own, for theirs is the personal data.
//!
//! | pk | sk | holds |
//! |---|---|---|
//! | `EMAIL#<SHA-256 of the address>` | `LOGIN` | the password's hash, and whose it is |
//! | the same | `ATTEMPTS`, `LETTERS` | recent attempts to sign in, recent letters with a link |
//! | `SOURCE#<SHA-256 of an IP address>` | `LETTERS` | recent letters that it has asked for |
//! | `CUSTOMER#<id>` | `PROFILE` | e-mail address and role; the generation of the sessions that go on |
//! | the same | `REQUEST#<SHA-256 of an Idempotency-Key>` | the booking or the order that a request has made |
//! | the same | `ACCOUNT#<id>` | that a card account is theirs |
//! | `LINK#<id>` | `LINK` | a one-time link that a letter brings: a hash of its token |
//! | `SESSION#<id>` | `SESSION` | the hash of the refresh token that is good next |
//!
//! Everything is written on conditions. Attempts, requests, links and sessions end by their TTL. The index
//! `by-customer` holds the sessions of a customer.
//!
//! - `accounts`: registering, and who is who
//! - `attempts`: how often a client may try to sign in
//! - `sessions`: refresh tokens, each good once
//! - `changes`: another password; the end of all sessions
//! - `links`: one-time links
//! - `erasing`: the end of a customer
//! - `requests`: which request has made what

mod accounts;
mod attempts;
mod changes;
mod erasing;
mod links;
mod requests;
mod sessions;

pub use accounts::{Login, Profile, Registered};
pub use attempts::Counted;
pub use changes::{Changed, NewPassword};
pub use erasing::Recent;
pub use links::{LINK_FOR, LinkToken, NotALinkToken};
pub use requests::{Made, Request};
pub use sessions::{LOST_WITHIN, RefreshToken, Rotated, SESSION_FOR, Session};

use holdfast_core::hex::hex;
use holdfast_kit::table::Items;
use ring::digest::{SHA256, digest};

/// The customers' table.
#[derive(Clone, Debug)]
pub struct Customers {
    items: Items,
}

impl Customers {
    /// Customers in this table.
    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        let items = Items::new(client, table, "customer");
        Self { items }
    }
}

/// SHA-256 in hexadecimal digits.
fn hash(text: &str) -> String {
    hex(digest(&SHA256, text.as_bytes()).as_ref())
}
