//! What went wrong, read from what the state machine passes on: the message of a Lambda's failure is
//! JSON, and a step within another wraps it once more.

use holdfast_core::cause::Cause;
use serde::Deserialize;

#[derive(Deserialize)]
struct Wrapped {
    step: Option<String>,
    #[serde(alias = "errorMessage")]
    message: String,
}

/// A cause whose message is text, and whose step is the innermost that is named.
#[must_use]
pub fn unwrapped(cause: Cause) -> Cause {
    match serde_json::from_str::<Wrapped>(&cause.message) {
        Ok(inner) => unwrapped(Cause {
            step: inner.step.unwrap_or(cause.step),
            error: cause.error,
            message: inner.message,
        }),
        Err(_) => cause,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cause(step: &str, error: &str, message: &str) -> Cause {
        let [step, error, message] = [step, error, message].map(str::to_owned);
        Cause {
            step,
            error,
            message,
        }
    }

    #[test]
    fn the_message_of_a_lambda_is_taken_out_of_its_json() {
        let plain = "no seats on GRU-LIS";
        let lambda = json!({"errorType": "Refused", "errorMessage": plain}).to_string();
        let told = unwrapped(cause("hold out", "Refused", &lambda));
        assert_eq!(told, cause("hold out", "Refused", plain));
    }

    #[test]
    fn a_step_within_a_step_is_unwrapped_to_the_innermost() {
        let lambda = json!({"errorType": "Refused", "errorMessage": "sold out"}).to_string();
        let within =
            json!({"step": "confirm car", "error": "Refused", "message": lambda}).to_string();
        let told = unwrapped(cause("confirm", "Refused", &within));
        assert_eq!(told, cause("confirm car", "Refused", "sold out"));
    }

    #[test]
    fn a_message_that_is_not_wrapped_stays_as_it_is() {
        for message in [
            "",
            "sold out",
            "12",
            "null",
            "[]",
            "{}",
            r#""text""#,
            r#"{"other": 1}"#,
        ] {
            let plain = cause("close", "States.Timeout", message);
            assert_eq!(unwrapped(plain.clone()), plain, "{message}");
        }
    }

    #[test]
    fn the_foremost_cause_is_unwrapped() {
        let lambda = json!({"errorMessage": "declined by the bank"}).to_string();
        let foremost = unwrapped(Cause::foremost(vec![cause("payment", "Declined", &lambda)]));
        assert_eq!(foremost.reason(), "payment: Declined: declined by the bank");
    }
}
