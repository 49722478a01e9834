//! The money: authorize, capture, and their undoing, void and refund.
//!
//! - `authorize`: pause the timer, then ask for the money
//! - `pending`: wait for a supplier that decides later
//! - `capture`: take it after the commit point; give it back
//!
//! What was paid is recorded by what the supplier says, never by what was asked of it.

mod authorize;
mod capture;
mod pending;

pub use pending::Decisions;

use std::time::Duration;

use holdfast_booking_rules::booking::{BookingStatus, Payment, PaymentStatus, Snapshot};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::unwinding::Participant;
use holdfast_core::failure::Failure;
use holdfast_core::fault::Script;
use holdfast_core::ids::{Action, BookingId, StepKey};
use holdfast_core::timer::State;
use serde::{Deserialize, Serialize};

use super::{LegName, too_late};
use crate::store::Store;
use crate::suppliers::{Call, Endpoint, Outcome, PaymentBody};
use holdfast_booking_rules::transition::Transition;
use holdfast_kit::clock::Clock;
use holdfast_kit::rehearsal::{Moment, Simulation};

/// The participant for the money.
#[derive(Clone)]
pub struct Payments {
    /// The bookings.
    pub store: Store,
    /// The supplier.
    pub supplier: Endpoint,
    /// The time.
    pub clock: Clock,
    /// What a payment that begins here may take.
    pub terms: Terms,
    /// Its name in the history.
    pub actor: &'static str,
    /// Scripted mishaps.
    pub simulation: Simulation,
}

/// What a payment may take. Whoever begins none has no use for it.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// How long a payment, with all confirmations, may keep the timer from firing.
    pub lease: Duration,
    /// How long a decision that is pending is waited for.
    pub patience: Duration,
    /// Where the supplier reports such a decision.
    pub report_to: Option<String>,
}

/// What the state machine asks of the payment's participant.
#[derive(Clone, Deserialize)]
pub struct PaymentStep {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// Follows the booking.
    #[serde(default)]
    pub trace_id: String,
    /// What to do.
    pub action: Action,
    /// Which token of the traveller's it is, counted from 1 (to authorize).
    #[serde(default)]
    pub attempt: u32,
    /// Who pays (to authorize).
    #[serde(default)]
    pub payment: Option<Tendered>,
    /// Wakes the execution (to await).
    #[serde(default)]
    pub token: Option<String>,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

/// What the traveller pays with.
#[derive(Clone, Deserialize)]
pub struct Tendered {
    /// The payment supplier's token; never stored, never logged.
    pub token: String,
    /// Scripted faults and mishaps.
    #[serde(default)]
    pub simulate: Script,
}

/// What the state machine is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PaymentDone {
    /// How the payment stands now.
    pub status: PaymentStatus,
    /// The legs that are paid for, in order: to be confirmed.
    pub legs: Vec<LegName>,
}

impl Payments {
    /// Takes one step.
    ///
    /// # Errors
    /// [`Failure::Declined`], [`Failure::HoldExpired`] and [`Failure::Refused`] for good,
    /// [`Failure::Unavailable`] to be tried again.
    pub async fn take(&self, step: &PaymentStep) -> Result<PaymentDone, Failure> {
        let snapshot = self.store.load(&step.booking_id).await?;
        let script = match &step.payment {
            Some(tendered) => &tendered.simulate,
            None => &snapshot.payment.simulate,
        };
        let ours = self.simulation.of(script, step.action, step.retry);
        let snapshot = ours.deliver(|| self.act(snapshot.clone(), step)).await?;
        Ok(PaymentDone::from(&snapshot))
    }

    async fn act(&self, snapshot: Snapshot, step: &PaymentStep) -> Result<Snapshot, Failure> {
        match step.action {
            Action::Authorize => self.authorize(snapshot, step).await,
            Action::Capture => self.capture(snapshot, step.retry).await,
            Action::Void | Action::Refund => self.undo(snapshot, step).await,
            _ => Err(Failure::invalid(
                "action",
                "use authorize, capture, void or refund",
            )),
        }
    }

    /// What an attempt has come to, as it is recorded.
    fn come_to(&self, snapshot: Snapshot, attempt: u32) -> Result<Snapshot, Failure> {
        if snapshot.payment.state.attempts != attempt {
            return Err(overtaken());
        }
        let (booking, payment) = (&snapshot.booking.state, &snapshot.payment);
        let time_won = booking.timer.state == State::Fired;
        match (payment.state.status, booking.status) {
            (PaymentStatus::Pending, _) => Err(undecided()),
            (_, BookingStatus::Confirming | BookingStatus::Booked) => Ok(snapshot),
            (PaymentStatus::Declined, _) if !time_won => Err(declined(payment)),
            _ => Err(too_late(&snapshot, self.clock.now())),
        }
    }

    /// Records that nobody could tell, unless somebody has told since the supplier was asked.
    async fn unknown(&self, snapshot: Snapshot, why: String) -> Result<Snapshot, Failure> {
        let asked_upon = snapshot.payment.version;
        self.store
            .change(snapshot, |snapshot| {
                let payment = &snapshot.payment.state;
                let open = snapshot.payment.version == asked_upon
                    && payment.status != PaymentStatus::Unknown;
                let unknown = || payment.with(PaymentStatus::Unknown);
                let transition = || {
                    self.transition(snapshot, EventName::PaymentUnknown)
                        .note(&why)
                };
                Ok(open.then(|| transition().payment(&snapshot.payment, unknown())))
            })
            .await?;
        Err(Failure::Unavailable(format!(
            "it may have been done, nobody can tell: {why}"
        )))
    }

    async fn ask(
        &self,
        snapshot: &Snapshot,
        action: Action,
        token: Option<&str>,
        retry: u32,
    ) -> Outcome {
        let (booking, payment) = (&snapshot.booking, &snapshot.payment);
        let attempt = payment.state.attempts;
        let call = Call {
            supplier: Participant::Payment,
            action,
            fault: payment.simulate.of(action),
            key: StepKey::payment(&booking.booking_id, attempt, action),
            trace_id: &booking.trace_id,
            body: PaymentBody {
                booking: &booking.booking_id,
                attempt,
                token,
                amount: booking.state.amount.as_ref(),
                report_to: self
                    .terms
                    .report_to
                    .as_deref()
                    .filter(|_| action == Action::Authorize),
            },
        };
        let ours = self.simulation.of(&payment.simulate, action, retry);
        ours.crash_at(Moment::Before);
        let outcome = self.supplier.ask(&call).await;
        ours.crash_at(Moment::After);
        outcome
    }

    fn transition(&self, snapshot: &Snapshot, event: EventName) -> Transition {
        let booking = &snapshot.booking;
        let (id, trace_id) = (&booking.booking_id, &booking.trace_id);
        Transition::new(id, event, self.actor, trace_id, self.clock.now())
    }
}

fn undecided() -> Failure {
    Failure::Pending("the payment supplier has not decided yet".to_owned())
}

fn declined(payment: &Payment) -> Failure {
    let why = payment.last_error.as_deref();
    Failure::Declined(why.unwrap_or("the payment was declined").to_owned())
}

fn overtaken() -> Failure {
    Failure::Conflict("another payment has been tried since".to_owned())
}

impl From<&Snapshot> for PaymentDone {
    fn from(snapshot: &Snapshot) -> Self {
        let legs = snapshot.legs.iter();
        let paid_for = legs.filter(|leg| !leg.state.status.is_gone());
        Self {
            status: snapshot.payment.state.status,
            legs: paid_for.map(LegName::from).collect(),
        }
    }
}
