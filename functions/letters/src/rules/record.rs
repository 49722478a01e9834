//! What is known of a letter, and what becomes of it: whoever sends it claims it first, and a claim that
//! is over without a word is not claimed again, for the letter may have been sent.

use std::time::Duration;

use holdfast_core::cause::bounded;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::preferences::Preferences;
use super::request::{LetterId, Request, To};
use super::status::{Outcome, Status};

/// How long a process has for sending. Longer than a function runs, shorter than the queue waits until it
/// brings the message again: what it brings after a crash finds the lease over.
pub const LEASE: Duration = Duration::from_secs(20);
/// A letter that is due and was not taken for this long has lost its message.
const QUIET: Duration = Duration::from_secs(15 * 60);

/// What is known of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Counts its changes.
    pub version: u64,
    /// How far it has come.
    pub status: Status,
    /// What is to be sent.
    pub request: Request,
    /// How often a process has begun to send it.
    pub claims: u32,
    /// Until when the process that sends it must be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_ends: Option<Timestamp>,
    /// SES's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Why it is not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The operator who decided last, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
    /// When it was due.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
}

/// An operator's decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Who decided.
    pub by: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What there is to know before a letter is sent.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// Whether the customer is erased: the letter is kept without an address, and not sent.
    pub is_erased: bool,
    /// What the customer wishes.
    pub preferences: Preferences,
    /// Whether there is an address to send from.
    pub has_sender: bool,
    /// Whether there is an address of the operators.
    pub has_operator: bool,
}

/// What a process that is to send a letter does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It writes this; and if that says `sending`, and is written, it sends the letter.
    Write(Box<Record>),
    /// Another process is sending it, until then.
    Busy(Timestamp),
    /// Nothing: the letter has come to rest.
    Rests,
}

/// Takes up a letter that nobody has seen before.
pub fn first(request: &Request, wishes: &Wishes, now: Timestamp) -> Taken {
    let new = Record {
        version: 0,
        status: Status::Due,
        request: request.clone(),
        claims: 0,
        lease_ends: None,
        message_id: None,
        problem: None,
        decided: None,
        created: now,
        updated: now,
    };
    Taken::Write(Box::new(new.begun(wishes, now)))
}

/// Takes up a letter of which this is known.
pub fn again(known: &Record, wishes: &Wishes, now: Timestamp) -> Taken {
    let lease_ends = known.lease_ends.unwrap_or(known.updated);
    match known.status {
        Status::Due => Taken::Write(Box::new(known.begun(wishes, now))),
        Status::Sending if now < lease_ends => Taken::Busy(lease_ends),
        Status::Sending => Taken::Write(Box::new(known.lost(now))),
        _ => Taken::Rests,
    }
}

impl Record {
    /// Its id.
    pub fn id(&self) -> &LetterId {
        &self.request.id
    }

    fn next(&self, status: Status, problem: Option<&str>, now: Timestamp) -> Self {
        Self {
            version: self.version + 1,
            status,
            lease_ends: None,
            problem: problem.map(|problem| bounded(problem.to_owned())),
            updated: now,
            ..self.clone()
        }
    }

    fn begun(&self, wishes: &Wishes, now: Timestamp) -> Self {
        if wishes.is_erased {
            let why = Some("the customer is erased");
            let mut withheld = self.next(Status::NotWanted, why, now);
            withheld.request.forget();
            return withheld;
        }
        if let Some((status, why)) = self.held_back(wishes) {
            return self.next(status, Some(why), now);
        }
        Self {
            claims: self.claims + 1,
            lease_ends: Some(now + LEASE),
            ..self.next(Status::Sending, None, now)
        }
    }

    fn held_back(&self, wishes: &Wishes) -> Option<(Status, &'static str)> {
        if !wishes.has_sender {
            return Some((Status::NotSent, "NotifyFrom is empty"));
        }
        match self.request.to {
            To::Operator if !wishes.has_operator => {
                Some((Status::NotSent, "OperatorEmail is empty"))
            }
            To::Customer(_) if !wishes.preferences.allow(self.request.letter.topic()) => {
                Some((Status::NotWanted, "the customer does not wish it"))
            }
            _ => None,
        }
    }

    /// The process that was sending it has ended without a word.
    fn lost(&self, now: Timestamp) -> Self {
        self.next(
            Status::Unknown,
            Some("the process that was sending it ended"),
            now,
        )
    }

    /// What came of the claim of this number. `None` where it changes nothing.
    pub fn after(
        &self,
        claim: u32,
        outcome: &Outcome,
        is_last: bool,
        now: Timestamp,
    ) -> Option<Self> {
        if claim != self.claims {
            return None;
        }
        let status = self.status.after(outcome, is_last)?;
        let (message_id, problem) = match outcome {
            Outcome::Sent(id) => (Some(id.clone()), None),
            Outcome::NotNow(why) | Outcome::Refused(why) | Outcome::Unclear(why) => {
                (None, Some(why))
            }
        };
        Some(Self {
            message_id,
            ..self.next(status, problem.map(String::as_str), now)
        })
    }

    /// How it stands: a lease that is over leaves a letter of which nobody knows whether it was sent.
    pub fn standing(&self, now: Timestamp) -> Status {
        match self.status {
            Status::Sending if self.lease_ends.is_none_or(|ends| ends <= now) => Status::Unknown,
            status => status,
        }
    }

    /// Whether it waits for an operator.
    pub fn waits(&self, now: Timestamp) -> bool {
        match self.standing(now) {
            Status::Unknown | Status::Undelivered => true,
            Status::Due => self.updated.until(now) >= QUIET,
            _ => false,
        }
    }

    /// An operator has it sent once more.
    ///
    /// # Errors
    /// [`Failure::Conflict`] where it is not to be sent once more.
    pub fn redriven(&self, decided: Decided, now: Timestamp) -> Result<Self, Failure> {
        self.decided(Status::redriven, "sent once more", decided, now)
    }

    /// An operator gives it up.
    ///
    /// # Errors
    /// [`Failure::Conflict`] where it does not wait for a decision.
    pub fn dropped(&self, decided: Decided, now: Timestamp) -> Result<Self, Failure> {
        self.decided(Status::dropped, "given up", decided, now)
    }

    fn decided(
        &self,
        decide: fn(Status) -> Option<Status>,
        what: &str,
        decided: Decided,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let standing = self.standing(now);
        let status = decide(standing).ok_or_else(|| {
            let problem = format!("the letter is {}; it cannot be {what}", standing.as_str());
            Failure::Conflict(problem)
        })?;
        Ok(Self {
            decided: Some(decided),
            ..self.next(status, self.problem.as_deref(), now)
        })
    }
}
