//! A payment that its supplier has not decided yet: the traveller must confirm it at their bank, say.
//! The execution waits, the timer's pause is kept alive, and the supplier reports when it knows.
//!
//! A report is only a hint, like a wake-up: whatever it says, the supplier is asked, and whoever
//! reports too early, twice or falsely changes nothing. One that never comes is not needed: the
//! state machine has the supplier asked every now and then.

use holdfast_booking_rules::booking::{
    Booking, Payment, PaymentState, PaymentStatus, Snapshot, Waiting,
};
use holdfast_booking_rules::event::EventName;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{Action, BookingId, StepKey};
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Operation, Refusal};
use serde_json::json;

use super::authorize::is_open;
use super::{PaymentDone, PaymentStep, Payments, overtaken, undecided};
use crate::steps::too_late;
use crate::suppliers::{Answer, Outcome};
use holdfast_booking_rules::transition::Transition;
use holdfast_kit::rehearsal::{Moment, Rehearsal};
use holdfast_kit::task_tokens::{Tells, Word};

impl Payments {
    /// The supplier has taken the attempt, and not decided yet.
    pub(super) async fn pending(
        &self,
        snapshot: Snapshot,
        attempt: u32,
        answer: &Answer,
    ) -> Result<Snapshot, Failure> {
        let recorded = self.store.change(snapshot, |snapshot| {
            let payment = &snapshot.payment;
            let known = payment.state.status == PaymentStatus::Pending;
            if known || !is_open(&payment.state, attempt) {
                return Ok(None);
            }
            let waited_for = Payment {
                decide_by: Some(self.decide_by(snapshot)),
                ..payment.clone()
            };
            let next = PaymentState {
                status: PaymentStatus::Pending,
                reference: answer.reference.clone(),
                attempts: attempt,
            };
            let booking = &snapshot.booking;
            let transition = self.transition(snapshot, EventName::PaymentPending);
            // The booking is written, too: whoever comes too late is to see both as they are.
            let transition = transition.booking(booking, booking.state.clone());
            Ok(Some(transition.payment(&waited_for, next)))
        });
        self.come_to(recorded.await?, attempt)
    }

    /// Until when a decision is worth waiting for: what the suppliers no longer hold cannot be confirmed.
    fn decide_by(&self, snapshot: &Snapshot) -> Timestamp {
        let patience_ends = self.clock.now() + self.terms.patience;
        let holds_end = snapshot.holds_end();
        holds_end.map_or(patience_ends, |end| end.min(patience_ends))
    }
}

/// Waits for decisions, and learns of them.
#[derive(Clone)]
pub struct Decisions<T> {
    /// The participant for the money.
    pub payments: Payments,
    /// Tells the execution that waits.
    pub task_tokens: T,
}

impl<T: Tells> Decisions<T> {
    /// Keeps the token of an execution that waits for a decision, and then asks for it once more.
    /// An execution that waits no longer is told so.
    ///
    /// # Errors
    /// As for [`Payments::take`].
    pub async fn wait(&self, step: &PaymentStep) -> Result<PaymentDone, Failure> {
        let Some(token) = &step.token else {
            return Err(Failure::invalid(
                "token",
                "is missing; an execution that waits has one",
            ));
        };
        let payments = &self.payments;
        let snapshot = payments.store.load(&step.booking_id).await?;
        let script = &snapshot.booking.simulate;
        let ours = payments.simulation.of(script, Action::Await, step.retry);
        let waits = ours.deliver(|| self.keep_and_ask(snapshot.clone(), step.attempt, token, ours));
        Ok(PaymentDone::from(&waits.await?))
    }

    async fn keep_and_ask(
        &self,
        snapshot: Snapshot,
        attempt: u32,
        token: &str,
        ours: Rehearsal,
    ) -> Result<Snapshot, Failure> {
        let payments = &self.payments;
        ours.crash_at(Moment::Before);
        let kept = payments
            .store
            .change(snapshot, |snapshot| self.keep(snapshot, attempt, token))
            .await?;
        let decided = match kept.payment.state.status {
            PaymentStatus::Pending => self.ask(kept.clone(), attempt).await,
            _ => payments.come_to(kept.clone(), attempt),
        };
        ours.crash_at(Moment::After);
        match decided {
            Ok(decided) => {
                let word = Word::Success(json!(PaymentDone::from(&decided)));
                self.task_tokens.tell(token, word).await?;
                Ok(decided)
            }
            // Who cannot be asked now is asked again when the state machine has waited for a while.
            Err(Failure::Pending(_) | Failure::Unavailable(_)) if !self.is_overdue(&kept) => {
                Ok(kept)
            }
            Err(Failure::Pending(_)) => Err(too_late(&kept, payments.clock.now())),
            Err(failure) => Err(failure),
        }
    }

    /// The supplier reports that it has decided about an attempt, or somebody says so. Answers
    /// whether there is nothing left to learn about it.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] to be reported again.
    pub async fn learn(&self, booking: &BookingId, attempt: u32) -> Result<bool, Failure> {
        let store = &self.payments.store;
        let Some(snapshot) = store.find(booking).await? else {
            return Ok(true);
        };
        if snapshot.payment.state.attempts != attempt {
            return Ok(true);
        }
        let decided = if is_open(&snapshot.payment.state, attempt) {
            self.ask(snapshot, attempt).await
        } else {
            self.payments.come_to(snapshot, attempt)
        };
        let word = match decided {
            Ok(decided) => Word::Success(json!(PaymentDone::from(&decided))),
            Err(Failure::Pending(_)) => return Ok(false),
            Err(failure @ Failure::Unavailable(_)) => return Err(failure),
            Err(failure) => Word::Failure(failure),
        };
        let waiting = store.load(booking).await?.booking.waiting;
        // Who does not wait yet, or no longer, will find what is recorded.
        if let Some(waiting) = waiting.filter(|waiting| waiting.decision == Some(attempt)) {
            self.task_tokens.tell(&waiting.task_token, word).await?;
        }
        Ok(true)
    }

    fn keep(
        &self,
        snapshot: &Snapshot,
        attempt: u32,
        token: &str,
    ) -> Result<Option<Transition>, Failure> {
        let (booking, payment) = (&snapshot.booking, &snapshot.payment.state);
        if payment.attempts != attempt {
            return Err(overtaken());
        }
        if payment.status != PaymentStatus::Pending {
            return Ok(None);
        }
        let lease = self.payments.terms.lease;
        let now = self.payments.clock.now();
        let mut state = booking.state.clone();
        match timer::decide(&state.timer, Operation::Renew { lease }, now) {
            // What is waited for no longer is asked about once more, while the lease lasts.
            Ok(_) | Err(Refusal::Paused(_)) if self.is_overdue(snapshot) => return Ok(None),
            Ok(timer) => state.timer = timer,
            // It was renewed just now.
            Err(Refusal::Paused(_)) => {}
            Err(_) => return Err(too_late(snapshot, now)),
        }
        let next = Booking {
            waiting: Some(Waiting {
                task_token: token.to_owned(),
                taken: None,
                decision: Some(attempt),
            }),
            ..booking.clone()
        };
        if next == *booking && state == booking.state {
            return Ok(None);
        }
        let transition = self.payments.transition(snapshot, EventName::LeaseRenewed);
        // The payment is written, too: the lease is renewed for this attempt, or not at all.
        let payment = &snapshot.payment;
        let transition = transition.payment(payment, payment.state.clone());
        Ok(Some(transition.booking(&next, state)))
    }

    /// Asks the supplier what it has decided, and records it.
    async fn ask(&self, snapshot: Snapshot, attempt: u32) -> Result<Snapshot, Failure> {
        let booking = &snapshot.booking;
        let key = StepKey::payment(&booking.booking_id, attempt, Action::Authorize);
        let supplier = &self.payments.supplier;
        match supplier.inspect(&key, &booking.trace_id).await {
            Some(Outcome::Pending(_)) => Err(undecided()),
            None | Some(Outcome::NotDone(_) | Outcome::Unknown(_)) => Err(Failure::Unavailable(
                "the payment supplier does not say what became of it".to_owned(),
            )),
            Some(outcome) => self.payments.conclude(snapshot, attempt, outcome).await,
        }
    }

    fn is_overdue(&self, snapshot: &Snapshot) -> bool {
        let now = self.payments.clock.now();
        snapshot.payment.decide_by.is_none_or(|end| now >= end)
    }
}
