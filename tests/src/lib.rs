//! What the end-to-end tests share: the deployed stack, as its users and its operators see it, and
//! trips to book on it.
//!
//! - `stack`: executions, functions, the table
//! - [`accounts`]: accounts that pay for bookings and orders
//! - `asked`: what an execution was seen to ask of a function
//! - [`audit`]: what must be true of a booking, whatever happened to it
//! - [`browser`]: a real browser, and who sits before it
//! - [`client`]: the HTTP API; [`guest`]: a customer who is signed in, and what they book
//! - `hearing`: what goes over the bus, in a queue of a test's own
//! - `listening`: puts a function that consumes a queue out of order
//! - [`page`]: a page that is open, and hears of changes
//! - `queues`: messages that wait, and schedules
//! - [`shop`]: orders, and what is left of them with all who take part
//! - `suppliers`: what the suppliers still have, and how to put one out of order
//! - `told`: what the events tell of the invariants
//! - `traveller`: starts a trip without paying, and says what to do next
//! - `trip`: trips to book, with scripted faults
//! - [`yaml`]: the template, as JSON

pub mod accounts;
mod asked;
pub mod audit;
pub mod browser;
pub mod client;
pub mod guest;
mod hearing;
mod listening;
pub mod mailbox;
pub mod page;
mod queues;
pub mod shop;
mod stack;
mod suppliers;
mod told;
mod traveller;
mod trip;
pub mod yaml;

pub use asked::Asked;
pub use listening::Deaf;
pub use stack::{Ended, InvokeError, Stack, aws, eventually, output};
pub use traveller::waits;
pub use trip::{Trip, fresh_name};
