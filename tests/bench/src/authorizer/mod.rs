//! Card transactions: the authorizer's conditional writes beside a lock per account in Redis.
//!
//! # Layout
//! - `design`: the seam; `ours`, `locked`: the two designs
//! - `lock`, `bells`: locks in Redis, and how waiters are told; `resp`: the protocol
//! - `mix`: what terminals ask for; `load`: terminals
//! - `mishap`: workers that stand still or die between two requests
//! - `ledger`: what the table says afterwards
//! - `engine`: DynamoDB and Redis as processes

mod bells;
mod design;
mod engine;
mod ledger;
mod load;
mod lock;
mod locked;
mod mishap;
mod mix;
mod resp;
