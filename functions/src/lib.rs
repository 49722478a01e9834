//! Holdfast.
pub mod clock;
pub mod commands;
pub mod steps;
pub mod store;
pub mod suppliers;
pub mod waking;
