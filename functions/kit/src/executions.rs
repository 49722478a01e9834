//! Executions of a state machine, each of which drives one saga.

use aws_sdk_sfn::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use serde_json::Value;

use crate::later::Later;

/// Starts executions, and looks at them.
#[derive(Clone, Debug)]
pub struct Executions {
    /// Talks to Step Functions.
    pub step_functions: Later<aws_sdk_sfn::Client>,
    /// Of what they are executions.
    pub state_machine_arn: String,
}

impl Executions {
    /// Starts an execution of this name, unless it was started before.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when Step Functions does not answer.
    pub async fn start(&self, name: &str, input: &Value) -> Result<(), Failure> {
        let started = self
            .step_functions
            .start_execution()
            .state_machine_arn(&self.state_machine_arn)
            .name(name)
            .input(input.to_string())
            .send()
            .await;
        let Err(error) = started else { return Ok(()) };
        let was_started = error
            .as_service_error()
            .is_some_and(|error| error.is_execution_already_exists());
        if was_started {
            return Ok(());
        }
        let error = DisplayErrorContext(error);
        Err(Failure::unavailable("starting an execution", error))
    }
}
