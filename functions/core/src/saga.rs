//! A saga of any kind, as operators see it: where it stands, each of its steps, and what happened to it.

use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::ids::SagaId;
use crate::time::Timestamp;
use crate::timer::{State, Timer};

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

/// A saga, whatever its kind, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SagaLine {
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
    /// Why it did not go well.
    pub reason: Option<String>,
}

/// The timer of a saga that can still fire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimerLine {
    /// The saga's name.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub saga_id: SagaId,
    /// Its kind: `order`.
    pub saga_name: String,
    /// How far it has come, in the words of its kind.
    pub status: String,
    /// When it is due.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub deadline: Timestamp,
    /// Whether it runs.
    pub state: TimerState,
    /// Counts the deadlines it has had.
    pub generation: u32,
    /// When its pause ends by itself; nothing while it runs.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub lease_until: Option<Timestamp>,
}

/// How a timer that can still fire stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TimerState {
    /// The customer has until the deadline.
    Running,
    /// A payment is under way, and keeps it from firing.
    Paused,
}

impl TimerLine {
    /// The timer of a saga; `None` where it cannot fire any more.
    pub fn of(saga: SagaLine, timer: &Timer) -> Option<Self> {
        let (state, lease_until) = match timer.state {
            State::Running => (TimerState::Running, None),
            State::Paused { lease_ends } => (TimerState::Paused, Some(lease_ends)),
            State::Fired | State::Cancelled { .. } => return None,
        };
        Some(Self {
            saga_id: saga.saga_id,
            saga_name: saga.saga_name,
            status: saga.status,
            deadline: timer.deadline,
            state,
            generation: timer.generation,
            lease_until,
        })
    }
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

impl<Data> SagaView<Data> {
    /// The same saga, with other words for what is known of its steps.
    pub fn map<Other>(self, data: impl Fn(Data) -> Other) -> SagaView<Other> {
        let step = |step: StepView<Data>| StepView {
            data: data(step.data),
            name: step.name,
            topic: step.topic,
            kind: step.kind,
            status: step.status,
            attempts: step.attempts,
            compensate_retries: step.compensate_retries,
            started: step.started,
            ended: step.ended,
        };
        SagaView {
            steps: self.steps.into_iter().map(step).collect(),
            saga_id: self.saga_id,
            saga_name: self.saga_name,
            version: self.version,
            created: self.created,
            updated: self.updated,
            expires: self.expires,
            status: self.status,
        }
    }
}

/// Something that happened to a saga, in the words of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Happened {
    /// Tells it from any other event.
    pub id: String,
    /// What happened.
    pub name: String,
    /// When.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub at: Timestamp,
    /// Who did it: the name of a function, a participant, or a person.
    pub actor: String,
    /// Why, where there is something to say.
    pub note: Option<String>,
    /// The parts that it is about: legs, `payment`, an order's steps.
    #[serde(default)]
    pub parts: Vec<String>,
    /// What it changed.
    pub changes: Vec<Became>,
}

/// What became of a saga, or of a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Became {
    /// The saga, by the name of its kind, or the part.
    pub of: String,
    /// How it stood; nothing for a new one.
    pub before: Option<String>,
    /// How it stands since.
    pub after: String,
}

impl Became {
    /// What a change made of a record, in a word; `None` where the word is the same.
    pub fn by<S>(
        of: impl Into<String>,
        change: &Change<S>,
        word: impl Fn(&S) -> String,
    ) -> Option<Self> {
        let before = change.before.as_ref().map(&word);
        let after = word(&change.after);
        (before.as_deref() != Some(after.as_str())).then(|| Self {
            of: of.into(),
            before,
            after,
        })
    }
}
