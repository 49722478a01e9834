//! The suppliers' contract, sentence by sentence, against a real DynamoDB engine in process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bank;
mod carrier;
mod credit;
mod faults;
mod input;
mod inventory;
mod large;
mod legs;
mod offers;
mod once;
mod orders;
mod outage;
mod payment;
mod shop;
mod silence;
