//! Ends a booking that is not booked: what it is called depends on what is recorded as undone.

use holdfast_booking_rules::booking::{BookingStatus, Ending, Snapshot};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::unwinding::is_undone;
use holdfast_booking_rules::view::BookingView;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{Action, BookingId};
use holdfast_core::time::Timestamp;
use serde::Deserialize;

use crate::store::Store;
use crate::waking::Wakes;
use holdfast_booking_rules::transition::Transition;
use holdfast_kit::clock::Clock;
use holdfast_kit::rehearsal::{Moment, Rehearsal, Simulation};

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
        let booking_id = snapshot.booking.booking_id.clone();
        ours.crash_at(Moment::Before);
        let mut closed = self
            .store
            .change(snapshot, |snapshot| Ok(self.end(snapshot)))
            .await?;
        if closed.booking.state.status == BookingStatus::NeedsAttention {
            // The desk may have done what was left while this was being written, and only whoever
            // looks last can see both.
            closed = conclude(&self.store, &booking_id, "close", self.clock.now()).await?;
        }
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
        return undone(snapshot);
    }
    BookingStatus::NeedsAttention
}

/// What a booking is called once nothing of it is left.
pub(crate) fn undone(snapshot: &Snapshot) -> BookingStatus {
    let ending = snapshot.booking.state.ending;
    ending.unwrap_or(Ending::Failed).into()
}

/// Ends a booking that waited at the desk, if it has been undone since.
pub(crate) async fn conclude(
    store: &Store,
    booking: &BookingId,
    actor: &str,
    now: Timestamp,
) -> Result<Snapshot, Failure> {
    let snapshot = store.load(booking).await?;
    let concluded = store.change(snapshot, |snapshot| {
        let booking = &snapshot.booking;
        let waits = booking.state.status == BookingStatus::NeedsAttention
            && !booking.state.goes_forward_only();
        if !waits || !is_undone(snapshot) {
            return Ok(None);
        }
        let mut state = booking.state.clone();
        state.status = undone(snapshot);
        let (id, trace_id) = (&booking.booking_id, &booking.trace_id);
        let transition = Transition::new(id, EventName::BookingClosed, actor, trace_id, now);
        Ok(Some(transition.booking(booking, state)))
    });
    concluded.await
}
