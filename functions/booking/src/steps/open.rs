//! Opens a booking: everything that will ever have to be undone is written before the first call.
//!
//! The timer's wake-up is ordered before the booking is written, so that there is no booking
//! without one. A second delivery finds the booking there and changes nothing.

use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::opening::{self, Execution};
use holdfast_booking_rules::request::BookingRequest;
use holdfast_booking_rules::transition::Transition;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::reading::read_part;
use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;
use holdfast_kit::schedules::Wakes;
use holdfast_kit::subject::invalid;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::LegName;
use crate::store::{Bookings, Lost, Store, WakeUp};

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
}

/// What the state machine asks.
#[derive(Clone, Debug, Deserialize)]
pub struct OpenRequest {
    /// The execution's name.
    pub name: String,
    /// The execution's ARN.
    pub execution: String,
    /// When it was started.
    #[serde(default)]
    pub started: Option<Timestamp>,
    /// The execution's input.
    pub input: Value,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

impl OpenRequest {
    /// When the booking was asked for: the start of the execution, which is the same for each delivery.
    pub fn asked_at(&self, now: Timestamp) -> Timestamp {
        self.started.unwrap_or(now)
    }
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

const ACTOR: &str = "open";

impl<W: Wakes<Bookings>> Open<W> {
    /// Opens a booking, or finds it opened by the same execution.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`] and [`Failure::Conflict`] for good, [`Failure::Unavailable`] to be tried again.
    pub async fn open(&self, request: &OpenRequest) -> Result<Opened, Failure> {
        if let Some(id) = request.input.get("unwind") {
            return self.resume(id, &request.execution).await;
        }
        let now = self.clock.now();
        let asked = BookingRequest::read(&request.input, request.asked_at(now))?;
        let execution = Execution {
            name: &request.name,
            arn: &request.execution,
            definition: self.definition,
        };
        let new = opening::open(execution, &asked, now)?;
        self.order_wake_up(&new).await?;
        match self.store.write(&Transition::opening(&new, ACTOR)).await {
            Ok(_) => Ok(Opened::from(&new)),
            Err(Lost::Down(failure)) => Err(failure),
            Err(_) => self.opened_before(request, &new.booking.booking_id).await,
        }
    }

    async fn order_wake_up(&self, new: &Snapshot) -> Result<(), Failure> {
        let wake_up = WakeUp::of(&new.booking.booking_id, new);
        self.waker.wake(&wake_up).await
    }

    /// Takes up a booking whose own execution is gone, and drives it from now on.
    async fn resume(&self, id: &Value, execution: &str) -> Result<Opened, Failure> {
        let booking_id: BookingId = read_part("unwind", id).map_err(invalid::<Bookings>)?;
        let found = self.store.load(&booking_id).await?;
        let taken = |snapshot: &Snapshot| {
            Ok(opening::take_up(
                snapshot,
                execution,
                self.clock.stamp(ACTOR),
            ))
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
        if opening::is_opened_by(&found, &request.execution, request.started) {
            return Ok(Opened::from(&found));
        }
        Err(Failure::Conflict(format!(
            "booking {id} was opened by another execution"
        )))
    }
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
