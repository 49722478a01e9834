//! Which saga and which trace a log line is about: a span around whatever handles a payload, so that
//! each line within it, from wherever, carries both. Nothing else of a payload is logged.

use std::env;

use holdfast_core::ids::SagaId;
use holdfast_core::trace::TraceId;
use serde_json::Value;
use tracing::level_filters::LevelFilter;
use tracing::{Span, info_span};

/// Starts logging: lines of JSON, or plain ones where `AWS_LAMBDA_LOG_FORMAT` is `Text`. The least
/// level is `AWS_LAMBDA_LOG_LEVEL`, or `RUST_LOG`, or `info`.
pub(crate) fn start() {
    let named = env::var("AWS_LAMBDA_LOG_LEVEL").or_else(|_| env::var("RUST_LOG"));
    let level = named.ok().and_then(|name| name.parse().ok());
    let lines = tracing_subscriber::fmt()
        .with_target(false)
        .without_time()
        .with_max_level(level.unwrap_or(LevelFilter::INFO));
    let plain =
        env::var("AWS_LAMBDA_LOG_FORMAT").is_ok_and(|format| format.eq_ignore_ascii_case("text"));
    if plain {
        lines.init();
    } else {
        lines.json().init();
    }
}

/// What the id of a saga may be called in a payload. [`span`] knows the same ones.
const ID_FIELDS: &[&str] = &["booking_id", "order_id"];

/// The span of what handles a payload: a step's, or a message's. An event from the bus has its fields
/// in `detail`.
pub fn about(payload: &Value) -> Span {
    let trace_id = trace_of(payload);
    let mut named = [payload, &payload["detail"]].into_iter().flat_map(named);
    match named.next() {
        Some((field, id)) => span(field, id, trace_id),
        None => info_span!("saga", trace_id),
    }
}

/// The ids of sagas that are in a payload, and what they are called there.
fn named(payload: &Value) -> impl Iterator<Item = (&'static str, &str)> {
    let fields = ID_FIELDS.iter();
    fields.filter_map(|field| Some((*field, id_in(payload, field)?)))
}

/// The span of what opens a saga, whose id is the name of its execution yet.
pub(crate) fn about_opening(field: &str, payload: &Value) -> Span {
    match id_in(payload, "name") {
        Some(id) => span(field, id, trace_of(payload)),
        None => about(payload),
    }
}

/// The span of what is done for one saga. Fields of log lines have fixed names: a new kind of saga
/// adds a line here.
pub(crate) fn span(field: &str, id: &str, trace_id: Option<&str>) -> Span {
    match field {
        "booking_id" => info_span!("booking", booking_id = id, trace_id),
        "order_id" => info_span!("order", order_id = id, trace_id),
        _ => info_span!("saga", saga_id = id, trace_id),
    }
}

fn id_in<'a>(payload: &'a Value, field: &str) -> Option<&'a str> {
    let named = payload[field].as_str();
    named.filter(|text| text.parse::<SagaId>().is_ok())
}

/// The trace of a payload. What is to be opened has it in the execution's input, if anywhere; what
/// stands there is not checked yet.
pub(crate) fn trace_of(payload: &Value) -> Option<&str> {
    let given = [payload, &payload["input"], &payload["detail"]];
    let mut given = given.iter().filter_map(|part| part["trace_id"].as_str());
    given.find(|text| text.parse::<TraceId>().is_ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_trace_is_found_wherever_it_may_be_and_nothing_else_is_taken_for_one() {
        let trace = "ab".repeat(16);
        let step = json!({"booking_id": "b", "trace_id": trace});
        let opening = json!({"name": "b", "input": {"trace_id": trace}});
        let event = json!({"detail-type": "stock_requested", "detail": {"trace_id": trace}});
        assert_eq!(trace_of(&step), Some(trace.as_str()));
        assert_eq!(trace_of(&opening), Some(trace.as_str()));
        assert_eq!(trace_of(&event), Some(trace.as_str()));
        for other in [
            json!({"trace_id": "ana@example.com"}),
            json!("text"),
            json!(null),
        ] {
            assert_eq!(trace_of(&other), None);
        }
    }

    #[test]
    fn an_id_is_found_in_a_message_and_in_an_event_from_the_bus() {
        let message = json!({"booking_id": "b"});
        let event = json!({"detail-type": "stock_requested", "detail": {"order_id": "o"}});
        let found = |payload: &Value| {
            let mut ids = [payload, &payload["detail"]].into_iter().flat_map(named);
            ids.next().map(|(field, id)| format!("{field} {id}"))
        };
        assert_eq!(found(&message).as_deref(), Some("booking_id b"));
        assert_eq!(found(&event).as_deref(), Some("order_id o"));
        assert_eq!(found(&json!({"order_id": "a b"})), None);
    }
}
