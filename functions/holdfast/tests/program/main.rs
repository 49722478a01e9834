//! The program itself, before an API that answers as a test says: a real server on a port of its own.
//!
//! - `fake`: the API
//! - `program`: runs the program, and what it printed
//! - `booking`, `following`, `session`, `silence`, `desk`: what it does
//! - `tables`: the desk on a real DynamoDB engine

#![allow(clippy::unwrap_used, clippy::panic)]

mod booking;
mod desk;
mod fake;
mod following;
mod program;
mod session;
mod silence;
mod tables;
