//! Who looks after a booking, and how often: wake-ups and the sweep, with queues whose messages come
//! when they are due by the clock of the test. The table is a real DynamoDB engine in process.
//!
//! - `chains`: how many wake-ups look after one booking
//! - `early`: wake-ups that overtake their own deadlines
//! - `keeping`: how long its rows are kept
//! - `left_over`: a leg that is left of a trip that is booked
//! - `reminders`: what waits at the desk when its message is lost
//! - `stage`: the timekeeper, the sweep, the queues, and executions that run or do not
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chains;
mod early;
mod keeping;
mod left_over;
mod reminders;
mod stage;
#[path = "../support/mod.rs"]
mod support;
