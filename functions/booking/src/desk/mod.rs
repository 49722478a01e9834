//! The desk: where what could not be undone, or not be paid for, is seen to after all.
//!
//! What waits is told by the bookings themselves: whatever of one that ended `needs_attention` is
//! not surely gone. The queue `saga-errors` only says when to try again, so a message that is lost,
//! doubled or late can do no harm. Every act is an event with who did it and why.
//!
//! - `queries`: what waits, and since when
//! - `act`: who acts, and upon which part of a booking
//! - `again`: do it again, as the state machine would have; the queue's consumer does so, too
//! - `by_hand`: it was done by hand (resolve), or is given up (abandon)
//! - `counter`: the desk, as callers use it that serve the desks of all sagas
//! - `remind`: messages that may be lost are sent again

mod act;
mod again;
mod by_hand;
mod counter;
mod queries;
mod remind;

use holdfast_booking_rules::booking::BookingStatus;
use holdfast_booking_rules::unwinding::Work;
use holdfast_kit::desk;

use crate::store::Bookings;

pub use act::Clerk;
pub use again::Redriver;
pub use holdfast_kit::desk::{AUTOMATIC, Said};
pub use queries::{Filter, Left, Shown, Waiting};
pub use remind::remind;

/// What waits at the desk.
pub type DeskItem = desk::DeskItem<Bookings, Work>;
/// What a clerk sets about. Its part is a leg, or `payment`.
pub type Errand = desk::Errand<Bookings>;
/// One piece of work, and what came of it.
pub type Did = desk::Did<Work>;
/// What came of an errand.
pub type Report = desk::Report<Bookings, BookingStatus, Work>;
/// The queue's consumer.
pub type Automatic<P> = desk::Automatic<Redriver, P>;
