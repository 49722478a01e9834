//! Ends a booking that is not booked: what it is called depends on what is recorded as undone.

use holdfast_domain::booking::{BookingStatus, Ending, Snapshot};
use holdfast_domain::event::EventName;
use holdfast_domain::failure::Failure;
use holdfast_domain::ids::{Action, BookingId};
use holdfast_domain::unwinding::is_undone;
use holdfast_domain::view::BookingView;
use serde::Deserialize;

use crate::clock::Clock;
use crate::simulation::{Moment, Rehearsal, Simulation};
use crate::store::{Store, Transition};
use crate::waking::Wakes;

/// The last step of a trip that does not go well.
#[derive(Clone)]
pub struct Close<W> {
    /// The bookings.
    pub store: Store,
    /// Wakes the timer.
    pub waker: W,
    /// The time.
    pub clock: Clock,
    /// Scripted mishaps.
    pub simulation: Simulation,
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct CloseRequest {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

impl<W: Wakes> Close<W> {
    /// Ends a booking, and tells how.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`] where there is no such booking, [`Failure::Unavailable`] to be tried again.
    pub async fn close(&self, request: &CloseRequest) -> Result<BookingView, Failure> {
        let snapshot = self.store.load(&request.booking_id).await?;
        let script = &snapshot.booking.simulate;
        let ours = self.simulation.of(script, Action::Close, request.retry);
        ours.deliver(|| self.finish(snapshot.clone(), ours)).await
    }

    async fn finish(&self, snapshot: Snapshot, ours: Rehearsal) -> Result<BookingView, Failure> {
        ours.crash_at(Moment::Before);
        let closed = self
            .store
            .change(snapshot, |snapshot| Ok(self.end(snapshot)))
            .await?;
        self.waker.forget(&closed.booking).await;
        ours.crash_at(Moment::After);
        Ok(BookingView::from(&closed))
    }

    fn end(&self, snapshot: &Snapshot) -> Option<Transition> {
        let booking = &snapshot.booking;
        if booking.state.status.has_ended() {
            return None;
        }
        let mut state = booking.state.clone();
        state.status = ending(snapshot);
        let (id, trace_id, now) = (&booking.booking_id, &booking.trace_id, self.clock.now());
        let transition = Transition::new(id, EventName::BookingClosed, "close", trace_id, now);
        Some(transition.booking(booking, state))
    }
}

fn ending(snapshot: &Snapshot) -> BookingStatus {
    let state = &snapshot.booking.state;
    let unwinding = state.status == BookingStatus::Unwinding;
    if unwinding && is_undone(snapshot) {
        return state.ending.unwrap_or(Ending::Failed).into();
    }
    BookingStatus::NeedsAttention
}
