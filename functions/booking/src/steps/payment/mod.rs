//! The money: authorize, capture, and their undoing, void and refund.
//!
//! - `authorize`: pause the timer, then ask for the money
//! - `pending`: wait for a supplier that decides later
//! - `withdraw`: give up an attempt that is pending, for another
//! - `capture`: take it after the commit point; give it back

mod authorize;
mod capture;
mod pending;
mod withdraw;

pub use authorize::{Authorizations, Terms};
pub use pending::Decisions;

use holdfast_booking_rules::action::{Action, Script, payment_key, refund_key};
use holdfast_booking_rules::booking::{PaymentStatus, Snapshot};
use holdfast_booking_rules::paying;
use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, StepKey};
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::Timer;
use holdfast_kit::clock::Clock;
use holdfast_kit::suppliers::{Call, Deadline, Endpoint, Outcome, Supplier};
use serde::{Deserialize, Serialize};

use super::LegName;
use crate::store::Store;
use crate::suppliers::PaymentBody;

/// The participant for the money.
#[derive(Clone)]
pub struct Payments {
    /// The bookings.
    pub store: Store,
    /// The supplier.
    pub supplier: Endpoint,
    /// The time.
    pub clock: Clock,
    /// Its name in the history.
    pub actor: &'static str,
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
    /// Which token of the traveller's it is, counted from 1 (to authorize, await and withdraw).
    #[serde(default)]
    pub attempt: u32,
    /// The traveller's means of payment (to authorize).
    #[serde(default)]
    pub payment: Option<Tendered>,
    /// Wakes the execution (to await).
    #[serde(default)]
    pub token: Option<String>,
    /// When the execution came to its state (to await).
    #[serde(default)]
    pub entered: Option<Timestamp>,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

/// What the traveller pays with.
#[derive(Clone, Deserialize)]
pub struct Tendered {
    /// The payment supplier's token; never stored, never logged.
    pub token: String,
    /// The total that the traveller agrees to, where they name it.
    #[serde(default)]
    pub amount: Option<Money>,
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

/// What an authorization is asked for with, besides what is recorded.
#[derive(Clone, Copy)]
struct Offered<'a> {
    token: &'a str,
    report_to: Option<&'a str>,
}

impl Payments {
    /// Takes one step that takes money which is, or may be, reserved, or gives it back.
    ///
    /// # Errors
    /// [`Failure::Refused`] and [`Failure::Conflict`] for good, [`Failure::Unavailable`] to be tried
    /// again.
    pub async fn take(&self, step: &PaymentStep) -> Result<PaymentDone, Failure> {
        let snapshot = self.store.load(&step.booking_id).await?;
        let snapshot = match step.action {
            Action::Capture => self.capture(snapshot).await?,
            Action::Void | Action::Refund => self.undo(snapshot, step.action).await?,
            Action::Withdraw => self.withdraw(snapshot, step.attempt).await?,
            _ => {
                let problem = "use authorize, await, withdraw, capture, void or refund";
                return Err(Failure::invalid("action", problem));
            }
        };
        Ok(PaymentDone::from(&snapshot))
    }

    /// Records that the supplier may have done it, unless it has told since it was asked.
    async fn unclear(&self, snapshot: Snapshot, why: String) -> Result<Snapshot, Failure> {
        let asked_upon = snapshot.payment.version;
        let unclear =
            |snapshot: &Snapshot| Ok(paying::unclear(snapshot, asked_upon, &why, self.stamp()));
        self.store.change(snapshot, unclear).await?;
        Err(Failure::Unavailable(format!(
            "it may have been done; the supplier does not say: {why}"
        )))
    }

    /// Asks the supplier what has become of the attempt; nothing where it does not know, or not say.
    async fn inspect(&self, snapshot: &Snapshot) -> Option<Outcome> {
        let (booking, payment) = (&snapshot.booking, &snapshot.payment);
        let attempt = payment.state.attempts;
        let key = payment_key(&booking.booking_id, attempt, Action::Authorize);
        let supplier = Supplier::Payment(payment.state.method);
        let known = self.supplier.inspect(supplier, &key, &booking.trace_id);
        let is_an_answer = |known: &Outcome| {
            !matches!(
                known,
                Outcome::NotDone(_) | Outcome::Down(_) | Outcome::Unknown(_)
            )
        };
        known.await.filter(is_an_answer)
    }

    async fn ask(
        &self,
        snapshot: &Snapshot,
        action: Action,
        offered: Option<Offered<'_>>,
    ) -> Outcome {
        let booking = &snapshot.booking;
        let body = PaymentBody {
            token: offered.map(|offered| offered.token),
            report_to: offered.and_then(|offered| offered.report_to),
            ..PaymentBody::about(snapshot, booking.state.amount.as_ref())
        };
        let key = payment_key(&booking.booking_id, body.attempt, action);
        let deadline = offered.and_then(|_| self.deadline(&booking.state.timer));
        self.call(snapshot, action, key, deadline, body).await
    }

    /// Asks for the refund of one cancellation.
    async fn ask_for_refund(&self, snapshot: &Snapshot, number: u32, sum: &Money) -> Outcome {
        let body = PaymentBody {
            refund: Some(number),
            ..PaymentBody::about(snapshot, Some(sum))
        };
        let key = refund_key(&snapshot.booking.booking_id, number);
        self.call(snapshot, Action::Refund, key, None, body).await
    }

    async fn call(
        &self,
        snapshot: &Snapshot,
        action: Action,
        key: StepKey,
        deadline: Option<Deadline>,
        body: PaymentBody<'_>,
    ) -> Outcome {
        let payment = &snapshot.payment;
        let call = Call {
            supplier: Supplier::Payment(payment.state.method),
            action,
            script: &payment.simulate,
            key,
            trace_id: &snapshot.booking.trace_id,
            deadline,
            body,
        };
        self.supplier.ask(&call).await
    }

    /// When a request for money must have left: no payment starts once its time is over.
    fn deadline(&self, timer: &Timer) -> Option<Deadline> {
        let (at, clock) = (paying::starts_before(timer)?, self.clock.clone());
        Some(Deadline { at, clock })
    }

    pub(super) fn stamp(&self) -> Stamp<'static> {
        self.clock.stamp(self.actor)
    }
}

impl From<&Snapshot> for PaymentDone {
    fn from(snapshot: &Snapshot) -> Self {
        Self {
            status: snapshot.payment.state.status,
            legs: snapshot.trip().map(LegName::from).collect(),
        }
    }
}
