//! What each route does.

pub(crate) mod accounts;
pub(crate) mod bookings;
pub(crate) mod breakers;
pub(crate) mod browser;
pub(crate) mod cancellation;
pub(crate) mod customers;
pub(crate) mod definitions;
pub(crate) mod desk;
pub(crate) mod erasure;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod figures;
pub(crate) mod health;
pub(crate) mod links;
pub(crate) mod me;
pub(crate) mod offers;
pub(crate) mod orders;
pub(crate) mod path;
pub(crate) mod preferences;
pub(crate) mod products;
pub(crate) mod sagas;
pub(crate) mod sessions;
pub(crate) mod tickets;
pub(crate) mod timers;
pub(crate) mod webhooks;

use axum::middleware::from_fn;
use axum::response::Redirect;
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};

use crate::body::without_parameters;
use crate::{Api, openapi};

/// All routes that the API's description tells of. The description is made when it is asked for: to
/// make it takes longer than all else that the API does at its start.
pub(crate) fn all() -> Router<Api> {
    with_parameters().merge(without_any().route_layer(from_fn(without_parameters)))
}

/// Routes that read parameters of their query.
fn with_parameters() -> Router<Api> {
    Router::new()
        .route("/customers/me/export", get(export::export))
        .route("/offers", get(offers::offers))
        .route("/bookings", get(bookings::list))
        .route(
            "/bookings/{booking_id}/cancellation",
            get(cancellation::quote),
        )
        .route("/bookings/{booking_id}/events", get(events::follow))
        .route("/orders", get(orders::list))
        .route("/orders/{order_id}/events", get(orders::events::follow))
        .route("/orders/{order_id}/invoice", get(orders::invoice::show))
        .route(
            "/accounts/{account_id}/statement",
            get(accounts::statement::list),
        )
        .route("/sagas", get(sagas::list))
        .route("/sagas/{saga_id}", get(sagas::show))
        .route("/sagas/{saga_id}/path", get(path::show))
        .route("/timers", get(timers::list))
        .route("/desk", get(desk::list))
        .route("/desk/{saga_id}/redrive", post(desk::redrive))
        .route("/desk/{saga_id}/resolve", post(desk::resolve))
        .route("/desk/{saga_id}/abandon", post(desk::abandon))
}

/// Routes that take no parameters.
fn without_any() -> Router<Api> {
    let booking = get(bookings::show).delete(bookings::cancel);
    Router::new()
        .route("/health", get(health::health))
        // Where API Gateway does not take this for the pages' own address.
        .route("/app/", get(async || Redirect::to("index.html")))
        // Not the list of what waits, but the page that shows it.
        .route("/desk/", get(async || Redirect::to("../app/desk/")))
        .route("/openapi.json", get(describe))
        .route("/customers", post(customers::register))
        .route("/customers/me", get(me::show))
        .route("/customers/me/password", put(me::change_password))
        .route("/customers/me/confirmation", post(me::ask_for_confirmation))
        .route("/customers/me/erasure", post(erasure::erase))
        .route("/customers/confirmation", post(links::confirm))
        .route("/passwords/forgotten", post(links::forgotten))
        .route("/passwords/reset", post(links::reset))
        .route(
            "/sessions",
            post(customers::sign_in)
                .get(sessions::list)
                .delete(sessions::end_all),
        )
        .route("/sessions/current", delete(sessions::sign_out))
        .route("/sessions/{session_id}", delete(sessions::end))
        .route("/sessions/refresh", post(customers::refresh))
        .route("/sessions/browser", post(browser::sign_in))
        .route("/sessions/browser/refresh", post(browser::refresh))
        .route("/sessions/browser/end", post(browser::end))
        .route(
            "/preferences",
            get(preferences::show).put(preferences::change),
        )
        .route("/bookings", post(bookings::book))
        .route("/bookings/{booking_id}", booking)
        .route("/bookings/{booking_id}/legs", post(bookings::add_leg))
        .route(
            "/bookings/{booking_id}/legs/{leg_id}",
            delete(bookings::drop_leg),
        )
        .route("/bookings/{booking_id}/payment", post(bookings::pay))
        .route(
            "/bookings/{booking_id}/cancellation",
            post(cancellation::cancel),
        )
        .route("/products", get(products::list))
        .route("/orders", post(orders::place))
        .route(
            "/orders/{order_id}",
            get(orders::show).delete(orders::cancel),
        )
        .route("/accounts", get(accounts::own::list).post(accounts::open))
        .route("/accounts/{account_id}", get(accounts::show))
        .route("/accounts/{account_id}/credits", post(accounts::credit))
        .route("/definitions/{kind}", get(definitions::show))
        .route("/breakers", get(breakers::list))
        .route("/figures", get(figures::show))
        .route("/tickets", post(tickets::issue))
        .route("/webhooks/payments", post(webhooks::payments))
}

async fn describe() -> Json<serde_json::Value> {
    Json(openapi::document())
}
