//! A ticket opens one connection, soon. It stands in the address of the handshake, where logs and
//! histories may keep it, so it is worth nothing after its first use, nor after half a minute. The table
//! has its hash alone.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use holdfast_core::time::Timestamp;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::listener::Listener;

/// How long a ticket opens a connection.
pub const WORTH: Duration = Duration::from_secs(30);
/// The random bytes of a ticket.
pub const BYTES: usize = 16;
/// No secret is longer as text; anything longer is none.
const LONGEST: usize = 64;

/// What the table knows of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Who will listen.
    #[serde(flatten)]
    pub listener: Listener,
    /// When it is worth nothing any more.
    pub until: Timestamp,
}

/// What the page holds of a ticket.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Secret(String);

/// The text is no ticket.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no ticket")]
pub struct NoTicket;

impl Ticket {
    /// A ticket for this listener, issued now.
    pub fn new(listener: Listener, now: Timestamp) -> Self {
        let until = now + WORTH;
        Self { listener, until }
    }

    /// Whether the ticket still opens a connection.
    pub fn is_good(&self, now: Timestamp) -> bool {
        now < self.until
    }
}

impl Secret {
    /// The secret that is made of these random bytes.
    pub fn of(random: [u8; BYTES]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// As it stands in the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The ticket's name in the table.
    pub fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.0.as_bytes()))
    }
}

impl TryFrom<String> for Secret {
    type Error = NoTicket;
    fn try_from(text: String) -> Result<Self, NoTicket> {
        let fits = !text.is_empty() && text.len() <= LONGEST;
        fits.then_some(Self(text)).ok_or(NoTicket)
    }
}

// A log must not tell it.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_for_thirty_seconds() {
        let listener = Listener {
            customer_id: "cus_1".parse().unwrap(),
            is_operator: false,
        };
        let now = Timestamp::from_millis(1_000_000);
        let ticket = Ticket::new(listener, now);
        let after = |millis| ticket.is_good(now + Duration::from_millis(millis));
        assert!(after(0) && after(29_999));
        assert!(!after(30_000) && !after(1 << 40));
    }

    #[test]
    fn the_table_has_the_hash_of_a_ticket_and_no_log_has_the_ticket() {
        let secret = Secret::of([7; BYTES]);
        assert_eq!(secret.as_str().len(), 22);
        assert_eq!(secret.hash().len(), 43);
        assert!(!format!("{secret:?}").contains(secret.as_str()));
        assert_ne!(secret.hash(), Secret::of([8; BYTES]).hash());
    }

    #[test]
    fn what_is_empty_or_far_too_long_is_no_ticket() {
        for text in [String::new(), "a".repeat(65)] {
            assert_eq!(Secret::try_from(text), Err(NoTicket));
        }
    }
}
