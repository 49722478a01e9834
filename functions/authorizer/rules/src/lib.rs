//! The rules of the authorizer: which balance pays, whether it can, and what every movement does to an
//! account. Pure: no clock, no table, no network.
//!
//! # Layout
//! - [`cents`]: amounts, exact from the decimal text on
//! - [`category`]: which balance pays, by merchant and by code
//! - [`request`]: what a terminal asks for, and what is wrong with it
//! - [`account`]: what an account holds, and what must hold of it at any moment
//! - [`moment`]: how moments are written
//! - [`movement`]: what happens to an account, and its line in the statement
//! - [`deciding`]: `00`, `51` or `07`
//! - [`settling`]: what becomes of a movement whose line is missing
//! - [`event`]: what others are told of an account

pub mod account;
pub mod category;
pub mod cents;
pub mod deciding;
pub mod event;
pub mod moment;
pub mod movement;
pub mod request;
pub mod settling;
