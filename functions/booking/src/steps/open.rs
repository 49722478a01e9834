//! Opens a booking: everything that will ever have to be undone is written before the first call.
//!
//! The timer's wake-up is ordered before the booking is written, so that there is no booking
//! without one. A second delivery finds the booking there and changes nothing.

use holdfast_booking_rules::booking::{
    Booking, BookingState, BookingStatus, Leg, LegState, Payment, PaymentState, Snapshot,
};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::request::{BookingRequest, LegRequest};
use holdfast_core::failure::Failure;
use holdfast_core::fault::Script;
use holdfast_core::ids::{Action, BookingId};
use holdfast_core::time::Timestamp;
use holdfast_core::timer::Timer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::steps::LegName;
use crate::store::{Lost, Store};
use crate::waking::{WakeUp, Wakes};
use holdfast_booking_rules::transition::Transition;
use holdfast_kit::clock::Clock;
use holdfast_kit::rehearsal::{Moment, Rehearsal, Simulation};

/// The first step.
#[derive(Clone)]
pub struct Open<W> {
    /// The bookings.
    pub store: Store,
    /// Wakes the timer.
    pub waker: W,
    /// The time.
    pub clock: Clock,
    /// The version of this code.
    pub definition: &'static str,
    /// Scripted mishaps.
    pub simulation: Simulation,
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct OpenRequest {
    /// The execution's name.
    pub name: String,
    /// The execution's ARN.
    pub execution: String,
    /// The execution's input.
    pub input: Value,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

/// What the state machine is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// Follows the booking.
    pub trace_id: String,
    /// What is to be held.
    pub legs: Vec<LegName>,
    /// Whether this execution takes up an unwinding that another left unfinished.
    pub resumes: bool,
}

impl<W: Wakes> Open<W> {
    /// Opens a booking, or finds it opened by the same execution.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`] and [`Failure::Conflict`] for good, [`Failure::Unavailable`] to be tried again.
    pub async fn open(&self, request: &OpenRequest) -> Result<Opened, Failure> {
        if let Some(id) = request.input.get("unwind") {
            return self.resume(id, &request.execution).await;
        }
        let asked = BookingRequest::read(&request.input)?;
        self.simulation.allow(asked.scripts())?;
        let new = new_booking(request, &asked, self.definition, self.clock.now())?;
        let ours = self
            .simulation
            .of(&asked.simulate, Action::Open, request.retry);
        ours.deliver(|| self.write(request, &new, ours)).await
    }

    async fn write(
        &self,
        request: &OpenRequest,
        new: &Snapshot,
        ours: Rehearsal,
    ) -> Result<Opened, Failure> {
        let timer = new.booking.state.timer;
        self.waker
            .wake(&WakeUp {
                booking_id: new.booking.booking_id.clone(),
                generation: timer.generation,
                due: timer.deadline,
                trace_id: Some(new.booking.trace_id.clone()),
            })
            .await?;
        ours.crash_at(Moment::Before);
        let written = self.store.write(&Transition::opening(new, "open")).await;
        ours.crash_at(Moment::After);
        match written {
            Ok(_) => Ok(Opened::from(new)),
            Err(Lost::Race(_)) => self.opened_before(request, &new.booking.booking_id).await,
            Err(Lost::Down(failure)) => Err(failure),
        }
    }

    /// Takes up a booking whose own execution is gone, and is from now on the one that drives it.
    async fn resume(&self, id: &Value, execution: &str) -> Result<Opened, Failure> {
        let booking_id = BookingId::deserialize(id)
            .map_err(|problem| Failure::invalid("unwind", problem.to_string()))?;
        let found = self.store.load(&booking_id).await?;
        let taken = |snapshot: &Snapshot| {
            let booking = &snapshot.booking;
            if booking.execution == execution || booking.state.status.has_ended() {
                return Ok(None);
            }
            let (name, trace_id) = (EventName::TakenUp, &booking.trace_id);
            let transition = Transition::new(&booking_id, name, "open", trace_id, self.clock.now());
            let next = Booking {
                execution: execution.to_owned(),
                waiting: None,
                ..booking.clone()
            };
            Ok(Some(transition.booking(&next, booking.state.clone())))
        };
        let trace_id = self.store.change(found, taken).await?.booking.trace_id;
        Ok(Opened {
            booking_id,
            trace_id,
            legs: Vec::new(),
            resumes: true,
        })
    }

    async fn opened_before(
        &self,
        request: &OpenRequest,
        id: &BookingId,
    ) -> Result<Opened, Failure> {
        let found = self.store.load(id).await?;
        if found.booking.execution == request.execution {
            return Ok(Opened::from(&found));
        }
        Err(Failure::Conflict(format!(
            "booking {id} was opened by another execution"
        )))
    }
}

/// A booking that is opened at this moment, as a request asks for it.
///
/// # Errors
/// [`Failure::InvalidBooking`] where the execution's name is no id.
pub fn new_booking(
    request: &OpenRequest,
    asked: &BookingRequest,
    definition: &str,
    now: Timestamp,
) -> Result<Snapshot, Failure> {
    let booking_id: BookingId = request
        .name
        .parse()
        .map_err(|problem| Failure::invalid("the execution's name", format!("{problem}")))?;
    let given = asked.trace_id.as_ref().map(ToString::to_string);
    let trace_id = given.unwrap_or_else(|| trace_id(&request.execution, now));
    let state = BookingState {
        status: BookingStatus::Holding,
        timer: Timer::start(now + asked.hold),
        ending: None,
        reason: None,
        amount: None,
    };
    let booking = Booking {
        booking_id,
        version: 1,
        state,
        customer: asked.customer.clone(),
        simulate: asked.simulate.clone(),
        execution: request.execution.clone(),
        waiting: None,
        trace_id,
        definition: definition.to_owned(),
        created: now,
        updated: now,
    };
    let legs = (0..)
        .zip(&asked.legs)
        .map(|(order, leg)| new_leg(order, leg));
    let simulate = asked
        .payment
        .as_ref()
        .map(|payment| payment.simulate.clone());
    let payment = new_payment(simulate.unwrap_or_default());
    Ok(Snapshot {
        booking,
        legs: legs.collect::<Result<_, _>>()?,
        payment,
    })
}

/// A leg of which nothing is known yet.
pub(crate) fn new_leg(order: u32, asked: &LegRequest) -> Result<Leg, Failure> {
    let spec = serde_json::to_value(&asked.spec)
        .map_err(|problem| Failure::invalid("spec", problem.to_string()))?;
    Ok(Leg {
        id: asked.id.clone(),
        kind: asked.spec.kind(),
        order,
        spec,
        simulate: asked.simulate.clone(),
        version: 1,
        state: LegState::pending(),
        attempts: 0,
        last_error: None,
    })
}

fn new_payment(simulate: Script) -> Payment {
    Payment {
        version: 1,
        state: PaymentState::none(),
        decide_by: None,
        simulate,
        last_error: None,
    }
}

/// 32 hexadecimal digits, as W3C trace context has them. Two executions never share an ARN, so the
/// hash of it will do.
fn trace_id(execution: &str, now: Timestamp) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let hash = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, execution).hash(&mut hasher);
        hasher.finish()
    };
    let seconds = u32::try_from(now.as_seconds()).unwrap_or_default();
    format!("{seconds:08x}{:016x}{:08x}", hash(0), hash(1) >> 32)
}

impl From<&Snapshot> for Opened {
    fn from(snapshot: &Snapshot) -> Self {
        Self {
            booking_id: snapshot.booking.booking_id.clone(),
            trace_id: snapshot.booking.trace_id.clone(),
            legs: snapshot.legs.iter().map(LegName::from).collect(),
            resumes: false,
        }
    }
}
