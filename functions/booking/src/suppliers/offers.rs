//! Asking the suppliers what they offer. Nothing depends on the answer, so one that is not
//! understood is no answer.

use std::collections::BTreeMap;

use holdfast_booking_rules::offer::Offer;
use holdfast_core::failure::Failure;
use holdfast_kit::suppliers::Endpoint;
use hyper::StatusCode;
use serde::Deserialize;

#[derive(Deserialize)]
struct Offers {
    offers: Vec<Offer>,
}

/// The offers that answer a question.
///
/// # Errors
/// [`Failure::Unavailable`] when no answer comes that can be understood.
pub async fn offers(
    suppliers: &Endpoint,
    question: &BTreeMap<String, String>,
    trace_id: &str,
) -> Result<Vec<Offer>, Failure> {
    let pairs = question
        .iter()
        .map(|(name, text)| format!("{}={}", encoded(name), encoded(text)));
    let query = pairs.collect::<Vec<_>>().join("&");
    let unavailable = |problem: String| Failure::Unavailable(format!("offers: {problem}"));
    match suppliers.get(&format!("offers?{query}"), trace_id).await {
        Some((StatusCode::OK, body)) => {
            let offers: Offers = serde_json::from_slice(&body)
                .map_err(|problem| unavailable(problem.to_string()))?;
            Ok(offers.offers)
        }
        Some((status, _)) => Err(unavailable(format!("answered {status}"))),
        None => Err(unavailable("no answer".to_owned())),
    }
}

/// Text as part of a query.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[test]
fn text_of_any_kind_can_be_part_of_a_query() {
    assert_eq!(encoded("2027-03-01"), "2027-03-01");
    assert_eq!(encoded("a b&c=ü"), "a%20b%26c%3D%C3%BC");
}
