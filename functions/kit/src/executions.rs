//! Executions of a state machine, each of which drives one saga.

use aws_sdk_sfn::error::DisplayErrorContext;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::primitives::DateTime;
use aws_sdk_sfn::types::{HistoryEvent, HistoryEventType as Type};
use holdfast_core::failure::Failure;
use holdfast_core::path::{ExecutionPath, Sort, Told, What, visits};
use holdfast_core::time::Timestamp;
use serde_json::Value;

use crate::later::Later;

/// How much of a history is read: so many pages of so many events.
const MOST_PAGES: usize = 5;
const EVENTS_ON_A_PAGE: i32 = 1_000;

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

    /// What tells the execution of this name from every other one.
    pub fn arn(&self, name: &str) -> String {
        let all = self
            .state_machine_arn
            .replacen(":stateMachine:", ":execution:", 1);
        format!("{all}:{name}")
    }

    /// The execution of this name; `None` where Step Functions has none, or none any more.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when Step Functions does not answer.
    pub async fn find(&self, name: &str) -> Result<Option<DescribeExecutionOutput>, Failure> {
        let described = self
            .step_functions
            .describe_execution()
            .execution_arn(self.arn(name))
            .send()
            .await;
        match described {
            Ok(execution) => Ok(Some(execution)),
            Err(error) => match error.as_service_error() {
                Some(service) if service.is_execution_does_not_exist() => Ok(None),
                _ => {
                    let error = DisplayErrorContext(error);
                    Err(Failure::unavailable("looking for an execution", error))
                }
            },
        }
    }

    /// The states that the execution of this name entered; `None` where Step Functions has none, or none
    /// any more.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when Step Functions does not answer.
    pub async fn path(&self, name: &str) -> Result<Option<ExecutionPath>, Failure> {
        let Some(execution) = self.find(name).await? else {
            return Ok(None);
        };
        let Some((history, is_complete)) = self.history(name).await? else {
            return Ok(None);
        };
        Ok(Some(ExecutionPath {
            name: name.to_owned(),
            status: execution.status().as_str().to_ascii_lowercase(),
            started: moment(execution.start_date()),
            ended: execution.stop_date().map(moment),
            states: visits(&history),
            is_complete,
        }))
    }

    /// What happened to an execution, and whether that is all.
    async fn history(&self, name: &str) -> Result<Option<(Vec<Told>, bool)>, Failure> {
        let (mut history, mut next) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let asked = self
                .step_functions
                .get_execution_history()
                .execution_arn(self.arn(name))
                .include_execution_data(false)
                .max_results(EVENTS_ON_A_PAGE)
                .set_next_token(next);
            let page = match asked.send().await {
                Ok(page) => page,
                Err(error) => match error.as_service_error() {
                    Some(service) if service.is_execution_does_not_exist() => return Ok(None),
                    _ => {
                        let error = DisplayErrorContext(error);
                        return Err(Failure::unavailable("reading an execution", error));
                    }
                },
            };
            history.extend(page.events.iter().map(told));
            next = page.next_token;
            if next.is_none() {
                return Ok(Some((history, true)));
            }
        }
        Ok(Some((history, false)))
    }
}

fn moment(time: &DateTime) -> Timestamp {
    Timestamp::from_millis(time.to_millis().unwrap_or_default())
}

fn told(event: &HistoryEvent) -> Told {
    Told {
        id: event.id(),
        after: event.previous_event_id(),
        at: moment(event.timestamp()),
        what: what(event),
    }
}

fn what(event: &HistoryEvent) -> What {
    if let Some(entered) = event.state_entered_event_details() {
        return What::Entered {
            name: entered.name().to_owned(),
            sort: sort(event.r#type()),
        };
    }
    if let Some(exited) = event.state_exited_event_details() {
        return What::Exited(exited.name().to_owned());
    }
    match event.r#type() {
        Type::TaskSucceeded | Type::LambdaFunctionSucceeded | Type::ActivitySucceeded => What::Done,
        Type::TaskFailed
        | Type::TaskTimedOut
        | Type::TaskStartFailed
        | Type::TaskSubmitFailed
        | Type::LambdaFunctionFailed
        | Type::LambdaFunctionTimedOut
        | Type::LambdaFunctionScheduleFailed
        | Type::LambdaFunctionStartFailed
        | Type::ActivityFailed
        | Type::ActivityTimedOut
        | Type::ActivityScheduleFailed
        | Type::EvaluationFailed => What::Failed,
        Type::MapIterationStarted => What::Iterated,
        Type::MapStateFailed | Type::ParallelStateFailed => What::WholeFailed,
        Type::ExecutionSucceeded
        | Type::ExecutionFailed
        | Type::ExecutionTimedOut
        | Type::ExecutionAborted => What::Ended,
        _ => What::Other,
    }
}

fn sort(entered: &Type) -> Sort {
    match entered {
        Type::MapStateEntered | Type::ParallelStateEntered => Sort::Whole,
        Type::FailStateEntered => Sort::Fail,
        _ => Sort::Single,
    }
}
