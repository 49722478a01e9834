//! Bookings as any saga is seen by operators.

use holdfast_booking_rules::booking::{BookingStatus, Snapshot};
use holdfast_booking_rules::cancelling::execution_names;
use holdfast_booking_rules::event::Event;
use holdfast_booking_rules::following::Seen;
use holdfast_booking_rules::view::saga::{PartData, SAGA, line, told};
use holdfast_core::failure::Failure;
use holdfast_core::saga::{Became, Happened, SagaLine, SagaView};
use holdfast_kit::sagas::{Chronicle, broken, word};

use super::{Bookings, Unfinished};

impl Chronicle for Bookings {
    type Data = PartData;
    const TIMED: &'static [Unfinished] = &[
        Unfinished::Booking(BookingStatus::Holding),
        Unfinished::Booking(BookingStatus::AwaitingPayment),
        Unfinished::Booking(BookingStatus::Paying),
        Unfinished::Booking(BookingStatus::Confirming),
    ];

    fn statuses() -> Vec<&'static str> {
        let all = BookingStatus::ALL.iter();
        all.map(|status| status.as_str()).collect()
    }

    fn line(snapshot: &Snapshot) -> Result<SagaLine, Failure> {
        line(snapshot).map_err(|problem| broken(&snapshot.booking.booking_id, problem))
    }

    fn folded(snapshot: &Snapshot, events: &[Event]) -> Result<SagaView<PartData>, Failure> {
        told(snapshot, events).map_err(|problem| broken(&snapshot.booking.booking_id, problem))
    }

    fn in_order(events: Vec<Event>) -> Vec<Event> {
        let (mut ordered, _) = Seen::default().news(events.clone(), events.len());
        // What builds upon an event that is missing comes last, and is noticed when it is folded.
        let stray = events.into_iter().filter(|event| !ordered.contains(event));
        let stray: Vec<_> = stray.collect();
        ordered.extend(stray);
        ordered
    }

    fn executions(snapshot: &Snapshot) -> Vec<String> {
        let booking = &snapshot.booking;
        let own = booking.booking_id.to_string();
        let cancellations = execution_names(booking);
        std::iter::once(own).chain(cancellations).collect()
    }

    fn happened(event: &Event) -> Happened {
        let booking = event.booking.iter();
        let booking = booking.filter_map(|it| Became::by(SAGA, it, |state| word(&state.status)));
        let legs = event.legs.iter();
        let legs =
            legs.filter_map(|(id, it)| Became::by(id.as_str(), it, |state| word(&state.status)));
        let payment = event.payment.iter();
        let payment =
            payment.filter_map(|it| Became::by("payment", it, |state| word(&state.status)));
        Happened {
            id: format!("{}/{}", event.booking_id, event.unique()),
            name: word(&event.name),
            at: event.at,
            actor: event.actor.clone(),
            note: event.note.clone(),
            parts: event.parts(),
            changes: booking.chain(legs).chain(payment).collect(),
        }
    }
}
