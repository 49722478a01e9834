//! What a supplier's answer means, and what its silence means.
//!
//! A supplier may do what it was asked for and then fail to say so. Only an answer that we
//! understand is an answer; everything else that may have reached the supplier is [`Outcome::Unknown`].

use holdfast_core::money::Money;
use holdfast_core::refund::Refund;
use holdfast_core::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// What came of a call to a supplier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done(Answer),
    /// Accepted, and not decided yet: the supplier will report.
    Pending(Answer),
    /// Definitely not done; asking again will not help.
    Refused(String),
    /// Definitely not done: the money was declined.
    Declined(String),
    /// Definitely not done; it may be asked for again.
    NotDone(String),
    /// Not asked for: the supplier keeps failing, and is left alone for a while.
    Down(String),
    /// May have been done.
    Unknown(String),
}

/// What a supplier says of a thing that it has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Answer {
    /// The supplier's name for it.
    pub reference: Option<String>,
    /// What it costs.
    pub price: Option<Money>,
    /// What is given back of the price.
    pub refund: Option<Refund>,
    /// Until when it is held.
    pub expires_at: Option<Timestamp>,
}

/// What a supplier says of a call it was asked about.
#[derive(Deserialize)]
pub(super) struct Inspected {
    pub(super) http_status: u16,
    pub(super) body: Value,
}

/// What is said of an answer that leaves open what only a payment's authorization may leave open.
pub const UNDECIDED: &str = "it is not decided yet, and this step does not wait";

const LONGEST_MESSAGE: usize = 200;

/// Reads an answer, by its HTTP status and its body.
pub(super) fn understand(status: u16, body: &[u8]) -> Outcome {
    match serde_json::from_slice::<Value>(body) {
        Ok(json) => understand_json(status, &json),
        Err(_) => Outcome::Unknown(format!("answered {status} with something that is not JSON")),
    }
}

/// Reads an answer that is JSON.
pub(super) fn understand_json(status: u16, json: &Value) -> Outcome {
    let message = || {
        let said = json
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or("no reason given");
        said.chars()
            .filter(|c| !c.is_control())
            .take(LONGEST_MESSAGE)
            .collect::<String>()
    };
    match status {
        200..=299 => {
            let word = json.get("status").and_then(Value::as_str);
            match (Answer::deserialize(json), word) {
                (Ok(answer), Some("pending")) => Outcome::Pending(answer),
                (Ok(answer), Some(_)) => Outcome::Done(answer),
                _ => Outcome::Unknown(format!(
                    "answered {status} with JSON that says nothing we know"
                )),
            }
        }
        402 => Outcome::Declined(message()),
        409 if is_about_something_else(json) => {
            Outcome::Unknown(format!("answered 409, but not `refused`: {}", message()))
        }
        400 | 404 | 409 | 422 => Outcome::Refused(message()),
        // Whoever is not let in has done nothing.
        401 | 429 | 503 => Outcome::NotDone(message()),
        _ => Outcome::Unknown(format!("answered {status}")),
    }
}

/// A conflict may also mean that the same call is being carried out: then it may yet be done.
fn is_about_something_else(json: &Value) -> bool {
    json.get("error").is_some_and(|error| error != "refused")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_that_is_understood_counts() {
        let done = br#"{"status":"held","reference":"FL-1"}"#;
        assert!(matches!(understand(200, done), Outcome::Done(_)));
        for nonsense in [
            &b""[..],
            b"<html>all is well</html>",
            b"[]",
            b"{}",
            b"null",
            b"{\"status\":1}",
        ] {
            assert!(matches!(understand(200, nonsense), Outcome::Unknown(_)));
        }
        for status in [100, 301, 500, 502, 504] {
            assert!(matches!(
                understand(status, b"{\"message\":\"x\"}"),
                Outcome::Unknown(_)
            ));
        }
    }

    #[test]
    fn what_is_pending_is_not_done() {
        let pending = br#"{"status":"pending","reference":"PAY-1"}"#;
        for status in [200, 202] {
            assert!(matches!(understand(status, pending), Outcome::Pending(_)));
        }
    }

    #[test]
    fn a_refusal_in_html_is_not_a_refusal() {
        assert!(matches!(
            understand(409, b"<h1>Conflict</h1>"),
            Outcome::Unknown(_)
        ));
        let json = br#"{"error":"refused","message":"sold out"}"#;
        assert_eq!(
            understand(409, json),
            Outcome::Refused("sold out".to_owned())
        );
    }

    #[test]
    fn a_caller_that_is_not_let_in_has_nothing_done() {
        let refused = br#"{"error":"unauthorized","message":"the key is wrong"}"#;
        let not_done = Outcome::NotDone("the key is wrong".to_owned());
        assert_eq!(understand(401, refused), not_done);
    }

    #[test]
    fn a_supplier_cannot_write_novels_into_our_records() {
        let long = format!(r#"{{"message":"{}\n"}}"#, "x".repeat(5000));
        let Outcome::Refused(message) = understand(409, long.as_bytes()) else {
            panic!()
        };
        assert_eq!(message.len(), LONGEST_MESSAGE);
    }

    #[test]
    fn a_conflict_is_a_refusal_unless_it_says_that_it_is_about_something_else() {
        for refused in [
            &br#"{"error":"refused","message":"sold out"}"#[..],
            br#"{"message":"sold out"}"#,
        ] {
            let refused = understand(409, refused);
            assert!(matches!(refused, Outcome::Refused(_)), "{refused:?}");
        }
        for in_use in [
            &br#"{"error":"key_in_use","message":"try again"}"#[..],
            br#"{"error":{"type":"idempotency_error"}}"#,
        ] {
            let in_use = understand(409, in_use);
            assert!(matches!(in_use, Outcome::Unknown(_)), "{in_use:?}");
        }
    }
}
