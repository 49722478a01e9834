//! The desk: where what could not be undone, or not be paid for, is seen to after all.
//!
//! What waits is told by the bookings themselves: whatever of one that ended `needs_attention` is
//! not surely gone. The queue `saga-errors` only says when to try again, so a message that is lost,
//! doubled or late can do no harm. Every act is an event with who did it and why.
//!
//! - `queries`: what waits, and since when
//! - `act`: who acts, upon which part of a booking, and what came of it
//! - `again`: do it again, as the state machine would have
//! - `by_hand`: it was done by hand (resolve), or is given up (abandon)
//! - `redrive`: the queue's consumer, which does it again with growing pauses
//! - `remind`: messages that may be lost are sent again

mod act;
mod again;
mod by_hand;
mod queries;
mod redrive;
mod remind;

pub use act::{Clerk, Did, Errand, Report, Said};
pub use again::AUTOMATIC;
pub use queries::{Filter, Left, Shown, Waiting};
pub use redrive::Automatic;
pub use remind::remind;
