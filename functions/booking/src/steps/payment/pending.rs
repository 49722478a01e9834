//! A payment that its supplier has not decided yet: the traveller must confirm it at their bank, say.
//! The execution waits, the timer's pause is kept alive, and the supplier reports when it knows.
//!
//! A report is only a hint, like a wake-up: whatever it says, the supplier is asked, and a report
//! that comes too early, twice or falsely changes nothing. One that never comes is not needed: the
//! state machine has the supplier asked every now and then.
//!
//! The traveller may think better of it meanwhile (see [`holdfast_booking_rules::withdrawing`]).

use std::time::Duration;

use holdfast_booking_rules::booking::{PaymentStatus, Snapshot};
use holdfast_booking_rules::deciding::{self, is_overdue};
use holdfast_booking_rules::paying::{too_late, undecided};
use holdfast_booking_rules::waiting::{Listener, Since};
use holdfast_booking_rules::withdrawing::is_cancelled;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_kit::suppliers::Outcome;
use holdfast_kit::task_tokens::{Tells, Word};
use serde_json::json;

use super::{PaymentDone, PaymentStep, Payments};

/// Waits for decisions, and learns of them.
#[derive(Clone)]
pub struct Decisions<T> {
    /// The participant for the money.
    pub payments: Payments,
    /// How long a payment, with all confirmations, may keep the timer from firing.
    pub lease: Duration,
    /// Tells the execution that waits.
    pub task_tokens: T,
}

impl<T: Tells> Decisions<T> {
    /// Keeps the token of an execution that waits for a decision, and then asks for it once more.
    /// An execution that waits no longer is told so.
    ///
    /// # Errors
    /// As for an authorization.
    pub async fn wait(&self, step: &PaymentStep) -> Result<PaymentDone, Failure> {
        let Some(token) = &step.token else {
            let problem = "is missing; an execution that waits has one";
            return Err(Failure::invalid("token", problem));
        };
        let snapshot = self.payments.store.load(&step.booking_id).await?;
        let listener = Listener {
            handle: token,
            since: Since {
                entered: step.entered,
                retry: step.entered.map(|_| step.retry),
            },
        };
        let waits = self.keep_and_ask(snapshot, step.attempt, listener).await?;
        Ok(PaymentDone::from(&waits))
    }

    async fn keep_and_ask(
        &self,
        snapshot: Snapshot,
        attempt: u32,
        listener: Listener<'_>,
    ) -> Result<Snapshot, Failure> {
        let payments = &self.payments;
        let keep = |snapshot: &Snapshot| {
            deciding::wait(snapshot, attempt, listener, self.lease, payments.stamp())
        };
        let kept = payments.store.change(snapshot, keep).await?;
        if is_cancelled(&kept.booking, attempt) {
            // No execution has heard it yet; one that has does not wait any more.
            let word = Word::Success(json!({"command": "cancel"}));
            self.task_tokens.tell(listener.handle, word).await?;
            return Ok(kept);
        }
        let decided = match kept.payment.state.status {
            PaymentStatus::Pending => self.ask(kept.clone(), attempt).await,
            _ => payments.come_to(kept.clone(), attempt),
        };
        let now = payments.clock.now();
        match decided {
            Ok(decided) => {
                let word = Word::Success(json!(PaymentDone::from(&decided)));
                self.task_tokens.tell(listener.handle, word).await?;
                Ok(decided)
            }
            // The supplier is asked again when the state machine has waited for a while.
            Err(Failure::Pending(_) | Failure::Unavailable(_)) if !is_overdue(&kept, now) => {
                Ok(kept)
            }
            Err(Failure::Pending(_)) => Err(too_late(&kept, now)),
            Err(failure) => Err(failure),
        }
    }

    /// A report says that the supplier has decided about an attempt. Answers whether there is
    /// nothing left to learn about it.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] to be reported again.
    pub async fn learn(&self, booking: &BookingId, attempt: u32) -> Result<bool, Failure> {
        let store = &self.payments.store;
        let Some(snapshot) = store.find(booking).await? else {
            return Ok(true);
        };
        let payment = &snapshot.payment.state;
        if payment.attempts != attempt {
            return Ok(true);
        }
        let decided = if payment.status.is_open() {
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
        // An execution that does not wait yet, or no longer, will find what is recorded.
        let waiting = store.load(booking).await?.booking.waiting;
        if let Some(waiting) = waiting.filter(|waiting| waiting.decision == Some(attempt)) {
            self.task_tokens.tell(&waiting.handle, word).await?;
        }
        Ok(true)
    }

    /// Asks the supplier what it has decided, and records it.
    async fn ask(&self, snapshot: Snapshot, attempt: u32) -> Result<Snapshot, Failure> {
        let payments = &self.payments;
        match payments.inspect(&snapshot).await {
            Some(Outcome::Pending(_)) => Err(undecided()),
            None => Err(Failure::Unavailable(
                "the payment supplier does not say what became of it".to_owned(),
            )),
            Some(outcome) => {
                payments
                    .decided(snapshot, attempt, outcome, self.lease)
                    .await
            }
        }
    }
}
