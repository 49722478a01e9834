//! Bookings, as a kind.

use holdfast_booking::store::Bookings;
use holdfast_booking_rules::booking::{BookingStatus, Snapshot};
use holdfast_booking_rules::event::Event;
use holdfast_booking_rules::following::Seen;
use holdfast_booking_rules::opening;
use holdfast_booking_rules::request::BookingRequest;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, CustomerId};
use holdfast_core::timer::{Cancellation, State};
use holdfast_kit::executions::Executions;
use holdfast_kit::table::Table;
use serde_json::Value;

use super::executions::{DEFINITION, Started};
use super::{Followed, Kind};
use crate::customers::Made;
use crate::{Api, random};

impl Kind for Bookings {
    fn table(api: &Api) -> &Table<Self> {
        &api.bookings
    }

    fn executions(api: &Api) -> &Executions {
        &api.executions
    }

    fn id(snapshot: &Snapshot) -> BookingId {
        snapshot.booking.booking_id.clone()
    }

    fn unfinished(snapshot: &Snapshot) -> Option<&'static str> {
        let status = snapshot.booking.state.status;
        (!status.is_finished()).then_some(status.as_str())
    }

    fn customer(snapshot: &Snapshot) -> &CustomerId {
        &snapshot.booking.customer.id
    }

    fn fresh_id() -> Result<BookingId, Failure> {
        random::booking()
    }

    fn made(id: BookingId) -> Made {
        Made::Booking(id)
    }

    fn made_by(request: Made) -> Option<BookingId> {
        match request {
            Made::Booking(id) => Some(id),
            Made::Order(_) => None,
        }
    }

    fn announced(_: &Api, execution: &Started<'_>, input: &Value) -> Option<Snapshot> {
        let asked = BookingRequest::read(input, execution.at).ok()?;
        let opens = opening::Execution {
            name: execution.name,
            arn: execution.arn,
            definition: DEFINITION,
        };
        opening::open(opens, &asked, execution.at).ok()
    }

    fn never_written(snapshot: &mut Snapshot) {
        let state = &mut snapshot.booking.state;
        let by = Cancellation::Released;
        state.timer.state = State::Cancelled { by };
        state.status = BookingStatus::Failed;
        state.reason = Some("the booking could not be opened".to_owned());
    }
}

impl Followed for Bookings {
    type Seen = Seen;
    type Progress = BookingStatus;

    fn news(seen: &Seen, history: Vec<Event>, most: usize) -> (Vec<Event>, Seen) {
        seen.news(history, most)
    }

    fn progress_told(history: &[Event]) -> Option<BookingStatus> {
        let changes = history.iter().filter_map(|event| event.booking.as_ref());
        let last = changes.max_by_key(|change| change.version)?;
        Some(last.after.status)
    }

    fn progress(snapshot: &Snapshot) -> BookingStatus {
        snapshot.booking.state.status
    }

    fn has_ended(status: BookingStatus) -> bool {
        status.has_ended()
    }
}
