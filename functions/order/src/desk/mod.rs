//! The desk of orders: where what could not be undone, or not be paid for, is seen to after all.
//!
//! What waits is told by the orders themselves. The queue only says when to try again, so a message that
//! is lost, doubled or late can do no harm. Every act is an event with who did it and why.
//!
//! - `clerk`: who acts, and upon which part of what waits
//! - `again`: do it again, as the state machine would have; the queue's consumer does so, too
//! - `by_hand`: it was done by hand (resolve), or is given up (abandon)
//! - `queries`: what waits, and since when
//! - `counter`: the desk, as callers use it that serve the desks of all sagas
//! - `remind`: messages that may be lost are sent again

mod again;
mod by_hand;
mod clerk;
mod counter;
mod queries;
mod remind;

use holdfast_kit::desk;
use holdfast_order_rules::order::OrderStatus;
use holdfast_order_rules::undoing::Work;

use crate::store::Orders;

pub use again::Redriver;
pub use clerk::Clerk;
pub use holdfast_kit::desk::{AUTOMATIC, Said};
pub use queries::{Left, Shown, Waiting};
pub use remind::remind;

/// What waits at the desk.
pub type DeskItem = desk::DeskItem<Orders, Work>;
/// What a clerk sets about. Its part is a participant: `carrier`, `invoices`, `stock` or `payment`.
pub type Errand = desk::Errand<Orders>;
/// One piece of work, and what came of it.
pub type Did = desk::Did<Work>;
/// What came of an errand.
pub type Report = desk::Report<Orders, OrderStatus, Work>;
/// The queue's consumer.
pub type Automatic<P> = desk::Automatic<Redriver, P>;
