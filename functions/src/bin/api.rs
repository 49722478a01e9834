//! The HTTP API.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use holdfast::lambda::Environment;
use holdfast::store::Store;
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    // The stage is no part of the routes.
    let environment = Environment::load().await;
    let routes = Router::new()
        .route("/health", get(health))
        .with_state(environment.store()?);
    lambda_http::run(routes).await
}

async fn health(State(store): State<Store>) -> (StatusCode, axum::Json<Value>) {
    match store.ping().await {
        Ok(()) => (StatusCode::OK, axum::Json(json!({"status": "ok"}))),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            axum::Json(json!({"status": "unavailable"})),
        ),
    }
}
