//! The stock: a service of its own, which meets orders only over the bus.
//!
//! An order's request comes from the bus by way of a queue; what becomes of it is one transaction:
//! the pieces, the reservation, the answer, and a note that the request is answered. The answer goes
//! back over the bus, from the table's stream. The rules are in the crate `holdfast-stock-rules`.
//!
//! # Layout
//! - [`requests`]: takes what orders ask for, one after another
//! - [`seed`]: begins the products of the catalogue
//! - [`store`]: what the kit's table is told of reservations
//! - [`handlers`]: the Lambdas, which only wire

pub mod handlers;
pub mod requests;
pub mod seed;
pub mod store;
