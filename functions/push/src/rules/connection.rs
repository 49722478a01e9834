//! Connections: how long they last, how many an audience may have, and which of them are forgotten.

use std::fmt;
use std::time::Duration;

use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::listener::{Audience, Listener};

/// API Gateway ends every connection after this time.
pub const LONGEST: Duration = Duration::from_secs(2 * 3_600);
/// A handshake takes no longer. Until it is over, API Gateway says of a connection that it is gone.
pub const HANDSHAKE: Duration = Duration::from_secs(30);
/// A customer has a few pages open, not more than these.
pub const MOST_OF_A_CUSTOMER: usize = 20;
/// All operators together.
pub const MOST_OF_OPERATORS: usize = 200;

/// API Gateway's name for a connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ConnectionId(String);

/// The text is no name of a connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no id of a connection")]
pub struct NoConnectionId;

/// An open connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Its name.
    pub connection_id: ConnectionId,
    /// Who listens.
    #[serde(flatten)]
    pub listener: Listener,
    /// When it was opened.
    pub opened: Timestamp,
}

impl Connection {
    /// When it is over, if neither side ends it before.
    pub fn ends(&self) -> Timestamp {
        self.opened + LONGEST
    }

    /// Whether it is over, though the table may still have it.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.ends()
    }

    /// Whether it is forgotten when API Gateway says that it is gone. One whose handshake may still be
    /// under way is kept; its page asks for everything when it is open.
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        self.opened.until(now) > HANDSHAKE
    }
}

/// Whether an audience that has so many connections may have one more.
pub fn may_open(audience: &Audience, open: usize) -> bool {
    let most = match audience {
        Audience::Customer(_) => MOST_OF_A_CUSTOMER,
        Audience::Operators => MOST_OF_OPERATORS,
    };
    open < most
}

impl ConnectionId {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ConnectionId {
    type Error = NoConnectionId;
    fn try_from(text: String) -> Result<Self, NoConnectionId> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '=');
        let fits = (1..=128).contains(&text.len()) && text.chars().all(allowed);
        fits.then_some(Self(text)).ok_or(NoConnectionId)
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(opened: Timestamp) -> Connection {
        let listener = Listener {
            customer_id: "cus_1".parse().unwrap(),
            is_operator: false,
        };
        Connection {
            connection_id: ConnectionId("L0SM9cOFvHcCIhw=".to_owned()),
            listener,
            opened,
        }
    }

    #[test]
    fn a_connection_is_over_after_two_hours() {
        let opened = Timestamp::from_millis(5_000);
        let connection = connection(opened);
        assert!(!connection.is_over(opened + Duration::from_secs(7_199)));
        assert!(connection.is_over(opened + Duration::from_secs(7_200)));
    }

    #[test]
    fn a_connection_that_is_gone_is_forgotten_but_not_during_its_handshake() {
        let opened = Timestamp::from_millis(5_000);
        let connection = connection(opened);
        // Another machine's clock may be behind.
        assert!(!connection.is_forgotten(opened - Duration::from_secs(1)));
        assert!(!connection.is_forgotten(opened + HANDSHAKE));
        assert!(connection.is_forgotten(opened + HANDSHAKE + Duration::from_millis(1)));
    }

    #[test]
    fn an_audience_has_so_many_connections_and_no_more() {
        let customer = Audience::Customer("cus_1".parse().unwrap());
        assert!(may_open(&customer, 19) && !may_open(&customer, 20));
        assert!(may_open(&Audience::Operators, 199) && !may_open(&Audience::Operators, 200));
    }

    #[test]
    fn an_id_that_would_change_an_address_is_none() {
        for text in ["", "a/b", "a%2F", "../x", "a b", "ü"] {
            assert_eq!(ConnectionId::try_from(text.to_owned()), Err(NoConnectionId));
        }
        let long = ConnectionId::try_from("a".repeat(129));
        assert_eq!(long, Err(NoConnectionId));
    }
}
