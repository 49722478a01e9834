//! The loop around one handler. A failure leaves under the name that the state machine matches: a
//! boxed error would show the path of a Rust type instead.

use futures_util::future::LocalBoxFuture;
use holdfast_core::failure::Failure;
use holdfast_core::reading;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
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
    let erased = move |payload: Value| -> LocalBoxFuture<'_, Result<Box<RawValue>, Failure>> {
        Box::pin(async move { written(handler(read::<S, Q>(&payload)?).await?) })
    };
    run(&about, &erased).await
}

/// The loop, once for all handlers of a program: their types are erased, for the runtime would be
/// compiled anew for each.
async fn run<'a>(
    about: &'a dyn Fn(&Value) -> Span,
    handler: &'a dyn Fn(Value) -> LocalBoxFuture<'a, Result<Box<RawValue>, Failure>>,
) -> Result<(), Error> {
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| async move {
        let span = about(&event.payload);
        let trace_id = trace_of(&event.payload).map(str::to_owned);
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
