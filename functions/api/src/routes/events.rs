//! The history of a booking, and what comes next in it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use holdfast_booking::store::Bookings;
use holdfast_booking_rules::booking::{BookingStatus, LegState, PaymentStatus};
use holdfast_booking_rules::event::{Event, EventName};
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;
use crate::auth::Traveller;
use crate::body::{InPath, Parameters};
use crate::kinds::{Following, follow as follow_own};
use crate::problem::Problem;

/// What happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventsBody {
    /// At most a hundred; each comes behind all that it builds upon.
    events: Vec<EventBody>,
    /// To be sent as `after`, for what comes next.
    next: String,
    /// How far the booking has come.
    status: BookingStatus,
    /// Whether that is the end: nothing more will happen by itself.
    ended: bool,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventBody {
    /// Tells it from any other.
    id: String,
    /// What happened.
    name: EventName,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who did it: one of the functions, the traveller, or the desk.
    actor: String,
    /// Why, where there is something to say.
    note: Option<String>,
    /// How far the booking has come with it, if that has changed.
    status: Option<BookingStatus>,
    /// How the legs stand that it changed.
    #[schema(value_type = BTreeMap<String, LegChange>)]
    legs: BTreeMap<LegId, LegChange>,
    /// How the payment stands, if it changed that.
    payment: Option<PaymentStatus>,
}

/// How a leg stands since.
#[derive(Serialize, ToSchema)]
pub(crate) struct LegChange {
    /// How it stands.
    status: holdfast_booking_rules::booking::LegStatus,
    /// The supplier's name for it.
    reference: Option<String>,
    /// What it costs.
    price: Option<holdfast_core::money::Money>,
    /// Why it was refused or released, or why its supplier does not say; nothing for a leg that is well.
    reason: Option<String>,
}

/// Tells what happened to a booking, or waits for it to happen.
#[utoipa::path(get, path = "/bookings/{booking_id}/events", tag = "bookings",
    operation_id = "follow_booking",
    params(("booking_id" = String, Path, description = "The booking"), Following),
    responses((status = 200, description = "What happened", body = EventsBody)),
    security(("bearer" = [])))]
pub(crate) async fn follow(
    State(api): State<Api>,
    traveller: Traveller,
    InPath(booking): InPath<BookingId>,
    Parameters(wanted): Parameters<Following>,
) -> Result<Json<EventsBody>, Problem> {
    let news = follow_own::<Bookings>(&api, &traveller, &booking, &wanted).await?;
    Ok(Json(EventsBody {
        events: news.events.into_iter().map(EventBody::from).collect(),
        next: news.next,
        status: news.progress,
        ended: news.ended,
    }))
}

impl From<Event> for EventBody {
    fn from(event: Event) -> Self {
        let id = format!("{}/{}", event.booking_id, event.unique());
        let is_desks = matches!(
            event.name,
            EventName::DeskRedriven
                | EventName::DeskTryFailed
                | EventName::DeskResolved
                | EventName::DeskAbandoned
        );
        let status = event.booking.as_ref().and_then(|change| {
            let before = change.before.as_ref().map(|state| state.status);
            (before != Some(change.after.status)).then_some(change.after.status)
        });
        let why = |leg: &LegId| event.why(leg).map(str::to_owned);
        let legs = event.legs.iter();
        let legs = legs.map(|(leg, change)| (leg.clone(), LegChange::new(&change.after, why(leg))));
        let legs = legs.collect();
        Self {
            id,
            name: event.name,
            at: event.at,
            // The traveller is not told which operator acted.
            actor: if is_desks {
                "desk".to_owned()
            } else {
                event.actor
            },
            note: event.note.filter(|_| !is_desks),
            status,
            legs,
            payment: event.payment.map(|change| change.after.status),
        }
    }
}

impl LegChange {
    fn new(state: &LegState, reason: Option<String>) -> Self {
        Self {
            status: state.status,
            reference: state.reference.clone(),
            price: state.price.clone(),
            reason,
        }
    }
}
