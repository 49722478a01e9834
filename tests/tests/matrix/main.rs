//! The fault matrix: every step, every fault, and the invariants from all sides: the execution, the
//! events folded against the table, and what all who take part have in the end.
//!
//! - `bookings`, `orders`: the cells of each, what becomes of them, and their zombies; of orders, also
//!   what the broker may do to an event
//! - `cells`: runs cells, and tells which are broken
//! - `replays`: records what an execution asks, and asks it again with a zombie among it

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bookings;
mod cells;
mod orders;
mod replays;

/// Cells that run at the same time.
const AT_ONCE: usize = 8;
/// Cells that run at the same time where they mostly wait for an answer over the bus.
const WAITING_AT_ONCE: usize = 16;
/// The simulated supplier does it sooner or later, whatever it looks like meanwhile.
const PASSING: &[&str] = &["unavailable:1", "lost:1", "lost", "slow:6000"];
/// What happens to the step itself: its process dies, or it is delivered more than once.
const MISHAPS: &[&str] = &["crash_before", "crash_after", "twice"];
/// Never done, however often it is tried.
const LASTING: &[&str] = &["refuse", "unavailable"];
