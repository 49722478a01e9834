//! The rules of push. Nothing in here waits, reads a clock, or knows AWS: data in, decision out.
//!
//! - [`news`]: what a page is told of an event
//! - [`listener`]: who hears of it
//! - [`ticket`]: what opens a connection, and for how long
//! - [`connection`]: how long a connection lasts, and how many there may be

pub mod connection;
pub mod listener;
pub mod news;
pub mod ticket;

pub use connection::{Connection, ConnectionId};
pub use listener::{Audience, Listener};
pub use news::News;
pub use ticket::{Secret, Ticket};
