//! What pays: a card or an account, by the token that stands for it.

use holdfast_core::ids::AccountId;

/// Why a token does not pay that stands for nothing.
pub(crate) const UNKNOWN_TOKEN: &str = "unknown token";

/// What a token stands for. The token itself goes no further than the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Card {
    /// An account pays.
    Account(AccountId),
    Good,
    /// The bank wants to ask the traveller first.
    Pending,
    Declined,
    InsufficientFunds,
    Unknown,
}

impl Card {
    /// The card behind a token.
    pub(crate) fn of(token: &str) -> Self {
        if let Some(account) = AccountId::of_token(token) {
            return account.map_or(Self::Unknown, Self::Account);
        }
        match token {
            "tok_visa" => Self::Good,
            "tok_pending" => Self::Pending,
            "tok_declined" => Self::Declined,
            "tok_insufficient_funds" => Self::InsufficientFunds,
            _ => Self::Unknown,
        }
    }

    /// Why a card does not pay, if it does not. Accounts are no cards.
    pub(crate) fn objection(&self) -> Option<&'static str> {
        match self {
            Self::Good | Self::Pending => None,
            Self::Declined => Some("card declined"),
            Self::InsufficientFunds => Some("insufficient funds"),
            Self::Unknown | Self::Account(_) => Some(UNKNOWN_TOKEN),
        }
    }
}
