//! The path of a saga through its state machine, for operators: the states that its executions entered.

use axum::Json;
use axum::extract::State;
use futures_util::future::try_join_all;
use holdfast_core::ids::SagaId;
use holdfast_core::path::ExecutionPath;
use holdfast_kit::table::Aggregate;
use holdfast_order::store::Orders;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;
use crate::auth::Operator;
use crate::body::{InPath, Parameters};
use crate::problem::Problem;
use crate::routes::sagas::{AmongThese, which};

/// The path of a saga.
#[derive(Serialize, ToSchema)]
pub(crate) struct PathBody {
    /// Its executions, the first one first: its own, those of later cancellations, and the one that drives it
    /// now. None where Step Functions has forgotten them, 90 days after their end.
    executions: Vec<ExecutionPath>,
}

/// Shows the states that a saga's executions entered, in order.
#[utoipa::path(get, path = "/sagas/{saga_id}/path", tag = "sagas", operation_id = "show_path",
    params(("saga_id" = String, Path, description = "The saga"), AmongThese),
    responses((status = 200, description = "The path", body = PathBody),
        (status = 403, description = "For operators only"),
        (status = 409, description = "Sagas of two kinds have this name: say which kind is meant")),
    security(("bearer" = [])))]
pub(crate) async fn show(
    State(api): State<Api>,
    _: Operator,
    InPath(id): InPath<SagaId>,
    Parameters(among): Parameters<AmongThese>,
) -> Result<Json<PathBody>, Problem> {
    let kind = which(&api, &id, &among).await?;
    let names = kind.executions(&id).await?;
    let names = names.ok_or_else(Problem::not_found)?;
    let executions = match kind.kind() {
        Orders::NAME => &api.shop.executions,
        _ => &api.executions,
    };
    let read = names.iter().map(|name| executions.path(name));
    let found = try_join_all(read).await?.into_iter().flatten();
    let mut executions: Vec<_> = found.collect();
    executions.sort_by_key(|execution| execution.started);
    Ok(Json(PathBody { executions }))
}
