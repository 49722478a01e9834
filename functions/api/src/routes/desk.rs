//! The desk, for operators: what waits, and what is done about it.

use axum::Json;
use axum::extract::State;
use holdfast_core::failure::Failure;
use holdfast_core::ids::SagaId;
use holdfast_kit::sagas::{Act, Counter, Narrowed, Task};
use holdfast_kit::table::Aggregate;
use holdfast_order::store::Orders;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::Api;
use crate::auth::Operator;
use crate::body::{Body, InPath, Parameters};
use crate::problem::{Problem, ProblemKind};
use crate::reach::Suppliers;
use crate::routes::sagas::{AmongThese, which};

/// What waits at the desk.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeskBody {
    /// The bookings and orders, the longest waiting first; `saga_name` says which each is.
    #[schema(value_type = Vec<Object>)]
    waiting: Vec<Value>,
}

/// What came of an errand.
#[derive(Serialize, ToSchema)]
#[schema(value_type = Object)]
pub(crate) struct ReportBody(Value);

/// What is to be done again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedriveBody {
    /// The leg, `payment`, or an order's participant such as `carrier`; without one, all that waits.
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
    /// The leg, `payment`, or an order's participant such as `carrier`; without one, all that waits.
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

/// Why a saga is given up.
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
    let narrowed = Narrowed::default();
    let mut waiting = Vec::new();
    for counter in counters(&api, &operator) {
        waiting.extend(counter.waiting(&narrowed).await?);
    }
    waiting.sort_by_key(|waits| waits.since);
    let waiting = waiting.into_iter().map(|waits| waits.json).collect();
    Ok(Json(DeskBody { waiting }))
}

/// Does again what could not be done.
#[utoipa::path(post, path = "/desk/{saga_id}/redrive", tag = "desk", operation_id = "redrive",
    params(("saga_id" = String, Path, description = "The booking or order"), AmongThese),
    request_body = RedriveBody,
    responses((status = 200, description = "What came of it", body = ReportBody),
        (status = 403, description = "For operators only"),
        (status = 409, description = "Sagas of two kinds have this name: say which kind is meant")),
    security(("bearer" = [])))]
pub(crate) async fn redrive(
    State(api): State<Api>,
    operator: Operator,
    Suppliers(suppliers): Suppliers,
    InPath(id): InPath<SagaId>,
    Parameters(among): Parameters<AmongThese>,
    Body(body): Body<RedriveBody>,
) -> Result<Json<ReportBody>, Problem> {
    let task = Task {
        id,
        part: body.part,
        reason: body.reason,
        dry_run: body.dry_run,
    };
    let redrive = Act::Redrive(&suppliers);
    act(&api, &operator, &among, redrive, &task).await
}

/// Takes an operator's word that what waits was done by hand.
#[utoipa::path(post, path = "/desk/{saga_id}/resolve", tag = "desk", operation_id = "resolve",
    params(("saga_id" = String, Path, description = "The booking or order"), AmongThese),
    request_body = ResolveBody,
    responses((status = 200, description = "What came of it", body = ReportBody),
        (status = 403, description = "For operators only"),
        (status = 409, description = "The saga is in no state for that")),
    security(("bearer" = [])))]
pub(crate) async fn resolve(
    State(api): State<Api>,
    operator: Operator,
    InPath(id): InPath<SagaId>,
    Parameters(among): Parameters<AmongThese>,
    Body(body): Body<ResolveBody>,
) -> Result<Json<ReportBody>, Problem> {
    let task = Task {
        id,
        part: body.part,
        reason: Some(body.reason),
        dry_run: body.dry_run,
    };
    act(&api, &operator, &among, Act::Resolve, &task).await
}

/// Gives up all that waits of a saga.
#[utoipa::path(post, path = "/desk/{saga_id}/abandon", tag = "desk", operation_id = "abandon",
    params(("saga_id" = String, Path, description = "The booking or order"), AmongThese),
    request_body = AbandonBody,
    responses((status = 200, description = "What came of it", body = ReportBody),
        (status = 403, description = "For operators only"),
        (status = 409, description = "The saga is in no state for that")),
    security(("bearer" = [])))]
pub(crate) async fn abandon(
    State(api): State<Api>,
    operator: Operator,
    InPath(id): InPath<SagaId>,
    Parameters(among): Parameters<AmongThese>,
    Body(body): Body<AbandonBody>,
) -> Result<Json<ReportBody>, Problem> {
    let task = Task {
        id,
        part: None,
        reason: Some(body.reason),
        dry_run: body.dry_run,
    };
    act(&api, &operator, &among, Act::Abandon, &task).await
}

async fn act(
    api: &Api,
    operator: &Operator,
    among: &AmongThese,
    act: Act<'_>,
    task: &Task,
) -> Result<Json<ReportBody>, Problem> {
    let kind = which(api, &task.id, among).await?.kind();
    let mut counters = counters(api, operator).into_iter();
    let counter = counters.find(|counter| counter.kind() == kind);
    let counter = counter.ok_or_else(Problem::not_found)?;
    let acted = counter.act(act, task).await;
    let acted = acted.map_err(|failure| match (kind, failure) {
        (Orders::NAME, Failure::Conflict(detail)) => {
            Problem::new(ProblemKind::OrderConflict, detail)
        }
        (_, failure) => failure.into(),
    })?;
    Ok(Json(ReportBody(acted.json)))
}

/// The desks of all kinds of sagas, with the operator behind them.
fn counters(api: &Api, operator: &Operator) -> [Box<dyn Counter>; 2] {
    let name = operator.id.to_string();
    [
        Box::new(holdfast_booking::desk::Clerk {
            store: api.bookings.clone(),
            clock: api.clock.clone(),
            name: name.clone(),
        }),
        Box::new(holdfast_order::desk::Clerk {
            store: api.shop.orders.clone(),
            clock: api.clock.clone(),
            name,
        }),
    ]
}
