//! Bookings, as their traveller changes and sees them. What is another's is not there.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use holdfast_booking::commands::CommandRequest;
use holdfast_booking::store::Bookings;
use holdfast_booking_rules::booking::{BookingStatus, Snapshot};
use holdfast_booking_rules::request::BookingRequest;
use holdfast_core::email::ERASED;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::trace::TraceId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::accounts::own::check_payer;
use super::cancellation;
use crate::Api;
use crate::auth::Traveller;
use crate::body::{Body, IdempotencyKey, InPath, Parameters};
use crate::etag::Content;
use crate::kinds::{self, Found};
use crate::paging::PageOf;
use crate::problem::Problem;
use crate::schemas::{self, NewLeg, NewPayment};
use crate::views::{BookingBody, Standing};

/// A trip to be booked.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBooking {
    /// What to reserve, in order; more can be added later.
    #[schema(schema_with = schemas::legs)]
    legs: Vec<Value>,
    /// How long there is to pay, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 86_400, default = 900)]
    hold_seconds: Option<u32>,
    /// The payment, if it is given up front. Without one the booking waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::payment_or_null, required = false)]
    payment: Option<Value>,
    /// What the traveller pays at most. A trip that costs more is not paid for: with a payment up front it is
    /// undone, otherwise it waits until a leg is dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::amount_or_null, required = false)]
    max_total: Option<Value>,
    /// Those who travel, by name. The suppliers of the legs are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::passengers_or_null, required = false)]
    passengers: Option<Value>,
    /// Scripted mishaps of the steps that are about the whole booking, where simulation is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::script_of_a_booking, required = false)]
    simulate: Option<Value>,
}

/// Some bookings, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct BookingsBody {
    /// The bookings.
    bookings: Vec<BookingBody>,
    /// Where the next page begins: to be sent as `after`. Nothing where there is none.
    next: Option<String>,
}

/// Opens a booking, and holds its legs.
///
/// The answer says that it was accepted. The same key and body, sent again, give the same booking.
#[utoipa::path(post, path = "/bookings", tag = "bookings", operation_id = "book",
    params(("Idempotency-Key" = String, Header, description = "Names the request, on every retry of it",
        min_length = 1, max_length = 128, pattern = "^[!-~]+$")),
    request_body = NewBooking,
    responses(
        (status = 202, description = "Accepted", body = BookingBody,
            headers(("Location" = String, description = "The booking, relative to this address"))),
        (status = 409, description = "The key was used for another request"),
    ), security(("bearer" = [])))]
pub(crate) async fn book(
    State(api): State<Api>,
    traveller: Traveller,
    Extension(trace): Extension<TraceId>,
    IdempotencyKey(key): IdempotencyKey,
    Body(new): Body<NewBooking>,
) -> Result<Response, Problem> {
    let snapshot = begin(&api, &traveller, &key, &new, &trace).await?;
    // Relative, because the API does not know its own address.
    let location = format!("bookings/{}", snapshot.booking.booking_id);
    let location = HeaderValue::from_str(&location).map_err(|_| Problem::not_found())?;
    let mut accepted = accepted(&api, &snapshot).into_response();
    accepted.headers_mut().insert(header::LOCATION, location);
    Ok(accepted)
}

/// Begins the booking. Who travels is who is signed in, whatever the body says.
async fn begin(
    api: &Api,
    traveller: &Traveller,
    key: &str,
    new: &NewBooking,
    trace: &TraceId,
) -> Result<Snapshot, Problem> {
    let mut input = json!(new);
    // Its address is looked up when the request is remembered.
    input["customer"] = json!({"id": traveller.id, "email": ERASED});
    input["trace_id"] = json!(trace);
    let body = serde_json::to_string(new).unwrap_or_default();
    match BookingRequest::read(&input, api.clock.now()) {
        Ok(asked) => {
            api.simulation.allow::<Bookings, _>(asked.scripts())?;
            check_payer(api, traveller, &input["payment"]).await?;
        }
        // A request that was accepted stays accepted when a date in it has passed.
        Err(_) if kinds::was_asked(api, &traveller.id, key, &body).await? => {}
        Err(failure) => return Err(failure.into()),
    }
    kinds::begin::<Bookings>(api, traveller, key, &body, input).await
}

/// Lists one's bookings, the newest first.
#[utoipa::path(get, path = "/bookings", tag = "bookings", operation_id = "list_bookings",
    params(PageOf),
    responses((status = 200, description = "A page of them", body = BookingsBody)),
    security(("bearer" = [])))]
pub(crate) async fn list(
    State(api): State<Api>,
    traveller: Traveller,
    Parameters(page): Parameters<PageOf>,
) -> Result<Json<BookingsBody>, Problem> {
    let (mine, next) = kinds::list::<Bookings>(&api, &traveller, &page).await?;
    let now = api.clock.now();
    let bookings = mine.iter().map(|mine| BookingBody::new(mine, now));
    Ok(Json(BookingsBody {
        bookings: bookings.collect(),
        next,
    }))
}

/// Shows a booking: all that a front end needs.
#[utoipa::path(get, path = "/bookings/{booking_id}", tag = "bookings", operation_id = "show_booking",
    params(("booking_id" = String, Path, description = "The booking")),
    responses((status = 200, description = "The booking", body = BookingBody)),
    security(("bearer" = [])))]
pub(crate) async fn show(
    State(api): State<Api>,
    traveller: Traveller,
    InPath(booking): InPath<BookingId>,
) -> Result<(Extension<Content>, Json<BookingBody>), Problem> {
    let snapshot = own(&api, &traveller, &booking).await?.into_view();
    let body = BookingBody::new(&snapshot, api.clock.now());
    Ok((Extension(Content::of(&body.without_clock())), Json(body)))
}

/// Adds a leg, which is held at once.
#[utoipa::path(post, path = "/bookings/{booking_id}/legs", tag = "bookings", operation_id = "add_leg",
    params(("booking_id" = String, Path, description = "The booking")),
    request_body = NewLeg,
    responses((status = 202, description = "Accepted", body = BookingBody),
        (status = 409, description = "The booking is in no state for that")),
    security(("bearer" = [])))]
pub(crate) async fn add_leg(
    State(api): State<Api>,
    traveller: Traveller,
    InPath(booking_id): InPath<BookingId>,
    Body(leg): Body<Value>,
) -> Result<Response, Problem> {
    let before = own(&api, &traveller, &booking_id).await?;
    let command = CommandRequest::AddLeg { booking_id, leg };
    said(&api, &before, &command, "leg").await
}

/// Gives a leg back.
#[utoipa::path(delete, path = "/bookings/{booking_id}/legs/{leg_id}", tag = "bookings",
    operation_id = "drop_leg",
    params(("booking_id" = String, Path, description = "The booking"),
        ("leg_id" = String, Path, description = "The leg")),
    responses((status = 202, description = "Accepted", body = BookingBody),
        (status = 409, description = "The booking is in no state for that")),
    security(("bearer" = [])))]
pub(crate) async fn drop_leg(
    State(api): State<Api>,
    traveller: Traveller,
    InPath((booking_id, leg)): InPath<(BookingId, LegId)>,
) -> Result<Response, Problem> {
    let before = own(&api, &traveller, &booking_id).await?;
    let snapshot = before.view();
    let known = snapshot.leg(&leg).ok_or_else(Problem::not_found)?;
    if known.state.status.is_gone() {
        let gone = Failure::Conflict(format!("the leg {leg} is gone already"));
        return Err(refused(&api, gone, Some(snapshot)));
    }
    let command = CommandRequest::DropLeg { booking_id, leg };
    said(&api, &before, &command, "leg").await
}

/// Pays for all that is held. With an `amount` only if that is what it costs.
///
/// While a payment is pending, that one is withdrawn for good first, and this one begins then.
#[utoipa::path(post, path = "/bookings/{booking_id}/payment", tag = "bookings", operation_id = "pay",
    params(("booking_id" = String, Path, description = "The booking")),
    request_body = NewPayment,
    responses((status = 202, description = "Accepted", body = BookingBody),
        (status = 409, description = "The booking is in no state for that, costs another amount, or \
            more than its `max_total`; nothing is paid")),
    security(("bearer" = [])))]
pub(crate) async fn pay(
    State(api): State<Api>,
    traveller: Traveller,
    InPath(booking_id): InPath<BookingId>,
    Body(payment): Body<Value>,
) -> Result<Response, Problem> {
    let before = own(&api, &traveller, &booking_id).await?;
    check_payer(&api, &traveller, &payment).await?;
    let command = CommandRequest::Pay {
        booking_id,
        payment,
    };
    said(&api, &before, &command, "payment").await
}

/// Gives everything back, as long as the trip is not booked.
///
/// While a payment is pending, too: it is voided for good, whatever the bank decides.
#[utoipa::path(delete, path = "/bookings/{booking_id}", tag = "bookings", operation_id = "cancel",
    params(("booking_id" = String, Path, description = "The booking")),
    responses((status = 202, description = "Accepted", body = BookingBody),
        (status = 409, description = "The booking is in no state for that")),
    security(("bearer" = [])))]
pub(crate) async fn cancel(
    State(api): State<Api>,
    traveller: Traveller,
    InPath(booking_id): InPath<BookingId>,
) -> Result<Response, Problem> {
    let before = own(&api, &traveller, &booking_id).await?;
    if before.view().booking.state.status == BookingStatus::Booked {
        return Err(cancellation::must_be_quoted(&api, before.view()));
    }
    let command = CommandRequest::Cancel {
        booking_id,
        legs: None,
        refund: None,
    };
    said(&api, &before, &command, "").await
}

pub(super) async fn own(
    api: &Api,
    traveller: &Traveller,
    booking: &BookingId,
) -> Result<Found<Snapshot>, Problem> {
    kinds::own::<Bookings>(api, traveller, booking).await
}

/// Says something to a booking. `part` is what the body is called where its problems are found.
pub(super) async fn said(
    api: &Api,
    before: &Found<Snapshot>,
    command: &CommandRequest,
    part: &str,
) -> Result<Response, Problem> {
    let (answer, _) = answered(api, before, command, part).await?;
    answer
}

/// The same, and how the booking stands after it.
pub(super) async fn answered(
    api: &Api,
    before: &Found<Snapshot>,
    command: &CommandRequest,
    part: &str,
) -> Result<(Result<Response, Problem>, Option<Snapshot>), Problem> {
    let booking = command.booking_id();
    tracing::info!(booking_id = %booking, "a command");
    let taken = match before {
        Found::Recorded(_) => api.commands.take(command).await,
        Found::Announced(_) => Err(Failure::Conflict("the booking is not open yet".to_owned())),
    };
    let now = api.bookings.find(booking).await?;
    let answer = match taken {
        Ok(_) => {
            let snapshot = now.as_ref().ok_or_else(Problem::not_found)?;
            Ok(accepted(api, snapshot).into_response())
        }
        Err(Failure::InvalidBooking { field, problem }) => Err(within(part, &field, problem)),
        Err(failure) => Err(refused(api, failure, now.as_ref())),
    };
    Ok((answer, now))
}

pub(super) fn refused(api: &Api, failure: Failure, snapshot: Option<&Snapshot>) -> Problem {
    let is_conflict = matches!(failure, Failure::Conflict(_) | Failure::HoldExpired(_));
    match snapshot {
        Some(snapshot) if is_conflict => {
            Problem::from(failure).about(Standing::new(snapshot, api.clock.now()))
        }
        _ => Problem::from(failure),
    }
}

/// The body is the part itself, so that its fields have no path before them.
fn within(part: &str, field: &str, problem: String) -> Problem {
    let inner = field.strip_prefix(part).unwrap_or(field);
    let inner = inner.trim_start_matches('.');
    Problem::field(if inner.is_empty() { "body" } else { inner }, problem)
}

fn accepted(api: &Api, snapshot: &Snapshot) -> (StatusCode, Json<BookingBody>) {
    let body = BookingBody::new(snapshot, api.clock.now());
    (StatusCode::ACCEPTED, Json(body))
}
