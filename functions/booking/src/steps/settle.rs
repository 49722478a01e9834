//! The end of the way forward: the commit point, then the capture, then `booked`.
//!
//! Before the commit point everything is undone, after it only finished, with one exception: a
//! capture that the supplier refuses for good leaves nothing to finish, and the trip is undone.

use holdfast_booking_rules::booking::{BookingStatus, Ending, LegStatus, Snapshot};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::view::BookingView;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{Action, BookingId};
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Operation, Refusal, State};
use serde::Deserialize;

use super::payment::Payments;
use crate::waking::Wakes;
use holdfast_booking_rules::transition::Transition;
use holdfast_kit::rehearsal::{Moment, Rehearsal};

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

impl<W: Wakes> Settle<W> {
    /// Commits, captures, and tells what is booked.
    ///
    /// # Errors
    /// [`Failure::HoldExpired`] and [`Failure::Refused`] for good, [`Failure::Unavailable`] to be tried again.
    pub async fn settle(&self, request: &SettleRequest) -> Result<BookingView, Failure> {
        let snapshot = self.payments.store.load(&request.booking_id).await?;
        let (script, retry) = (&snapshot.booking.simulate, request.retry);
        let ours = self.payments.simulation.of(script, Action::Settle, retry);
        let booked = ours
            .deliver(|| self.go_forward(snapshot.clone(), retry, ours))
            .await?;
        Ok(BookingView::from(&booked))
    }

    async fn go_forward(
        &self,
        snapshot: Snapshot,
        retry: u32,
        ours: Rehearsal,
    ) -> Result<Snapshot, Failure> {
        let snapshot = self
            .payments
            .store
            .change(snapshot, |snapshot| self.commit(snapshot))
            .await?;
        ours.crash_at(Moment::Before);
        let booked = match self.capture(snapshot.clone(), retry).await {
            Err(Failure::Refused(why)) => return Err(self.give_up(snapshot, why).await),
            other => other?,
        };
        self.waker.forget(&booked.booking).await;
        ours.crash_at(Moment::After);
        Ok(booked)
    }

    async fn capture(&self, snapshot: Snapshot, retry: u32) -> Result<Snapshot, Failure> {
        let (script, simulation) = (&snapshot.payment.simulate, self.payments.simulation);
        let ours = simulation.of(script, Action::Capture, retry);
        ours.deliver(|| self.payments.capture(snapshot.clone(), retry))
            .await
    }

    fn commit(&self, snapshot: &Snapshot) -> Result<Option<Transition>, Failure> {
        let booking = &snapshot.booking;
        if booking.state.timer.is_committed() {
            return Ok(None);
        }
        check_confirmed(snapshot)?;
        let now = self.payments.clock.now();
        let timer = match timer::decide(&booking.state.timer, Operation::Commit, now) {
            Ok(timer) => timer,
            Err(Refusal::Fired | Refusal::NotPaused) => return Err(too_late(snapshot, now)),
            Err(refusal) => return Err(Failure::Conflict(refusal.to_string())),
        };
        let mut state = booking.state.clone();
        state.timer = timer;
        Ok(Some(
            self.transition(snapshot, EventName::Committed)
                .booking(booking, state),
        ))
    }

    /// The money is not to be had: what was committed is undone after all.
    async fn give_up(&self, snapshot: Snapshot, why: String) -> Failure {
        let written = self.payments.store.change(snapshot, |snapshot| {
            let booking = &snapshot.booking;
            if booking.state.status != BookingStatus::Confirming {
                return Ok(None);
            }
            let mut state = booking.state.clone();
            state.status = BookingStatus::Unwinding;
            state.ending = Some(Ending::Failed);
            state.reason = Some(format!("payment: Refused: {why}"));
            let transition = self.transition(snapshot, EventName::UnwindingStarted);
            Ok(Some(transition.note(&why).booking(booking, state)))
        });
        match written.await {
            Ok(_) => Failure::Refused(why),
            Err(failure) => failure,
        }
    }

    fn transition(&self, snapshot: &Snapshot, event: EventName) -> Transition {
        let booking = &snapshot.booking;
        let (id, trace_id) = (&booking.booking_id, &booking.trace_id);
        Transition::new(id, event, "settle", trace_id, self.payments.clock.now())
    }
}

/// The failure of a booking whose time is up.
pub(crate) fn expired(snapshot: &Snapshot) -> Failure {
    let deadline = snapshot.booking.state.timer.deadline;
    Failure::HoldExpired(format!("the hold ended at {deadline}; nothing was paid"))
}

/// The failure of a payment that no longer holds the timer: time is up, or the payment's own time was.
pub(crate) fn too_late(snapshot: &Snapshot, now: Timestamp) -> Failure {
    let timer = &snapshot.booking.state.timer;
    if timer.state == State::Fired || now >= timer.deadline {
        return expired(snapshot);
    }
    Failure::Refused("the payment took longer than it may; try another".to_owned())
}

fn check_confirmed(snapshot: &Snapshot) -> Result<(), Failure> {
    let wanted = snapshot
        .legs
        .iter()
        .filter(|leg| !leg.state.status.is_gone());
    match wanted
        .into_iter()
        .find(|leg| leg.state.status != LegStatus::Confirmed)
    {
        Some(leg) => Err(Failure::Refused(format!("leg {} is not confirmed", leg.id))),
        None => Ok(()),
    }
}
