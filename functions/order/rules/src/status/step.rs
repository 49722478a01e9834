//! How a step stands.

use holdfast_core::saga::{StepStatus, StepType};
use serde::{Deserialize, Serialize};

/// How a step stands, on its way forward or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Progress {
    /// Whether it is done or undone.
    #[serde(rename = "type")]
    pub kind: StepType,
    /// How it stands.
    pub status: StepStatus,
}

/// What happened to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepHappened {
    /// It was begun: from here it may have been done.
    Began,
    /// Its participant did it.
    Done,
    /// Its participant definitely did not.
    Refused,
    /// The order was turned back before it left anything behind.
    LeftOff,
    /// Its undo was begun.
    UndoBegan,
    /// It was undone.
    Undone,
    /// Its undo was handed over to the desk.
    HandedOver,
}

impl StepHappened {
    /// All that can happen.
    pub const ALL: &[Self] = &[
        Self::Began,
        Self::Done,
        Self::Refused,
        Self::LeftOff,
        Self::UndoBegan,
        Self::Undone,
        Self::HandedOver,
    ];
}

impl Progress {
    /// Not begun.
    pub const PENDING: Self = Self::normal(StepStatus::Pending);
    /// Begun: it may have been done.
    pub const RUNNING: Self = Self::normal(StepStatus::Running);
    /// Done.
    pub const SUCCESS: Self = Self::normal(StepStatus::Success);
    /// Refused: there is nothing to undo.
    pub const FAILED: Self = Self::normal(StepStatus::Failed);
    /// Never to begin.
    pub const SKIPPED: Self = Self::normal(StepStatus::Skipped);
    /// Being undone.
    pub const COMPENSATING: Self = Self::compensate(StepStatus::Compensating);
    /// Undone.
    pub const COMPENSATED: Self = Self::compensate(StepStatus::Compensated);
    /// Could not be undone: it waits at the desk.
    pub const NOT_UNDONE: Self = Self::compensate(StepStatus::Failed);

    /// All that there are.
    pub const ALL: &[Self] = &[
        Self::PENDING,
        Self::RUNNING,
        Self::SUCCESS,
        Self::FAILED,
        Self::SKIPPED,
        Self::COMPENSATING,
        Self::COMPENSATED,
        Self::NOT_UNDONE,
    ];

    const fn normal(status: StepStatus) -> Self {
        Self {
            kind: StepType::Normal,
            status,
        }
    }

    const fn compensate(status: StepStatus) -> Self {
        Self {
            kind: StepType::Compensate,
            status,
        }
    }

    /// Whether there is surely nothing of it at its participant, and never will be.
    pub fn is_gone(self) -> bool {
        matches!(self, Self::FAILED | Self::SKIPPED | Self::COMPENSATED)
    }

    /// Whether it stays like this, unless the order changes its course.
    pub fn is_settled(self) -> bool {
        !matches!(self, Self::PENDING | Self::RUNNING | Self::COMPENSATING)
    }

    /// What becomes of it, or `None` where it stays.
    #[must_use]
    pub fn after(self, happened: StepHappened) -> Option<Self> {
        use StepHappened as Is;
        match (self, happened) {
            (Self::PENDING, Is::Began) => Some(Self::RUNNING),
            // A refusal that a twin was told may turn out to be wrong as long as the order is undone.
            (Self::RUNNING | Self::FAILED, Is::Done) => Some(Self::SUCCESS),
            (Self::RUNNING, Is::Refused) => Some(Self::FAILED),
            (Self::PENDING | Self::RUNNING, Is::LeftOff) => Some(Self::SKIPPED),
            (Self::RUNNING | Self::SUCCESS | Self::NOT_UNDONE, Is::UndoBegan) => {
                Some(Self::COMPENSATING)
            }
            (
                Self::RUNNING
                | Self::SUCCESS
                | Self::FAILED
                | Self::COMPENSATING
                | Self::NOT_UNDONE,
                Is::Undone,
            ) => Some(Self::COMPENSATED),
            (Self::RUNNING | Self::SUCCESS | Self::COMPENSATING, Is::HandedOver) => {
                Some(Self::NOT_UNDONE)
            }
            _ => None,
        }
    }
}
