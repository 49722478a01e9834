//! Invoices against a real DynamoDB engine in process.
//!
//! - `stage`: a table, requests as the bus delivers them, and what is found afterwards
//! - `road`: the way to the table, on which a process dies or writers meet
//! - `numbers`: many at once; `again`: repeats and other orders of events; `killed`: processes that end
//! - `queue`: batches with messages that make no sense; `scripted`: faults that an order scripts
//! - `model`: random histories against a model
//! - `telling`: events on the bus; `statuses`: the README's table; `page`: the page
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod again;
mod killed;
mod model;
mod numbers;
mod page;
mod queue;
mod road;
mod scripted;
mod stage;
mod statuses;
mod telling;
