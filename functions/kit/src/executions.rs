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

    /// The state machine's definition as it is deployed, in Amazon States Language.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when Step Functions does not answer, or not in JSON.
    pub async fn definition(&self) -> Result<Value, Failure> {
        let doing = "reading the state machine's definition";
        let described = self
            .step_functions
            .describe_state_machine()
            .state_machine_arn(&self.state_machine_arn)
            .send()
            .await
            .map_err(|error| Failure::unavailable(doing, DisplayErrorContext(error)))?;
        serde_json::from_str(described.definition())
            .map_err(|error| Failure::unavailable(doing, error))
    }
}
