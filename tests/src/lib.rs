//! What the end-to-end tests share: the deployed stack, as its users and its operators see it, and
//! trips to book on it.
//!
//! - `stack`: executions, functions, the table, the suppliers' audit
//! - `trip`: trips to book, with scripted faults

mod stack;
mod trip;

pub use stack::{Ended, InvokeError, Stack, eventually, output};
pub use trip::{Trip, fresh_name};
