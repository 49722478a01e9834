//! The desk of one kind of saga, for callers that serve the desks of all: what waits there for a person,
//! and what a person does about it.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::ids::{CustomerId, SagaId};
use holdfast_core::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::Asked;
use crate::desk::{Errand, Report, Said};
use crate::suppliers::Endpoint;
use crate::table::{Aggregate, Saga, Table};

/// Whatever is unfinished, whenever it is due: no deadline is further away.
const WHENEVER: Duration = Duration::from_secs(30 * 86_400);

/// Which of the sagas that wait are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// Only those of which work for this participant is left.
    pub participant: Option<String>,
    /// Only those that have waited as long as this.
    pub older_than: Duration,
    /// Also those that have not ended, and whose next change has been due this long.
    pub overdue: Option<Duration>,
}

/// A saga that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct Waits {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub id: SagaId,
    /// How far it has come.
    pub status: String,
    /// Whose it is.
    pub customer: CustomerId,
    /// Since when it waits.
    pub since: Timestamp,
    /// Why it did not go well.
    pub reason: Option<String>,
    /// What is left to do.
    pub left: Vec<Leftover>,
    /// All of it, in the words of its kind.
    pub json: Value,
}

/// One piece of work that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// What is to be done.
    pub work: String,
    /// How many tries came to nothing.
    pub attempts: u32,
    /// When it was handed over to the desk.
    pub handed_over: Option<Timestamp>,
    /// What went wrong last.
    pub why: Option<String>,
}

/// What an operator sees of one saga beside its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// Whose it is.
    pub customer: String,
    /// Follows it through logs, participants and events.
    pub trace_id: String,
    /// The execution that drives it.
    pub execution: String,
    /// What waits of it.
    pub waits: Waits,
}

/// What a person does about what waits.
#[derive(Clone, Copy, Debug)]
pub enum Act<'a> {
    /// Have it done again, by these participants.
    Redrive(&'a Endpoint),
    /// Say that it was done by hand.
    Resolve,
    /// Give it up.
    Abandon,
}

/// About which saga, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The saga.
    pub id: SagaId,
    /// Which part of what waits; without one, all of it.
    pub part: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Only tell what would be done.
    pub dry_run: bool,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Acted {
    /// How the saga stood.
    pub before: String,
    /// How it stands now, or would stand if all went well.
    pub after: String,
    /// Each piece of work, and what came of it.
    pub did: Vec<(String, Said)>,
    /// Whether it was only told, not done.
    pub dry_run: bool,
    /// All of it, in the words of its kind.
    pub json: Value,
}

/// The desk of one kind of saga, with a clerk behind it.
pub trait Counter: Send + Sync {
    /// The word for one of the sagas.
    fn kind(&self) -> &'static str;
    /// Whether one of their participants has this name.
    fn knows(&self, participant: &str) -> bool;
    /// Those that wait, in any order.
    fn waiting<'a>(&'a self, narrowed: &'a Narrowed) -> Asked<'a, Vec<Waits>>;
    /// What is known of one beside its steps.
    fn look<'a>(&'a self, id: &'a SagaId) -> Asked<'a, Looked>;
    /// Does something about what waits of one.
    fn act<'a>(&'a self, act: Act<'a>, task: &'a Task) -> Asked<'a, Acted>;
}

impl Task {
    /// The same for a clerk of this kind of saga.
    ///
    /// # Errors
    /// [`Failure::NoSuch`] where none has such a name.
    pub fn errand<A: Aggregate>(&self) -> Result<Errand<A>, Failure> {
        Ok(Errand {
            id: id_of::<A>(&self.id)?,
            part: self.part.clone(),
            reason: self.reason.clone(),
            dry_run: self.dry_run,
        })
    }
}

/// A saga's name among those of its kind.
///
/// # Errors
/// [`Failure::NoSuch`] where none has such a name.
pub fn id_of<A: Aggregate>(id: &SagaId) -> Result<A::Id, Failure> {
    let known = id.as_str().parse();
    known.map_err(|_| Failure::no_such(A::NAME, id))
}

impl Acted {
    /// What a clerk reports, `told` being the words for a piece of work.
    pub fn of<A: Aggregate, S: Serialize, W: Serialize>(
        report: &Report<A, S, W>,
        told: impl Fn(&W) -> String,
    ) -> Self {
        let did = report.did.iter();
        Self {
            before: word(&report.before),
            after: word(&report.after),
            did: did
                .map(|did| (told(&did.work), did.outcome.clone()))
                .collect(),
            dry_run: report.dry_run,
            json: serde_json::to_value(report).unwrap_or_default(),
        }
    }

    /// Whether nothing that was set about has failed.
    pub fn went_well(&self) -> bool {
        let failed = |said: &Said| matches!(said, Said::Failed(_));
        !self.did.iter().any(|(_, said)| failed(said))
    }
}

impl<A: Saga> Table<A> {
    /// Those that wait for a person, and those that have not ended though their next change has been due
    /// this long. There may be more than one look can see.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn waiting(
        &self,
        now: Timestamp,
        overdue: Option<Duration>,
    ) -> Result<Vec<A::Id>, Failure> {
        let mut ids = Vec::new();
        for waits in A::WAITING {
            ids.extend(self.overdue(*waits, now + WHENEVER).await?);
        }
        if let Some(grace) = overdue {
            for running in A::RUNNING {
                ids.extend(self.overdue(*running, now - grace).await?);
            }
        }
        Ok(ids)
    }
}

/// The word for a status, as the table and the answers have it.
pub fn word(status: &impl Serialize) -> String {
    match serde_json::to_value(status) {
        Ok(Value::String(word)) => word,
        _ => "?".to_owned(),
    }
}
