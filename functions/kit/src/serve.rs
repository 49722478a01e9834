//! The loop around one handler. A failure leaves under the name that the state machine matches: a
//! boxed error would show the path of a Rust type instead.

use futures_util::future::LocalBoxFuture;
use holdfast_core::failure::Failure;
use holdfast_core::reading;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use tracing::{Instrument, Span};

use crate::logging::{about, about_opening, trace_of};
use crate::subject::{Subject, invalid};

/// A failure on its way out of a Lambda. The runtime logs it outside of our span, so it knows its
/// trace.
#[derive(Debug)]
pub struct Raised {
    failure: Failure,
    // Read by `Debug`, which is what the runtime logs.
    #[allow(dead_code)]
    trace_id: Option<String>,
}

/// What a function is called with, or where its text is no JSON. The runtime reads it, and would answer
/// an error of its own with the path of a Rust type.
#[derive(Debug)]
struct Payload(Result<Value, NotJson>);

/// The text of a payload is no JSON.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not JSON{place}")]
struct NotJson {
    /// As serde says it: ` at line 1 column 2`.
    place: String,
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(text: D) -> Result<Self, D::Error> {
        let read = Value::deserialize(text).map_err(|problem| {
            let problem = problem.to_string();
            let place = problem.rfind(" at line ").map_or("", |at| &problem[at..]);
            let place = place.to_owned();
            NotJson { place }
        });
        Ok(Self(read))
    }
}

impl Payload {
    fn json<S: Subject>(self) -> Result<Value, Failure> {
        self.0
            .map_err(|problem| S::invalid("payload".to_owned(), problem.to_string()))
    }

    /// What a log line may be about.
    fn known(&self) -> &Value {
        self.0.as_ref().unwrap_or(&Value::Null)
    }
}

/// The function's handler is none of its program's.
#[derive(Debug, thiserror::Error)]
#[error("environment variable _HANDLER: there is no handler `{named}`; use one of {known}")]
pub struct UnknownHandler {
    named: String,
    known: String,
}

impl UnknownHandler {
    /// The handler that is named, and those that the program has.
    pub fn new(named: &str, known: &[&str]) -> Self {
        let (named, known) = (named.to_owned(), known.join(", "));
        Self { named, known }
    }
}

impl From<Raised> for Diagnostic {
    fn from(Raised { failure, .. }: Raised) -> Self {
        Self {
            error_type: failure.name().to_owned(),
            error_message: failure.to_string(),
        }
    }
}

/// Serves the Lambdas of a service: `Bookings::serve(...)`.
pub trait Serves: Subject + Sized {
    /// Serves invocations until the process ends.
    ///
    /// # Errors
    /// When the Lambda runtime cannot be reached.
    fn serve<Q, A, F>(handler: impl Fn(Q) -> F) -> impl Future<Output = Result<(), Error>>
    where
        Q: DeserializeOwned,
        A: Serialize,
        F: Future<Output = Result<A, Failure>>,
    {
        serve_about::<Self, _, _, _>(about::<Self>, handler)
    }

    /// Serves invocations that open a saga: its id is the name of the execution.
    ///
    /// # Errors
    /// When the Lambda runtime cannot be reached.
    fn serve_opening<Q, A, F>(handler: impl Fn(Q) -> F) -> impl Future<Output = Result<(), Error>>
    where
        Q: DeserializeOwned,
        A: Serialize,
        F: Future<Output = Result<A, Failure>>,
    {
        serve_about::<Self, _, _, _>(about_opening::<Self>, handler)
    }
}

impl<S: Subject> Serves for S {}

async fn serve_about<S, Q, A, F>(
    about: impl Fn(&Value) -> Span,
    handler: impl Fn(Q) -> F,
) -> Result<(), Error>
where
    S: Subject,
    Q: DeserializeOwned,
    A: Serialize,
    F: Future<Output = Result<A, Failure>>,
{
    let handler = &handler;
    let erased = move |payload: Payload| -> LocalBoxFuture<'_, Result<Box<RawValue>, Failure>> {
        Box::pin(async move {
            let payload = payload.json::<S>()?;
            written(handler(read::<S, Q>(&payload)?).await?)
        })
    };
    run(&about, &erased).await
}

/// The loop, once for all handlers of a program: their types are erased, for the runtime would be
/// compiled anew for each.
async fn run<'a>(
    about: &'a dyn Fn(&Value) -> Span,
    handler: &'a dyn Fn(Payload) -> LocalBoxFuture<'a, Result<Box<RawValue>, Failure>>,
) -> Result<(), Error> {
    lambda_runtime::run(service_fn(|event: LambdaEvent<Payload>| async move {
        let span = about(event.payload.known());
        let trace_id = trace_of(event.payload.known()).map(str::to_owned);
        let done = handler(event.payload).instrument(span.clone()).await;
        let _entered = span.entered();
        match done {
            Ok(answer) => {
                tracing::info!("step done");
                Ok(answer)
            }
            Err(failure) => {
                let (error, problem) = (failure.name(), failure.to_string());
                tracing::warn!(error, problem, "step failed");
                Err(Raised { failure, trace_id })
            }
        }
    }))
    .await
}

/// As text at once: a value would sort the fields of what users see.
fn written(answer: impl Serialize) -> Result<Box<RawValue>, Failure> {
    to_raw_value(&answer)
        .map_err(|problem| Failure::Unavailable(format!("writing the answer: {problem}")))
}

fn read<S: Subject, Q: DeserializeOwned>(payload: &Value) -> Result<Q, Failure> {
    reading::read(payload).map_err(invalid::<S>)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;
    use tracing::info_span;

    use super::*;

    enum Parcels {}

    impl Subject for Parcels {
        const ID_FIELD: &'static str = "parcel_id";

        fn span(id: &str, trace_id: Option<&str>) -> Span {
            info_span!("parcel", parcel_id = id, trace_id)
        }

        fn invalid(field: String, problem: String) -> Failure {
            Failure::invalid(field, problem)
        }
    }

    /// As the runtime reads it.
    fn payload(text: &str) -> Payload {
        let mut reader = serde_json::Deserializer::from_slice(text.as_bytes());
        Payload::deserialize(&mut reader).unwrap()
    }

    #[test]
    fn a_payload_that_is_no_json_is_told_in_words_with_the_place() {
        for (text, place) in [
            ("", "line 1 column 0"),
            ("{", "line 1 column 1"),
            ("{\"parcel_id\": p-1}", "line 1 column 15"),
        ] {
            let failure = payload(text).json::<Parcels>().unwrap_err();
            assert!(failure.is_invalid(), "{failure}");
            let told = format!("payload: is not JSON at {place}");
            assert_eq!(failure.to_string(), told, "{text}");
        }
        assert_eq!(payload("{}").json::<Parcels>(), Ok(json!({})));
    }
}
