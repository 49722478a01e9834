//! The HTTP contract: addresses, statuses, bounds, and one log line per call.

use std::collections::BTreeMap;
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use holdfast_core::ids::SagaId;
use serde::Deserialize;
use serde_json::json;

use crate::Supplies;
use crate::answer::{self, Answer};
use crate::bank;
use crate::outage;
use crate::pickup;
use crate::request::{self, Call, Key};
use crate::store::StoreError;
use crate::who::Supplier;

pub(crate) const LARGEST_BODY: usize = 16 * 1024;
const LONGEST_TRACE: usize = 128;

/// The suppliers' whole HTTP interface.
pub fn router(supplies: Supplies) -> Router {
    Router::new()
        .route("/healthz", get(health))
        .route("/operations", get(inspect))
        .route("/audit", get(audit))
        .route(
            "/outage/{supplier}",
            get(outage::look).put(outage::begin).delete(outage::end),
        )
        .route("/bank/{booking}/{decision}", post(bank::decide))
        .route("/carrier/pickup", post(pickup::pick_up))
        .route("/offers", get(offers))
        .route("/{supplier}/{action}", post(act))
        .fallback(no_such_address)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(supplies)
}

async fn act(
    State(supplies): State<Supplies>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match path {
        Ok(Path((supplier, action))) => obey(supplies, supplier, &action, &headers, body).await,
        Err(_) => no_such_address().await.into_response(),
    }
}

/// `POST /payment/{action}`, where there is no other supplier.
pub(crate) async fn pay(
    State(supplies): State<Supplies>,
    action: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let action = action.map(|action| action.0).unwrap_or_default();
    let supplier = Supplier::Payment.as_str().to_owned();
    obey(supplies, supplier, &action, &headers, body).await
}

async fn obey(
    supplies: Supplies,
    supplier: String,
    action: &str,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let trace = trace_of(headers).to_owned();
    let call = readable(body).and_then(|body| request::read(&supplier, action, headers, &body));
    match call {
        Ok(call) => carry_out(supplies, call, supplier, trace).await,
        Err(problem) => {
            // The message repeats what was sent, and goes to the sender alone.
            tracing::warn!(
                trace,
                supplier,
                action,
                status = problem.http_status.as_u16(),
                "bad call"
            );
            problem.into_response()
        }
    }
}

/// Goes through with a call once it has begun, whether or not the caller waits for the answer.
async fn carry_out(supplies: Supplies, call: Call, supplier: String, trace: String) -> Response {
    let started = Instant::now();
    let work = tokio::spawn(async move {
        let response = supplies.answer(&call).await;
        log(&call, &supplier, &trace, response.status(), started);
        response
    });
    work.await.unwrap_or_else(|_| answer::lost())
}

fn log(call: &Call, supplier: &str, trace: &str, status: StatusCode, started: Instant) {
    tracing::info!(
        supplier,
        action = call.action.as_str(),
        booking = call.of_booking(),
        order = call.of_order(),
        key = call.key.as_str(),
        fault = call.fault.map(tracing::field::display),
        trace,
        status = status.as_u16(),
        took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
}

pub(crate) fn readable(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Answer> {
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let message = format!("the body must not be larger than {LARGEST_BODY} bytes");
            Answer::problem(StatusCode::PAYLOAD_TOO_LARGE, "invalid", message)
        }
        _ => Answer::problem(
            StatusCode::BAD_REQUEST,
            "invalid",
            "the body broke off; send it again",
        ),
    })
}

fn trace_of(headers: &HeaderMap) -> &str {
    let trace = headers
        .get("traceparent")
        .and_then(|value| value.to_str().ok());
    trace
        .filter(|trace| trace.len() <= LONGEST_TRACE)
        .unwrap_or_default()
}

#[derive(Deserialize)]
pub(crate) struct Inspect {
    key: Option<String>,
}

pub(crate) async fn inspect(
    State(supplies): State<Supplies>,
    query: Result<Query<Inspect>, QueryRejection>,
) -> Answer {
    let Ok(Query(query)) = query else {
        return bad_query();
    };
    let key = match Key::read(&query.key.unwrap_or_default(), "query parameter `key`") {
        Ok(key) => key,
        Err(problem) => return problem,
    };
    match supplies.store.kept_answer(key.as_str()).await {
        Ok(Some(kept)) => Answer::ok(json!({
            "http_status": kept.answer.http_status.as_u16(),
            "body": kept.answer.body,
        })),
        Ok(None) => {
            let message = "nothing was done under this key";
            Answer::problem(StatusCode::NOT_FOUND, "unknown_key", message)
        }
        Err(error) => unreachable_table(&error),
    }
}

#[derive(Deserialize)]
pub(crate) struct Audit {
    booking: Option<String>,
    after: Option<String>,
}

pub(crate) async fn audit(
    State(supplies): State<Supplies>,
    query: Result<Query<Audit>, QueryRejection>,
) -> Answer {
    let Ok(Query(query)) = query else {
        return bad_query();
    };
    let now = supplies.now();
    let page = match query.booking {
        Some(booking) => match booking.parse::<SagaId>() {
            Ok(id) => supplies.store.audit_of(&id, now).await,
            Err(error) => return Answer::invalid(format!("query parameter `booking`: {error}")),
        },
        None => supplies.store.audit(query.after.as_deref(), now).await,
    };
    match page {
        Ok(page) => Answer::ok(json!(page)),
        Err(error) => unreachable_table(&error),
    }
}

async fn offers(
    State(supplies): State<Supplies>,
    headers: HeaderMap,
    question: Result<Query<BTreeMap<String, String>>, QueryRejection>,
) -> Answer {
    let Ok(Query(question)) = question else {
        return bad_query();
    };
    let answer = supplies.offer(&question).await;
    let (trace, status) = (trace_of(&headers), answer.http_status.as_u16());
    tracing::info!(trace, status, "offers");
    answer
}

pub(crate) async fn health(State(supplies): State<Supplies>) -> Answer {
    match supplies.store.kept_answer("healthz").await {
        Ok(_) => Answer::ok(json!({ "status": "ok" })),
        Err(error) => unreachable_table(&error),
    }
}

fn bad_query() -> Answer {
    request::bad_request("the query cannot be read; send each parameter once, URL-encoded")
}

pub(crate) fn unreachable_table(error: &StoreError) -> Answer {
    tracing::error!(%error, "the table cannot be read");
    Answer::unavailable("the supplier cannot reach its table; try again")
}

async fn no_such_address() -> Answer {
    let message = "there is nothing here; use POST /{supplier}/{action}, /bank/{booking}/{decision} or /carrier/pickup, GET /offers, /operations, /audit, /outage/{supplier} or /healthz";
    Answer::problem(StatusCode::NOT_FOUND, "not_found", message)
}

async fn no_such_method() -> Answer {
    let message = "use POST for /{supplier}/{action}, /bank/{booking}/{decision} and /carrier/pickup, PUT, GET or DELETE for /outage/{supplier}, GET for the others";
    Answer::problem(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        message,
    )
}
