//! Holdfast: trips that are all or nothing, on AWS serverless.
//!
//! # Layout
//! The rules are in the crate `holdfast_domain`; here they meet the world.
//! - [`steps`]: what the state machine's steps do
//! - [`commands`]: what the traveller may say while the booking waits
//! - [`timekeeper`], [`waking`]: the hold timer's wake-ups, taken and given
//! - [`sweep`]: bookings whose wake-ups were lost
//! - [`desk`]: those who see to what could not be undone, people and the automatic redrive
//! - [`api`]: the HTTP API; [`customers`]: who may use it, in DynamoDB
//! - [`executions`], [`task_tokens`]: the state machine's executions, one for each booking, and how
//!   those that wait are told
//! - [`publisher`]: events, put on the bus
//! - [`store`]: bookings in DynamoDB
//! - [`suppliers`]: calls to the suppliers
//! - [`simulation`]: scripted mishaps, where the stack allows them
//! - [`lambda`], [`batch`], [`clock`]: what every Lambda shares
//! - `bin/`: one short file per Lambda, which only wires

pub mod api;
pub mod batch;
pub mod clock;
pub mod commands;
pub mod customers;
pub mod desk;
pub mod executions;
pub mod lambda;
pub mod publisher;
pub mod simulation;
pub mod steps;
pub mod store;
pub mod suppliers;
pub mod sweep;
pub mod task_tokens;
pub mod timekeeper;
pub mod waking;
