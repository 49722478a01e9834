//! The traveller's API against the deployed stack, as a front end and as an attacker would use it.
//!
//! # Layout
//! - `journey`: from registering to `booked`
//! - `accounts`: registering, signing in, staying signed in; `tokens`: whom the API believes
//! - `strangers`: what belongs to others
//! - `idempotency`, `simultaneous`: one request many times, many requests at one time
//! - `input`: whatever cannot be read; `surroundings`: what every answer has
//! - `lists`: pages, and waiting for what comes next; `offers`: what there is to choose from
//! - `people`: sessions, passwords, one-time links, export and erasure
//! - `preferences`: what customers wish to be written
//! - `purchases`: accounts that pay by card
//! - `push`: pages that hear of changes
//! - `orders`: goods from the shop; `sagas`: any saga in one view
//! - `desk`: operators; `overview`: what they look over
//! - `trace`: one id through everything, and logs that keep secrets
//! - `webhook`: reports of payments, true and otherwise
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod agreed;
mod desk;
mod idempotency;
mod input;
mod journey;
mod lists;
mod offers;
mod orders;
mod overview;
mod people;
mod preferences;
mod purchases;
mod push;
mod sagas;
mod simultaneous;
mod strangers;
mod surroundings;
mod tokens;
mod trace;
mod webhook;
