//! How a leg stands.

use crate::action::Action;
use serde::{Deserialize, Serialize};

/// How a leg stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LegStatus {
    /// Nothing is known of it yet.
    Pending,
    /// Reserved for a while.
    Held,
    /// Definite.
    Confirmed,
    /// The supplier would not: there is nothing to undo.
    Refused,
    /// Undone.
    Released,
    /// Could not be undone: it waits at the desk.
    ReleaseFailed,
    /// May have been done: the supplier did not say.
    Unknown,
}

impl LegStatus {
    /// Whether there is surely nothing of it at the supplier.
    pub fn is_gone(self) -> bool {
        matches!(self, Self::Refused | Self::Released)
    }
}

/// What an action means for a leg, before its supplier is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The supplier must be asked.
    ToDo,
    /// It has been done before.
    AlreadyDone,
    /// It can never be done.
    Never(Obstacle),
}

/// Why an action can never be done for a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The supplier refused to hold it.
    Refused,
    /// It has been released.
    Released,
    /// It was never held.
    NotHeld,
    /// The action is none of a leg's.
    NoSuchAction,
}

/// What came of an action for a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegHappened {
    /// The supplier did it: it holds, has confirmed or has released the leg.
    Done(Action),
    /// The supplier definitely did not, and never will.
    Refused(Action),
    /// The supplier may have done it.
    Unclear(Action),
    /// The release was handed over to the desk.
    HandedOver,
}

impl LegHappened {
    /// All that can happen.
    pub const ALL: &[Self] = &[
        Self::Done(Action::Hold),
        Self::Done(Action::Confirm),
        Self::Done(Action::Release),
        Self::Refused(Action::Hold),
        Self::Refused(Action::Confirm),
        Self::Refused(Action::Release),
        Self::Unclear(Action::Hold),
        Self::Unclear(Action::Confirm),
        Self::Unclear(Action::Release),
        Self::HandedOver,
    ];
}

impl LegStatus {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Pending,
        Self::Held,
        Self::Confirmed,
        Self::Refused,
        Self::Released,
        Self::ReleaseFailed,
        Self::Unknown,
    ];

    /// What an action means for a leg of this status.
    #[must_use]
    pub fn standing(self, action: Action) -> Standing {
        use LegStatus::{Confirmed, Held, Pending, Refused, ReleaseFailed, Released, Unknown};
        match (action, self) {
            (Action::Hold, Pending | Unknown)
            | (Action::Confirm, Held | Unknown)
            | (Action::Release, Pending | Held | Confirmed | Unknown | ReleaseFailed) => {
                Standing::ToDo
            }
            (Action::Hold, Held | Confirmed)
            | (Action::Confirm, Confirmed)
            | (Action::Release, Refused | Released) => Standing::AlreadyDone,
            (Action::Hold | Action::Confirm, Refused) => Standing::Never(Obstacle::Refused),
            (Action::Hold | Action::Confirm, Released | ReleaseFailed) => {
                Standing::Never(Obstacle::Released)
            }
            (Action::Confirm, Pending) => Standing::Never(Obstacle::NotHeld),
            _ => Standing::Never(Obstacle::NoSuchAction),
        }
    }

    /// What becomes of this status, or `None` where it stays.
    #[must_use]
    pub fn after(self, happened: LegHappened) -> Option<Self> {
        let to_do = |action| self.standing(action) == Standing::ToDo;
        let next = match happened {
            LegHappened::Done(action) if to_do(action) => match action {
                Action::Confirm => Self::Confirmed,
                Action::Release => Self::Released,
                _ => Self::Held,
            },
            LegHappened::Refused(Action::Hold) if to_do(Action::Hold) => Self::Refused,
            // What waits at the desk waits there until it is known to be released.
            LegHappened::Unclear(_) if self == Self::ReleaseFailed => self,
            LegHappened::Unclear(action) if to_do(action) => Self::Unknown,
            LegHappened::HandedOver if !self.is_gone() => Self::ReleaseFailed,
            _ => self,
        };
        (next != self).then_some(next)
    }
}
