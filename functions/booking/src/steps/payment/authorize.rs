//! A payment starts by pausing the timer, in one conditional write; whoever comes too late for that
//! does not pay.

use holdfast_booking_rules::booking::{
    BookingState, BookingStatus, LegStatus, PaymentState, PaymentStatus, Snapshot,
};
use holdfast_booking_rules::event::EventName;
use holdfast_core::failure::Failure;
use holdfast_core::ids::Action;
use holdfast_core::timer::{self, Operation, Refusal, State};

use super::{PaymentStep, Payments, Tendered, declined, overtaken};
use crate::steps::{expired, too_late};
use crate::suppliers::{Answer, Outcome};
use holdfast_booking_rules::transition::Transition;

impl Payments {
    /// Reserves the money for this attempt.
    pub(super) async fn authorize(
        &self,
        snapshot: Snapshot,
        step: &PaymentStep,
    ) -> Result<Snapshot, Failure> {
        let Some(tendered) = &step.payment else {
            return Err(Failure::invalid("payment", r#"must be {"token": "tok_…"}"#));
        };
        let begun = |snapshot: &Snapshot| self.begin(snapshot, step.attempt, tendered);
        let snapshot = self.store.change(snapshot, begun).await?;
        if snapshot.booking.state.timer.state == State::Fired {
            return Err(expired(&snapshot));
        }
        match snapshot.payment.state.status {
            PaymentStatus::Authorized | PaymentStatus::Captured => return Ok(snapshot),
            PaymentStatus::None => self.still_in_time(&snapshot).await?,
            _ => {}
        }
        let outcome = self
            .ask(
                &snapshot,
                Action::Authorize,
                Some(&tendered.token),
                step.retry,
            )
            .await;
        self.conclude(snapshot, step.attempt, outcome).await
    }

    /// Records what the supplier says of an attempt.
    pub(super) async fn conclude(
        &self,
        snapshot: Snapshot,
        attempt: u32,
        outcome: Outcome,
    ) -> Result<Snapshot, Failure> {
        match outcome {
            Outcome::Done(answer) => self.authorized(snapshot, attempt, &answer).await,
            Outcome::Pending(answer) => self.pending(snapshot, attempt, &answer).await,
            Outcome::Declined(why) | Outcome::Refused(why) => {
                self.declined(snapshot, attempt, why).await
            }
            Outcome::NotDone(why) => Err(Failure::Unavailable(why)),
            Outcome::Unknown(why) => self.unknown(snapshot, why).await,
        }
    }

    /// Decides whether this attempt may start: the timer must let it.
    fn begin(
        &self,
        snapshot: &Snapshot,
        attempt: u32,
        tendered: &Tendered,
    ) -> Result<Option<Transition>, Failure> {
        let payment = &snapshot.payment.state;
        if payment.attempts >= attempt {
            return self.begun_before(snapshot, attempt).map(|()| None);
        }
        let booking = &snapshot.booking;
        let pause = Operation::Pause {
            lease: self.terms.lease,
        };
        let timer = match timer::decide(&booking.state.timer, pause, self.clock.now()) {
            Ok(timer) => timer,
            Err(Refusal::Fired) => return Err(expired(snapshot)),
            Err(refusal) => return Err(Failure::Conflict(refusal.to_string())),
        };
        let mut state = booking.state.clone();
        state.timer = timer;
        if timer.state == State::Fired {
            return Ok(Some(
                self.transition(snapshot, EventName::TimerFired)
                    .booking(booking, state),
            ));
        }
        check_payable(snapshot)?;
        state.status = BookingStatus::Paying;
        state.amount = snapshot.total();
        let mut started = snapshot.payment.clone();
        started.simulate = tendered.simulate.clone();
        started.decide_by = None;
        let next = PaymentState {
            attempts: attempt,
            ..PaymentState::none()
        };
        let transition = self.transition(snapshot, EventName::PaymentStarted);
        Ok(Some(
            transition.booking(booking, state).payment(&started, next),
        ))
    }

    /// An attempt that was begun before goes on while its pause lasts, and ends as it ended.
    fn begun_before(&self, snapshot: &Snapshot, attempt: u32) -> Result<(), Failure> {
        let payment = &snapshot.payment;
        if payment.state.attempts > attempt {
            return Err(overtaken());
        }
        match payment.state.status {
            PaymentStatus::Authorized | PaymentStatus::Captured => Ok(()),
            PaymentStatus::Declined => Err(declined(payment)),
            PaymentStatus::None | PaymentStatus::Pending | PaymentStatus::Unknown => {
                match snapshot.booking.state.timer.state {
                    State::Paused { lease_ends } if self.clock.now() < lease_ends => Ok(()),
                    _ => Err(too_late(snapshot, self.clock.now())),
                }
            }
            _ => Err(Failure::Refused("the payment has been undone".to_owned())),
        }
    }

    /// The pause may have been written late, and this worker may have slept since: once the deadline
    /// has passed, or its lease, no payment starts. Only a pause of its own is ended.
    async fn still_in_time(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        let held = snapshot.booking.state.timer;
        let now = self.clock.now();
        let leased = matches!(held.state, State::Paused { lease_ends } if now < lease_ends);
        if leased && now < held.deadline {
            return Ok(());
        }
        let begun = snapshot.booking.version;
        let resumed = self.store.change(snapshot.clone(), |snapshot| {
            let booking = &snapshot.booking;
            let own = booking.version == begun;
            let resumed = timer::decide(&held, Operation::Resume, self.clock.now());
            let (true, Ok(timer)) = (own, resumed) else {
                return Ok(None);
            };
            let state = BookingState {
                timer,
                ..booking.state.clone()
            };
            Ok(Some(
                self.transition(snapshot, EventName::of_freed(&timer))
                    .booking(booking, state),
            ))
        });
        Err(too_late(&resumed.await?, self.clock.now()))
    }

    async fn authorized(
        &self,
        snapshot: Snapshot,
        attempt: u32,
        answer: &Answer,
    ) -> Result<Snapshot, Failure> {
        let snapshot = self
            .store
            .change(snapshot, |snapshot| {
                if !is_open(&snapshot.payment.state, attempt) {
                    return Ok(None);
                }
                let booking = &snapshot.booking;
                let next = PaymentState {
                    status: PaymentStatus::Authorized,
                    reference: answer.reference.clone(),
                    attempts: attempt,
                };
                let written = self.transition(snapshot, EventName::PaymentAuthorized);
                let written = written.payment(&snapshot.payment, next);
                if booking.state.status != BookingStatus::Paying || !is_paused(snapshot) {
                    return Ok(Some(written));
                }
                let mut state = booking.state.clone();
                state.status = BookingStatus::Confirming;
                if snapshot.payment.state.status == PaymentStatus::Pending {
                    // Whatever was left of the lease, the confirmations get all of it.
                    let lease = self.terms.lease;
                    let renewed =
                        timer::decide(&state.timer, Operation::Renew { lease }, self.clock.now());
                    state.timer = renewed.unwrap_or(state.timer);
                }
                Ok(Some(written.booking(booking, state)))
            })
            .await?;
        self.come_to(snapshot, attempt)
    }

    /// The traveller gets the remaining time back, or none if it has passed meanwhile.
    async fn declined(
        &self,
        snapshot: Snapshot,
        attempt: u32,
        why: String,
    ) -> Result<Snapshot, Failure> {
        let snapshot = self
            .store
            .change(snapshot, |snapshot| {
                if !is_open(&snapshot.payment.state, attempt) {
                    return Ok(None);
                }
                let mut payment = snapshot.payment.clone();
                payment.last_error = Some(why.clone());
                let next = payment.state.with(PaymentStatus::Declined);
                let written = self
                    .transition(snapshot, EventName::PaymentDeclined)
                    .note(&why);
                let written = written.payment(&payment, next);
                let booking = &snapshot.booking;
                let mut state = booking.state.clone();
                if let Ok(timer) = timer::decide(&state.timer, Operation::Resume, self.clock.now())
                {
                    state.timer = timer;
                }
                if state.status == BookingStatus::Paying {
                    state.status = BookingStatus::AwaitingPayment;
                }
                let changed = state != booking.state;
                Ok(Some(if changed {
                    written.booking(booking, state)
                } else {
                    written
                }))
            })
            .await?;
        self.come_to(snapshot, attempt)
    }
}

/// Whether this attempt still waits for the supplier's word.
pub(super) fn is_open(payment: &PaymentState, attempt: u32) -> bool {
    use PaymentStatus::{None, Pending, Unknown};
    payment.attempts == attempt && matches!(payment.status, None | Pending | Unknown)
}

fn is_paused(snapshot: &Snapshot) -> bool {
    matches!(snapshot.booking.state.timer.state, State::Paused { .. })
}

/// Money is taken for what is held, and for nothing less.
fn check_payable(snapshot: &Snapshot) -> Result<(), Failure> {
    let status = snapshot.booking.state.status;
    if !matches!(
        status,
        BookingStatus::Holding | BookingStatus::AwaitingPayment
    ) {
        let status = status.as_str();
        return Err(Failure::Conflict(format!(
            "the booking is {status}; it cannot be paid now"
        )));
    }
    let mut wanted = snapshot
        .legs
        .iter()
        .filter(|leg| !leg.state.status.is_gone())
        .peekable();
    if wanted.peek().is_none() {
        return Err(Failure::Refused(
            "nothing is held; there is nothing to pay for".to_owned(),
        ));
    }
    match wanted.find(|leg| leg.state.status != LegStatus::Held) {
        Some(leg) => Err(Failure::Refused(format!("leg {} is not held", leg.id))),
        None => Ok(()),
    }
}
