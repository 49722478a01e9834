//! What a customer wishes to get, and in which language. What concerns their money they always get.

use holdfast_core::language::Language;
use serde::{Deserialize, Serialize};

/// What letters of some kinds are about: a customer may turn them off together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Their bookings.
    Bookings,
    /// Their orders.
    Orders,
}

/// What a customer wishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// The language of letters.
    pub language: Language,
    /// Whether they get letters about bookings that cost nothing. Those about money always come.
    pub bookings: bool,
    /// Whether they get letters about orders that cost nothing. Those about money always come.
    pub orders: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: Language::default(),
            bookings: true,
            orders: true,
        }
    }
}

impl Preferences {
    /// Whether a letter about this is sent. Letters without a topic cannot be turned off.
    pub fn allow(self, topic: Option<Topic>) -> bool {
        match topic {
            Some(Topic::Bookings) => self.bookings,
            Some(Topic::Orders) => self.orders,
            None => true,
        }
    }
}
