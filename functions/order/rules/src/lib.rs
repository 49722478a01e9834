//! The rules of an order. Nothing in here waits, reads a clock, or knows AWS: data in, decision out.
//! Steps, commands, the desk and the sweep ask these functions and write what they answer.
//!
//! Every change of an order writes its head, so that all changes of one order are in one order. A step
//! begins with such a write: one that begins after the order was turned back is refused.
//!
//! # Layout
//! What there is:
//! - [`action`]: the steps of an order, their undos, and who does them
//! - [`catalogue`]: what the shop sells; [`address`]: where it delivers to
//! - [`request`]: the request for an order, checked at the edge
//! - [`order`]: an order and its steps, as they stand
//! - [`status`]: their statuses, and what becomes of each when something happens
//! - [`event`]: the history, and the state that it tells; [`broker`]: what is asked over the broker;
//!   [`following`]: which events a reader has not seen
//! - [`view`]: an order as its customer sees it, and as any saga is seen
//!
//! What may happen, each a function of (what is, what happened, when) that gives a [`transition`] or
//! refuses:
//! - [`placing`]: an order is written, or taken up by another execution
//! - [`beginning`]: a step begins; [`recording`]: it is done or refused
//! - [`asking`]: a step is asked over the broker; [`answering`]: its answer comes; [`telling`]: the
//!   execution that waits is told
//! - [`deadline`]: a wake-up comes; [`command`]: the customer cancels
//! - [`turning`]: the order is turned back; [`undoing`]: it is undone, step by step
//! - [`closing`]: it ends; [`desk`]: what is left is seen to

pub mod action;
pub mod address;
pub mod answering;
pub mod asking;
pub mod beginning;
pub mod broker;
pub mod catalogue;
pub mod closing;
pub mod command;
pub mod deadline;
pub mod desk;
pub mod event;
pub mod following;
pub mod order;
pub mod placing;
pub mod recording;
pub mod request;
pub mod status;
pub mod telling;
pub mod transition;
pub mod turning;
pub mod undoing;
pub mod view;
