//! Executions: each saga is one, and is named after it. Between the start of an execution and its
//! first write nothing but the execution knows of the saga.

use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use super::Kind;
use crate::Api;

/// An execution that was started.
pub(crate) struct Started<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// What tells it from every other execution.
    pub(crate) arn: &'a str,
    /// When.
    pub(crate) at: Timestamp,
}

/// The version of the code that writes what an execution announces.
pub(crate) const DEFINITION: &str = env!("CARGO_PKG_VERSION");

/// A saga that is to be written or could not be, as its execution knows it.
pub(crate) async fn unwritten<K: Kind>(api: &Api, id: &K::Id) -> Result<Option<K::View>, Failure> {
    let (executions, name) = (K::executions(api), id.to_string());
    let Some(execution) = executions.find(&name).await? else {
        return Ok(None);
    };
    let Ok(input) = serde_json::from_str(execution.input().unwrap_or_default()) else {
        return Ok(None);
    };
    let millis = execution.start_date().to_millis().unwrap_or_default();
    let started = Started {
        name: &name,
        arn: &executions.arn(&name),
        at: Timestamp::from_millis(millis),
    };
    let mut announced = K::announced(api, &started, &input);
    if *execution.status() != ExecutionStatus::Running {
        announced.iter_mut().for_each(K::never_written);
    }
    Ok(announced)
}
