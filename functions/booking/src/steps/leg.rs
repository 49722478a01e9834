//! Hold, confirm and release of a leg, whatever its kind: do and undo, side by side.
//!
//! The leg was written before the first call, so that an undo can never be forgotten; its status
//! says what is known.

use holdfast_booking_rules::action::{Action, leg_key};
use holdfast_booking_rules::booking::{Leg, LegStatus, Snapshot};
use holdfast_booking_rules::leg::{self, Held, Of, is_to_do};
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::status::LegHappened;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_kit::clock::Clock;
use holdfast_kit::suppliers::{Answer, Call, Endpoint, Outcome, UNDECIDED};
use serde::{Deserialize, Serialize};

use crate::store::{LegRows, Store};
use crate::suppliers::{LegBody, of_legs};

/// The participant for one kind of leg.
#[derive(Clone)]
pub struct Legs {
    /// Its kind, and its name in the history.
    pub kind: Kind,
    /// The bookings.
    pub store: Store,
    /// The supplier.
    pub supplier: Endpoint,
    /// The time.
    pub clock: Clock,
}

/// What the state machine asks of a leg's participant.
#[derive(Clone, Debug, Deserialize)]
pub struct LegStep {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// Follows the booking.
    #[serde(default)]
    pub trace_id: String,
    /// The leg's name.
    pub leg: String,
    /// Its place among the legs.
    pub order: u32,
    /// What to do.
    pub action: Action,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

/// A leg, as the state machine passes it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegName {
    /// Its kind: whose work it is.
    pub kind: Kind,
    /// Its name.
    pub leg: LegId,
    /// Its place among the legs.
    pub order: u32,
}

impl From<&Leg> for LegName {
    fn from(leg: &Leg) -> Self {
        Self {
            kind: leg.kind,
            leg: leg.id.clone(),
            order: leg.order,
        }
    }
}

/// What the state machine is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LegDone {
    /// The leg's name.
    pub leg: String,
    /// How it stands now.
    pub status: LegStatus,
}

impl Legs {
    /// Takes one step.
    ///
    /// # Errors
    /// [`Failure::Refused`] for good, [`Failure::Unavailable`] to be tried again.
    pub async fn take(&self, step: &LegStep) -> Result<LegDone, Failure> {
        let mut leg = self.find(step).await?;
        let mut why = None;
        if step.action == Action::Release {
            let left = self.leave(step, &leg.id).await?;
            leg = left.leg(&leg.id).cloned().unwrap_or(leg);
            why = Some(left.why_released(&leg));
        }
        let leg = if is_to_do(&leg, step.action)? {
            self.ask(step, leg, why.as_deref()).await?
        } else {
            leg
        };
        Ok(LegDone {
            leg: step.leg.clone(),
            status: leg.state.status,
        })
    }

    async fn find(&self, step: &LegStep) -> Result<Leg, Failure> {
        let (booking, order) = (&step.booking_id, step.order);
        let found = self.store.leg(booking, order, &step.leg).await?;
        let leg = found.ok_or_else(|| {
            let problem = format!("booking {booking} has no leg {} at {order}", step.leg);
            Failure::invalid("leg", problem)
        })?;
        if leg.kind != self.kind {
            let problem = format!("is a {}; this is the function for {}", leg.kind, self.kind);
            return Err(Failure::invalid("leg", problem));
        }
        Ok(leg)
    }

    /// Fences a release: a leg of a trip that stands is not released, however late this step is.
    async fn leave(&self, step: &LegStep, leg: &LegId) -> Result<Snapshot, Failure> {
        let snapshot = self.store.load(&step.booking_id).await?;
        let actor = self.kind.as_str();
        let leave = |snapshot: &Snapshot| leg::leave(snapshot, leg, self.clock.stamp(actor));
        self.store.change(snapshot, leave).await
    }

    async fn ask(&self, step: &LegStep, leg: Leg, why: Option<&str>) -> Result<Leg, Failure> {
        let action = step.action;
        let is_hold = action == Action::Hold;
        let passengers = match is_hold && leg.named {
            true => self.store.passengers(&step.booking_id).await?,
            false => Vec::new(),
        };
        let call = Call {
            supplier: of_legs(leg.kind),
            action,
            script: &leg.simulate,
            key: leg_key(&step.booking_id, &leg.id, action),
            trace_id: &step.trace_id,
            deadline: None,
            body: LegBody {
                booking: &step.booking_id,
                leg: &step.leg,
                spec: is_hold.then_some(&leg.spec),
                offer: leg.offer.as_ref().filter(|_| is_hold),
                passengers: &passengers,
            },
        };
        match self.supplier.ask(&call).await {
            Outcome::Done(answer) => self.done(step, leg, answer, why).await,
            Outcome::Refused(why) | Outcome::Declined(why) => self.refused(step, leg, why).await,
            Outcome::NotDone(why) => {
                self.note_attempt(step, &leg, &why).await?;
                Err(Failure::Unavailable(why))
            }
            Outcome::Down(why) => {
                self.note_attempt(step, &leg, &why).await?;
                Err(Failure::SupplierDown(why))
            }
            Outcome::Pending(_) => self.unclear(step, leg, UNDECIDED.to_owned()).await,
            Outcome::Unknown(why) => self.unclear(step, leg, why).await,
        }
    }

    async fn done(
        &self,
        step: &LegStep,
        leg: Leg,
        answer: Answer,
        why: Option<&str>,
    ) -> Result<Leg, Failure> {
        let outcome = match step.action {
            Action::Confirm | Action::Release => leg::Outcome::Done(step.action),
            _ => leg::Outcome::Held(Held {
                reference: answer.reference,
                price: answer.price,
                refund: answer.refund,
                expires: answer.expires_at,
            }),
        };
        self.record(step, leg, &outcome, why).await
    }

    /// A refused hold is known to be nothing. A refused confirmation or release leaves the leg as it
    /// was: the unwinding, or the desk, will see to it.
    async fn refused(&self, step: &LegStep, leg: Leg, why: String) -> Result<Leg, Failure> {
        if step.action == Action::Hold {
            let refused = leg::Outcome::HoldRefused(why.clone());
            self.record(step, leg, &refused, None).await?;
        } else {
            self.note_attempt(step, &leg, &why).await?;
        }
        Err(Failure::Refused(why))
    }

    async fn unclear(&self, step: &LegStep, leg: Leg, why: String) -> Result<Leg, Failure> {
        let happened = LegHappened::Unclear(step.action);
        if leg.state.status.after(happened).is_none() {
            self.note_attempt(step, &leg, &why).await?;
        } else {
            let unclear = leg::Outcome::Unclear(step.action, why.clone());
            self.record(step, leg, &unclear, None).await?;
        }
        Err(Failure::Unavailable(format!(
            "it may have been done; the supplier does not say: {why}"
        )))
    }

    async fn note_attempt(&self, step: &LegStep, leg: &Leg, why: &str) -> Result<(), Failure> {
        self.store.note_attempt(&step.booking_id, leg, why).await
    }

    /// Writes what came of a step, unless a twin of it has done so.
    async fn record(
        &self,
        step: &LegStep,
        leg: Leg,
        outcome: &leg::Outcome,
        why: Option<&str>,
    ) -> Result<Leg, Failure> {
        let of = Of {
            booking: &step.booking_id,
            trace_id: &step.trace_id,
            why,
        };
        let actor = self.kind.as_str();
        let record = |leg: &Leg| leg::record(leg, outcome, of, self.clock.stamp(actor));
        self.store.change(leg, record).await
    }
}
