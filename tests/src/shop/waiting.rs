//! Executions of orders that wait for an answer over the bus.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

use std::time::Duration;

use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_order_rules::action::Action;
use holdfast_order_rules::order::{Progress, Snapshot};
use serde_json::json;

use super::{Shop, id};
use crate::eventually;

const RETRIES: Duration = Duration::from_secs(150);

/// Whether an order waits for the answer to this, and has none.
pub fn waits_for(snapshot: &Snapshot, action: Action) -> bool {
    let step = action.step().map(|step| snapshot.progress(step));
    let waiting = snapshot.order.waiting.as_ref();
    let asked = waiting.is_some_and(|waiting| waiting.action == action);
    asked && matches!(step, Some(Progress::RUNNING | Progress::COMPENSATING))
}

impl Shop {
    /// Tells an execution that waits for this what it would be told after `InvoiceTimeoutSeconds`, at
    /// each try, until it waits for it no more.
    pub async fn patience_ends(&self, name: &str, arn: &str, action: Action) {
        let mut told = String::new();
        eventually("the end of its patience", RETRIES, async || {
            let described = self.stack.step_functions.describe_execution();
            let described = described.execution_arn(arn).send().await;
            let status = described.expect("the execution is there").status;
            if status != ExecutionStatus::Running {
                return Some(());
            }
            let found = self.orders.find(&id(name)).await.expect("the table");
            let waiting = found.and_then(|snapshot| snapshot.order.waiting);
            let waiting = waiting.filter(|waiting| waiting.action == action);
            if let Some(waiting) = waiting.filter(|waiting| waiting.handle != told) {
                self.gives_up(&waiting.handle).await;
                told = waiting.handle;
            }
            None
        })
        .await;
    }

    async fn gives_up(&self, token: &str) {
        let said = self.stack.step_functions.send_task_failure();
        let cause = json!({"errorMessage": "it has not answered in time"});
        let said = said.task_token(token).error("Unavailable");
        // A wait that has ended by itself hears nothing any more.
        drop(said.cause(cause.to_string()).send().await);
    }
}
