//! Whom to ask: by which address, along which path, and behind which breaker.

use std::fmt;

use holdfast_core::payment::Method;

/// Whom to ask. It is displayed as the name of its breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supplier {
    /// The one of this name.
    Named(&'static str),
    /// The one that sees to payments of this method. Both speak one protocol, each at its own address.
    Payment(Method),
}

impl Supplier {
    /// The first part of the path at its address.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Named(name) => name,
            Self::Payment(_) => "payment",
        }
    }

    /// The name of its breaker: while one supplier fails, the others are asked.
    fn breaker(self) -> &'static str {
        match self {
            Self::Named(_) | Self::Payment(Method::Card) => self.path(),
            Self::Payment(Method::Account) => "account",
        }
    }
}

impl fmt::Display for Supplier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.breaker())
    }
}
