//! The state machines as they are deployed, for operators: what a saga's path is drawn on.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::sagas::SagaKind;
use crate::Api;
use crate::auth::Operator;
use crate::body::InPath;
use crate::problem::Problem;

/// Shows the state machine of a kind of saga, in Amazon States Language.
#[utoipa::path(get, path = "/definitions/{kind}", tag = "sagas", operation_id = "show_definition",
    params(("kind" = inline(SagaKind), Path, description = "The kind of saga")),
    responses((status = 200, description = "The definition", body = Object),
        (status = 403, description = "For operators only")),
    security(("bearer" = [])))]
pub(crate) async fn show(
    State(api): State<Api>,
    _: Operator,
    InPath(kind): InPath<SagaKind>,
) -> Result<Json<Value>, Problem> {
    let executions = match kind {
        SagaKind::Booking => &api.executions,
        SagaKind::Order => &api.shop.executions,
    };
    Ok(Json(executions.definition().await?))
}
