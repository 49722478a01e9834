//! What every Lambda shares: its settings, its AWS clients, and how a failure gets its name.
//!
//! - `environment`: settings from environment variables, wrong ones named at start
//! - `serve`: the loop around one handler

mod environment;
mod serve;

pub use environment::{BadSetting, Environment, seconds, setting};
pub use serve::{Raised, serve};
