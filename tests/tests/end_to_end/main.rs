//! End-to-end tests, against the deployed stack. `make test` runs them; by hand, `make up` and
//! `source .local/env` first.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod agreed;
mod bad_input;
mod booking;
mod broker;
mod desk;
mod letters;
mod once;
mod orders;
mod outbox;
mod pending;
mod poison;
mod program;
mod refusal;
mod second_thoughts;
mod stopped;
mod timer_rows;
mod waiting;
