//! The desk of a service: where what could not be done or undone waits for a person. What every desk has
//! in common is here: the messages, who sets about what, and what came of it. What waits, and how it is
//! done again, each service knows itself.
//!
//! - `redrive`: the queue's consumer, which does again what its messages name

mod redrive;

use std::fmt::Debug;

use holdfast_core::cause::{Cause, bounded};
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::table::{Aggregate, named};

pub use redrive::{AUTOMATIC, Automatic, Redrives, Reported};

const LONGEST_NAME: usize = 100;
const LONGEST_REASON: usize = 500;

/// What waits at the desk: enough to do the work again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskItem<A: Aggregate, W> {
    /// Whose it is.
    pub id: A::Id,
    /// Follows the saga.
    pub trace_id: String,
    /// What could not be done.
    pub work: W,
    /// Why.
    pub cause: Cause,
    /// Since when.
    pub since: Timestamp,
}

/// What a clerk sets about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand<A: Aggregate> {
    /// Whose it is.
    pub id: A::Id,
    /// Which part of what waits; without one, all of it.
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
    /// It is asked for, and is done once the answer comes.
    Asked,
    /// It would be done, were this no dry run.
    WouldBeDone,
    /// It could not be done; it waits as before.
    Failed(String),
}

/// One piece of work, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Did<W> {
    /// What was to be done.
    #[serde(flatten)]
    pub work: W,
    /// What came of it.
    pub outcome: Said,
}

/// What came of an errand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<A: Aggregate, S, W> {
    /// Whose it is.
    pub id: A::Id,
    /// How it stood.
    pub before: S,
    /// How it stands now, or would stand if all went well.
    pub after: S,
    /// What was done.
    pub did: Vec<Did<W>>,
    /// Whether it was only told, not done.
    pub dry_run: bool,
}

impl<A: Aggregate> Errand<A> {
    /// All that waits, for no particular reason.
    pub fn all_of(id: A::Id) -> Self {
        Self {
            id,
            part: None,
            reason: None,
            dry_run: false,
        }
    }

    /// The reason, where one must be given.
    ///
    /// # Errors
    /// The subject's failure of a bad field.
    pub fn needed_reason(&self) -> Result<&str, Failure> {
        let given = self.reason.as_deref().map(str::trim).unwrap_or_default();
        if given.is_empty() {
            let problem = "must say why; it is kept for good";
            return Err(A::invalid("reason".to_owned(), problem.to_owned()));
        }
        self.check_reason()?;
        Ok(given)
    }

    /// Whether the reason, if there is one, is short enough to be kept.
    ///
    /// # Errors
    /// The subject's failure of a bad field.
    pub fn check_reason(&self) -> Result<(), Failure> {
        let length = self.reason.as_deref().unwrap_or_default().chars().count();
        if length > LONGEST_REASON {
            let problem = format!("must have at most {LONGEST_REASON} characters");
            return Err(A::invalid("reason".to_owned(), problem));
        }
        Ok(())
    }
}

/// The name of a clerk as it stands in the history.
///
/// # Errors
/// The subject's failure of a bad field.
pub fn name_of<A: Aggregate>(clerk: &str) -> Result<&str, Failure> {
    let name = clerk.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        let problem = format!("must have 1 to {LONGEST_NAME} characters");
        return Err(A::invalid("name".to_owned(), problem));
    }
    Ok(name)
}

impl<A: Aggregate, S, W> Report<A, S, W> {
    /// Whether nothing that was set about has failed.
    pub fn went_well(&self) -> bool {
        let failed = |did: &Did<W>| matches!(did.outcome, Said::Failed(_));
        !self.did.iter().any(failed)
    }
}

/// The work of an errand that has failed.
pub fn failed<W>(did: &[Did<W>]) -> impl Iterator<Item = &W> {
    let failed = |did: &&Did<W>| matches!(did.outcome, Said::Failed(_));
    did.iter().filter(failed).map(|did| &did.work)
}

/// What of an errand has failed, and why, for the history: `release hotel: Refused: sold`.
pub fn failures<W>(did: &[Did<W>], name: impl Fn(&W) -> String) -> Option<String> {
    let failed = did.iter().filter_map(|did| match &did.outcome {
        Said::Failed(why) => Some(format!("{}: {why}", name(&did.work))),
        Said::Done | Said::Asked | Said::WouldBeDone => None,
    });
    let failed: Vec<_> = failed.collect();
    (!failed.is_empty()).then(|| bounded(failed.join("; ")))
}

impl<A: Aggregate, S: Serialize, W: Serialize> Serialize for Report<A, S, W> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let mut report = serializer.serialize_map(Some(5))?;
        report.serialize_entry(A::ID_FIELD, &self.id)?;
        report.serialize_entry("before", &self.before)?;
        report.serialize_entry("after", &self.after)?;
        report.serialize_entry("did", &self.did)?;
        report.serialize_entry("dry_run", &self.dry_run)?;
        report.end()
    }
}

/// An item without the id.
#[derive(Serialize, Deserialize)]
struct Rest<W> {
    trace_id: String,
    work: W,
    cause: Cause,
    since: Timestamp,
}

impl<A: Aggregate, W: Serialize + Clone> Serialize for DeskItem<A, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rest = Rest {
            trace_id: self.trace_id.clone(),
            work: self.work.clone(),
            cause: self.cause.clone(),
            since: self.since,
        };
        named::write::<A, S>(&self.id, &rest, serializer)
    }
}

impl<'de, A: Aggregate, W: DeserializeOwned> Deserialize<'de> for DeskItem<A, W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (id, rest) = named::read::<A, Rest<W>, D>(deserializer)?;
        Ok(Self {
            id,
            trace_id: rest.trace_id,
            work: rest.work,
            cause: rest.cause,
            since: rest.since,
        })
    }
}
