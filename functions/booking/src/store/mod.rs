//! Bookings in DynamoDB: what the kit's table is told of them.
//!
//! | sk | holds |
//! |---|---|
//! | `BOOKING` | the booking itself; the indexes are made of it |
//! | `PAYMENT` | its payment |
//! | `LEG#<order>#<id>` | a leg |
//! | `EVENT#<time>#<what it made>` | an event |
//! | `WATCH` | who looks after it, once its time is over |
//!
//! All under `BOOKING#<id>`. Beside them lie the suppliers' breakers and the webhooks that were received.
//!
//! - `chronicle`: bookings as any saga is seen by operators
//! - `row`: the rows, and the items that they are
//! - `legs`: one leg, without the rest of its booking

mod chronicle;
mod legs;
mod row;

use std::time::Duration;

use holdfast_booking_rules::booking::{BookingStatus, Snapshot};
use holdfast_booking_rules::event::Event;
use holdfast_booking_rules::transition::Transition;
use holdfast_booking_rules::waiting;
use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Meaning, Timer};
use holdfast_kit::schedules;
use holdfast_kit::subject::Subject;
use holdfast_kit::table::{self, Aggregate, Mark, Reminder, Saga, Table, View};
use holdfast_kit::task_tokens::Word;
use tracing::{Span, info_span};

use crate::desk::{self, DeskItem};

pub use holdfast_kit::table::Written;
pub use legs::LegRows;
pub use row::{Row, Unfinished};

/// Stands for the bookings' table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bookings {}

/// The bookings' table.
pub type Store = Table<Bookings>;
/// Why a booking was not written.
pub type Lost = table::Lost<Bookings>;
/// The message that wakes a booking's timer.
pub type WakeUp = schedules::WakeUp<Bookings>;
/// A place in the list of a customer's bookings.
pub type Place = table::Place<Bookings>;

/// How long a booking is kept after its last change.
const KEPT: Duration = Duration::from_secs(2 * 365 * 86_400);

impl Subject for Bookings {
    const ID_FIELD: &'static str = "booking_id";

    fn span(id: &str, trace_id: Option<&str>) -> Span {
        info_span!("booking", booking_id = id, trace_id)
    }

    fn invalid(field: String, problem: String) -> Failure {
        Failure::invalid(field, problem)
    }
}

impl Aggregate for Bookings {
    const NAME: &'static str = "booking";
    const PARTITION: &'static str = "BOOKING#";
    const HEADS: &'static [&'static str] = &[row::BOOKING, row::PAYMENT];
    const PARTS: Option<&'static str> = Some(row::LEGS);
    const INBOX: &'static str = "WEBHOOK";
    const KEPT: Duration = KEPT;

    type Id = BookingId;
    type View = Snapshot;
    type Row = Row;
    type Transition = Transition;
    type Event = Event;

    fn assemble(rows: Vec<Row>) -> Option<Snapshot> {
        let (mut booking, mut legs, mut payment) = (None, Vec::new(), None);
        for row in rows {
            match row {
                Row::Booking(found) => booking = Some(*found),
                Row::Leg(found) => legs.push(found),
                Row::Payment(found) => payment = Some(found),
            }
        }
        Some(Snapshot {
            booking: booking?,
            legs,
            payment: payment?,
        })
    }

    fn rows(transition: &Transition) -> Vec<Row> {
        let booking = transition.booking.iter().cloned();
        let booking = booking.map(Box::new).map(Row::Booking);
        let legs = transition.legs.iter().cloned().map(Row::Leg);
        let payment = transition.payment.iter().cloned().map(Row::Payment);
        booking.chain(legs).chain(payment).collect()
    }

    fn event(transition: &Transition) -> &Event {
        &transition.event
    }

    fn mark(event: &Event) -> Mark<Self> {
        Mark {
            id: event.booking_id.clone(),
            at: event.at,
            unique: event.unique(),
        }
    }
}

impl View<Bookings> for Snapshot {
    fn absorb(&mut self, rows: Vec<Row>) {
        for row in rows {
            match row {
                Row::Booking(booking) => self.booking = *booking,
                Row::Payment(payment) => self.payment = payment,
                Row::Leg(leg) => match self.legs.iter_mut().find(|known| known.id == leg.id) {
                    Some(known) => *known = leg,
                    None => self.legs.push(leg),
                },
            }
        }
    }
}

impl Saga for Bookings {
    type Status = Unfinished;
    const RUNNING: &'static [Unfinished] = &[
        Unfinished::Booking(BookingStatus::Holding),
        Unfinished::Booking(BookingStatus::AwaitingPayment),
        Unfinished::Booking(BookingStatus::Paying),
        Unfinished::Booking(BookingStatus::Confirming),
        Unfinished::Booking(BookingStatus::Cancelling),
        Unfinished::Booking(BookingStatus::Unwinding),
    ];

    fn word(status: Unfinished) -> &'static str {
        status.as_str()
    }

    fn timer(snapshot: &Snapshot) -> &Timer {
        &snapshot.booking.state.timer
    }

    fn trace_id(snapshot: &Snapshot) -> &str {
        &snapshot.booking.trace_id
    }

    fn execution(snapshot: &Snapshot) -> &str {
        &snapshot.booking.execution
    }

    fn meaning(snapshot: &Snapshot, generation: u32) -> Meaning {
        waiting::meaning(&snapshot.booking.state, generation)
    }

    fn wake(snapshot: &Snapshot, generation: u32, stamp: Stamp<'_>) -> Option<Transition> {
        waiting::wake(snapshot, generation, stamp)
    }

    fn told(snapshot: &Snapshot) -> Option<(&str, Word)> {
        let (waiting, failure) = waiting::told(&snapshot.booking)?;
        Some((&waiting.handle, Word::Failure(failure)))
    }

    const WAITING: &'static [Unfinished] = &[
        Unfinished::Booking(BookingStatus::NeedsAttention),
        Unfinished::LeftLeg,
    ];
    type Errand = DeskItem;

    fn remind(snapshot: &Snapshot, now: Timestamp) -> Option<Reminder<DeskItem>> {
        desk::remind(snapshot, now)
    }
}
