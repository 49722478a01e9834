//! The authorizer on a real DynamoDB engine in process: terminals ask many at once, again, in vain, and
//! while processes die.
//!
//! - `bank`: an authorizer with its table, and what is checked of every account; `wire`: what befalls
//!   requests on their way to the table
//! - `challenge`: the rules, with the payloads that terminals send
//! - `answers`: what cannot be approved; `repetitions`: the same transaction again
//! - `deaths`: processes that end between any two writes; `silence`: a table that is slow or away
//! - `nonsense`: 5,000 bodies that terminals should not send
//! - `histories`: random histories, many at once, and the order that explains them
//! - `cost`: write units
//! - `events`: approved purchases on the bus
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod bank;
mod challenge;
mod cost;
mod deaths;
mod events;
mod histories;
mod nonsense;
mod repetitions;
mod silence;
mod wire;
