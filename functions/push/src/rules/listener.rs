//! Who hears of what: customers of their own sagas, operators of all.

use std::fmt;

use holdfast_core::ids::CustomerId;
use serde::{Deserialize, Serialize};

/// Who listens at a connection. The API says it when it issues the ticket; a page cannot choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    /// The account that is signed in.
    pub customer_id: CustomerId,
    /// Whether it is an operator's.
    #[serde(default)]
    pub is_operator: bool,
}

/// Those who hear the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// All pages of one customer.
    Customer(CustomerId),
    /// All pages of all operators.
    Operators,
}

impl Listener {
    /// The audience that the listener belongs to. Operators hear of all sagas, so of their own, too.
    pub fn audience(&self) -> Audience {
        match self.is_operator {
            true => Audience::Operators,
            false => Audience::Customer(self.customer_id.clone()),
        }
    }
}

impl Audience {
    /// Who hears of a saga of this customer. A saga without a known customer is told to operators alone.
    pub fn of_saga(customer: Option<CustomerId>) -> Vec<Self> {
        let customer = customer.map(Self::Customer);
        customer.into_iter().chain([Self::Operators]).collect()
    }
}

/// The key of an audience in the table.
impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer(id) => write!(f, "CUSTOMER#{id}"),
            Self::Operators => f.write_str("OPERATORS"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer(id: &str) -> CustomerId {
        id.parse().unwrap()
    }

    fn listener(id: &str, is_operator: bool) -> Listener {
        let customer_id = customer(id);
        Listener {
            customer_id,
            is_operator,
        }
    }

    #[test]
    fn a_saga_is_told_to_its_customer_and_to_operators_and_to_no_other_customer() {
        let told = Audience::of_saga(Some(customer("cus_1")));
        assert!(told.contains(&listener("cus_1", false).audience()));
        assert!(told.contains(&listener("cus_9", true).audience()));
        assert!(!told.contains(&listener("cus_2", false).audience()));
        assert_eq!(Audience::of_saga(None), [Audience::Operators]);
    }

    #[test]
    fn no_customer_has_the_key_of_the_operators() {
        let named = Audience::Customer(customer("OPERATORS"));
        assert_ne!(named.to_string(), Audience::Operators.to_string());
    }
}
