//! The money is taken after the commit point and not before; what was or may have been reserved, or
//! taken, is given back when the booking is undone.

use holdfast_booking_rules::booking::{BookingStatus, PaymentStatus, Snapshot};
use holdfast_booking_rules::event::EventName;
use holdfast_core::failure::Failure;
use holdfast_core::ids::Action;

use super::{PaymentStep, Payments};
use crate::suppliers::{Answer, Outcome, UNDECIDED};

impl Payments {
    /// Takes the money, once the commit point has been passed. The trip is then booked.
    pub(in crate::steps) async fn capture(
        &self,
        snapshot: Snapshot,
        retry: u32,
    ) -> Result<Snapshot, Failure> {
        if snapshot.booking.state.status == BookingStatus::Booked {
            // A twin was first, and the payment may have been read before it was.
            return self.store.load(&snapshot.booking.booking_id).await;
        }
        if !snapshot.booking.state.goes_forward_only() {
            return Err(Failure::Refused(
                "the booking is not committed; nothing is captured".to_owned(),
            ));
        }
        match self.ask(&snapshot, Action::Capture, None, retry).await {
            Outcome::Done(answer) => self.captured(snapshot, &answer).await,
            Outcome::Refused(why) | Outcome::Declined(why) => Err(Failure::Refused(why)),
            Outcome::NotDone(why) => Err(Failure::Unavailable(why)),
            Outcome::Pending(_) => self.unknown(snapshot, UNDECIDED.to_owned()).await,
            Outcome::Unknown(why) => self.unknown(snapshot, why).await,
        }
    }

    async fn captured(&self, snapshot: Snapshot, answer: &Answer) -> Result<Snapshot, Failure> {
        self.store
            .change(snapshot, |snapshot| {
                let (booking, payment) = (&snapshot.booking, &snapshot.payment);
                if booking.state.status == BookingStatus::Booked {
                    return Ok(None);
                }
                let mut paid = payment.state.with(PaymentStatus::Captured);
                paid.reference = answer.reference.clone().or(paid.reference);
                let mut state = booking.state.clone();
                state.status = BookingStatus::Booked;
                state.reason = None;
                let transition = self.transition(snapshot, EventName::Booked);
                Ok(Some(
                    transition.booking(booking, state).payment(payment, paid),
                ))
            })
            .await
    }

    /// Undoes whatever was or may have been paid.
    pub(super) async fn undo(
        &self,
        snapshot: Snapshot,
        step: &PaymentStep,
    ) -> Result<Snapshot, Failure> {
        let action = step.action;
        if snapshot.payment.state.is_gone() {
            return Ok(snapshot);
        }
        if snapshot.booking.state.status == BookingStatus::Booked {
            return Err(Failure::Conflict(
                "the trip is booked; nothing is given back".to_owned(),
            ));
        }
        match self.give_back(snapshot.clone(), action, step.retry).await {
            Err(Failure::Refused(why)) if action == Action::Void && was_asked_for(&snapshot) => {
                self.refund(snapshot, step.retry, &why).await
            }
            given_back => given_back,
        }
    }

    /// The last resort for what a supplier has taken though it refused to: that cannot be voided.
    async fn refund(
        &self,
        snapshot: Snapshot,
        retry: u32,
        not_voided: &str,
    ) -> Result<Snapshot, Failure> {
        let (script, action) = (&snapshot.payment.simulate, Action::Refund);
        let ours = self.simulation.of(script, action, retry);
        let refunded = ours.deliver(|| self.give_back(snapshot.clone(), action, retry));
        refunded.await.map_err(|failure| match failure {
            Failure::Refused(why) => Failure::Refused(format!("{not_voided}; to refund: {why}")),
            other => other,
        })
    }

    async fn give_back(
        &self,
        snapshot: Snapshot,
        action: Action,
        retry: u32,
    ) -> Result<Snapshot, Failure> {
        match self.ask(&snapshot, action, None, retry).await {
            Outcome::Done(_) => self.undone(snapshot, action).await,
            Outcome::Refused(why) | Outcome::Declined(why) => Err(Failure::Refused(why)),
            Outcome::NotDone(why) | Outcome::Unknown(why) => Err(Failure::Unavailable(why)),
            Outcome::Pending(_) => Err(Failure::Unavailable(UNDECIDED.to_owned())),
        }
    }

    async fn undone(&self, snapshot: Snapshot, action: Action) -> Result<Snapshot, Failure> {
        let (status, event) = match action {
            Action::Refund => (PaymentStatus::Refunded, EventName::PaymentRefunded),
            _ => (PaymentStatus::Voided, EventName::PaymentVoided),
        };
        self.store
            .change(snapshot, |snapshot| {
                let payment = &snapshot.payment;
                let transition = || self.transition(snapshot, event);
                let todo = !payment.state.is_gone();
                Ok(todo.then(|| transition().payment(payment, payment.state.with(status))))
            })
            .await
    }
}

/// Whether the payment supplier may have been asked to take the money.
fn was_asked_for(snapshot: &Snapshot) -> bool {
    snapshot.booking.state.timer.is_committed()
}
