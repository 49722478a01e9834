//! How far a letter has come.

use serde::{Deserialize, Serialize};

/// How far a letter has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is to be sent, and surely was not.
    Due,
    /// It is being sent, by the process that holds the lease.
    Sending,
    /// SES has taken it.
    Sent,
    /// It may have been sent: SES, or the process, did not say. It waits for an operator.
    Unknown,
    /// It was surely not sent, and is not tried any more. It waits for an operator.
    Undelivered,
    /// No sender, or no operator's address, is set.
    NotSent,
    /// The customer does not wish it.
    NotWanted,
    /// An operator gave it up.
    Dropped,
}

/// What came of handing a letter to SES.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// SES has taken it, under this id.
    Sent(String),
    /// It was surely not sent; a later try may go well.
    NotNow(String),
    /// It was surely not sent, and never will be as it is.
    Refused(String),
    /// It may have been sent.
    Unclear(String),
}

impl Status {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Due,
        Self::Sending,
        Self::Sent,
        Self::Unknown,
        Self::Undelivered,
        Self::NotSent,
        Self::NotWanted,
        Self::Dropped,
    ];

    /// Those that may wait for an operator; the table's index holds them.
    pub const OPEN: &[Self] = &[Self::Due, Self::Sending, Self::Unknown, Self::Undelivered];

    /// The word used in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::Undelivered => "undelivered",
            Self::NotSent => "not_sent",
            Self::NotWanted => "not_wanted",
            Self::Dropped => "dropped",
        }
    }

    /// What becomes of a letter that was handed to SES, or `None` where that changes nothing. A letter that
    /// may have been sent and was sent after all is `sent`, whatever an operator decided meanwhile.
    #[must_use]
    pub fn after(self, outcome: &Outcome, is_last: bool) -> Option<Self> {
        match (self, outcome) {
            (Self::Sent | Self::NotSent | Self::NotWanted, Outcome::Sent(_)) => None,
            (_, Outcome::Sent(_)) => Some(Self::Sent),
            (Self::Sending, Outcome::NotNow(_)) if is_last => Some(Self::Undelivered),
            (Self::Sending, Outcome::NotNow(_)) => Some(Self::Due),
            (Self::Sending, Outcome::Refused(_)) => Some(Self::Undelivered),
            (Self::Sending, Outcome::Unclear(_)) => Some(Self::Unknown),
            _ => None,
        }
    }

    /// What becomes of a letter that an operator has sent once more; `None` where that makes no sense.
    #[must_use]
    pub fn redriven(self) -> Option<Self> {
        match self {
            Self::Due | Self::Unknown | Self::Undelivered | Self::NotSent => Some(Self::Due),
            _ => None,
        }
    }

    /// What becomes of a letter that an operator gives up; `None` where that makes no sense.
    #[must_use]
    pub fn dropped(self) -> Option<Self> {
        match self {
            Self::Due | Self::Unknown | Self::Undelivered => Some(Self::Dropped),
            _ => None,
        }
    }
}
