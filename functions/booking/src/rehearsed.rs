//! Scripted mishaps around the steps of a booking: finds the script that concerns a step, and has the
//! kit take the step as scripted. Where the stack's `Simulation` is off, steps are taken as they are.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::request::BookingRequest;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::time::Timestamp;
use holdfast_kit::rehearsal::Simulation;

use crate::steps::{LegStep, OpenRequest, PaymentStep};
use crate::store::{Bookings, LegRows, Store};

/// Takes steps as they are scripted.
#[derive(Clone)]
pub struct Rehearsed {
    /// The bookings, which hold the scripts.
    pub store: Store,
    /// Whether mishaps happen here.
    pub simulation: Simulation,
}

impl Rehearsed {
    /// Opens a booking. Scripts that cannot be followed here are refused by the field that they
    /// stand in.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`], and what the step fails with.
    pub async fn open<A, F>(
        &self,
        request: &OpenRequest,
        now: Timestamp,
        step: impl Fn() -> F,
    ) -> Result<A, Failure>
    where
        F: Future<Output = Result<A, Failure>>,
    {
        if request.input.get("unwind").is_some() {
            return step().await;
        }
        let asked = BookingRequest::read(&request.input, request.asked_at(now))?;
        self.simulation.allow::<Bookings, _>(asked.scripts())?;
        let scripted = [(Action::Open, &asked.simulate)];
        self.simulation.step(&scripted, request.retry, step).await
    }

    /// Takes a step of a leg.
    ///
    /// # Errors
    /// What the step fails with, or [`Failure::Unavailable`].
    pub async fn leg<A, F>(&self, taken: &LegStep, step: impl Fn() -> F) -> Result<A, Failure>
    where
        F: Future<Output = Result<A, Failure>>,
    {
        if !self.simulation.is_on() {
            return step().await;
        }
        let leg = self.store.leg(&taken.booking_id, taken.order, &taken.leg);
        let script = leg.await?.map(|leg| leg.simulate).unwrap_or_default();
        let scripted = [(taken.action, &script)];
        self.simulation.step(&scripted, taken.retry, step).await
    }

    /// Takes a step of the payment.
    ///
    /// # Errors
    /// What the step fails with, or [`Failure::Unavailable`].
    pub async fn payment<A, F>(
        &self,
        taken: &PaymentStep,
        step: impl Fn() -> F,
    ) -> Result<A, Failure>
    where
        F: Future<Output = Result<A, Failure>>,
    {
        if !self.simulation.is_on() {
            return step().await;
        }
        let snapshot = self.store.load(&taken.booking_id).await?;
        let tendered = taken.payment.as_ref().map(|payment| &payment.simulate);
        let of_payment = tendered.unwrap_or(&snapshot.payment.simulate);
        let action = taken.action;
        let scripted = match action {
            Action::Await => vec![(action, &snapshot.booking.simulate)],
            Action::Void => vec![(action, of_payment), (Action::Refund, of_payment)],
            _ => vec![(action, of_payment)],
        };
        self.simulation.step(&scripted, taken.retry, step).await
    }

    /// Takes a step that is about the booking as a whole.
    ///
    /// # Errors
    /// What the step fails with, or [`Failure::Unavailable`].
    pub async fn whole<A, F>(
        &self,
        booking: &BookingId,
        action: Action,
        retry: u32,
        step: impl Fn() -> F,
    ) -> Result<A, Failure>
    where
        F: Future<Output = Result<A, Failure>>,
    {
        if !self.simulation.is_on() {
            return step().await;
        }
        let snapshot = self.store.load(booking).await?;
        let whole = (action, &snapshot.booking.simulate);
        let capture = (Action::Capture, &snapshot.payment.simulate);
        let scripted = match action {
            Action::Settle => vec![whole, capture],
            _ => vec![whole],
        };
        self.simulation.step(&scripted, retry, step).await
    }
}
