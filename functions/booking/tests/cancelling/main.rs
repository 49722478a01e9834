//! Booked trips that are given back, whole or leg by leg: real steps, real suppliers over HTTP and a real
//! DynamoDB engine in process.
//!
//! - `stage`: a booked trip, and a traveller who gives it back
//! - `stories`: what happens, one thing at a time
//! - `random`: hundreds of trips, to the cent
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod random;
mod stage;
mod stories;

#[path = "../support/mod.rs"]
mod support;
