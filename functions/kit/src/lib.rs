//! What every Lambda of Holdfast needs, whatever its service.
//!
//! # Layout
//! - [`settings`]: environment variables, wrong ones named at start; the way to AWS
//! - [`serve`](mod@serve): the loop around one handler, and how a failure gets its name
//! - [`logging`]: which saga and which trace a log line is about
//! - [`clock`]: the time, as a thing that tests can set
//! - [`queue`]: messages from a queue, all at once and each on its own
//! - [`executions`], [`task_tokens`]: the state machine's executions, and how those that wait are told
//! - [`rehearsal`]: scripted mishaps, where the stack allows them

pub mod clock;
pub mod executions;
pub mod logging;
pub mod queue;
pub mod rehearsal;
pub mod serve;
pub mod settings;
pub mod task_tokens;
