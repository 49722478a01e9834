//! Sagas of any kind, for operators: which there are, and all that is known of one.

use axum::Json;
use axum::extract::State;
use holdfast_core::ids::{CustomerId, SagaId};
use holdfast_core::reading::listed;
use holdfast_core::saga::{Happened, SagaLine, SagaView};
use holdfast_kit::sagas::{After, Sagas, Sought, kinds_of, page};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::auth::Operator;
use crate::body::{InPath, Parameters};
use crate::problem::{Problem, ProblemKind};
use crate::{Api, cursor, paging};

/// A kind of saga.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SagaKind {
    /// A trip.
    Booking,
    /// Goods from the shop.
    Order,
}

/// Which sagas are meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SagasOf {
    /// Only those of this kind.
    #[param(inline)]
    kind: Option<SagaKind>,
    /// Only those that have come this far, in the words of their kind.
    #[param(pattern = "^[a-z_]+$", example = "needs_attention")]
    status: Option<String>,
    /// Only this customer's.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9._-]{1,64}$")]
    customer: Option<CustomerId>,
    /// How many at most.
    #[param(minimum = 1, maximum = 25, default = 10)]
    #[serde(default, deserialize_with = "paging::limit")]
    limit: Option<u8>,
    /// Where the last page ended: its `next`.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 4096)]
    after: Option<String>,
}

/// Where a saga is looked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AmongThese {
    /// Only among those of this kind.
    #[param(inline)]
    kind: Option<SagaKind>,
}

/// Some sagas, the newest first. One that changes its status while they are listed may be missing. Of
/// one customer's sagas of one status there may be fewer than the limit, though `next` tells of more.
#[derive(Serialize, ToSchema)]
pub(crate) struct SagasBody {
    /// The sagas.
    sagas: Vec<SagaLine>,
    /// Where the next page begins: to be sent as `after`. Nothing where there is none.
    next: Option<String>,
}

/// A saga, folded from its events.
#[derive(Serialize, ToSchema)]
pub(crate) struct SagaBody {
    /// How it stands.
    #[serde(flatten)]
    saga: SagaView<Value>,
    /// What happened, in order.
    events: Vec<Happened>,
}

/// Lists sagas, the newest first.
#[utoipa::path(get, path = "/sagas", tag = "sagas", operation_id = "list_sagas",
    params(SagasOf),
    responses((status = 200, description = "A page of them", body = SagasBody),
        (status = 403, description = "For operators only")),
    security(("bearer" = [])))]
pub(crate) async fn list(
    State(api): State<Api>,
    _: Operator,
    Parameters(wanted): Parameters<SagasOf>,
) -> Result<Json<SagasBody>, Problem> {
    let limit = wanted.limit.unwrap_or(paging::USUAL_PAGE);
    let after: Option<After> = cursor::read(wanted.after.as_deref())?;
    let kinds = sagas(&api, wanted.kind);
    if let Some(status) = wanted.status.as_deref() {
        check_status(&kinds, status)?;
    }
    let sought = Sought {
        status: wanted.status,
        customer: wanted.customer,
    };
    let found = page(&kinds, &sought, after.as_ref(), limit.into()).await?;
    Ok(Json(SagasBody {
        sagas: found.sagas,
        next: found.next.as_ref().map(cursor::write),
    }))
}

/// Shows a saga: its steps as its events tell them, and the events.
#[utoipa::path(get, path = "/sagas/{saga_id}", tag = "sagas", operation_id = "show_saga",
    params(("saga_id" = String, Path, description = "The saga"), AmongThese),
    responses((status = 200, description = "The saga", body = SagaBody),
        (status = 403, description = "For operators only"),
        (status = 409, description = "Sagas of two kinds have this name: say which kind is meant")),
    security(("bearer" = [])))]
pub(crate) async fn show(
    State(api): State<Api>,
    _: Operator,
    InPath(id): InPath<SagaId>,
    Parameters(among): Parameters<AmongThese>,
) -> Result<Json<SagaBody>, Problem> {
    let kind = which(&api, &id, &among).await?;
    let story = kind.story(&id).await.map_err(Problem::of_a_saga)?;
    let story = story.ok_or_else(Problem::not_found)?;
    Ok(Json(SagaBody {
        saga: story.saga,
        events: story.events,
    }))
}

/// The kind of the saga that has this name.
pub(crate) async fn which<'a>(
    api: &'a Api,
    id: &SagaId,
    among: &AmongThese,
) -> Result<&'a dyn Sagas, Problem> {
    let found = kinds_of(&sagas(api, among.kind), id).await?;
    match found[..] {
        [kind] => Ok(kind),
        [] => Err(Problem::not_found()),
        _ => {
            let detail = "a booking and an order have this name; add ?kind=booking or ?kind=order";
            Err(Problem::new(ProblemKind::SagaConflict, detail))
        }
    }
}

pub(crate) fn sagas(api: &Api, kind: Option<SagaKind>) -> Vec<&dyn Sagas> {
    let (bookings, orders): (&dyn Sagas, &dyn Sagas) = (&api.bookings, &api.shop.orders);
    match kind {
        Some(SagaKind::Booking) => vec![bookings],
        Some(SagaKind::Order) => vec![orders],
        None => vec![bookings, orders],
    }
}

pub(crate) fn check_status(kinds: &[&dyn Sagas], status: &str) -> Result<(), Problem> {
    let all = kinds.iter().flat_map(|kind| kind.statuses());
    let mut known: Vec<_> = all.collect();
    known.sort_unstable();
    known.dedup();
    if known.contains(&status) {
        return Ok(());
    }
    let problem = format!("must be {}", listed(&known));
    Err(Problem::field("status", problem))
}
