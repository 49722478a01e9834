//! Who acts at the desk, upon which part of a booking, and what came of it.

use holdfast_booking_rules::booking::{BookingStatus, Snapshot};
use holdfast_booking_rules::desk::waiting_work;
use holdfast_booking_rules::unwinding::Work;
use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use serde::Serialize;

use crate::store::Store;
use holdfast_kit::clock::Clock;

const LONGEST_NAME: usize = 100;
const LONGEST_REASON: usize = 500;

/// A clerk of the desk: an operator, or the automatic redrive.
#[derive(Clone, Debug)]
pub struct Clerk {
    /// The bookings.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Who it is: the actor of the events.
    pub name: String,
}

/// What a clerk sets about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// The leg, or `payment`; without one, all that waits.
    pub part: Option<String>,
    /// Why; becomes the event's note.
    pub reason: Option<String>,
    /// Only tell what would be done.
    pub dry_run: bool,
}

/// What came of one piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// It is done.
    Done,
    /// It would be done, were this no dry run.
    WouldBeDone,
    /// It could not be done; it waits as before.
    Failed(String),
}

/// One piece of work, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Did {
    /// What was to be done.
    #[serde(flatten)]
    pub work: Work,
    /// What came of it.
    pub outcome: Said,
}

/// What came of an errand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whose trip it is.
    pub booking_id: BookingId,
    /// How the booking stood.
    pub before: BookingStatus,
    /// How it stands now, or would stand if all went well.
    pub after: BookingStatus,
    /// What was done.
    pub did: Vec<Did>,
    /// Whether it was only told, not done.
    pub dry_run: bool,
}

impl Report {
    /// Whether nothing that was set about is left.
    pub fn went_well(&self) -> bool {
        !self
            .did
            .iter()
            .any(|did| matches!(did.outcome, Said::Failed(_)))
    }
}

impl Errand {
    /// All that waits of a booking, for no particular reason.
    pub fn all_of(booking_id: BookingId) -> Self {
        Self {
            booking_id,
            part: None,
            reason: None,
            dry_run: false,
        }
    }

    /// The reason, where one must be given.
    pub(super) fn needed_reason(&self) -> Result<&str, Failure> {
        let given = self.reason.as_deref().map(str::trim).unwrap_or_default();
        if given.is_empty() {
            return Err(Failure::invalid("reason", "say why; it is kept for good"));
        }
        self.check_reason()?;
        Ok(given)
    }

    /// Whether the reason, if there is one, is short enough to be kept.
    pub(super) fn check_reason(&self) -> Result<(), Failure> {
        let length = self.reason.as_deref().unwrap_or_default().chars().count();
        if length > LONGEST_REASON {
            let problem = format!("must have at most {LONGEST_REASON} characters");
            return Err(Failure::invalid("reason", problem));
        }
        Ok(())
    }

    /// What this errand is about, of all that waits. Nothing waits of a booking that is finished:
    /// the errand is done already.
    pub(super) fn pick(&self, snapshot: &Snapshot) -> Result<Vec<Work>, Failure> {
        let Some(part) = &self.part else {
            return Ok(waiting_work(snapshot));
        };
        let is_known = part == "payment" || snapshot.legs.iter().any(|leg| leg.id.as_str() == part);
        if !is_known {
            let problem = format!("booking {} has no part {part}", self.booking_id);
            return Err(Failure::invalid("part", problem));
        }
        let mut work = waiting_work(snapshot);
        work.retain(|left| left.leg == *part);
        Ok(work)
    }
}

impl Clerk {
    /// Whether the clerk has a name to put into the history.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let length = self.name.trim().chars().count();
        if length == 0 || length > LONGEST_NAME {
            let problem = format!("must have 1 to {LONGEST_NAME} characters");
            return Err(Failure::invalid("name", problem));
        }
        Ok(())
    }

    pub(super) fn stamp(&self) -> Stamp<'_> {
        self.clock.stamp(self.name.trim())
    }
}
