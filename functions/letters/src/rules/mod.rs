//! The rules of letters. Nothing in here waits, reads a clock, or knows AWS: data in, decision out.
//!
//! - [`message`]: what the bus delivers, and which letter is due for it
//! - [`request`]: a letter that somebody is to get
//! - [`preferences`]: what a customer wishes to get
//! - [`record`]: what is known of a letter, and what becomes of it
//! - [`status`]: how far a letter has come

pub mod message;
pub mod preferences;
pub mod record;
pub mod request;
pub mod status;

pub use message::Message;
pub use preferences::{Preferences, Topic};
pub use record::{Record, Taken, Wishes};
pub use request::{LetterId, Request, To};
pub use status::{Outcome, Status};
