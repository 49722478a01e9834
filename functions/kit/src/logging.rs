//! Which booking and which trace a log line is about: a span around whatever handles a payload, so
//! that each line within it, from wherever, carries both. Nothing else of a payload is logged.

use holdfast_core::ids::BookingId;
use holdfast_core::trace::TraceId;
use serde_json::Value;
use tracing::{Span, info_span};

/// The span of what handles a payload: a step's, or a message's.
pub fn about(payload: &Value) -> Span {
    let named = payload["booking_id"].as_str();
    let named = named.or_else(|| payload["name"].as_str());
    let booking_id = named.filter(|text| text.parse::<BookingId>().is_ok());
    info_span!("booking", booking_id, trace_id = trace_of(payload))
}

/// The trace of a payload. What is to be opened has it in the execution's input, if anywhere; what
/// stands there is not checked yet.
pub(crate) fn trace_of(payload: &Value) -> Option<&str> {
    let given = [&payload["trace_id"], &payload["input"]["trace_id"]];
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
        for other in [
            json!({"trace_id": "ana@example.com"}),
            json!("text"),
            json!(null),
        ] {
            assert_eq!(trace_of(&other), None);
        }
    }
}
