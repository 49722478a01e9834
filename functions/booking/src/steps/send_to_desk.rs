//! Hands over to the desk what could not be done: a message with all that is needed to do it again,
//! and a mark on the booking. The message goes first, so that a mark never stands for nothing.

use aws_sdk_sqs::error::DisplayErrorContext;
use holdfast_booking_rules::booking::{LegStatus, PaymentStatus};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::unwinding::{Cause, Participant, Work};
use holdfast_core::failure::Failure;
use holdfast_core::ids::{Action, BookingId};
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::Store;
use holdfast_booking_rules::transition::Transition;
use holdfast_kit::clock::Clock;

/// Where undos that failed are handed over.
#[derive(Clone)]
pub struct Desk {
    /// The bookings.
    pub store: Store,
    /// Sends.
    pub sqs: aws_sdk_sqs::Client,
    /// The queue `saga-errors`.
    pub queue_url: String,
    /// The time.
    pub clock: Clock,
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct DeskRequest {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// Follows the booking.
    #[serde(default)]
    pub trace_id: String,
    /// What could not be done.
    pub work: Work,
    /// Why.
    #[serde(default)]
    pub cause: Cause,
}

/// What waits at the desk: enough to do the work again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskItem {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// Follows the booking.
    pub trace_id: String,
    /// What could not be done.
    pub work: Work,
    /// Why.
    pub cause: Cause,
    /// Since when.
    pub since: Timestamp,
}

impl Desk {
    /// Hands one piece of work over.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] to be tried again.
    pub async fn hand_over(&self, request: &DeskRequest) -> Result<DeskItem, Failure> {
        let item = DeskItem {
            booking_id: request.booking_id.clone(),
            trace_id: request.trace_id.clone(),
            work: request.work.clone(),
            cause: request.cause.clone().unwrapped(),
            since: self.clock.now(),
        };
        self.send(&item).await?;
        self.mark(&item).await?;
        Ok(item)
    }

    async fn send(&self, item: &DeskItem) -> Result<(), Failure> {
        let body = serde_json::to_string(item).map_err(|problem| unavailable(&problem))?;
        let sent = self
            .sqs
            .send_message()
            .queue_url(&self.queue_url)
            .message_body(body)
            .send()
            .await;
        sent.map(drop)
            .map_err(|error| unavailable(&DisplayErrorContext(error)))
    }

    async fn mark(&self, item: &DeskItem) -> Result<(), Failure> {
        match (item.work.kind, item.work.action) {
            (Participant::Leg(_), _) => self.mark_leg(item).await,
            // A capture that is still owed is no undo that failed: the payment stays as it is.
            (Participant::Payment, Action::Capture) => self.note_owed(item).await,
            (Participant::Payment, _) => self.mark_payment(item).await,
        }
    }

    async fn mark_leg(&self, item: &DeskItem) -> Result<(), Failure> {
        let (order, id) = (item.work.order, &item.work.leg);
        let Some(leg) = self.store.leg(&item.booking_id, order, id).await? else {
            return Ok(());
        };
        let failed = self.store.change_leg(leg, |leg| {
            if leg.state.status.is_gone() || leg.state.status == LegStatus::ReleaseFailed {
                return Ok(None);
            }
            let transition = self.transition(item, EventName::LegReleaseFailed);
            Ok(Some(
                transition.leg(leg, leg.state.with(LegStatus::ReleaseFailed)),
            ))
        });
        failed.await.map(drop)
    }

    async fn mark_payment(&self, item: &DeskItem) -> Result<(), Failure> {
        let snapshot = self.store.load(&item.booking_id).await?;
        let failed = self.store.change(snapshot, |snapshot| {
            let payment = &snapshot.payment;
            if payment.state.is_gone() || payment.state.status == PaymentStatus::ReleaseFailed {
                return Ok(None);
            }
            let transition = self.transition(item, EventName::PaymentReleaseFailed);
            Ok(Some(transition.payment(
                payment,
                payment.state.with(PaymentStatus::ReleaseFailed),
            )))
        });
        failed.await.map(drop)
    }

    async fn note_owed(&self, item: &DeskItem) -> Result<(), Failure> {
        let reason = Some(item.cause.reason());
        let snapshot = self.store.load(&item.booking_id).await?;
        let noted = self.store.change(snapshot, |snapshot| {
            let booking = &snapshot.booking;
            if !booking.state.goes_forward_only()
                || booking.state.status.is_finished()
                || booking.state.reason == reason
            {
                return Ok(None);
            }
            let mut state = booking.state.clone();
            state.reason.clone_from(&reason);
            let transition = self.transition(item, EventName::PaymentReleaseFailed);
            Ok(Some(transition.booking(booking, state)))
        });
        noted.await.map(drop)
    }

    fn transition(&self, item: &DeskItem, event: EventName) -> Transition {
        let (id, trace_id) = (&item.booking_id, &item.trace_id);
        Transition::new(id, event, "desk", trace_id, self.clock.now()).note(item.cause.reason())
    }
}

fn unavailable(problem: &dyn std::fmt::Display) -> Failure {
    Failure::Unavailable(format!("handing over to the desk: {problem}"))
}
