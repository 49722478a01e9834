//! The authorizer.

pub mod account_events;
pub mod openings;
