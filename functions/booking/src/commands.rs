//! What the traveller may say while the booking waits: pay, cancel, add a leg, drop a leg.
//!
//! One command at a time. A command is taken by one conditional write, which the second of two at
//! once loses; then the execution is told. Step Functions takes one answer for a task token, so
//! that even a command taken over from a caller that died is never carried out twice.

use std::time::Duration;

use holdfast_booking_rules::booking::{
    Booking, BookingStatus, Leg, LegStatus, Snapshot, Taken, Waiting,
};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::request::{LegRequest, MOST_LEGS, PaymentRequest};
use holdfast_core::failure::Failure;
use holdfast_core::fault::Script;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::timer::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::steps::{LegName, expired, new_leg};
use crate::store::Store;
use holdfast_booking_rules::transition::Transition;
use holdfast_kit::clock::Clock;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::task_tokens::{Heard, TaskTokens, Tells, Word};

/// Takes the traveller's commands.
#[derive(Clone)]
pub struct Commands {
    /// The bookings.
    pub store: Store,
    /// Tells executions.
    pub task_tokens: TaskTokens,
    /// The time.
    pub clock: Clock,
    /// Whether mishaps of our own steps may be scripted.
    pub simulation: Simulation,
}

/// A command, as it comes in.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case", tag = "command", deny_unknown_fields)]
pub enum CommandRequest {
    /// Pay, with `{"token": "tok_…"}`.
    Pay {
        /// Whose trip it is.
        booking_id: BookingId,
        /// What to pay with.
        payment: Value,
    },
    /// Give everything back.
    Cancel {
        /// Whose trip it is.
        booking_id: BookingId,
    },
    /// Hold one more leg.
    AddLeg {
        /// Whose trip it is.
        booking_id: BookingId,
        /// What to reserve.
        leg: Value,
    },
    /// Give one leg back.
    DropLeg {
        /// Whose trip it is.
        booking_id: BookingId,
        /// The leg's name.
        leg: LegId,
    },
}

/// What the caller is told: the command is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// What was accepted.
    pub accepted: String,
}

/// A command that has been checked.
enum Command {
    Pay(PaymentRequest),
    Cancel,
    AddLeg(Box<LegRequest>),
    DropLeg(LegId),
}

/// A command that was taken for nobody to hear may be taken over after this long.
const TAKEN_FOR: Duration = Duration::from_secs(10);

impl Commands {
    /// Takes a command and tells the execution that waits for it.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when the booking does not wait or another command came first,
    /// [`Failure::HoldExpired`] when time won, [`Failure::InvalidBooking`] for a bad command.
    pub async fn take(&self, request: &CommandRequest) -> Result<Accepted, Failure> {
        let (booking_id, command) = request.check()?;
        self.simulation.allow(command.script())?;
        let snapshot = self.store.load(booking_id).await?;
        let taken = self
            .store
            .change(snapshot, |snapshot| self.claim(snapshot, &command))
            .await?;
        self.tell(&taken, &command).await?;
        Ok(Accepted {
            booking_id: booking_id.clone(),
            accepted: command.name(),
        })
    }

    fn claim(&self, snapshot: &Snapshot, command: &Command) -> Result<Option<Transition>, Failure> {
        let now = self.clock.now();
        let booking = &snapshot.booking;
        let waiting = self.waiting(snapshot)?;
        let name = command.name();
        match &waiting.taken {
            Some(taken) if taken.command == name => return Ok(None),
            Some(taken) if now < taken.at + TAKEN_FOR => {
                let problem = format!("`{}` came first; look again and try again", taken.command);
                return Err(Failure::Conflict(problem));
            }
            _ => {}
        }
        command.check_against(snapshot)?;
        let taken = Some(Taken {
            command: name.clone(),
            at: now,
        });
        let waiting = Some(Waiting {
            taken,
            ..waiting.clone()
        });
        let next = Booking {
            waiting,
            ..booking.clone()
        };
        let (id, trace_id) = (&booking.booking_id, &booking.trace_id);
        let transition = Transition::new(id, EventName::CommandTaken, "traveller", trace_id, now);
        let transition = transition.note(name).booking(&next, booking.state.clone());
        Ok(Some(match command {
            Command::AddLeg(leg) => transition.add_leg(new_leg(next_order(snapshot), leg)?),
            _ => transition,
        }))
    }

    fn waiting<'a>(&self, snapshot: &'a Snapshot) -> Result<&'a Waiting, Failure> {
        let booking = &snapshot.booking;
        let late = booking.state.timer.state == State::Fired
            || self.clock.now() >= booking.state.timer.deadline;
        match &booking.waiting {
            Some(waiting)
                if waiting.decision.is_none()
                    && booking.state.status == BookingStatus::AwaitingPayment =>
            {
                if late {
                    Err(expired(snapshot))
                } else {
                    Ok(waiting)
                }
            }
            _ => {
                let status = booking.state.status.as_str();
                let problem = format!("the booking is {status}; it takes no command now");
                Err(Failure::Conflict(problem))
            }
        }
    }

    async fn tell(&self, taken: &Snapshot, command: &Command) -> Result<(), Failure> {
        let heard = match &taken.booking.waiting {
            Some(waiting) => {
                let word = Word::Success(command.output(taken)?);
                self.task_tokens.tell(&waiting.task_token, word).await?
            }
            None => Heard::GoneOn,
        };
        match heard {
            Heard::Now => Ok(()),
            Heard::GoneOn => {
                let problem = "the booking has gone on; look again";
                Err(Failure::Conflict(problem.to_owned()))
            }
        }
    }
}

impl CommandRequest {
    /// Reads a command.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`], which never repeats what a payment holds.
    pub fn read(json: &Value) -> Result<Self, Failure> {
        serde_path_to_error::deserialize(json).map_err(|error| {
            let problem = error.inner().to_string();
            Failure::invalid(error.path().to_string(), problem)
        })
    }

    /// Whose trip it is about.
    pub fn booking_id(&self) -> &BookingId {
        match self {
            Self::Pay { booking_id, .. }
            | Self::Cancel { booking_id }
            | Self::AddLeg { booking_id, .. }
            | Self::DropLeg { booking_id, .. } => booking_id,
        }
    }

    fn check(&self) -> Result<(&BookingId, Command), Failure> {
        Ok(match self {
            Self::Pay {
                booking_id,
                payment,
            } => (booking_id, Command::Pay(PaymentRequest::read(payment)?)),
            Self::Cancel { booking_id } => (booking_id, Command::Cancel),
            Self::AddLeg { booking_id, leg } => (
                booking_id,
                Command::AddLeg(Box::new(LegRequest::read("leg", leg)?)),
            ),
            Self::DropLeg { booking_id, leg } => (booking_id, Command::DropLeg(leg.clone())),
        })
    }
}

impl Command {
    /// What it says, without what it pays with.
    fn name(&self) -> String {
        match self {
            Self::Pay(_) => "pay".to_owned(),
            Self::Cancel => "cancel".to_owned(),
            Self::AddLeg(leg) => format!("add_leg {}", leg.id),
            Self::DropLeg(id) => format!("drop_leg {id}"),
        }
    }

    /// What it has the simulated suppliers, and our own steps, go wrong with.
    fn script(&self) -> Option<(String, &Script)> {
        match self {
            Self::Pay(payment) => Some(("payment.simulate".to_owned(), &payment.simulate)),
            Self::AddLeg(leg) => Some(("leg.simulate".to_owned(), &leg.simulate)),
            Self::Cancel | Self::DropLeg(_) => None,
        }
    }

    fn check_against(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        match self {
            Self::AddLeg(leg) if snapshot.leg(&leg.id).is_some() => Err(Failure::invalid(
                "leg.id",
                "was used in this booking; choose another",
            )),
            Self::AddLeg(_) if snapshot.legs.len() >= MOST_LEGS => Err(Failure::invalid(
                "leg",
                format!("a booking has at most {MOST_LEGS} legs"),
            )),
            Self::DropLeg(id) => match snapshot.leg(id) {
                Some(leg) if !leg.state.status.is_gone() => Ok(()),
                _ => Err(Failure::invalid("leg", "the booking holds no such leg")),
            },
            Self::Pay(_) if !snapshot.legs.iter().any(is_held) => Err(Failure::Conflict(
                "nothing is held; there is nothing to pay for".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// What the state machine goes on with.
    fn output(&self, taken: &Snapshot) -> Result<Value, Failure> {
        let named = |id: &LegId| {
            let leg = taken
                .leg(id)
                .ok_or_else(|| Failure::Conflict("the leg is gone".to_owned()))?;
            serde_json::to_value(LegName::from(leg))
                .map_err(|e| Failure::Unavailable(e.to_string()))
        };
        let with = |command: &str, mut leg: Value| {
            leg["command"] = json!(command);
            leg
        };
        Ok(match self {
            Self::Pay(payment) => json!({
                "command": "pay",
                "attempt": taken.payment.state.attempts + 1,
                "payment": {"token": payment.token, "simulate": payment.simulate},
            }),
            Self::Cancel => json!({"command": "cancel"}),
            Self::AddLeg(leg) => with("add_leg", named(&leg.id)?),
            Self::DropLeg(id) => with("drop_leg", named(id)?),
        })
    }
}

fn is_held(leg: &Leg) -> bool {
    leg.state.status == LegStatus::Held
}

fn next_order(snapshot: &Snapshot) -> u32 {
    snapshot.legs.last().map_or(0, |leg| leg.order + 1)
}
