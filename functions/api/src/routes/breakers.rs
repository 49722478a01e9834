//! The suppliers' circuit breakers, for operators: which suppliers are left alone, and until when.

use axum::Json;
use axum::extract::State;
use futures_util::future::try_join_all;
use holdfast_booking::store::Bookings;
use holdfast_core::breaker::Breaker;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_kit::breakers::FAILURES_REMEMBERED;
use holdfast_kit::suppliers::Supplier;
use holdfast_kit::table::{Aggregate, Items};
use holdfast_order::store::Orders;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;
use crate::auth::Operator;
use crate::problem::Problem;

/// The breakers of all suppliers.
#[derive(Serialize, ToSchema)]
pub(crate) struct BreakersBody {
    /// Service by service: each has breakers of its own.
    breakers: Vec<BreakerBody>,
}

/// The breaker of one supplier.
#[derive(Serialize, ToSchema)]
struct BreakerBody {
    /// The service that asks the supplier.
    service: &'static str,
    /// The supplier; `account` is the one of payments from accounts.
    supplier: String,
    /// How it stands.
    state: BreakerState,
    /// How many failures in a row count towards opening it. One that is not closed counts none.
    failures: u32,
    /// When the last failure was that a closed one keeps, whether it still counts or not.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_failure: Option<Timestamp>,
    /// When an open one lets a probe through; when the probe of a half-open one is given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// How a breaker stands.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BreakerState {
    /// Calls go through.
    Closed,
    /// No call goes through until a probe may.
    Open,
    /// One call is through, to find out whether the supplier works again.
    HalfOpen,
}

/// Lists the circuit breakers before the suppliers. One that was never written is closed.
#[utoipa::path(get, path = "/breakers", tag = "sagas", operation_id = "list_breakers",
    responses((status = 200, description = "All of them", body = BreakersBody),
        (status = 403, description = "For operators only")),
    security(("bearer" = [])))]
pub(crate) async fn list(
    State(api): State<Api>,
    _: Operator,
) -> Result<Json<BreakersBody>, Problem> {
    let (bookings, orders) = (api.bookings.items(), api.shop.orders.items());
    let of_bookings = holdfast_booking::suppliers::guarded().into_iter();
    let of_bookings = of_bookings.map(|supplier| (Bookings::NAME, bookings, supplier));
    let of_orders = holdfast_order::steps::guarded().into_iter();
    let of_orders = of_orders.map(|supplier| (Orders::NAME, orders, supplier));
    let now = api.clock.now();
    let read = of_bookings
        .chain(of_orders)
        .map(|(service, items, supplier)| read(service, items, supplier, now));
    Ok(Json(BreakersBody {
        breakers: try_join_all(read).await?,
    }))
}

async fn read(
    service: &'static str,
    items: &Items,
    supplier: Supplier,
    now: Timestamp,
) -> Result<BreakerBody, Failure> {
    let supplier = supplier.to_string();
    let breaker = items.breaker(&supplier).await?.breaker;
    let (state, last_failure, until) = match breaker {
        Breaker::Closed { run } => (BreakerState::Closed, run.map(|run| run.last), None),
        Breaker::Open { until } => (BreakerState::Open, None, Some(until)),
        Breaker::HalfOpen { lease_ends } => (BreakerState::HalfOpen, None, Some(lease_ends)),
    };
    let counts = breaker.run(FAILURES_REMEMBERED, now);
    Ok(BreakerBody {
        service,
        supplier,
        state,
        failures: counts.map_or(0, |run| run.failures),
        last_failure,
        until,
    })
}
