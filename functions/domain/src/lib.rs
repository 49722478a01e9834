//! The rules of Holdfast. Nothing in here waits, reads a clock, or knows AWS: data in, decision out.
//!
//! # Layout
//! - [`ids`], [`time`], [`money`]: names, moments, amounts
//! - [`spec`]: what a leg is to reserve
//! - [`fault`]: scripted faults for the simulated suppliers
//! - [`timer`]: the hold timer, the heart of it

pub mod fault;
pub mod ids;
pub mod money;
pub mod spec;
pub mod time;
pub mod timer;
