//! Executions that wait to be told how to go on.

use serde::{Deserialize, Serialize};

use holdfast_core::time::Timestamp;

/// An execution that waits: for the traveller's next command, or for a payment's decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Wakes the execution.
    pub task_token: String,
    /// The command that was taken for it and is on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
    /// The attempt to pay whose decision it waits for; nothing where it waits for the traveller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<u32>,
}

impl Waiting {
    /// Whether the traveller may say something.
    pub fn is_for_a_command(&self) -> bool {
        self.taken.is_none() && self.decision.is_none()
    }
}

/// A command on its way to the execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// What it says, without what it pays with.
    pub command: String,
    /// When it was taken.
    pub at: Timestamp,
}
