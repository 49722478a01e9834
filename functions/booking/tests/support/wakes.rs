//! Notes what the timer was asked for.

use std::sync::{Arc, Mutex};

use holdfast_booking::store::{Bookings, WakeUp};
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::timer::Timer;
use holdfast_kit::schedules::Wakes;

/// Notes what it was asked to wake and to forget.
#[derive(Clone, Debug, Default)]
pub(crate) struct WakeBook(Arc<Mutex<Vec<Noted>>>);

/// An entry in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Noted {
    /// To be woken.
    Wake(WakeUp),
    /// No longer, for this booking and generation.
    Forget(BookingId, u32),
}

impl WakeBook {
    /// All that was noted.
    pub(crate) fn notes(&self) -> Vec<Noted> {
        self.0.lock().unwrap().clone()
    }

    /// Takes out all that was noted since the last time.
    pub(crate) fn take(&self) -> Vec<Noted> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Wakes<Bookings> for WakeBook {
    async fn wake(&self, wake_up: &WakeUp) -> Result<(), Failure> {
        self.0.lock().unwrap().push(Noted::Wake(wake_up.clone()));
        Ok(())
    }

    async fn forget(&self, id: &BookingId, timer: &Timer) {
        let noted = Noted::Forget(id.clone(), timer.generation);
        self.0.lock().unwrap().push(noted);
    }
}
