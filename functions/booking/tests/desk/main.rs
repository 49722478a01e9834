//! What could not be undone waits at the desk in full view, and the clerk who sees to it there, by machine
//! or by hand, brings the booking to its proper end and leaves a name and a reason.
//!
//! - `redrive`: it is done again
//! - `by_hand`: it was done by hand, or is given up
//! - `queries`: what waits
//! - `stage`: bookings that wait, and the queue
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod by_hand;
mod queries;
mod redrive;
mod stage;
#[path = "../support/mod.rs"]
mod support;
