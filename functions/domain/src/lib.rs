//! The rules of Holdfast. Nothing in here waits, reads a clock, or knows AWS: data in, decision out.
//!
//! # Layout
//! - [`timer`]: the hold timer, the heart of it
//! - [`breaker`]: when a supplier that fails is left alone, and when it is tried again
//! - [`booking`]: a booking, its legs and its payment, as they stand; [`waiting`]: what it waits for
//! - [`request`]: the request for a booking, checked at the edge
//! - [`event`]: the history, and the state that it tells; [`following`]: what of it is new to somebody
//! - [`unwinding`]: what is left to do when a booking does not go its way
//! - [`view`]: a booking as its users see it; [`next`]: what they may do with it
//! - [`failure`]: what can go wrong, by name
//! - [`account`], [`claims`]: who may sign in, and what an access token says
//! - [`offer`]: what may be chosen
//! - [`trace`]: the id that follows a request
//! - [`spec`], [`fault`], [`ids`], [`money`], [`time`]: the words the others are written in

pub mod account;
pub mod booking;
pub mod breaker;
pub mod claims;
pub mod event;
pub mod failure;
pub mod fault;
pub mod following;
pub mod ids;
pub mod money;
pub mod next;
pub mod offer;
pub mod request;
pub mod spec;
pub mod time;
pub mod timer;
pub mod trace;
pub mod unwinding;
pub mod view;
pub mod waiting;
