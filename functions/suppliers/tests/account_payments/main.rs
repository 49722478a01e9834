//! Payments from accounts, against a real DynamoDB engine in process: whatever happens to a payment, the
//! sums of its account follow, to the cent.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod contract;
mod crowd;
mod expiry;
mod histories;
mod money;
mod once;
mod till;
