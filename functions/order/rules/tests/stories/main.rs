//! Orders from their placing to their end, change by change, as the steps, the commands and the desk
//! bring them about. After each change the history tells the state.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod back;
mod broker;
mod desk;
mod ends;
mod forward;
mod history;
mod story;
