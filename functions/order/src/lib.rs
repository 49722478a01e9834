//! Orders: goods that are paid for, invoiced and shipped, or nothing of it.
//!
//! # Layout
//! The rules are in the crate `holdfast_order_rules`; here they meet the world.
//! - [`steps`]: what the state machine's steps do
//! - [`answers`]: what other services answer over the bus
//! - [`commands`]: what the customer may say
//! - [`desk`]: what is done about work that failed, by people and by the automatic redrive
//! - [`store`]: orders in DynamoDB: what the kit's table, outbox and sweep are told of them
//! - [`telling`]: tells the execution that waits
//! - [`rehearsed`]: scripted mishaps around steps, where the stack allows them
//! - [`settings`]: the parts above, made from environment variables
//! - [`handlers`]: one short file per Lambda, which only wires

pub mod answers;
pub mod commands;
pub mod desk;
pub mod handlers;
pub mod rehearsed;
pub mod settings;
pub mod steps;
pub mod store;
pub mod telling;
