//! The desk, for operators: what waits, and what is done about it.

use axum::Json;
use axum::extract::State;
use holdfast_core::ids::BookingId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Api;
use crate::auth::Operator;
use crate::body::{Body, InPath};
use crate::problem::Problem;
use holdfast_booking::desk::{Clerk, Errand, Filter, Report, Waiting};

/// What waits at the desk.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeskBody {
    /// The bookings, the longest waiting first.
    #[schema(value_type = Vec<Object>)]
    waiting: Vec<Waiting>,
}

/// What came of an errand.
#[derive(Serialize, ToSchema)]
#[schema(value_type = Object)]
pub(crate) struct ReportBody(Report);

/// What is to be done again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedriveBody {
    /// The leg, or `payment`; without one, all that waits.
    #[schema(max_length = 40, example = "hotel")]
    part: Option<String>,
    /// Why.
    #[schema(max_length = 500, example = "the hotel works again")]
    reason: Option<String>,
    /// Only tell what would be done.
    #[serde(default)]
    dry_run: bool,
}

/// What was done by hand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResolveBody {
    /// The leg, or `payment`; without one, all that waits.
    #[schema(max_length = 40, example = "hotel")]
    part: Option<String>,
    /// Why; it is kept for good.
    #[schema(
        max_length = 500,
        pattern = "[A-Za-z0-9]",
        example = "cancelled by telephone"
    )]
    reason: String,
    /// Only tell what would be done.
    #[serde(default)]
    dry_run: bool,
}

/// Why a booking is given up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AbandonBody {
    /// Why; it is kept for good.
    #[schema(
        max_length = 500,
        pattern = "[A-Za-z0-9]",
        example = "the hotel is no more"
    )]
    reason: String,
    /// Only tell what would be done.
    #[serde(default)]
    dry_run: bool,
}

/// Lists what waits at the desk.
#[utoipa::path(get, path = "/desk", tag = "desk", operation_id = "list_desk",
    responses((status = 200, description = "What waits", body = DeskBody),
        (status = 403, description = "For operators only")),
    security(("bearer" = [])))]
pub(crate) async fn list(
    State(api): State<Api>,
    operator: Operator,
) -> Result<Json<DeskBody>, Problem> {
    let waiting = clerk(&api, &operator).list(&Filter::default()).await?;
    Ok(Json(DeskBody { waiting }))
}

/// Does again what could not be done.
#[utoipa::path(post, path = "/desk/{booking_id}/redrive", tag = "desk", operation_id = "redrive",
    params(("booking_id" = String, Path, description = "The booking")),
    request_body = RedriveBody,
    responses((status = 200, description = "What came of it", body = ReportBody),
        (status = 403, description = "For operators only")),
    security(("bearer" = [])))]
pub(crate) async fn redrive(
    State(api): State<Api>,
    operator: Operator,
    InPath(booking): InPath<BookingId>,
    Body(body): Body<RedriveBody>,
) -> Result<Json<ReportBody>, Problem> {
    let errand = Errand {
        id: known(&api, booking).await?,
        part: body.part,
        reason: body.reason,
        dry_run: body.dry_run,
    };
    let clerk = clerk(&api, &operator);
    let report = clerk.redrive(&errand, &api.suppliers).await?;
    Ok(Json(ReportBody(report)))
}

/// Takes an operator's word that what waits was done by hand.
#[utoipa::path(post, path = "/desk/{booking_id}/resolve", tag = "desk", operation_id = "resolve",
    params(("booking_id" = String, Path, description = "The booking")),
    request_body = ResolveBody,
    responses((status = 200, description = "What came of it", body = ReportBody),
        (status = 403, description = "For operators only"),
        (status = 409, description = "The booking is in no state for that")),
    security(("bearer" = [])))]
pub(crate) async fn resolve(
    State(api): State<Api>,
    operator: Operator,
    InPath(booking): InPath<BookingId>,
    Body(body): Body<ResolveBody>,
) -> Result<Json<ReportBody>, Problem> {
    let errand = Errand {
        id: known(&api, booking).await?,
        part: body.part,
        reason: Some(body.reason),
        dry_run: body.dry_run,
    };
    let report = clerk(&api, &operator).resolve(&errand).await?;
    Ok(Json(ReportBody(report)))
}

/// Gives up all that waits of a booking.
#[utoipa::path(post, path = "/desk/{booking_id}/abandon", tag = "desk", operation_id = "abandon",
    params(("booking_id" = String, Path, description = "The booking")),
    request_body = AbandonBody,
    responses((status = 200, description = "What came of it", body = ReportBody),
        (status = 403, description = "For operators only"),
        (status = 409, description = "The booking is in no state for that")),
    security(("bearer" = [])))]
pub(crate) async fn abandon(
    State(api): State<Api>,
    operator: Operator,
    InPath(booking): InPath<BookingId>,
    Body(body): Body<AbandonBody>,
) -> Result<Json<ReportBody>, Problem> {
    let errand = Errand {
        id: known(&api, booking).await?,
        part: None,
        reason: Some(body.reason),
        dry_run: body.dry_run,
    };
    let report = clerk(&api, &operator).abandon(&errand).await?;
    Ok(Json(ReportBody(report)))
}

fn clerk(api: &Api, operator: &Operator) -> Clerk {
    Clerk {
        store: api.bookings.clone(),
        clock: api.clock.clone(),
        name: operator.id.to_string(),
    }
}

async fn known(api: &Api, booking: BookingId) -> Result<BookingId, Problem> {
    let found = api.bookings.find(&booking).await?;
    found.map(|_| booking).ok_or_else(Problem::not_found)
}
