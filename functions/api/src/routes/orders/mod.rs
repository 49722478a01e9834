//! Orders, as their customer places, sees and cancels them. Other customers' orders return 404, like
//! missing ones.
//!
//! - `body`: what a customer sees
//! - `events`: what happens to an order; `invoice`: its invoice, to be printed

mod body;
pub(crate) mod events;
pub(crate) mod invoice;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use holdfast_core::email::ERASED;
use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_core::trace::TraceId;
use holdfast_order::commands::CommandRequest;
use holdfast_order::store::Orders;
use holdfast_order_rules::order::{OrderStatus, Snapshot};
use holdfast_order_rules::request::OrderRequest;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::accounts::own::check_payer;
use crate::Api;
use crate::auth::Traveller as Customer;
use crate::body::{Body, IdempotencyKey, InPath, Parameters};
use crate::kinds::{self, Found};
use crate::paging::PageOf;
use crate::problem::{Problem, ProblemKind};
use crate::schemas::NewOrder;

pub(crate) use body::{OrderBody, OrderStanding};

/// What the API knows of an order by itself.
const NOT_SENT: [(&str, &str); 2] = [
    ("customer", "is who is signed in; leave it out"),
    (
        "trace_id",
        "comes from the header traceparent; leave it out",
    ),
];

/// Some orders, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrdersBody {
    /// The orders.
    orders: Vec<OrderBody>,
    /// Where the next page begins: to be sent as `after`. Nothing where there is none.
    next: Option<String>,
}

/// Places an order.
///
/// The answer says that it was accepted. The same key and body, sent again, give the same order. Prices
/// come from the catalogue.
#[utoipa::path(post, path = "/orders", tag = "orders", operation_id = "place_order",
    params(("Idempotency-Key" = String, Header, description = "Names the request, on every retry of it",
        min_length = 1, max_length = 128, pattern = "^[!-~]+$")),
    request_body = NewOrder,
    responses(
        (status = 202, description = "Accepted", body = OrderBody,
            headers(("Location" = String, description = "The order, relative to this address"))),
        (status = 409, description = "The key was used for another request"),
    ), security(("bearer" = [])))]
pub(crate) async fn place(
    State(api): State<Api>,
    customer: Customer,
    Extension(trace): Extension<TraceId>,
    IdempotencyKey(key): IdempotencyKey,
    Body(new): Body<Value>,
) -> Result<Response, Problem> {
    let snapshot = begin(&api, &customer, &key, new, &trace).await?;
    // Relative, because the API does not know its own address.
    let location = format!("orders/{}", snapshot.order.order_id);
    let location = HeaderValue::from_str(&location).map_err(|_| Problem::not_found())?;
    let mut accepted = accepted(&api, &snapshot).into_response();
    accepted.headers_mut().insert(header::LOCATION, location);
    Ok(accepted)
}

/// Begins the order. Who buys is who is signed in.
async fn begin(
    api: &Api,
    customer: &Customer,
    key: &str,
    new: Value,
    trace: &TraceId,
) -> Result<Snapshot, Problem> {
    let sent = NOT_SENT.iter().find(|(name, _)| new.get(name).is_some());
    if let Some((name, problem)) = sent {
        return Err(Problem::field(*name, *problem));
    }
    let body = new.to_string();
    let mut input = new;
    // Its address is looked up when the request is remembered.
    input["customer"] = json!({"id": customer.id, "email": ERASED});
    input["trace_id"] = json!(trace);
    let asked = OrderRequest::read(&input)?;
    let scripts = [("simulate".to_owned(), &asked.simulate)];
    api.simulation.allow::<Orders, _>(scripts)?;
    check_payer(api, customer, &input["payment"]).await?;
    kinds::begin::<Orders>(api, customer, key, &body, input).await
}

/// Lists one's orders, the newest first.
#[utoipa::path(get, path = "/orders", tag = "orders", operation_id = "list_orders",
    params(PageOf),
    responses((status = 200, description = "A page of them", body = OrdersBody)),
    security(("bearer" = [])))]
pub(crate) async fn list(
    State(api): State<Api>,
    customer: Customer,
    Parameters(page): Parameters<PageOf>,
) -> Result<Json<OrdersBody>, Problem> {
    let (mine, next) = kinds::list::<Orders>(&api, &customer, &page).await?;
    let now = api.clock.now();
    let orders = mine.iter().map(|mine| OrderBody::new(mine, now));
    Ok(Json(OrdersBody {
        orders: orders.collect(),
        next,
    }))
}

/// Shows an order: its goods, steps, payment, invoice and delivery.
#[utoipa::path(get, path = "/orders/{order_id}", tag = "orders", operation_id = "show_order",
    params(("order_id" = String, Path, description = "The order")),
    responses((status = 200, description = "The order", body = OrderBody)),
    security(("bearer" = [])))]
pub(crate) async fn show(
    State(api): State<Api>,
    customer: Customer,
    InPath(order): InPath<OrderId>,
) -> Result<Json<OrderBody>, Problem> {
    let found = kinds::own::<Orders>(&api, &customer, &order).await?;
    Ok(Json(OrderBody::new(found.view(), api.clock.now())))
}

/// Cancels an order, until it is shipped. What was done for it is undone.
#[utoipa::path(delete, path = "/orders/{order_id}", tag = "orders", operation_id = "cancel_order",
    params(("order_id" = String, Path, description = "The order")),
    responses((status = 202, description = "Accepted", body = OrderBody),
        (status = 409, description = "The order is being shipped, or has ended")),
    security(("bearer" = [])))]
pub(crate) async fn cancel(
    State(api): State<Api>,
    customer: Customer,
    InPath(order_id): InPath<OrderId>,
) -> Result<Response, Problem> {
    let before = kinds::own::<Orders>(&api, &customer, &order_id).await?;
    tracing::info!(%order_id, "is to be cancelled");
    let taken = match &before {
        Found::Recorded(_) => {
            let command = CommandRequest::Cancel {
                order_id: order_id.clone(),
            };
            api.shop.commands(&api.clock).take(&command).await
        }
        Found::Announced(_) => {
            let problem = "the order is not placed yet; try again in a moment";
            Err(Failure::Conflict(problem.to_owned()))
        }
    };
    let now = api.shop.orders.find(&order_id).await?;
    let snapshot = now.as_ref().unwrap_or(before.view());
    match taken {
        Ok(_) => Ok(accepted(&api, snapshot).into_response()),
        Err(Failure::Conflict(detail)) => Err(too_late(detail, &api, snapshot)),
        Err(failure) => Err(failure.into()),
    }
}

fn accepted(api: &Api, snapshot: &Snapshot) -> (StatusCode, Json<OrderBody>) {
    let body = OrderBody::new(snapshot, api.clock.now());
    (StatusCode::ACCEPTED, Json(body))
}

/// What can be done instead of cancelling depends on where the goods are.
fn too_late(detail: String, api: &Api, snapshot: &Snapshot) -> Problem {
    let detail = match snapshot.order.state.status {
        OrderStatus::Invoiced | OrderStatus::Shipped | OrderStatus::Completed => {
            format!("{detail}; refuse the parcel when it comes, or send it back")
        }
        _ => detail,
    };
    let standing = OrderStanding::new(snapshot, api.clock.now());
    Problem::new(ProblemKind::OrderConflict, detail).about_order(standing)
}
