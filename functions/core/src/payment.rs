//! By what a payment is paid, which says whom to ask about it.

use serde::{Deserialize, Serialize};

/// How the tokens of accounts begin.
pub(crate) const ACCOUNT_TOKEN: &str = "acct_";

/// By what a payment is paid. It is recorded before the first call, because only that call has the token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A card: the payment supplier is asked. Records leave it out.
    #[default]
    Card,
    /// An account: the authorizer is asked.
    Account,
}

impl Method {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Card, Self::Account];

    /// What a token pays by.
    pub fn of_token(token: &str) -> Self {
        match token.starts_with(ACCOUNT_TOKEN) {
            true => Self::Account,
            false => Self::Card,
        }
    }

    /// Whether records leave it out.
    // By reference, for that is how serde asks.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub fn is_card(&self) -> bool {
        *self == Self::Card
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_token_says_what_it_pays_by() {
        for account in ["acct_123", "acct_", "acct_a/b"] {
            assert_eq!(Method::of_token(account), Method::Account, "{account}");
        }
        for card in ["tok_visa", "tok_acct_1", "ACCT_1", "acct", ""] {
            assert_eq!(Method::of_token(card), Method::Card, "{card}");
        }
    }
}
