//! The rules of the stock: what an order's request makes of its reservation, and what it is answered.
//! Nothing in here waits, reads a clock, or knows AWS: data in, decision out.
//!
//! # Layout
//! - [`request`]: what orders ask for, checked once at the edge; [`items`]: products and how many
//! - [`reservation`]: how it stands with an order, and what can happen to it
//! - [`answering`]: the change and the answer that a request leads to
//! - [`event`]: the history of reservations, which is also what orders are answered with
//! - [`catalogue`]: which products there are, and how many to begin with

pub mod answering;
pub mod catalogue;
pub mod event;
pub mod items;
pub mod request;
pub mod reservation;
