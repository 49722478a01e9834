//! Bookings: trips that are all or nothing.
//!
//! # Layout
//! The rules are in the crate `holdfast_booking_rules`; here they meet the world.
//! - [`steps`]: what the state machine's steps do
//! - [`commands`]: what the traveller may say while the booking waits
//! - [`desk`]: what is done about work that failed, by people and by the automatic redrive
//! - [`store`]: bookings in DynamoDB: what the kit's table, outbox and sweep are told of them
//! - [`suppliers`]: what the suppliers are told, and what they offer
//! - [`rehearsed`]: scripted mishaps around steps and suppliers, where the stack allows them
//! - [`settings`]: the parts above, made from environment variables
//! - [`handlers`]: one short file per Lambda, which only wires

pub mod commands;
pub mod desk;
pub mod handlers;
pub mod rehearsed;
pub mod settings;
pub mod steps;
pub mod store;
pub mod suppliers;
