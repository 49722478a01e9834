//! The shop's routes, the accounts' and the operators' views, in process: the API on real tables, before a real order
//! service whose state machine the test plays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod agreed;
mod browsers;
mod cancelling;
mod erasing;
mod given_back;
mod invoices;
mod operators;
mod orders;
mod overview;
mod people;
mod refusals;
mod stage;
mod tags;
mod tickets;
mod walk;

/// What the order service's own tests stand on.
#[path = "../../../order/tests/order_service/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod support;

/// Bookings that were stored, in every state.
#[path = "../../../booking/tests/fixtures/items.rs"]
#[allow(dead_code)]
mod items;
