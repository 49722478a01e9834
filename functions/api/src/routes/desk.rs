//! The desk, for operators: what waits, and what is done about it.

use axum::Json;
use axum::extract::State;
use holdfast_booking_rules::spec::Kind;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{CustomerId, SagaId};
use holdfast_core::reading::perhaps_text;
use holdfast_core::time::Timestamp;
use holdfast_kit::sagas::{Act, Counter, Narrowed, Task, Waits};
use holdfast_kit::table::Aggregate;
use holdfast_order::store::Orders;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::auth::Operator;
use crate::body::{Body, InPath, Parameters};
use crate::problem::{Problem, ProblemKind};
use crate::reach::Suppliers;
use crate::routes::sagas::{AmongThese, SagaKind, check_status, sagas, which};
use crate::{Api, cursor, paging};

/// What waits at the desk.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeskBody {
    /// The bookings and orders, the longest waiting first; `saga_name` says which each is.
    #[schema(value_type = Vec<Object>)]
    waiting: Vec<Value>,
    /// Where the next page begins: to be sent as `after`. Nothing where there is none.
    next: Option<String>,
}

/// Which of what waits is meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeskOf {
    /// Only bookings, or only orders.
    #[param(inline)]
    kind: Option<SagaKind>,
    /// Only the booking or order of this name.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9._-]{1,60}$")]
    saga: Option<SagaId>,
    /// Only those that have come this far, in the words of their kind.
    #[param(pattern = "^[a-z_]+$", example = "needs_attention")]
    status: Option<String>,
    /// Only this customer's.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9._-]{1,64}$")]
    customer: Option<CustomerId>,
    /// Only those with work left for this participant.
    #[param(pattern = "^[a-z]+$", example = "hotel")]
    participant: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 25, default = 10)]
    #[serde(default, deserialize_with = "paging::limit")]
    limit: Option<u8>,
    /// Where the last page ended: its `next`.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 4096)]
    after: Option<String>,
}

/// A place among what waits: the longest waiting come first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    since: Timestamp,
    kind: String,
    id: SagaId,
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
    #[schema(min_length = 1, max_length = 40, example = "hotel")]
    #[serde(default, deserialize_with = "perhaps_text::<_, 40>")]
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
    #[schema(min_length = 1, max_length = 40, example = "hotel")]
    #[serde(default, deserialize_with = "perhaps_text::<_, 40>")]
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

/// Lists what waits at the desk, the longest waiting first.
#[utoipa::path(get, path = "/desk", tag = "desk", operation_id = "list_desk",
    params(DeskOf),
    responses((status = 200, description = "What waits", body = DeskBody),
        (status = 403, description = "For operators only")),
    security(("bearer" = [])))]
pub(crate) async fn list(
    State(api): State<Api>,
    operator: Operator,
    Parameters(wanted): Parameters<DeskOf>,
) -> Result<Json<DeskBody>, Problem> {
    let most = usize::from(wanted.limit.unwrap_or(paging::USUAL_PAGE));
    let after: Option<Place> = cursor::read(wanted.after.as_deref())?;
    let kinds = sagas(&api, wanted.kind);
    if let Some(status) = wanted.status.as_deref() {
        check_status(&kinds, status)?;
    }
    let mut counters = Vec::from(counters(&api, &operator));
    counters.retain(|counter| kinds.iter().any(|kind| kind.kind() == counter.kind()));
    let mut waiting = wanted.waiting(&counters).await?;
    waiting.retain(|waits| after.as_ref().is_none_or(|after| Place::of(waits) > *after));
    waiting.sort_by_cached_key(Place::of);
    let goes_on = waiting.len() > most;
    waiting.truncate(most);
    let last = waiting.last().filter(|_| goes_on).map(Place::of);
    Ok(Json(DeskBody {
        next: last.as_ref().map(cursor::write),
        waiting: waiting.into_iter().map(|waits| waits.json).collect(),
    }))
}

impl DeskOf {
    /// All that is meant, in any order.
    async fn waiting(&self, counters: &[Box<dyn Counter>]) -> Result<Vec<Waits>, Problem> {
        let participant = self.participant.as_deref();
        let is_known = |name| counters.iter().any(|counter| counter.knows(name));
        if !participant.is_none_or(is_known) {
            let kinds = Kind::words("or");
            let problem = format!("must be payment, carrier, invoices, stock, {kinds}");
            return Err(Problem::field("participant", problem));
        }
        let narrowed = Narrowed {
            participant: self.participant.clone(),
            ..Narrowed::default()
        };
        let mut waiting = Vec::new();
        for counter in counters {
            waiting.extend(counter.waiting(&narrowed).await?);
        }
        waiting.retain(|waits| self.means(waits));
        Ok(waiting)
    }

    fn means(&self, waits: &Waits) -> bool {
        self.saga.as_ref().is_none_or(|id| waits.id == *id)
            && (self.status.as_ref()).is_none_or(|status| waits.status == *status)
            && (self.customer.as_ref()).is_none_or(|customer| waits.customer == *customer)
    }
}

impl Place {
    fn of(waits: &Waits) -> Self {
        Self {
            since: waits.since,
            kind: waits.kind.to_owned(),
            id: waits.id.clone(),
        }
    }
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
