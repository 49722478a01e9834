//! What every Lambda shares: its settings, its AWS clients, and how a failure gets its name.
//!
//! - `environment`: settings from environment variables, wrong ones named at start
//! - `serve`: the loop around one handler
//! - `trace`: which booking and which trace a log line is about

mod environment;
mod serve;
mod trace;

pub use environment::{BadSetting, Environment, seconds, setting};
pub use serve::{Raised, serve};
pub use trace::about;
pub(crate) use trace::trace_of;
