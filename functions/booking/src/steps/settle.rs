//! The end of the way forward: the commit point, then the capture, then `booked`.

use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::settling;
use holdfast_booking_rules::view::BookingView;
use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_kit::schedules::Wakes;
use serde::Deserialize;

use super::payment::Payments;
use crate::store::Bookings;

/// The last step of a trip that goes well.
#[derive(Clone)]
pub struct Settle<W> {
    /// Takes the money.
    pub payments: Payments,
    /// Wakes the timer.
    pub waker: W,
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct SettleRequest {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

impl<W: Wakes<Bookings>> Settle<W> {
    /// Commits, captures, and tells what is booked.
    ///
    /// # Errors
    /// [`Failure::HoldExpired`] and [`Failure::Refused`] for good, [`Failure::Unavailable`] to be tried again.
    pub async fn settle(&self, request: &SettleRequest) -> Result<BookingView, Failure> {
        let payments = &self.payments;
        let snapshot = payments.store.load(&request.booking_id).await?;
        let commit = |snapshot: &Snapshot| settling::commit(snapshot, self.stamp());
        let committed = payments.store.change(snapshot, commit).await?;
        let booked = payments.capture(committed).await?;
        let (id, timer) = (&booked.booking.booking_id, &booked.booking.state.timer);
        self.waker.forget(id, timer).await;
        Ok(BookingView::from(&booked))
    }

    fn stamp(&self) -> Stamp<'static> {
        self.payments.clock.stamp("settle")
    }
}
