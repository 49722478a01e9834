//! Tells the pages that something has changed. A page holds a WebSocket open; an event on the bus becomes a
//! short message to each page that may see the saga, and the page then asks the API.
//!
//! # Layout
//! - [`rules`]: pure: who hears of what, what a ticket is worth, when a connection is over
//! - [`store`]: tickets and connections in DynamoDB
//! - [`sockets`]: connections that open and end
//! - [`fan_out`]: events of the bus, told to those who listen; [`fan_out::owners`]: whose a saga is;
//!   [`fan_out::sender`]: one message to one connection
//! - [`handlers`]: the Lambdas; [`settings`]: their parts, made from environment variables

pub mod fan_out;
pub mod handlers;
pub mod rules;
pub mod settings;
pub mod sockets;
pub mod store;

pub use rules::{Listener, Secret, Ticket};
pub use store::Connections;
