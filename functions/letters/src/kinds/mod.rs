//! The kinds of letters. Each is a file of its own: what it must know, which preference turns it off, and
//! what it says in each language.
//!
//! A new kind is such a file, and a variant of [`Letter`]. Any service then sends it by an event
//! `letter_requested`, whose `kind` and `data` are the variant's.

pub mod attention;
pub mod booking;
pub mod link;
pub mod money;
pub mod order;
pub mod password;
pub mod purchase;

use holdfast_core::language::Language;
use serde::{Deserialize, Serialize};

use crate::rules::preferences::Topic;
use crate::writing::Page;

/// A letter of one of the kinds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum Letter {
    /// A booking has ended.
    Booking(booking::Booking),
    /// An order has ended.
    Order(order::Order),
    /// Something waits at the desk.
    Attention(attention::Attention),
    /// A purchase was paid from an account.
    Purchase(purchase::Purchase),
    /// A one-time link.
    Link(link::Link),
    /// The password of an account was changed.
    PasswordChanged(password::PasswordChanged),
}

/// What each kind says of itself.
pub trait Kind {
    /// The word for the kind.
    const NAME: &'static str;

    /// What a customer can turn off that this is about; `None` where it concerns money, or no customer.
    fn topic(&self) -> Option<Topic>;

    /// What it says.
    fn page(&self, language: Language) -> Page;
}

impl Letter {
    /// The word for its kind.
    pub fn name(&self) -> &'static str {
        fn name<K: Kind>(_: &K) -> &'static str {
            K::NAME
        }
        match self {
            Self::Booking(letter) => name(letter),
            Self::Order(letter) => name(letter),
            Self::Attention(letter) => name(letter),
            Self::Purchase(letter) => name(letter),
            Self::Link(letter) => name(letter),
            Self::PasswordChanged(letter) => name(letter),
        }
    }

    /// What a customer can turn off that it is about; `None` where it is always sent.
    pub fn topic(&self) -> Option<Topic> {
        match self {
            Self::Booking(letter) => letter.topic(),
            Self::Order(letter) => letter.topic(),
            Self::Attention(letter) => letter.topic(),
            Self::Purchase(letter) => letter.topic(),
            Self::Link(letter) => letter.topic(),
            Self::PasswordChanged(letter) => letter.topic(),
        }
    }

    /// What it says.
    pub fn page(&self, language: Language) -> Page {
        match self {
            Self::Booking(letter) => letter.page(language),
            Self::Order(letter) => letter.page(language),
            Self::Attention(letter) => letter.page(language),
            Self::Purchase(letter) => letter.page(language),
            Self::Link(letter) => letter.page(language),
            Self::PasswordChanged(letter) => letter.page(language),
        }
    }
}

/// The text of a language, of the two that say the same.
fn pick<'a>(language: Language, english: &'a str, portuguese: &'a str) -> &'a str {
    match language {
        Language::En => english,
        Language::PtBr => portuguese,
    }
}
