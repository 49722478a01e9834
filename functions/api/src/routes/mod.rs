//! What each route does.

pub(crate) mod accounts;
pub(crate) mod bookings;
pub(crate) mod cancellation;
pub(crate) mod customers;
pub(crate) mod desk;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod offers;
pub(crate) mod orders;
pub(crate) mod preferences;
pub(crate) mod products;
pub(crate) mod sagas;
pub(crate) mod webhooks;

use axum::Router;
use axum::routing::{delete, get, post};

use crate::Api;

/// All routes that the API's description tells of. The description is made when it is asked for: to
/// make it takes longer than all else that the API does at its start.
pub(crate) fn all() -> Router<Api> {
    let booking = get(bookings::show).delete(bookings::cancel);
    Router::new()
        .route("/health", get(health::health))
        .route("/customers", post(customers::register))
        .route("/sessions", post(customers::sign_in))
        .route("/sessions/refresh", post(customers::refresh))
        .route("/offers", get(offers::offers))
        .route(
            "/preferences",
            get(preferences::show).put(preferences::change),
        )
        .route("/bookings", get(bookings::list).post(bookings::book))
        .route("/bookings/{booking_id}", booking)
        .route("/bookings/{booking_id}/legs", post(bookings::add_leg))
        .route(
            "/bookings/{booking_id}/legs/{leg_id}",
            delete(bookings::drop_leg),
        )
        .route("/bookings/{booking_id}/payment", post(bookings::pay))
        .route(
            "/bookings/{booking_id}/cancellation",
            get(cancellation::quote).post(cancellation::cancel),
        )
        .route("/bookings/{booking_id}/events", get(events::follow))
        .route("/products", get(products::list))
        .route("/orders", get(orders::list).post(orders::place))
        .route(
            "/orders/{order_id}",
            get(orders::show).delete(orders::cancel),
        )
        .route("/orders/{order_id}/events", get(orders::events::follow))
        .route("/orders/{order_id}/invoice", get(orders::invoice::show))
        .route("/accounts", post(accounts::open))
        .route("/accounts/{account_id}", get(accounts::show))
        .route("/accounts/{account_id}/credits", post(accounts::credit))
        .route(
            "/accounts/{account_id}/statement",
            get(accounts::statement::list),
        )
        .route("/webhooks/payments", post(webhooks::payments))
        .route("/sagas", get(sagas::list))
        .route("/sagas/{saga_id}", get(sagas::show))
        .route("/desk", get(desk::list))
        .route("/desk/{saga_id}/redrive", post(desk::redrive))
        .route("/desk/{saga_id}/resolve", post(desk::resolve))
        .route("/desk/{saga_id}/abandon", post(desk::abandon))
}
