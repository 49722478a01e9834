//! What the tests share.
//!
//! - `bench`: the service, and all that it meets; `look`: what there is of an order
//! - `bus`: carries events from table to table
//! - `cloud`: queues and executions
//! - `killer`: ends a process at a write
//! - `machine`: takes an order through its steps, as the state machine does

pub(crate) mod bench;
pub(crate) mod bus;
pub(crate) mod cloud;
pub(crate) mod killer;
mod look;
pub(crate) mod machine;

pub(crate) use bench::{Bench, id, order};
pub(crate) use machine::Machine;
