//! A saga of any kind, as operators see it: where it stands, and each of its steps.

use serde::{Deserialize, Serialize};

use crate::ids::SagaId;
use crate::time::Timestamp;

/// A saga, whatever its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SagaView<Data> {
    /// Its name; its execution has the same.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub saga_id: SagaId,
    /// Its kind: `order`.
    pub saga_name: String,
    /// The version of its definition.
    pub version: String,
    /// When it began.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub created: Timestamp,
    /// When it last changed.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub updated: Timestamp,
    /// Its deadline.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub expires: Timestamp,
    /// How far it has come, in the words of its kind.
    pub status: String,
    /// Its steps, in order.
    pub steps: Vec<StepView<Data>>,
}

/// A step of a saga.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepView<Data> {
    /// Its name.
    pub name: String,
    /// Its participant.
    pub topic: String,
    /// Whether it is done or undone.
    #[serde(rename = "type")]
    pub kind: StepType,
    /// How it stands.
    pub status: StepStatus,
    /// How often it was tried.
    pub attempts: u32,
    /// How often its undo was tried again.
    pub compensate_retries: u32,
    /// What is known of it.
    pub data: Data,
    /// When it began.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub started: Option<Timestamp>,
    /// When it came to where it stands, once that is no longer under way.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub ended: Option<Timestamp>,
}

/// Whether a step is done or undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepType {
    /// It is done.
    Normal,
    /// It is undone.
    Compensate,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Not begun.
    Pending,
    /// Begun: it may have been done.
    Running,
    /// Done.
    Success,
    /// Refused; or, of type `compensate`, it could not be undone and waits at the desk.
    Failed,
    /// Being undone.
    Compensating,
    /// Undone.
    Compensated,
    /// Not begun, and never to begin.
    Skipped,
}
