//! What waits at the desk, since when, and all that is known of it.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::try_join_all;
use holdfast_booking_rules::booking::{BookingStatus, LegStatus, Snapshot};
use holdfast_booking_rules::desk::leftovers;
use holdfast_booking_rules::event::{Event, EventName};
use holdfast_booking_rules::unwinding::{Participant, Work, remaining_work};
use holdfast_booking_rules::view::BookingView;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, CustomerId};
use holdfast_core::time::Timestamp;
use serde::Serialize;

use holdfast_kit::table::{Aggregate, Saga};

use super::Clerk;
use crate::store::Bookings;

/// How many bookings are read at once.
const AT_ONCE: usize = 16;
/// Whatever is unfinished, whenever it is due: no hold is longer than a day.
const WHENEVER: Duration = Duration::from_secs(30 * 86_400);

/// Which of the bookings that wait are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those of which work for this participant is left.
    pub kind: Option<Participant>,
    /// Only those that have waited as long as this.
    pub older_than: Duration,
    /// Also those that have not ended, and whose next change has been due this long.
    pub overdue: Option<Duration>,
}

/// A booking that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// Who travels.
    pub customer: CustomerId,
    /// How far it has come.
    pub status: BookingStatus,
    /// What it will be called once nothing is left, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<BookingStatus>,
    /// Since when it waits.
    pub since: Timestamp,
    /// Why it is not booked.
    pub reason: Option<String>,
    /// What is left to do.
    pub left: Vec<Left>,
}

/// One piece of work that waits: all that is needed to do it, by machine or by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// What is to be done.
    #[serde(flatten)]
    pub work: Work,
    /// The supplier's name for the leg or the payment.
    pub reference: Option<String>,
    /// How many calls to the supplier came to nothing, where they are counted.
    pub attempts: u32,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was handed over to the desk.
    pub handed_over: Option<Timestamp>,
    /// Why it was handed over.
    pub cause: Option<String>,
}

/// A booking in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Who travels.
    pub customer: CustomerId,
    /// Follows the booking through logs, suppliers and events.
    pub trace_id: String,
    /// The execution that drives it.
    pub execution: String,
    /// The booking as its users see it.
    pub booking: BookingView,
    /// What waits of it.
    pub waiting: Waiting,
}

impl Clerk {
    /// The bookings that wait, the longest first. There may be more than one look can see: an operator
    /// who has seen to these looks again.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Waiting>, Failure> {
        let now = self.clock.now();
        let mut ids = Vec::new();
        for waits in Bookings::WAITING {
            ids.extend(self.store.overdue(*waits, now + WHENEVER).await?);
        }
        if let Some(grace) = filter.overdue {
            for running in Bookings::RUNNING {
                ids.extend(self.store.overdue(*running, now - grace).await?);
            }
        }
        let mut listed = HashSet::new();
        ids.retain(|id| listed.insert(id.to_string()));
        let mut found = Vec::new();
        for some in ids.chunks(AT_ONCE) {
            let read = some.iter().map(|id| self.find_waiting(id));
            found.extend(try_join_all(read).await?.into_iter().flatten());
        }
        found.retain(|waiting| filter.matches(waiting, now));
        found.sort_by_key(|waiting| waiting.since);
        Ok(found)
    }

    /// All about one booking.
    ///
    /// # Errors
    /// [`Failure::NoSuch`] where there is none, [`Failure::Unavailable`].
    pub async fn show(&self, booking: &BookingId) -> Result<Shown, Failure> {
        let snapshot = self.store.load(booking).await?;
        let events = self.store.history(booking).await?;
        Ok(Shown {
            customer: snapshot.booking.customer.id.clone(),
            trace_id: snapshot.booking.trace_id.clone(),
            execution: snapshot.booking.execution.clone(),
            booking: BookingView::from(&snapshot),
            waiting: waiting(&snapshot, &events),
        })
    }

    /// What happened to a booking, in order.
    ///
    /// # Errors
    /// [`Failure::NoSuch`] where there is none, [`Failure::Unavailable`].
    pub async fn history(&self, booking: &BookingId) -> Result<Vec<Event>, Failure> {
        let events = self.store.history(booking).await?;
        if events.is_empty() {
            return Err(Failure::no_such(Bookings::NAME, booking));
        }
        Ok(events)
    }

    /// The index may be a little behind: what it names may have been seen to meanwhile.
    async fn find_waiting(&self, id: &BookingId) -> Result<Option<Waiting>, Failure> {
        let Some(snapshot) = self.store.find(id).await? else {
            return Ok(None);
        };
        let is_finished = snapshot.booking.state.status.is_finished();
        if is_finished && leftovers(&snapshot).is_empty() {
            return Ok(None);
        }
        let events = self.store.history(id).await?;
        Ok(Some(waiting(&snapshot, &events)))
    }
}

impl Filter {
    fn matches(&self, waiting: &Waiting, now: Timestamp) -> bool {
        let of_kind = |kind| waiting.left.iter().any(|left| left.work.kind == kind);
        self.kind.is_none_or(of_kind) && waiting.since.until(now) >= self.older_than
    }
}

fn waiting(snapshot: &Snapshot, events: &[Event]) -> Waiting {
    let booking = &snapshot.booking;
    let status = booking.state.status;
    let entered = events.iter().rfind(|event| {
        let change = event.booking.as_ref();
        change.is_some_and(|change| {
            let before = change.before.as_ref().map(|state| state.status);
            change.after.status == status && before != Some(status)
        })
    });
    let mut work = remaining_work(snapshot);
    if status.is_finished() {
        work = leftovers(snapshot);
    }
    let left = work
        .into_iter()
        .map(|work| describe(work, snapshot, events));
    let left = left.collect::<Vec<_>>();
    let handed_over = left.iter().filter_map(|left| left.handed_over).min();
    let since = match status.is_finished() {
        true => handed_over,
        false => entered.map(|event| event.at),
    };
    Waiting {
        booking_id: booking.booking_id.clone(),
        customer: booking.customer.id.clone(),
        status,
        ending: booking.state.ending.map(BookingStatus::from),
        since: since.unwrap_or(booking.updated),
        reason: booking.state.reason.clone(),
        left,
    }
}

fn describe(work: Work, snapshot: &Snapshot, events: &[Event]) -> Left {
    let handed = events.iter().rfind(|event| hands_over(event, &work));
    let leg = match work.kind {
        Participant::Leg(_) => snapshot.legs.iter().find(|leg| leg.id.as_str() == work.leg),
        Participant::Payment => None,
    };
    let (reference, attempts, last_error) = match leg {
        Some(leg) => (&leg.state.reference, leg.attempts, &leg.last_error),
        None => {
            let payment = &snapshot.payment;
            (&payment.state.reference, 0, &payment.last_error)
        }
    };
    Left {
        reference: reference.clone(),
        attempts,
        last_error: last_error.clone(),
        handed_over: handed.map(|event| event.at),
        cause: handed.and_then(|event| event.note.clone()),
        work,
    }
}

/// Whether an event tells that this piece of work came to the desk.
fn hands_over(event: &Event, work: &Work) -> bool {
    match work.kind {
        Participant::Payment => matches!(
            event.name,
            EventName::PaymentReleaseFailed | EventName::CaptureOwed
        ),
        Participant::Leg(_) => event.legs.iter().any(|(id, change)| {
            id.as_str() == work.leg && change.after.status == LegStatus::ReleaseFailed
        }),
    }
}
