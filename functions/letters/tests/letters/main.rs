//! Letters on a real database, sent to a server that stands for SES.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod deaths;
mod desk;
mod kinds;
mod once;
mod queue;
mod ses;
mod stage;
mod statuses;
mod wishes;
