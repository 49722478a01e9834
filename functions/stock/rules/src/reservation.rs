//! How it stands with an order: its reservation, and what can happen to it.

use holdfast_core::ids::OrderId;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::items::Items;

/// How it stands with an order of which something is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum State {
    /// The goods are taken from the stock.
    Taken {
        /// Which goods.
        items: Items,
    },
    /// Nothing was taken.
    Refused {
        /// Why not.
        reason: String,
    },
    /// The goods were taken and are put back.
    Returned {
        /// Which goods.
        items: Items,
    },
    /// The order gave up before its request came: nothing will be taken.
    ReturnedBeforeTaken,
}

/// The word for how it stands with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The goods are taken from the stock.
    Taken,
    /// Nothing was taken.
    Refused,
    /// The goods were taken and are put back.
    Returned,
    /// The order gave up before its request came.
    ReturnedBeforeTaken,
}

/// What happens to a reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// An order wants these, and there are as many.
    Wanted(Items),
    /// An order wants something that it cannot have.
    Refused(String),
    /// An order gives up what it has.
    GivenUp,
}

impl State {
    /// How it stands after something has happened. What is recorded once changes in one way only:
    /// goods that were taken are put back.
    #[must_use]
    pub fn after(was: Option<&Self>, happened: &Happened) -> Self {
        match (was, happened) {
            (None, Happened::Wanted(items)) => Self::Taken {
                items: items.clone(),
            },
            (None, Happened::Refused(reason)) => Self::Refused {
                reason: reason.clone(),
            },
            (None, Happened::GivenUp) => Self::ReturnedBeforeTaken,
            (Some(Self::Taken { items }), Happened::GivenUp) => Self::Returned {
                items: items.clone(),
            },
            (Some(state), _) => state.clone(),
        }
    }

    /// The word for it.
    pub fn status(&self) -> Status {
        match self {
            Self::Taken { .. } => Status::Taken,
            Self::Refused { .. } => Status::Refused,
            Self::Returned { .. } => Status::Returned,
            Self::ReturnedBeforeTaken => Status::ReturnedBeforeTaken,
        }
    }
}

/// A reservation: what is recorded about an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Whose it is.
    pub order_id: OrderId,
    /// When something was recorded first.
    pub created: Timestamp,
    /// When the order was answered last.
    pub updated: Timestamp,
    /// How many requests of the order were answered.
    pub version: u32,
    /// How it stands.
    #[serde(flatten)]
    pub state: State,
    /// The answers that were lost as scripted.
    #[serde(default, skip_serializing_if = "Lost::is_none")]
    pub lost: Lost,
}

/// How many answers were lost as scripted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// Answers to requests for goods.
    pub taking: u32,
    /// Answers to requests to put goods back.
    pub putting_back: u32,
}

impl Lost {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}
