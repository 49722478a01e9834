//! The rules of the API: who may sign in, and what an access token says.

pub mod account;
pub mod claims;
pub mod password;
pub mod session;
