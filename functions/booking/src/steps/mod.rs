//! What the state machine's steps do: each reads how things stand, asks a supplier where one is
//! needed, and has the rules say what to write. Every step may be delivered twice, late, or again
//! after a crash.
//!
//! - `open`: writes the booking and starts its timer
//! - `leg`: hold, confirm, release
//! - `wait`: waits for the traveller
//! - `payment`: authorize, await, withdraw, capture, void, refund
//! - `settle`: the commit point and the capture
//! - `unwind`: decides that a booking is to be undone, and what that takes
//! - `send_to_desk`: hands over what could not be undone
//! - `close`: ends what is not booked

mod close;
mod leg;
mod open;
mod payment;
mod send_to_desk;
mod settle;
mod unwind;
mod wait;

pub use close::{Close, CloseRequest};
pub use leg::{LegDone, LegName, LegStep, Legs};
pub use open::{Open, OpenRequest, Opened};
pub use payment::{Authorizations, Decisions, PaymentDone, PaymentStep, Payments, Tendered, Terms};
pub use send_to_desk::{Desk, DeskRequest};
pub use settle::{Settle, SettleRequest};
pub use unwind::{Unwind, UnwindPlan, UnwindRequest};
pub use wait::{Wait, WaitRequest};

pub(crate) use close::conclude;
