//! Who can be asked, for what, and for whom: the words of addresses, and what a payment belongs to.

use std::fmt;

use holdfast_booking_rules::spec::Kind;
use holdfast_core::ids::SagaId;
use serde::{Deserialize, Serialize};

/// A supplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Supplier {
    /// Of a kind of leg.
    Leg(Kind),
    /// Of money.
    Payment,
    /// Of what is known about customers.
    Credit,
    /// Of transport.
    Carrier,
}

impl Supplier {
    /// All of them.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let legs = Kind::ALL.iter().copied().map(Self::Leg);
        legs.chain([Self::Payment, Self::Credit, Self::Carrier])
    }

    /// The supplier of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::all().find(|supplier| supplier.as_str() == name)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Leg(kind) => kind.as_str(),
            Self::Payment => "payment",
            Self::Credit => "credit",
            Self::Carrier => "carrier",
        }
    }

    /// What it can be asked for.
    pub(crate) fn actions(self) -> &'static [Action] {
        match self {
            Self::Leg(_) => &[Action::Hold, Action::Confirm, Action::Release],
            Self::Payment => &[
                Action::Authorize,
                Action::Capture,
                Action::Void,
                Action::Refund,
                Action::Withdraw,
            ],
            Self::Credit => &[Action::Check],
            Self::Carrier => &[Action::Book, Action::Cancel],
        }
    }
}

impl fmt::Display for Supplier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a supplier is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Hold,
    Confirm,
    Release,
    Authorize,
    Capture,
    Void,
    Refund,
    Withdraw,
    Check,
    Book,
    Cancel,
}

impl Action {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Confirm => "confirm",
            Self::Release => "release",
            Self::Authorize => "authorize",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Refund => "refund",
            Self::Withdraw => "withdraw",
            Self::Check => "check",
            Self::Book => "book",
            Self::Cancel => "cancel",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a payment belongs to. Keys begin with the id alone, so that bookings and orders share one
/// namespace of ids: a payment of the one is never touched in the name of the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Owner {
    Booking(SagaId),
    Order(SagaId),
}

impl Owner {
    pub(crate) fn id(&self) -> &SagaId {
        match self {
            Self::Booking(id) | Self::Order(id) => id,
        }
    }

    /// Its id, if it is a booking.
    pub(crate) fn booking(&self) -> Option<&str> {
        matches!(self, Self::Booking(_)).then(|| self.id().as_str())
    }

    /// Its id, if it is an order.
    pub(crate) fn order(&self) -> Option<&str> {
        matches!(self, Self::Order(_)).then(|| self.id().as_str())
    }

    /// The name of the field that its id is in.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Booking(_) => "booking",
            Self::Order(_) => "order",
        }
    }
}

#[cfg(test)]
mod tests {
    use holdfast_core::verb::Verb;

    use super::*;

    #[test]
    fn legs_and_payments_are_asked_for_in_the_words_of_bookings() {
        for supplier in Supplier::all() {
            let words = supplier.actions().iter().map(|action| action.as_str());
            let of_bookings = match supplier {
                Supplier::Leg(_) => holdfast_booking_rules::action::Action::OF_A_LEG,
                Supplier::Payment => holdfast_booking_rules::action::Action::OF_A_PAYMENT,
                Supplier::Credit | Supplier::Carrier => continue,
            };
            let of_bookings = of_bookings.iter().map(|action| action.as_str());
            assert!(words.eq(of_bookings), "{supplier}");
        }
    }

    #[test]
    fn an_action_is_stored_under_its_word() {
        for action in Supplier::all().flat_map(Supplier::actions) {
            assert_eq!(serde_json::json!(action), action.as_str());
        }
    }
}
