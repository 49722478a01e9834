//! The words that every service of Holdfast is written in. Nothing in here waits, reads a clock, or
//! knows AWS: data in, decision out.
//!
//! # Layout
//! - [`time`], [`money`], [`ids`], [`trace`]: plain values, checked once at the edge; [`hex`]: bytes as text
//! - [`payment`]: by what a payment is paid; [`refund`]: what is given back of a price
//! - [`verb`]: the words for what a service does, or has a supplier do
//! - [`email`]: addresses of customers; [`language`], [`html`]: how they are written to
//! - [`timer`]: the deadline of a saga, and what came first, payment or time
//! - [`saga`]: a saga of any kind, as operators see it; [`figures`]: how many began within the hour
//! - [`change`]: how a record changes, and the state that its changes tell; [`cause`]: why it turns back
//! - [`execution`]: the execution that drives a saga: its trace, its namesakes, since when it waits;
//!   [`path`]: the states that it entered
//! - [`breaker`]: when a supplier that fails is left alone, and when it is tried again
//! - [`failure`]: what can go wrong, by name; [`reading`]: what callers send, and what is wrong with it
//! - [`fault`]: faults and mishaps that a request scripts

pub mod breaker;
pub mod cause;
pub mod change;
pub mod email;
pub mod execution;
pub mod failure;
pub mod fault;
pub mod figures;
pub mod hex;
pub mod html;
pub mod ids;
pub mod language;
pub mod money;
pub mod path;
pub mod payment;
pub mod reading;
pub mod refund;
pub mod saga;
pub mod time;
pub mod timer;
pub mod trace;
pub mod verb;
