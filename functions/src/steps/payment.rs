//! The money: authorize, capture, and their undoing, void and refund.
//!
//! A payment starts by pausing the timer, in one conditional write; whoever comes too late for that
//! does not pay. What was paid is recorded by what the supplier says, never by what was asked of it.

use std::time::Duration;

use holdfast_domain::booking::{BookingStatus, LegStatus, PaymentState, PaymentStatus, Snapshot};
use holdfast_domain::event::EventName;
use holdfast_domain::failure::Failure;
use holdfast_domain::fault::Script;
use holdfast_domain::ids::{Action, BookingId, StepKey};
use holdfast_domain::timer::{self, Operation, Refusal, State};
use serde::{Deserialize, Serialize};

use super::LegName;
use super::settle::expired;
use crate::clock::Clock;
use crate::store::{Store, Transition};
use crate::suppliers::{Answer, Call, Endpoint, Outcome, PaymentBody};

/// The participant for the money.
#[derive(Clone)]
pub struct Payments {
    /// The bookings.
    pub store: Store,
    /// The supplier.
    pub supplier: Endpoint,
    /// The time.
    pub clock: Clock,
    /// How long a payment, with all confirmations, may keep the timer from firing.
    pub lease: Duration,
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
    /// Which token of the traveller's it is, counted from 1 (to authorize).
    #[serde(default)]
    pub attempt: u32,
    /// Who pays (to authorize).
    #[serde(default)]
    pub payment: Option<Tendered>,
}

/// What the traveller pays with.
#[derive(Clone, Deserialize)]
pub struct Tendered {
    /// The payment supplier's token; never stored, never logged.
    pub token: String,
    /// Scripted faults.
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
        let snapshot = match step.action {
            Action::Authorize => self.authorize(snapshot, step).await?,
            Action::Capture => self.capture(snapshot).await?,
            Action::Void | Action::Refund => self.undo(snapshot, step.action).await?,
            _ => {
                return Err(Failure::invalid(
                    "action",
                    "use authorize, capture, void or refund",
                ));
            }
        };
        let paid_for = snapshot
            .legs
            .iter()
            .filter(|leg| !leg.state.status.is_gone());
        let legs = paid_for.map(LegName::from).collect();
        Ok(PaymentDone {
            status: snapshot.payment.state.status,
            legs,
        })
    }

    async fn authorize(&self, snapshot: Snapshot, step: &PaymentStep) -> Result<Snapshot, Failure> {
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
            .ask(&snapshot, Action::Authorize, Some(&tendered.token))
            .await;
        match outcome {
            Outcome::Done(answer) => self.authorized(snapshot, step.attempt, &answer).await,
            Outcome::Declined(why) | Outcome::Refused(why) => {
                self.declined(snapshot, step.attempt, why).await
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
        let pause = Operation::Pause { lease: self.lease };
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
            return Err(Failure::Conflict(
                "another payment has been tried since".to_owned(),
            ));
        }
        match payment.state.status {
            PaymentStatus::Authorized | PaymentStatus::Captured => Ok(()),
            PaymentStatus::Declined => {
                let why = payment
                    .last_error
                    .as_deref()
                    .unwrap_or("the payment was declined");
                Err(Failure::Declined(why.to_owned()))
            }
            PaymentStatus::None | PaymentStatus::Unknown => {
                match snapshot.booking.state.timer.state {
                    State::Paused { lease_ends } if self.clock.now() < lease_ends => Ok(()),
                    _ => Err(expired(snapshot)),
                }
            }
            _ => Err(Failure::Refused("the payment has been undone".to_owned())),
        }
    }

    /// The pause may have been written late. Once the deadline has passed no payment starts.
    async fn still_in_time(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        if self.clock.now() < snapshot.booking.state.timer.deadline {
            return Ok(());
        }
        let resumed = self.store.change(snapshot.clone(), |snapshot| {
            let booking = &snapshot.booking;
            let resumed = timer::decide(&booking.state.timer, Operation::Resume, self.clock.now());
            let Ok(timer) = resumed else { return Ok(None) };
            let mut state = booking.state.clone();
            state.timer = timer;
            Ok(Some(
                self.transition(snapshot, EventName::TimerFired)
                    .booking(booking, state),
            ))
        });
        Err(expired(&resumed.await?))
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
                Ok(Some(written.booking(booking, state)))
            })
            .await?;
        match snapshot.booking.state.status {
            BookingStatus::Confirming | BookingStatus::Booked => Ok(snapshot),
            _ => Err(expired(&snapshot)),
        }
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
        match snapshot.booking.state.timer.state {
            State::Fired => Err(expired(&snapshot)),
            _ => Err(Failure::Declined(why)),
        }
    }

    async fn unknown(&self, snapshot: Snapshot, why: String) -> Result<Snapshot, Failure> {
        self.store
            .change(snapshot, |snapshot| {
                let payment = &snapshot.payment.state;
                let open = matches!(
                    payment.status,
                    PaymentStatus::None | PaymentStatus::Authorized
                );
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

    /// Takes the money, once the commit point has been passed. The trip is then booked.
    pub(super) async fn capture(&self, snapshot: Snapshot) -> Result<Snapshot, Failure> {
        if snapshot.booking.state.status == BookingStatus::Booked {
            return Ok(snapshot);
        }
        if !may_capture(&snapshot) {
            return Err(Failure::Refused(
                "the booking is not committed; nothing is captured".to_owned(),
            ));
        }
        match self.ask(&snapshot, Action::Capture, None).await {
            Outcome::Done(answer) => self.captured(snapshot, &answer).await,
            Outcome::Refused(why) | Outcome::Declined(why) => Err(Failure::Refused(why)),
            Outcome::NotDone(why) => Err(Failure::Unavailable(why)),
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
    async fn undo(&self, snapshot: Snapshot, action: Action) -> Result<Snapshot, Failure> {
        if snapshot.payment.state.is_gone() {
            return Ok(snapshot);
        }
        if snapshot.booking.state.status == BookingStatus::Booked {
            return Err(Failure::Conflict(
                "the trip is booked; nothing is given back".to_owned(),
            ));
        }
        match self.ask(&snapshot, action, None).await {
            Outcome::Done(_) => self.undone(snapshot, action).await,
            Outcome::Refused(why) | Outcome::Declined(why) => Err(Failure::Refused(why)),
            Outcome::NotDone(why) | Outcome::Unknown(why) => Err(Failure::Unavailable(why)),
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

    async fn ask(&self, snapshot: &Snapshot, action: Action, token: Option<&str>) -> Outcome {
        let (booking, payment) = (&snapshot.booking, &snapshot.payment);
        let attempt = payment.state.attempts;
        let call = Call {
            path: format!("{}/{action}", StepKey::PAYMENT),
            key: StepKey::payment(&booking.booking_id, attempt, action),
            trace_id: &booking.trace_id,
            body: PaymentBody {
                booking: &booking.booking_id,
                attempt,
                token,
                amount: booking.state.amount.as_ref(),
                simulate: payment.simulate.of(action),
            },
        };
        self.supplier.ask(&call).await
    }

    fn transition(&self, snapshot: &Snapshot, event: EventName) -> Transition {
        let booking = &snapshot.booking;
        let (id, trace_id) = (&booking.booking_id, &booking.trace_id);
        Transition::new(id, event, self.actor, trace_id, self.clock.now())
    }
}

/// Whether this attempt still waits for the supplier's word.
fn is_open(payment: &PaymentState, attempt: u32) -> bool {
    payment.attempts == attempt
        && matches!(payment.status, PaymentStatus::None | PaymentStatus::Unknown)
}

fn is_paused(snapshot: &Snapshot) -> bool {
    matches!(snapshot.booking.state.timer.state, State::Paused { .. })
}

fn may_capture(snapshot: &Snapshot) -> bool {
    let state = &snapshot.booking.state;
    state.timer.is_committed() && state.status != BookingStatus::Unwinding
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
