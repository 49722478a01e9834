//! The push on a real table, before a server that stands for API Gateway.
//!
//! - `stage`: the table, the clock, both Lambdas; `gateway`: API Gateway
//! - `opening`: tickets and connections; `telling`: who hears of what; `gone`: connections that are gone
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod gateway;
mod gone;
mod opening;
mod stage;
mod telling;
