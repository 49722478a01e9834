//! What the state machine's steps do: each reads how things stand, asks a participant where one is
//! needed, and has the rules say what to write. Every step may be delivered twice, late, or again after
//! a crash.
//!
//! - `place`: writes the order and starts its timer
//! - `participants`: calls the participants outside: do and undo; `calls`: what they are told
//! - `ask`: asks another service over the broker, while the execution waits
//! - `capture`: the commit point and the capture
//! - `unwind`: decides that an order is to be undone, and what that takes
//! - `send_to_desk`: hands over what could not be undone
//! - `close`: ends what is not completed

mod ask;
mod calls;
mod capture;
mod close;
mod participants;
mod place;
mod send_to_desk;
mod unwind;

pub use ask::{Ask, AskRequest};
pub use capture::{Capture, CaptureRequest};
pub use close::{Close, CloseRequest};
pub use participants::{Participants, StepRequest, guarded};
pub use place::{Place, PlaceRequest, Placed};
pub use send_to_desk::{Desk, DeskRequest};
pub use unwind::{Planned, Unwind, UnwindPlan, UnwindRequest};
