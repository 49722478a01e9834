//! The figures of the last hour, for operators: how many sagas began, and how they stand.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use futures_util::future::try_join_all;
use holdfast_core::figures::{Figures, Hour};
use holdfast_core::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;
use crate::auth::Operator;
use crate::problem::Problem;
use crate::routes::sagas::sagas;

/// How long an answer is good for all who ask: however many pages are open, they cost one reading.
const FRESH: Duration = Duration::from_secs(10);

/// The figures of the last hour.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FiguresBody {
    /// When the hour begins: at a whole minute.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// When it was looked at, some seconds ago at most.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Kind by kind.
    kinds: Vec<Figures>,
}

/// The answer that was given last. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct LastFigures(Arc<Mutex<Option<FiguresBody>>>);

impl LastFigures {
    fn fresh(&self, now: Timestamp) -> Option<FiguresBody> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone().filter(|last| last.to.until(now) < FRESH)
    }

    fn keep(&self, body: &FiguresBody) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(body.clone());
    }
}

/// Counts the sagas that began within the last hour.
#[utoipa::path(get, path = "/figures", tag = "sagas", operation_id = "show_figures",
    responses((status = 200, description = "The figures", body = FiguresBody),
        (status = 403, description = "For operators only")),
    security(("bearer" = [])))]
pub(crate) async fn show(
    State(api): State<Api>,
    _: Operator,
) -> Result<Json<FiguresBody>, Problem> {
    let now = api.clock.now();
    if let Some(fresh) = api.figures.fresh(now) {
        return Ok(Json(fresh));
    }
    let hour = Hour::until(now);
    let kinds = sagas(&api, None);
    let counted = kinds.iter().map(|kind| kind.figures(&hour));
    let body = FiguresBody {
        from: hour.from,
        to: hour.to,
        kinds: try_join_all(counted).await?,
    };
    api.figures.keep(&body);
    Ok(Json(body))
}
