//! Why a saga turns back: what went wrong, in one line that fits into its record.

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// The name under which a customer's wish to cancel reaches the unwinding.
pub const CANCELLED: &str = "Cancelled";

/// A reason or a note has no more characters: EventBridge takes no event of more than 256 KB, and what
/// went wrong may be told at any length.
const LONGEST_NOTE: usize = 1_000;

/// A text that is no longer than a note may be.
pub fn bounded(text: String) -> String {
    match text.char_indices().nth(LONGEST_NOTE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What went wrong, as the state machine passes it on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The step that failed: a part's name, or a state's.
    #[serde(default)]
    pub step: String,
    /// The name of the failure.
    #[serde(default)]
    pub error: String,
    /// Its message.
    #[serde(default)]
    pub message: String,
}

impl Cause {
    /// Of several failures, the one that tells why: one that is definitive before one that is not.
    pub fn foremost(causes: Vec<Self>) -> Self {
        let weight = |cause: &Self| match cause.error.as_str() {
            "HoldExpired" => 0,
            "Refused" | "Declined" | CANCELLED => 1,
            _ => 2,
        };
        causes.into_iter().min_by_key(weight).unwrap_or_default()
    }

    /// One line for the saga's `reason`.
    pub fn reason(&self) -> String {
        let parts = [
            self.step.as_str(),
            self.error.as_str(),
            self.message.as_str(),
        ];
        let given: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if given.is_empty() {
            "the execution was stopped".to_owned()
        } else {
            bounded(given.join(": "))
        }
    }
}

impl From<&Failure> for Cause {
    fn from(failure: &Failure) -> Self {
        let (error, message) = (failure.name().to_owned(), failure.to_string());
        Self {
            step: String::new(),
            error,
            message,
        }
    }
}

#[test]
fn a_reason_and_a_note_are_bounded_whatever_went_wrong() {
    let cause = Cause {
        message: "é".repeat(300_000),
        ..Cause::default()
    };
    assert_eq!(cause.reason().chars().count(), 1_001);
}
