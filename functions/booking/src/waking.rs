//! The wake-ups of a booking's timer.

use holdfast_kit::schedules;

use crate::store::Bookings;

pub use holdfast_kit::schedules::{SHORT_WAIT, TimerQueue, Waker};

/// The message that wakes a booking's timer.
pub type WakeUp = schedules::WakeUp<Bookings>;

/// Sees to it that the timers of bookings are woken.
pub trait Wakes: schedules::Wakes<Bookings> {}

impl<W: schedules::Wakes<Bookings>> Wakes for W {}
