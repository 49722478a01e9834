//! Bookings in DynamoDB: one table, and one way to change it.
//!
//! A change is a [`Transition`](holdfast_booking_rules::transition::Transition): the records as they were, what becomes of them, and the event that
//! tells it, in one transaction on the condition that each record still has the version it was
//! decided upon. Who loses a race is handed the records as they are now, from the refusal itself.
//!
//! - `keys`: where things are stored
//! - `breaker`: the suppliers' circuit breakers, which belong to no booking
//! - `change`: decide, write, and decide again if somebody else was first
//! - `read`: booking, legs and payment together; the history
//! - `list`: the bookings of a customer, page by page
//! - `write`: the transaction, and what its refusal means
//! - `webhook`: messages from outside that were received

mod breaker;
mod change;
mod keys;
mod list;
mod read;
mod webhook;
mod write;

pub use breaker::{KeptBreaker, Overtaken};
pub use list::{Page, Place};
pub use write::{Current, Lost, Written};

use std::fmt::Display;

use holdfast_core::failure::Failure;

/// The bookings' table.
#[derive(Clone, Debug)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    table: String,
}

impl Store {
    /// Bookings in this table.
    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
        }
    }
}

/// The table did not answer, or not with what was put there. Trying again is harmless.
fn unavailable(doing: &str, problem: impl Display) -> Failure {
    Failure::Unavailable(format!("bookings table, {doing}: {problem}"))
}
