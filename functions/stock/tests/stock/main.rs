//! The stock on a real DynamoDB engine in process: orders ask as the bus and the queue bring it,
//! doubled, late, in another order than they were asked, and while processes die.
//!
//! - `shop`: a stock, and orders that ask it; `gate`: a way to end a process between two writes
//! - `answers`: what orders are answered; `batches`: what a batch is answered
//! - `crowd`: very many orders for few pieces; `deaths`: processes that end anywhere
//! - `histories`: random histories against a model
//! - `deployed`: what others must know of this service
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod batches;
mod crowd;
mod deaths;
mod deployed;
mod gate;
mod histories;
mod shop;
