//! The rules of a booking. Nothing in here waits, reads a clock, or knows AWS: data in, decision out.
//! Steps, commands, the desk and the sweep ask these functions and write what they answer.
//!
//! # Layout
//! What there is:
//! - [`booking`]: a booking, its legs and its payment, as they stand
//! - [`status`]: their statuses, and what becomes of each when something happens
//! - [`action`]: what is done to a trip or a part of it, and under which keys
//! - [`spec`]: the kinds of legs; [`offer`]: what may be chosen; [`places`]: which day it is where
//! - [`request`]: the request for a booking, checked at the edge; [`passenger`]: who travels
//! - [`event`]: the history, and the state that it tells; [`following`]: the part a reader has not seen
//! - [`view`]: a booking as its users see it; [`next`]: what they may do with it
//!
//! What may happen, each a function of (what is, what happened, when) that gives a [`transition`] or
//! refuses:
//! - [`opening`]: a booking is written, or taken up by another execution
//! - [`leg`]: a leg is held, confirmed, released
//! - [`waiting`]: the booking waits for its traveller; a wake-up comes; [`command`]: the traveller speaks
//! - [`paying`]: a payment begins and is decided; [`deciding`]: it is decided later;
//!   [`withdrawing`]: the traveller does not wait for that; [`price`]: it is the one that was agreed
//! - [`settling`]: the commit point, the money, and its way back
//! - [`cancelling`]: a booked trip, or a part of it, is given back
//! - [`unwinding`]: the booking is undone; [`closing`]: it ends; [`desk`]: what is left is seen to

pub mod action;
pub mod booking;
pub mod cancelling;
pub mod closing;
pub mod command;
pub mod deciding;
pub mod desk;
pub mod event;
pub mod following;
pub mod leg;
pub mod next;
pub mod offer;
pub mod opening;
pub mod passenger;
pub mod paying;
pub mod places;
pub mod price;
pub mod request;
pub mod settling;
pub mod spec;
pub mod status;
pub mod transition;
pub mod unwinding;
pub mod view;
pub mod waiting;
pub mod withdrawing;
