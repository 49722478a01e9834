//! The history of a booking, and what comes next in it: with `wait` the answer is held back until
//! something happens, so that following a booking is a loop of requests.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use holdfast_booking_rules::booking::{BookingStatus, LegState, PaymentStatus};
use holdfast_booking_rules::event::{Event, EventName};
use holdfast_booking_rules::following::Seen;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Api;
use crate::auth::Traveller;
use crate::body::{InPath, Parameters};
use crate::cursor;
use crate::problem::Problem;
use crate::routes::bookings::own;

/// Longer than this no answer may be held back: API Gateway waits for 29 seconds.
const LONGEST_WAIT: u8 = 20;
const LOOKS_EVERY: Duration = Duration::from_millis(400);
const MOST: usize = 100;

/// What of a history is wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Following {
    /// What was seen already: `next` of the last answer.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9_-]*$", max_length = 4096)]
    #[serde(default, deserialize_with = "cursor::read")]
    after: Option<Seen>,
    /// How many seconds to wait for something to happen, if nothing has.
    #[param(minimum = 0, maximum = 20, default = 0)]
    wait: Option<u8>,
}

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
    let wait = wanted.wait.unwrap_or(0);
    if wait > LONGEST_WAIT {
        let problem = format!("must be 0 to {LONGEST_WAIT}");
        return Err(Problem::field("wait", problem));
    }
    let snapshot = own(&api, &traveller, &booking).await?.into_snapshot();
    let seen = wanted.after.unwrap_or_default();
    let until = api.clock.now() + Duration::from_secs(wait.into());
    loop {
        let history = api.bookings.history(&booking).await?;
        let status = status_of(&history).unwrap_or(snapshot.booking.state.status);
        let (news, now_seen) = seen.news(history, MOST);
        let ended = status.has_ended();
        if !news.is_empty() || ended || api.clock.now() >= until {
            return Ok(Json(EventsBody {
                events: news.into_iter().map(EventBody::from).collect(),
                next: cursor::write(&now_seen),
                status,
                ended,
            }));
        }
        tokio::time::sleep(LOOKS_EVERY).await;
    }
}

fn status_of(history: &[Event]) -> Option<BookingStatus> {
    let changes = history.iter().filter_map(|event| event.booking.as_ref());
    let last = changes.max_by_key(|change| change.version)?;
    Some(last.after.status)
}

impl From<Event> for EventBody {
    fn from(event: Event) -> Self {
        let id = format!("{}/{}", event.booking_id, event.unique());
        let is_desks = matches!(
            event.name,
            EventName::DeskRedriven | EventName::DeskResolved | EventName::DeskAbandoned
        );
        let status = event.booking.and_then(|change| {
            let before = change.before.map(|state| state.status);
            (before != Some(change.after.status)).then_some(change.after.status)
        });
        let legs = event.legs.into_iter();
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
            legs: legs.map(|(id, change)| (id, change.after.into())).collect(),
            payment: event.payment.map(|change| change.after.status),
        }
    }
}

impl From<LegState> for LegChange {
    fn from(state: LegState) -> Self {
        Self {
            status: state.status,
            reference: state.reference,
            price: state.price,
        }
    }
}
