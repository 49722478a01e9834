//! Hold, confirm and release of a leg, whatever its kind: do and undo, side by side.
//!
//! The leg was written before the first call, so that an undo can never be forgotten; its status
//! says what is known. A call that may have been done leaves it `unknown`, never guessed at.

use holdfast_booking_rules::booking::{Leg, LegState, LegStatus};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::unwinding::Participant;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{Action, BookingId, LegId, StepKey};
use serde::{Deserialize, Serialize};

use crate::store::Store;
use crate::suppliers::{Answer, Call, Endpoint, LegBody, Outcome, UNDECIDED};
use holdfast_booking_rules::transition::Transition;
use holdfast_kit::clock::Clock;
use holdfast_kit::rehearsal::{Moment, Rehearsal, Simulation};

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
    /// Scripted mishaps.
    pub simulation: Simulation,
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

/// What there is to do about an action, as the leg stands.
enum Standing {
    /// The supplier must be asked.
    ToDo,
    /// It has been done before.
    AlreadyDone,
}

impl Legs {
    /// Takes one step.
    ///
    /// # Errors
    /// [`Failure::Refused`] for good, [`Failure::Unavailable`] to be tried again.
    pub async fn take(&self, step: &LegStep) -> Result<LegDone, Failure> {
        let leg = self.find(step).await?;
        let ours = self.simulation.of(&leg.simulate, step.action, step.retry);
        let leg = ours.deliver(|| self.act(step, leg.clone(), ours)).await?;
        Ok(LegDone {
            leg: step.leg.clone(),
            status: leg.state.status,
        })
    }

    async fn find(&self, step: &LegStep) -> Result<Leg, Failure> {
        let found = self
            .store
            .leg(&step.booking_id, step.order, &step.leg)
            .await?;
        let problem = || {
            let (booking, order) = (&step.booking_id, step.order);
            Failure::invalid(
                "leg",
                format!("booking {booking} has no leg {} at {order}", step.leg),
            )
        };
        let leg = found.ok_or_else(problem)?;
        if leg.kind != self.kind {
            let problem = format!("is a {}; this is the function for {}", leg.kind, self.kind);
            return Err(Failure::invalid("leg", problem));
        }
        Ok(leg)
    }

    async fn act(&self, step: &LegStep, leg: Leg, ours: Rehearsal) -> Result<Leg, Failure> {
        match standing(&leg, step.action)? {
            Standing::AlreadyDone => Ok(leg),
            Standing::ToDo => self.ask(step, leg, ours).await,
        }
    }

    async fn ask(&self, step: &LegStep, leg: Leg, ours: Rehearsal) -> Result<Leg, Failure> {
        let call = Call {
            supplier: Participant::Leg(leg.kind),
            action: step.action,
            fault: leg.simulate.of(step.action),
            key: StepKey::leg(&step.booking_id, &leg.id, step.action),
            trace_id: &step.trace_id,
            body: LegBody {
                booking: &step.booking_id,
                leg: &step.leg,
                spec: (step.action == Action::Hold).then_some(&leg.spec),
            },
        };
        ours.crash_at(Moment::Before);
        let outcome = self.supplier.ask(&call).await;
        ours.crash_at(Moment::After);
        match outcome {
            Outcome::Done(answer) => self.done(step, leg, &answer).await,
            Outcome::Refused(why) | Outcome::Declined(why) => self.refused(step, leg, why).await,
            Outcome::NotDone(why) => {
                self.store
                    .note_attempt(&step.booking_id, &leg, &why)
                    .await?;
                Err(Failure::Unavailable(why))
            }
            Outcome::Pending(_) => self.unknown(step, leg, UNDECIDED.to_owned()).await,
            Outcome::Unknown(why) => self.unknown(step, leg, why).await,
        }
    }

    async fn done(&self, step: &LegStep, leg: Leg, answer: &Answer) -> Result<Leg, Failure> {
        let (status, event) = match step.action {
            Action::Confirm => (LegStatus::Confirmed, EventName::LegConfirmed),
            Action::Release => (LegStatus::Released, EventName::LegReleased),
            _ => (LegStatus::Held, EventName::LegHeld),
        };
        self.record(step, leg, event, |leg| match step.action {
            Action::Hold => LegState {
                status,
                reference: answer.reference.clone(),
                price: answer.price.clone(),
                hold_expires: answer.expires_at,
            },
            _ => leg.state.with(status),
        })
        .await
    }

    /// A refused hold is known to be nothing. A refused confirmation or release leaves the leg as it
    /// was: the unwinding, or the desk, will see to it.
    async fn refused(&self, step: &LegStep, leg: Leg, why: String) -> Result<Leg, Failure> {
        if step.action == Action::Hold {
            let leg = Leg {
                last_error: Some(why.clone()),
                ..leg
            };
            let refused = |leg: &Leg| leg.state.with(LegStatus::Refused);
            self.record(step, leg, EventName::LegRefused, refused)
                .await?;
        } else {
            self.store
                .note_attempt(&step.booking_id, &leg, &why)
                .await?;
        }
        Err(Failure::Refused(why))
    }

    async fn unknown(&self, step: &LegStep, leg: Leg, why: String) -> Result<Leg, Failure> {
        if leg.state.status == LegStatus::Unknown {
            self.store
                .note_attempt(&step.booking_id, &leg, &why)
                .await?;
        } else {
            let leg = Leg {
                attempts: leg.attempts + 1,
                last_error: Some(why.clone()),
                ..leg
            };
            let unknown = |leg: &Leg| leg.state.with(LegStatus::Unknown);
            self.record(step, leg, EventName::LegUnknown, unknown)
                .await?;
        }
        Err(Failure::Unavailable(format!(
            "it may have been done, nobody can tell: {why}"
        )))
    }

    /// Writes what came of a step, unless a twin of it has done so.
    async fn record(
        &self,
        step: &LegStep,
        leg: Leg,
        event: EventName,
        next: impl Fn(&Leg) -> LegState,
    ) -> Result<Leg, Failure> {
        let (id, actor, trace_id) = (&step.booking_id, self.kind.as_str(), &step.trace_id);
        self.store
            .change_leg(leg, |leg| match standing(leg, step.action)? {
                Standing::AlreadyDone => Ok(None),
                Standing::ToDo if next(leg) == leg.state => Ok(None),
                Standing::ToDo => {
                    let now = self.clock.now();
                    let transition = Transition::new(id, event, actor, trace_id, now);
                    Ok(Some(transition.leg(leg, next(leg))))
                }
            })
            .await
    }
}

/// What an action means for a leg that stands like this.
fn standing(leg: &Leg, action: Action) -> Result<Standing, Failure> {
    use LegStatus::{Confirmed, Held, Pending, Refused, ReleaseFailed, Released, Unknown};
    let refuse = |why: &str| Err(Failure::Refused(format!("leg {}: {why}", leg.id)));
    match (action, leg.state.status) {
        (Action::Hold, Pending | Unknown)
        | (Action::Confirm, Held | Unknown)
        | (Action::Release, Pending | Held | Confirmed | Unknown | ReleaseFailed) => {
            Ok(Standing::ToDo)
        }
        (Action::Hold, Held | Confirmed)
        | (Action::Confirm, Confirmed)
        | (Action::Release, Refused | Released) => Ok(Standing::AlreadyDone),
        (Action::Hold | Action::Confirm, Refused) => refuse(
            leg.last_error
                .as_deref()
                .unwrap_or("the supplier refused it"),
        ),
        (Action::Hold | Action::Confirm, Released | ReleaseFailed) => {
            refuse("it has been released")
        }
        (Action::Confirm, Pending) => refuse("it is not held"),
        _ => Err(Failure::invalid("action", "use hold, confirm or release")),
    }
}
