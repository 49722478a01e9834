//! Which saga and which trace a log line is about: a span around whatever handles a payload, so that
//! each line within it, from wherever, carries both. Nothing else of a payload is logged.

use std::env;

use holdfast_core::ids::SagaId;
use holdfast_core::trace::TraceId;
use serde_json::Value;
use tracing::level_filters::LevelFilter;
use tracing::{Span, info_span};

use crate::subject::Subject;

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

/// The span of what handles a payload: a step's, or a message's. An event from the bus has its id in
/// its detail.
pub fn about<S: Subject>(payload: &Value) -> Span {
    let trace_id = trace_of(payload);
    let detail = &payload["detail"];
    match id_in(payload, S::ID_FIELD).or_else(|| id_in(detail, S::ID_FIELD)) {
        Some(id) => S::span(id, trace_id),
        None => info_span!("saga", trace_id),
    }
}

/// The span of what opens a saga, whose id is the name of its execution yet.
pub(crate) fn about_opening<S: Subject>(payload: &Value) -> Span {
    match id_in(payload, "name") {
        Some(id) => S::span(id, trace_of(payload)),
        None => about::<S>(payload),
    }
}

fn id_in<'a>(payload: &'a Value, field: &str) -> Option<&'a str> {
    let named = payload[field].as_str();
    named.filter(|text| text.parse::<SagaId>().is_ok())
}

/// The trace of a payload. What is to be opened has it in the execution's input, if anywhere; what
/// stands there is not checked yet. An event from the bus has it in its detail.
pub(crate) fn trace_of(payload: &Value) -> Option<&str> {
    let given = [
        &payload["trace_id"],
        &payload["input"]["trace_id"],
        &payload["detail"]["trace_id"],
    ];
    let mut given = given.into_iter().filter_map(Value::as_str);
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
        assert_eq!(trace_of(&step), Some(trace.as_str()));
        assert_eq!(trace_of(&opening), Some(trace.as_str()));
        let event = json!({"id": "e", "detail": {"order_id": "o", "trace_id": trace}});
        assert_eq!(trace_of(&event), Some(trace.as_str()));
        for other in [
            json!({"trace_id": "ana@example.com"}),
            json!("text"),
            json!(null),
        ] {
            assert_eq!(trace_of(&other), None);
        }
    }
}
