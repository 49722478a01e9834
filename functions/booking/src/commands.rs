//! What the traveller may say while the booking waits: pay, cancel, add a leg, drop a leg; while a
//! payment is pending: cancel, or pay by something else; and, once it is booked, what they give back.
//!
//! One command at a time. A command is taken by one conditional write, which the second of two at
//! once loses; then the execution is told. Step Functions takes one answer for a task token, so
//! that even a command taken over from a caller that died is never carried out twice.
//!
//! A cancellation of a booked trip is written first, then its execution is started under a name of its
//! own. If nobody starts it, the sweep finds the booking overdue, and the timer starts another.

use std::time::{Duration, Instant};

use holdfast_booking_rules::booking::{BookingStatus, Snapshot};
use holdfast_booking_rules::cancelling::{self, Wish};
use holdfast_booking_rules::command::{self, Command};
use holdfast_booking_rules::request::{LegRequest, PaymentRequest};
use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::money::Money;
use holdfast_core::reading::read_tagged;
use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;
use holdfast_kit::executions::Executions;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::subject::invalid;
use holdfast_kit::task_tokens::{Heard, TaskTokens, Tells, Word};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::steps::LegName;
use crate::store::{Bookings, Store};

/// An execution that waits anew so often within one command is in trouble.
const MOST_TRIES: u32 = 5;
/// How long a command waits for an execution that asks the bank anew, and between two looks at it. The
/// state machine waits for a second before it does.
pub const PATIENCE: Duration = Duration::from_secs(5);
const BETWEEN_LOOKS: Duration = Duration::from_millis(150);

/// Takes the traveller's commands.
#[derive(Clone)]
pub struct Commands {
    /// The bookings.
    pub store: Store,
    /// Tells executions.
    pub task_tokens: TaskTokens,
    /// Where cancellations of booked trips are carried out.
    pub executions: Executions,
    /// The time.
    pub clock: Clock,
    /// Whether mishaps of our own steps may be scripted.
    pub simulation: Simulation,
    /// How long a command waits for an execution that listens to nobody just now.
    pub patience: Duration,
}

/// A command, as it comes in: its field `command` says which it is.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CommandRequest {
    /// Pay, with `{"token": "tok_…"}`, and the `amount` that the traveller agrees to.
    Pay {
        /// Whose trip it is.
        booking_id: BookingId,
        /// What to pay with.
        payment: Value,
    },
    /// Give everything back; of a booked trip, everything or some legs, for a refund.
    Cancel {
        /// Whose trip it is.
        booking_id: BookingId,
        /// The legs of a booked trip; the whole trip where none are named.
        #[serde(default)]
        legs: Option<Vec<LegId>>,
        /// The refund that the traveller agrees to. A booked trip is not given back without it.
        #[serde(default)]
        refund: Option<Money>,
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

impl Commands {
    /// Takes a command and tells the execution that waits for it.
    ///
    /// # Errors
    /// [`Failure::Conflict`] when the booking does not wait or another command came first,
    /// [`Failure::HoldExpired`] when time won, [`Failure::InvalidBooking`] for a bad command.
    pub async fn take(&self, request: &CommandRequest) -> Result<Accepted, Failure> {
        let (booking_id, command) = request.check(self.clock.now())?;
        self.simulation.allow::<Bookings, _>(command.script())?;
        let snapshot = self.store.load(booking_id).await?;
        if let CommandRequest::Cancel { legs, refund, .. } = request
            && (snapshot.booking.state.was_booked() || legs.is_some() || refund.is_some())
        {
            return self
                .give_back(snapshot, legs.as_deref(), refund.as_ref())
                .await;
        }
        let take =
            |snapshot: &Snapshot| command::take(snapshot, &command, self.clock.stamp("traveller"));
        let taken = self.store.change(snapshot, take).await?;
        self.tell(taken, &command).await?;
        Ok(Accepted {
            booking_id: booking_id.clone(),
            accepted: command.name(),
        })
    }

    /// Begins the cancellation of a booked trip, and starts an execution that carries it out.
    async fn give_back(
        &self,
        snapshot: Snapshot,
        legs: Option<&[LegId]>,
        refund: Option<&Money>,
    ) -> Result<Accepted, Failure> {
        let wish = Wish {
            legs: legs.map(<[_]>::to_vec),
            refund: refund.cloned(),
        };
        if snapshot.booking.state.status == BookingStatus::Booked {
            // Its rows have lost some of their time since it was booked, and it has not ended any more.
            let id = &snapshot.booking.booking_id;
            self.store.renew(id, self.clock.now()).await?;
        }
        let begin =
            |snapshot: &Snapshot| cancelling::begin(snapshot, &wish, self.clock.stamp("traveller"));
        let begun = self.store.change(snapshot, begin).await?;
        let id = &begun.booking.booking_id;
        let state = &begun.booking.state;
        let under_way = state
            .cancelling()
            .filter(|_| state.status == BookingStatus::Cancelling);
        if let Some(cancellation) = under_way {
            let name = cancelling::execution_name(id, cancellation.number);
            let input = json!({"unwind": id});
            if let Err(problem) = self.executions.start(&name, &input).await {
                tracing::warn!(%problem, "the cancellation starts with the next sweep");
            }
        }
        Ok(Accepted {
            booking_id: id.clone(),
            accepted: "cancel".to_owned(),
        })
    }

    /// Tells the execution that waits, and the later try of its wait where it waits anew meanwhile.
    async fn tell(&self, taken: Snapshot, command: &Command) -> Result<(), Failure> {
        let mut told = taken;
        for _ in 0..MOST_TRIES {
            if self.tell_once(&told, command).await? == Heard::Now {
                return Ok(());
            }
            match self.anew(&told, command).await? {
                Some(now) => told = now,
                None => return Ok(()),
            }
        }
        let problem = "the execution keeps waiting anew; try again";
        Err(Failure::Unavailable(problem.to_owned()))
    }

    /// The booking whose execution waits anew for the command; nothing where the command needs no other
    /// telling. What a payment is paid with is stored nowhere, so its command stays until it is heard.
    async fn anew(&self, told: &Snapshot, command: &Command) -> Result<Option<Snapshot>, Failure> {
        let until = Instant::now() + self.patience;
        loop {
            let now = self.store.load(&told.booking.booking_id).await?;
            if command::is_awaited_anew(&now, command, told) {
                return Ok(Some(now));
            }
            match command::heard(&now, command, told) {
                Err(Failure::Unavailable(_)) if Instant::now() < until => {
                    tokio::time::sleep(BETWEEN_LOOKS).await;
                }
                heard => return heard.map(|()| None),
            }
        }
    }

    async fn tell_once(&self, told: &Snapshot, command: &Command) -> Result<Heard, Failure> {
        let Some(waiting) = &told.booking.waiting else {
            return Ok(Heard::GoneOn);
        };
        let word = Word::Success(output(command, told)?);
        self.task_tokens.tell(&waiting.handle, word).await
    }
}

impl CommandRequest {
    /// Reads a command.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`], which never repeats what a payment holds.
    pub fn read(json: &Value) -> Result<Self, Failure> {
        read_tagged("command", json).map_err(invalid::<Bookings>)
    }

    /// Whose trip it is about.
    pub fn booking_id(&self) -> &BookingId {
        match self {
            Self::Pay { booking_id, .. }
            | Self::Cancel { booking_id, .. }
            | Self::AddLeg { booking_id, .. }
            | Self::DropLeg { booking_id, .. } => booking_id,
        }
    }

    fn check(&self, now: Timestamp) -> Result<(&BookingId, Command), Failure> {
        Ok(match self {
            Self::Pay {
                booking_id,
                payment,
            } => (booking_id, Command::Pay(PaymentRequest::read(payment)?)),
            Self::Cancel { booking_id, .. } => (booking_id, Command::Cancel),
            Self::AddLeg { booking_id, leg } => (
                booking_id,
                Command::AddLeg(Box::new(LegRequest::read("leg", leg, now)?)),
            ),
            Self::DropLeg { booking_id, leg } => (booking_id, Command::DropLeg(leg.clone())),
        })
    }
}

fn tendered(payment: &PaymentRequest) -> Value {
    let mut tendered = json!({"token": payment.token, "simulate": payment.simulate});
    if let Some(amount) = &payment.amount {
        tendered["amount"] = json!(amount);
    }
    tendered
}

/// What the state machine goes on with.
fn output(command: &Command, taken: &Snapshot) -> Result<Value, Failure> {
    let named = |id: &LegId| {
        let leg = taken
            .leg(id)
            .ok_or_else(|| Failure::Conflict("the leg is gone".to_owned()))?;
        serde_json::to_value(LegName::from(leg)).map_err(|e| Failure::Unavailable(e.to_string()))
    };
    let with = |command: &str, mut leg: Value| {
        leg["command"] = json!(command);
        leg
    };
    Ok(match command {
        Command::Pay(payment) => json!({
            "command": "pay",
            "attempt": taken.payment.state.attempts + 1,
            "payment": tendered(payment),
        }),
        Command::Cancel => json!({"command": "cancel"}),
        Command::AddLeg(leg) => with("add_leg", named(&leg.id)?),
        Command::DropLeg(id) => with("drop_leg", named(id)?),
    })
}
