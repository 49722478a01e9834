//! The timers of sagas that can still fire, for operators.

use axum::Json;
use axum::extract::State;
use holdfast_core::saga::TimerLine;
use holdfast_kit::sagas::{After, timers};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Operator;
use crate::body::Parameters;
use crate::problem::Problem;
use crate::routes::sagas::{SagaKind, sagas};
use crate::{Api, cursor, paging};

/// Which timers are meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TimersOf {
    /// Only those of this kind of saga.
    #[param(inline)]
    kind: Option<SagaKind>,
    /// How many at most.
    #[param(minimum = 1, maximum = 25, default = 10)]
    #[serde(default, deserialize_with = "paging::limit")]
    limit: Option<u8>,
    /// Where the last page ended: its `next`.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 4096)]
    after: Option<String>,
}

/// Some timers. There may be fewer than the limit, though `next` tells of more.
#[derive(Serialize, ToSchema)]
pub(crate) struct TimersBody {
    /// The timers, the earliest first: by their deadline, or by the end of a pause that is later.
    timers: Vec<TimerLine>,
    /// Where the next page begins: to be sent as `after`. Nothing where there is none.
    next: Option<String>,
}

/// Lists the timers that can still fire, the earliest first.
#[utoipa::path(get, path = "/timers", tag = "sagas", operation_id = "list_timers",
    params(TimersOf),
    responses((status = 200, description = "A page of them", body = TimersBody),
        (status = 403, description = "For operators only")),
    security(("bearer" = [])))]
pub(crate) async fn list(
    State(api): State<Api>,
    _: Operator,
    Parameters(wanted): Parameters<TimersOf>,
) -> Result<Json<TimersBody>, Problem> {
    let limit = wanted.limit.unwrap_or(paging::USUAL_PAGE);
    let after: Option<After> = cursor::read(wanted.after.as_deref())?;
    let kinds = sagas(&api, wanted.kind);
    let found = timers(&kinds, after.as_ref(), limit.into()).await?;
    Ok(Json(TimersBody {
        timers: found.timers,
        next: found.next.as_ref().map(cursor::write),
    }))
}
