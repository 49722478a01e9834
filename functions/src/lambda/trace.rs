//! Which booking and which trace a log line is about: a span around whatever handles a payload, so
//! that each line within it, from wherever, carries both. Nothing else of a payload is logged.

use serde_json::Value;
use tracing::{Span, info_span};

/// The span of what handles a payload: a step's, or a message's.
pub fn about(payload: &Value) -> Span {
    let input = payload.get("input").unwrap_or(&Value::Null);
    let text = |names: &[&str]| {
        let mut found = names.iter().map(|name| &payload[*name]);
        found.find_map(Value::as_str)
    };
    // What is to be opened has its id in the execution's input, if anywhere.
    let trace_id = text(&["trace_id"]).or_else(|| input["trace_id"].as_str());
    info_span!(
        "booking",
        booking_id = text(&["booking_id", "name"]),
        trace_id
    )
}
