//! The rules of a booking. Nothing in here waits, reads a clock, or knows AWS: data in, decision out.
//!
//! # Layout
//! - [`booking`]: a booking, its legs and its payment, as they stand; [`waiting`]: what it waits for
//! - [`request`]: the request for a booking, checked at the edge
//! - [`event`]: the history, and the state that it tells; [`following`]: the part a reader has not seen
//! - [`transition`]: a change of a booking: its records, each one version further, and the event
//! - [`unwinding`]: the work that is left when a booking does not go its way
//! - [`view`]: a booking as its users see it; [`next`]: what they may do with it
//! - [`offer`]: what may be chosen; [`spec`]: the kinds of legs

pub mod booking;
pub mod event;
pub mod following;
pub mod next;
pub mod offer;
pub mod request;
pub mod spec;
pub mod transition;
pub mod unwinding;
pub mod view;
pub mod waiting;
