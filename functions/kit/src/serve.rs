//! The loop around one handler. A failure leaves under the name that the state machine matches: a
//! boxed error would show the path of a Rust type instead.

use holdfast_core::failure::Failure;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::Instrument;

use crate::logging::{about, trace_of};

/// A failure on its way out of a Lambda. The runtime logs it outside of our span, so it knows its
/// trace.
#[derive(Debug)]
pub struct Raised {
    failure: Failure,
    // Read by `Debug`, which is what the runtime logs.
    #[allow(dead_code)]
    trace_id: Option<String>,
}

impl From<Raised> for Diagnostic {
    fn from(Raised { failure, .. }: Raised) -> Self {
        Self {
            error_type: failure.name().to_owned(),
            error_message: failure.to_string(),
        }
    }
}

/// Serves invocations until the process ends.
///
/// # Errors
/// When the Lambda runtime cannot be reached.
pub async fn serve<Q, A, F>(handler: impl Fn(Q) -> F) -> Result<(), Error>
where
    Q: DeserializeOwned,
    A: Serialize,
    F: Future<Output = Result<A, Failure>>,
{
    let handler = &handler;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| async move {
        let span = about(&event.payload);
        let done = match read(&event.payload) {
            // Boxed: a step's future is deep and large.
            Ok(request) => Box::pin(handler(request)).instrument(span.clone()).await,
            Err(failure) => Err(failure),
        };
        let _entered = span.entered();
        match done {
            Ok(answer) => {
                tracing::info!("step done");
                Ok(answer)
            }
            Err(failure) => {
                let (error, problem) = (failure.name(), failure.to_string());
                tracing::warn!(error, problem, "step failed");
                let trace_id = trace_of(&event.payload).map(str::to_owned);
                Err(Raised { failure, trace_id })
            }
        }
    }))
    .await
}

fn read<Q: DeserializeOwned>(payload: &Value) -> Result<Q, Failure> {
    serde_path_to_error::deserialize(payload).map_err(|error| {
        let problem = error.inner().to_string();
        Failure::invalid(error.path().to_string(), problem)
    })
}
