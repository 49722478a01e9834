//! Giving a booked trip back, whole or some of its legs: first what comes back for it, then the doing.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use holdfast_booking::commands::CommandRequest;
use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::cancelling::{self, Quote};
use holdfast_core::failure::Failure;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::money::Money;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::bookings::{answered, own, refused};
use crate::Api;
use crate::auth::Traveller;
use crate::body::{Body, InPath, Parameters};
use crate::problem::Problem;
use crate::views::BookingBody;

/// The legs that are meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LegsOf {
    /// Some legs, such as `hotel,car`; without it the whole trip.
    #[param(pattern = "^[A-Za-z0-9._-]+(,[A-Za-z0-9._-]+)*$", max_length = 700)]
    legs: Option<String>,
}

/// What is given back of a booked trip.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCancellation {
    /// Some legs; without it the whole trip.
    #[schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 20)]
    legs: Option<Vec<LegId>>,
    /// What comes back for them, as the answer to the question said.
    refund: Money,
}

impl LegsOf {
    fn read(&self) -> Result<Option<Vec<LegId>>, Problem> {
        let named = self.legs.as_deref().map(|legs| legs.split(','));
        let read = named.map(|names| names.map(str::parse::<LegId>).collect());
        read.transpose()
            .map_err(|_| Problem::field("legs", "must be names of legs such as hotel,car"))
    }
}

/// Says what comes back for a booked trip, or for some of its legs, at this moment.
#[utoipa::path(get, path = "/bookings/{booking_id}/cancellation", tag = "bookings",
    operation_id = "quote_cancellation",
    params(("booking_id" = String, Path, description = "The booking"), LegsOf),
    responses((status = 200, description = "What comes back", body = Quote),
        (status = 409, description = "The booking is not booked")),
    security(("bearer" = [])))]
pub(crate) async fn quote(
    State(api): State<Api>,
    traveller: Traveller,
    InPath(booking_id): InPath<BookingId>,
    Parameters(legs): Parameters<LegsOf>,
) -> Result<Json<Quote>, Problem> {
    let legs = legs.read()?;
    let snapshot = own(&api, &traveller, &booking_id).await?.into_view();
    cancelling::quote(&snapshot, legs.as_deref(), api.clock.now())
        .map(Json)
        .map_err(|failure| refused(&api, failure, Some(&snapshot)))
}

/// Gives a booked trip back, or some of its legs, for the refund that the traveller agrees to.
///
/// The same request, sent again at once or after it was carried out, changes nothing.
#[utoipa::path(post, path = "/bookings/{booking_id}/cancellation", tag = "bookings",
    operation_id = "cancel_booked",
    params(("booking_id" = String, Path, description = "The booking")),
    request_body = NewCancellation,
    responses((status = 202, description = "Accepted", body = BookingBody),
        (status = 409, description = "The booking is not booked, or something else comes back by now")),
    security(("bearer" = [])))]
pub(crate) async fn cancel(
    State(api): State<Api>,
    traveller: Traveller,
    InPath(booking_id): InPath<BookingId>,
    Body(new): Body<NewCancellation>,
) -> Result<Response, Problem> {
    let before = own(&api, &traveller, &booking_id).await?;
    let command = CommandRequest::Cancel {
        booking_id,
        legs: new.legs.clone(),
        refund: Some(new.refund),
    };
    let (answer, now) = answered(&api, &before, &command, "").await?;
    answer.map_err(|problem| match &now {
        Some(now) => with_quote(&api, problem, now, new.legs.as_deref()),
        None => problem,
    })
}

/// Says with a refusal what would come back.
pub(super) fn with_quote(
    api: &Api,
    problem: Problem,
    snapshot: &Snapshot,
    legs: Option<&[LegId]>,
) -> Problem {
    match cancelling::quote(snapshot, legs, api.clock.now()) {
        Ok(quote) => problem.quoting(quote),
        Err(_) => problem,
    }
}

/// A booked trip is given back for a refund, and the traveller must know it first.
pub(super) fn must_be_quoted(api: &Api, snapshot: &Snapshot) -> Problem {
    let id = &snapshot.booking.booking_id;
    let detail = format!(
        "the trip is booked; GET /bookings/{id}/cancellation says what comes back, POST does it"
    );
    let problem = refused(api, Failure::Conflict(detail), Some(snapshot));
    with_quote(api, problem, snapshot, None)
}
