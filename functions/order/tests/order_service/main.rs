//! The order service on a bench: the real table in process, the real suppliers, the real stock and
//! invoice services behind a bus of the test's, and a state machine that the test plays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod answers;
mod costs;
mod desk;
mod ends;
mod killed;
mod mishaps;
mod statuses;
mod support;
mod timekeeping;
mod zombies;
