//! The price that was agreed, step by step: offers that hold while prices change, bounds, amounts, and
//! those who travel.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod prices;
mod random;
mod stage;
#[path = "../support/mod.rs"]
mod support;
mod travellers;
