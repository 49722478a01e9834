//! Whether the API works.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;
use crate::problem::Problem;

/// It works.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthBody {
    /// Always `ok`.
    status: &'static str,
}

/// Tells whether the API works.
#[utoipa::path(get, path = "/health", tag = "operation", operation_id = "health",
    responses((status = 200, description = "It does", body = HealthBody)))]
pub(crate) async fn health(State(api): State<Api>) -> Result<Json<HealthBody>, Problem> {
    api.bookings.ping().await?;
    Ok(Json(HealthBody { status: "ok" }))
}
