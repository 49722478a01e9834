//! Executions: each booking is one, and is named after it. Between the start of an execution and its
//! first write nothing but the execution knows of the booking.

use aws_sdk_sfn::error::DisplayErrorContext;
use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_booking_rules::booking::{BookingStatus, Snapshot};
use holdfast_booking_rules::opening;
use holdfast_booking_rules::request::BookingRequest;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Cancellation, State};
use serde_json::Value;

use holdfast_kit::executions::Executions;

/// A booking that is to be opened or could not be, as its execution knows it.
pub(crate) async fn unopened(
    executions: &Executions,
    booking: &BookingId,
) -> Result<Option<Snapshot>, Failure> {
    let arn = arn(executions, booking);
    let described = executions
        .step_functions
        .describe_execution()
        .execution_arn(&arn)
        .send()
        .await;
    let execution = match described {
        Ok(execution) => execution,
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|error| error.is_execution_does_not_exist()) =>
        {
            return Ok(None);
        }
        Err(error) => {
            let error = DisplayErrorContext(error);
            return Err(Failure::unavailable("looking for an execution", error));
        }
    };
    let input = execution.input().unwrap_or_default();
    let millis = execution.start_date().to_millis().unwrap_or_default();
    let started = Timestamp::from_millis(millis);
    let Some(mut snapshot) = announced(&arn, booking, input, started) else {
        return Ok(None);
    };
    if *execution.status() != ExecutionStatus::Running {
        let by = Cancellation::Released;
        snapshot.booking.state.timer.state = State::Cancelled { by };
        snapshot.booking.state.status = BookingStatus::Failed;
        snapshot.booking.state.reason = Some("the booking could not be opened".to_owned());
    }
    Ok(Some(snapshot))
}

fn arn(executions: &Executions, booking: &BookingId) -> String {
    let all = executions
        .state_machine_arn
        .replacen(":stateMachine:", ":execution:", 1);
    format!("{all}:{booking}")
}

/// A booking that was found: on record, or known from its execution alone.
pub(crate) enum Found {
    /// It was opened.
    Recorded(Snapshot),
    /// Its execution is about to open it, or could not.
    Announced(Snapshot),
}

impl Found {
    /// The booking, wherever it was found.
    pub(crate) fn snapshot(&self) -> &Snapshot {
        match self {
            Self::Recorded(snapshot) | Self::Announced(snapshot) => snapshot,
        }
    }

    /// The booking, wherever it was found.
    pub(crate) fn into_snapshot(self) -> Snapshot {
        match self {
            Self::Recorded(snapshot) | Self::Announced(snapshot) => snapshot,
        }
    }
}

/// The booking that an execution will open, or would have opened.
fn announced(arn: &str, booking: &BookingId, input: &str, started: Timestamp) -> Option<Snapshot> {
    let input: Value = serde_json::from_str(input).ok()?;
    let asked = BookingRequest::read(&input).ok()?;
    let execution = opening::Execution {
        name: booking.as_str(),
        arn,
        definition: env!("CARGO_PKG_VERSION"),
    };
    opening::open(execution, &asked, started).ok()
}
