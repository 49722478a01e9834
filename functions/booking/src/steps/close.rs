//! Ends a booking that is not booked.

use holdfast_booking_rules::booking::{BookingStatus, Snapshot};
use holdfast_booking_rules::closing;
use holdfast_booking_rules::view::BookingView;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_kit::clock::Clock;
use holdfast_kit::schedules::Wakes;
use serde::Deserialize;

use crate::store::{Bookings, Store};

/// The last step of a trip that does not go well.
#[derive(Clone)]
pub struct Close<W> {
    /// The bookings.
    pub store: Store,
    /// Wakes the timer.
    pub waker: W,
    /// The time.
    pub clock: Clock,
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct CloseRequest {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// The number of the cancellation that the execution has carried out, if it has.
    #[serde(default)]
    pub cancellation: Option<u32>,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

const ACTOR: &str = "close";

impl<W: Wakes<Bookings>> Close<W> {
    /// Ends a booking, and tells how.
    ///
    /// # Errors
    /// [`Failure::NoSuch`] where there is no such booking, [`Failure::Unavailable`] to be tried again.
    pub async fn close(&self, request: &CloseRequest) -> Result<BookingView, Failure> {
        let snapshot = self.store.load(&request.booking_id).await?;
        let carried_out = request.cancellation;
        let close = |snapshot: &Snapshot| {
            let stamp = self.clock.stamp(ACTOR);
            Ok(closing::close(snapshot, carried_out, stamp))
        };
        let mut closed = self.store.change(snapshot, close).await?;
        if closed.booking.state.status == BookingStatus::NeedsAttention {
            // The desk may have done what was left while this was being written, and only the last
            // to look sees both.
            closed = conclude(&self.store, &request.booking_id, ACTOR, &self.clock).await?;
        }
        let (id, timer) = (&closed.booking.booking_id, &closed.booking.state.timer);
        self.waker.forget(id, timer).await;
        Ok(BookingView::from(&closed))
    }
}

/// Ends a booking that waited at the desk, if it has been undone since.
pub(crate) async fn conclude(
    store: &Store,
    booking: &BookingId,
    actor: &str,
    clock: &Clock,
) -> Result<Snapshot, Failure> {
    let snapshot = store.load(booking).await?;
    let concluded = store.change(snapshot, |snapshot| {
        Ok(closing::conclude(snapshot, clock.stamp(actor)))
    });
    concluded.await
}
