//! Executions that wait: each has given a token, with which it is told how to go on. Step Functions
//! takes one answer for a token and no second, so that telling twice is harmless.

use aws_sdk_sfn::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use serde_json::{Value, json};

use crate::later::Later;

/// What an execution that waits is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Word {
    /// Go on with this.
    Success(Value),
    /// It came to this failure.
    Failure(Failure),
}

/// Whether anybody heard it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The execution goes on with it.
    Now,
    /// It has gone on before, or is no more.
    GoneOn,
}

/// Tells executions.
pub trait Tells: Clone + Send + Sync + 'static {
    /// Tells the execution that has given this token.
    fn tell(&self, token: &str, word: Word) -> impl Future<Output = Result<Heard, Failure>> + Send;
}

/// Tells by way of Step Functions.
#[derive(Clone, Debug)]
pub struct TaskTokens(pub Later<aws_sdk_sfn::Client>);

impl Tells for TaskTokens {
    async fn tell(&self, token: &str, word: Word) -> Result<Heard, Failure> {
        match word {
            Word::Success(output) => {
                let telling = self.0.send_task_success().task_token(token);
                let told = telling.output(output.to_string()).send().await;
                heard(told, |error| {
                    error.is_task_timed_out()
                        || error.is_task_does_not_exist()
                        || error.is_invalid_token()
                })
            }
            Word::Failure(failure) => {
                let telling = self.0.send_task_failure().task_token(token);
                // As a function's failure looks to the state machine.
                let cause = json!({"errorMessage": failure.to_string()}).to_string();
                let told = telling.error(failure.name()).cause(cause).send().await;
                heard(told, |error| {
                    error.is_task_timed_out()
                        || error.is_task_does_not_exist()
                        || error.is_invalid_token()
                })
            }
        }
    }
}

fn heard<T, E: std::error::Error + 'static>(
    told: Result<T, aws_sdk_sfn::error::SdkError<E>>,
    has_gone_on: impl Fn(&E) -> bool,
) -> Result<Heard, Failure> {
    match told {
        Ok(_) => Ok(Heard::Now),
        Err(error) if error.as_service_error().is_some_and(has_gone_on) => Ok(Heard::GoneOn),
        Err(error) => {
            let error = DisplayErrorContext(error);
            Err(Failure::unavailable("telling the execution", error))
        }
    }
}
