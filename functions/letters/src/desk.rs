//! The desk: letters that were not sent, or of which nobody knows, and what an operator decides.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::ids::CustomerId;
use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;
use holdfast_kit::queue::Queue;
use holdfast_kit::race::{Try, race};
use serde::Serialize;
use serde_json::json;

use crate::rules::message::REDRIVEN;
use crate::rules::record::Decided;
use crate::rules::{LetterId, Record, Status};
use crate::store::{Store, Written};

const LONGEST_NAME: usize = 100;
const LONGEST_REASON: usize = 500;
const MOST_RACES: usize = 12;

/// An operator, at the letters' table.
#[derive(Clone, Debug)]
pub struct Clerk {
    /// The letters.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The operator's name.
    pub name: String,
}

/// A letter that waits. It says nothing of its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Which letter.
    pub letter_id: LetterId,
    /// What kind of letter it is.
    pub kind: &'static str,
    /// `unknown`: it may have been sent; `undelivered`: it was not; `due`: its message is lost.
    pub status: Status,
    /// Which customer is to get it; `None` for the operators.
    pub customer_id: Option<CustomerId>,
    /// How often it was tried.
    pub tries: u32,
    /// Since when it waits.
    pub since: Timestamp,
    /// Why.
    pub problem: Option<String>,
}

impl Clerk {
    /// What waits, the longest first.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn waiting(&self) -> Result<Vec<Waiting>, Failure> {
        let now = self.clock.now();
        let open = self.store.open().await?.into_iter();
        let waiting = open.filter(|record| record.waits(now));
        let mut waiting: Vec<_> = waiting.map(|record| Waiting::of(record, now)).collect();
        waiting.sort_by_key(|waiting| waiting.since);
        Ok(waiting)
    }

    /// Has a letter sent once more. One that is `unknown` may then arrive twice.
    ///
    /// # Errors
    /// [`Failure::InvalidLetter`] where there is no such letter, [`Failure::Conflict`] where it was sent or is
    /// being sent, [`Failure::Unavailable`] when the table or the queue does not answer.
    pub async fn redrive(
        &self,
        id: &LetterId,
        reason: Option<&str>,
        queue: &Queue,
    ) -> Result<Waiting, Failure> {
        let decided = self.decided(reason)?;
        let decide = |known: &Record, now| known.redriven(decided.clone(), now);
        let due = self.decide(id, decide).await?;
        let trace_id = &due.request.trace_id;
        let message = json!({"detail-type": REDRIVEN, "detail": {"id": id, "trace_id": trace_id}});
        let sent = queue.send(&message, Duration::ZERO, "having a letter sent once more");
        sent.await?;
        Ok(Waiting::of(due, self.clock.now()))
    }

    /// Gives a letter up.
    ///
    /// # Errors
    /// As for [`redrive`](Self::redrive), and [`Failure::InvalidLetter`] without a reason.
    pub async fn drop_letter(&self, id: &LetterId, reason: &str) -> Result<Waiting, Failure> {
        if reason.trim().is_empty() {
            let problem = "must say why; it is kept with the letter";
            return Err(Failure::invalid_letter("reason", problem));
        }
        let decided = self.decided(Some(reason))?;
        let decide = |known: &Record, now| known.dropped(decided.clone(), now);
        let dropped = self.decide(id, decide).await?;
        Ok(Waiting::of(dropped, self.clock.now()))
    }

    async fn decide(
        &self,
        id: &LetterId,
        decide: impl Fn(&Record, Timestamp) -> Result<Record, Failure>,
    ) -> Result<Record, Failure> {
        let found = self.store.find(id).await?;
        let known = found.ok_or_else(|| Failure::no_such("letter", id))?;
        let decide = &decide;
        let attempt = |known: Record| async move {
            let next = decide(&known, self.clock.now())?;
            match self.store.write(&next).await? {
                Written::Done => Ok(Try::Done(next)),
                Written::Lost(current) => Ok(Try::Lost(*current)),
            }
        };
        let busy = || Failure::Unavailable("the letter is being sent; try again".to_owned());
        race(known, MOST_RACES, attempt, busy).await
    }

    fn decided(&self, reason: Option<&str>) -> Result<Decided, Failure> {
        let by = bounded("name", &self.name, LONGEST_NAME)?;
        let reason = reason.map(|reason| bounded("reason", reason, LONGEST_REASON));
        Ok(Decided {
            by,
            reason: reason.transpose()?,
        })
    }
}

fn bounded(field: &str, text: &str, longest: usize) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > longest {
        let problem = format!("must have 1 to {longest} characters");
        return Err(Failure::invalid_letter(field, problem));
    }
    Ok(text.to_owned())
}

impl Waiting {
    fn of(record: Record, now: Timestamp) -> Self {
        let customer = record.request.to.customer();
        Self {
            kind: record.request.letter.name(),
            status: record.standing(now),
            customer_id: customer.map(|customer| customer.id.clone()),
            tries: record.claims,
            since: record.updated,
            letter_id: record.request.id,
            problem: record.problem,
        }
    }
}
