//! The authorizer: card transactions on accounts with balances by category, in less than 100 ms, many at
//! once on one account, without a lock.
//!
//! A transaction is one conditional write of its account, whose condition is the decision itself, and one
//! write of its line in the statement. The rules are in the crate `holdfast-authorizer-rules`.
//!
//! # Layout
//! - [`authorizer`]: answers terminals in time; [`terminal`]: reads what they send
//! - [`accounts`]: accounts in DynamoDB
//! - [`doubts`]: what may have been debited although its terminal was told otherwise
//! - [`gateway`]: requests as API Gateway passes them on
//! - [`openings`]: what accounts are opened with
//! - [`account_events`]: approved purchases, put on the bus by a program of its own
//! - [`settings`]: the parts above, made from environment variables
//! - [`subject`]: what log lines are about

pub mod account_doubts;
pub mod account_events;
pub mod accounts;
pub mod authorizer;
pub mod doubts;
pub mod gateway;
pub mod openings;
pub mod settings;
pub mod subject;
pub mod terminal;
