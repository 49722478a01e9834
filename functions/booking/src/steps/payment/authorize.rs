//! A payment starts by pausing the timer, in one conditional write; one that comes too late for that
//! does not start.

use std::time::Duration;

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{PaymentStatus, Snapshot};
use holdfast_booking_rules::deciding;
use holdfast_booking_rules::paying::{self, Attempt, expired, is_in_time, too_late};
use holdfast_core::failure::Failure;
use holdfast_core::payment::Method;
use holdfast_core::timer::State;
use holdfast_kit::suppliers::Outcome;

use super::{Offered, PaymentDone, PaymentStep, Payments, Tendered};

/// The participant that reserves money.
#[derive(Clone)]
pub struct Authorizations {
    /// The participant for the money.
    pub payments: Payments,
    /// What a payment may take.
    pub terms: Terms,
}

/// What a payment may take.
#[derive(Clone, Debug)]
pub struct Terms {
    /// How long a payment, with all confirmations, may keep the timer from firing.
    pub lease: Duration,
    /// How long a decision that is pending is waited for.
    pub patience: Duration,
    /// Where the supplier reports such a decision; without it the supplier is only asked.
    pub report_to: Option<String>,
}

impl Authorizations {
    /// Reserves the money for one attempt.
    ///
    /// # Errors
    /// [`Failure::Declined`], [`Failure::HoldExpired`] and [`Failure::Refused`] for good,
    /// [`Failure::Pending`] to be waited for, [`Failure::Unavailable`] to be tried again.
    pub async fn take(&self, step: &PaymentStep) -> Result<PaymentDone, Failure> {
        let Some(tendered) = &step.payment else {
            return Err(Failure::invalid("payment", r#"must be {"token": "tok_…"}"#));
        };
        let snapshot = self.payments.store.load(&step.booking_id).await?;
        let snapshot = self.authorize(snapshot, step.attempt, tendered).await?;
        Ok(PaymentDone::from(&snapshot))
    }

    async fn authorize(
        &self,
        snapshot: Snapshot,
        number: u32,
        tendered: &Tendered,
    ) -> Result<Snapshot, Failure> {
        let attempt = Attempt {
            number,
            method: Method::of_token(&tendered.token),
            amount: tendered.amount.as_ref(),
            lease: self.terms.lease,
            simulate: &tendered.simulate,
        };
        let payments = &self.payments;
        let begin = |snapshot: &Snapshot| paying::begin(snapshot, attempt, payments.stamp());
        let snapshot = payments.store.change(snapshot, begin).await?;
        if snapshot.booking.state.timer.state == State::Fired {
            return Err(expired(&snapshot));
        }
        if !snapshot.payment.state.status.is_open() {
            return Ok(snapshot);
        }
        let offered = Offered {
            token: &tendered.token,
            report_to: self.terms.report_to.as_deref(),
        };
        let outcome = payments
            .ask(&snapshot, Action::Authorize, Some(offered))
            .await;
        let in_time = is_in_time(&snapshot.booking.state.timer, payments.clock.now());
        match outcome {
            Outcome::NotDone(_) | Outcome::Down(_) if !in_time => {
                self.come_too_late(snapshot, number).await
            }
            outcome => self.conclude(snapshot, number, outcome).await,
        }
    }

    /// The pause may have been written late, and this worker may have slept since: the money is not
    /// asked for any more. An earlier call may have reached the supplier.
    async fn come_too_late(&self, snapshot: Snapshot, number: u32) -> Result<Snapshot, Failure> {
        let payments = &self.payments;
        if snapshot.payment.state.status != PaymentStatus::None {
            let known = payments.inspect(&snapshot).await;
            return match known {
                Some(outcome) => self.conclude(snapshot, number, outcome).await,
                None => Err(too_late(&snapshot, payments.clock.now())),
            };
        }
        let begun = snapshot.booking.version;
        let end = |snapshot: &Snapshot| Ok(paying::end_pause(snapshot, begun, payments.stamp()));
        let resumed = payments.store.change(snapshot, end).await?;
        Err(too_late(&resumed, payments.clock.now()))
    }

    async fn conclude(
        &self,
        snapshot: Snapshot,
        attempt: u32,
        outcome: Outcome,
    ) -> Result<Snapshot, Failure> {
        let (payments, patience) = (&self.payments, self.terms.patience);
        let Outcome::Pending(answer) = outcome else {
            let lease = self.terms.lease;
            return payments.decided(snapshot, attempt, outcome, lease).await;
        };
        let reference = answer.reference.as_deref();
        let pending = |snapshot: &Snapshot| {
            Ok(deciding::pending(
                snapshot,
                attempt,
                reference,
                patience,
                payments.stamp(),
            ))
        };
        let recorded = payments.store.change(snapshot, pending).await?;
        payments.come_to(recorded, attempt)
    }
}

impl Payments {
    /// Records what the supplier has decided about an attempt.
    pub(super) async fn decided(
        &self,
        snapshot: Snapshot,
        attempt: u32,
        outcome: Outcome,
        lease: Duration,
    ) -> Result<Snapshot, Failure> {
        let recorded = match outcome {
            Outcome::Done(answer) => {
                let reference = answer.reference.as_deref();
                let authorized = |snapshot: &Snapshot| {
                    Ok(paying::authorized(
                        snapshot,
                        attempt,
                        reference,
                        lease,
                        self.stamp(),
                    ))
                };
                self.store.change(snapshot, authorized).await?
            }
            Outcome::Declined(why) | Outcome::Refused(why) => {
                let declined = |snapshot: &Snapshot| {
                    Ok(paying::declined(snapshot, attempt, &why, self.stamp()))
                };
                self.store.change(snapshot, declined).await?
            }
            Outcome::Pending(_) => return Err(paying::undecided()),
            Outcome::NotDone(why) => return Err(Failure::Unavailable(why)),
            Outcome::Down(why) => return Err(Failure::SupplierDown(why)),
            Outcome::Unknown(why) => return self.unclear(snapshot, why).await,
        };
        self.come_to(recorded, attempt)
    }

    /// What an attempt has come to, as it is recorded.
    pub(super) fn come_to(&self, snapshot: Snapshot, attempt: u32) -> Result<Snapshot, Failure> {
        paying::come_to(&snapshot, attempt, self.clock.now()).map(|()| snapshot)
    }
}
