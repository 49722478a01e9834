//! What every Lambda of Holdfast needs, whatever its service.
//!
//! # Layout
//! - [`settings`]: environment variables, wrong ones named at start; the way to AWS
//! - [`serve`](mod@serve): the loop around one handler, and how a failure gets its name
//! - [`https`]: the one HTTPS client; [`answers`]: what answers over HTTP have in common
//! - [`later`]: clients of AWS, made when they are first used
//! - [`subject`]: what a service's payloads are about, and what it calls that
//! - [`logging`]: which saga and which trace a log line is about
//! - [`clock`]: the time, as a thing that tests can set
//! - [`table`]: aggregates in DynamoDB, and the seam that a service's aggregate fits;
//!   [`race`](mod@race): decide, write, decide again
//! - [`schedules`], [`timer`], [`sweep`]: wake-ups of a saga's timer, given and taken, and those that
//!   were lost
//! - [`outbox`]: events, put on the bus
//! - [`suppliers`]: calls to the outside world; [`breakers`]: when a supplier that fails is left alone
//! - [`queue`]: messages from a queue, all at once and each on its own; [`mod@batch`]: how they come
//! - [`desk`]: what waits for a person: messages, errands and reports
//! - [`sagas`]: sagas of any kind, as operators see and handle them
//! - [`executions`], [`task_tokens`]: the state machine's executions, and how those that wait are told
//! - [`causes`]: what went wrong, read from what the state machine passes on
//! - [`rehearsal`]: scripted mishaps, where the stack allows them

pub mod answers;
pub mod batch;
pub mod breakers;
pub mod causes;
pub mod clock;
pub mod desk;
pub mod executions;
pub mod https;
pub mod later;
pub mod logging;
pub mod outbox;
pub mod queue;
pub mod race;
pub mod rehearsal;
pub mod sagas;
pub mod schedules;
pub mod serve;
pub mod settings;
pub mod subject;
pub mod suppliers;
pub mod sweep;
pub mod table;
pub mod task_tokens;
pub mod timer;
