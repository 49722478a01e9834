//! The loop around one handler. A failure leaves under the name that the state machine matches: a
//! boxed error would show the path of a Rust type instead.

use holdfast_domain::failure::Failure;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::Instrument;

use super::about;

/// A failure on its way out of a Lambda.
#[derive(Debug)]
pub struct Raised(pub Failure);

impl From<Raised> for Diagnostic {
    fn from(Raised(failure): Raised) -> Self {
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
        let (request, span) = (read(&event.payload)?, about(&event.payload));
        // Boxed: a step's future is deep and large.
        let done = Box::pin(handler(request)).instrument(span.clone()).await;
        let _entered = span.entered();
        match done {
            Ok(answer) => {
                tracing::info!("step done");
                Ok(answer)
            }
            Err(failure) => {
                let (error, problem) = (failure.name(), failure.to_string());
                tracing::warn!(error, problem, "step failed");
                Err(Raised(failure))
            }
        }
    }))
    .await
}

fn read<Q: DeserializeOwned>(payload: &Value) -> Result<Q, Raised> {
    serde_path_to_error::deserialize(payload).map_err(|error| {
        let problem = error.inner().to_string();
        Raised(Failure::invalid(error.path().to_string(), problem))
    })
}
