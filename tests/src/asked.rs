//! What an execution was seen to ask of a function, to be asked again.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

use aws_sdk_sfn::types::TaskScheduledEventDetails;
use serde_json::{Value, json};

/// One call of a function by an execution.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The function's ARN.
    pub function: String,
    /// What it was given.
    pub payload: Value,
    /// Whether the execution waits until it is told how to go on.
    pub waits: bool,
}

impl Asked {
    pub(crate) fn read(task: &TaskScheduledEventDetails) -> Self {
        let mut arguments: Value =
            serde_json::from_str(task.parameters()).expect("the arguments are JSON");
        let function = arguments["FunctionName"].as_str();
        Self {
            function: function.expect("a function").to_owned(),
            payload: arguments["Payload"].take(),
            waits: task.resource().ends_with("waitForTaskToken"),
        }
    }

    /// The same for another saga.
    #[must_use]
    pub fn of(&self, name: &str, other: &str) -> Self {
        let payload = self.payload.to_string().replace(name, other);
        Self {
            payload: serde_json::from_str(&payload).expect("names are plain"),
            ..self.clone()
        }
    }

    /// The same, tried again: with another token, where the execution waits.
    #[must_use]
    pub fn again(mut self) -> Self {
        if let Some(Value::String(token)) = self.payload.get_mut("token") {
            token.push_str("-again");
        }
        if let Some(retry) = self.payload.get_mut("retry") {
            *retry = json!(retry.as_u64().unwrap_or(0) + 1);
        }
        self
    }

    /// The function, the action and the leg, as far as it has them.
    pub fn told(&self) -> String {
        let function = self.function.rsplit(':').next().unwrap_or_default();
        let words = ["action", "leg"].map(|field| self.payload[field].as_str());
        let words = words.into_iter().flatten();
        let all: Vec<_> = std::iter::once(function).chain(words).collect();
        all.join(" ")
    }
}
