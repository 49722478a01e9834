//! The circuit breakers before the suppliers, one each, shared by all functions through a table. The
//! rules are in [`holdfast_core::breaker`], the items in [`crate::table::breaker`].
//!
//! A breaker is there to help, so it never stands in the way by mistake: where the table does not
//! answer, or too many write at once, the call is made and what comes of it is not counted. While
//! nothing goes wrong a call costs one read at most, and no write.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use holdfast_core::breaker::{Admission, Breaker, Pass, Rules};
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use crate::clock::Clock;
use crate::race::{Try, race};
use crate::table::Items;
use crate::table::breaker::{KeptBreaker, Overtaken};

/// Failures of a supplier with more time than this between them are no run.
pub const FAILURES_REMEMBERED: Duration = Duration::from_secs(60);
/// How long what was read is good enough to let a call through, or to refuse it.
const FRESH: Duration = Duration::from_secs(1);
/// How long a call may be held up for the sake of its breaker, before it and after it.
const TABLE_PATIENCE: Duration = Duration::from_millis(500);
/// A change that loses this often is given up.
const MOST_RACES: usize = 4;

/// The breakers of all suppliers, each by its supplier's name. Clones share what they know.
#[derive(Clone, Debug)]
pub struct Breakers {
    items: Items,
    rules: Rules,
    clock: Clock,
    known: Arc<Mutex<HashMap<String, Known>>>,
}

/// A breaker as this process last saw it.
#[derive(Clone, Copy, Debug)]
struct Known {
    kept: KeptBreaker,
    seen: Timestamp,
}

/// What a caller is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Make the call, and tell what came of it.
    Call(Pass),
    /// Make the call. How the breaker stands is not known, so nothing is counted.
    CallUncounted,
    /// Do not call before this.
    Wait(Timestamp),
}

impl Breakers {
    /// The breakers in this table, by these rules.
    pub fn new(items: impl Into<Items>, rules: Rules, clock: Clock) -> Self {
        Self {
            items: items.into(),
            rules,
            clock,
            known: Arc::default(),
        }
    }

    /// Whether a supplier may be called.
    pub async fn admit(&self, supplier: &str) -> Verdict {
        let admitted = within_patience(self.try_admit(supplier)).await;
        match admitted {
            Ok(Admission::Admitted(pass)) => Verdict::Call(pass),
            Ok(Admission::Refused { until }) => Verdict::Wait(until),
            Err(failure) => {
                let problem = failure.to_string();
                tracing::warn!(supplier, problem, "called without asking the breaker");
                Verdict::CallUncounted
            }
        }
    }

    /// Notes whether the supplier works, going by a call that was admitted.
    pub async fn note(&self, supplier: &str, pass: Pass, works: bool) {
        let noted = self.try_note(supplier, pass, works);
        if let Err(failure) = within_patience(noted).await {
            let problem = failure.to_string();
            tracing::warn!(supplier, problem, "the breaker was not told of a call");
        }
    }

    async fn try_admit(&self, supplier: &str) -> Result<Admission, Failure> {
        let kept = self.look(supplier).await?;
        let attempt = |kept: KeptBreaker| async move {
            let admission = kept.breaker.admit(&self.rules, self.clock.now());
            let taken = match admission {
                Admission::Admitted(pass) => pass.taken(),
                Admission::Refused { .. } => None,
            };
            match taken {
                Some(taken) => self.change(supplier, &kept, taken, admission).await,
                None => Ok(Try::Done(admission)),
            }
        };
        race(kept, MOST_RACES, attempt, busy).await
    }

    async fn try_note(&self, supplier: &str, pass: Pass, works: bool) -> Result<(), Failure> {
        // However old: a write on the strength of what is outdated is refused.
        let known = self.last_seen(supplier);
        let kept = known.map_or_else(KeptBreaker::default, |known| known.kept);
        let attempt = |kept: KeptBreaker| async move {
            let now = self.clock.now();
            let next = if works {
                kept.breaker.succeeded(pass, &self.rules, now)
            } else {
                kept.breaker.failed(pass, &self.rules, now)
            };
            match next {
                Some(next) => self.change(supplier, &kept, next, ()).await,
                None => Ok(Try::Done(())),
            }
        };
        race(kept, MOST_RACES, attempt, busy).await
    }

    /// The breaker as it is, or was a moment ago.
    async fn look(&self, supplier: &str) -> Result<KeptBreaker, Failure> {
        let now = self.clock.now();
        let fresh = |known: &Known| known.seen.until(now) < FRESH;
        if let Some(known) = self.last_seen(supplier).filter(fresh) {
            return Ok(known.kept);
        }
        let kept = self.items.breaker(supplier).await?;
        self.remember(supplier, kept);
        Ok(kept)
    }

    /// Changes a breaker; `done` is the answer if that comes about.
    async fn change<T>(
        &self,
        supplier: &str,
        before: &KeptBreaker,
        to: Breaker,
        done: T,
    ) -> Result<Try<T, KeptBreaker>, Failure> {
        match self.items.change_breaker(supplier, before, to).await {
            Ok(kept) => {
                self.remember(supplier, kept);
                tell(supplier, &before.breaker, &to);
                Ok(Try::Done(done))
            }
            Err(Overtaken::Race(current)) => {
                self.remember(supplier, current);
                Ok(Try::Lost(current))
            }
            Err(Overtaken::Down(failure)) => Err(failure),
        }
    }

    fn last_seen(&self, supplier: &str) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(supplier).copied()
    }

    fn remember(&self, supplier: &str, kept: KeptBreaker) {
        let seen = self.clock.now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(supplier.to_owned(), Known { kept, seen });
    }
}

async fn within_patience<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let silent = |_| Failure::Unavailable("the table does not answer in time".to_owned());
    tokio::time::timeout(TABLE_PATIENCE, work)
        .await
        .map_err(silent)?
}

fn busy() -> Failure {
    Failure::Unavailable("too many change the breaker at once".to_owned())
}

/// Says in the log what an operator wants to know.
fn tell(supplier: &str, before: &Breaker, after: &Breaker) {
    match (before, after) {
        (Breaker::Closed { .. }, Breaker::Open { until }) => {
            tracing::warn!(supplier, %until, "the supplier keeps failing; calls to it stop");
        }
        (_, Breaker::Open { until }) => {
            tracing::warn!(supplier, %until, "the supplier still fails; calls to it stay stopped");
        }
        (_, Breaker::HalfOpen { .. }) => tracing::info!(supplier, "one call tries the supplier"),
        (Breaker::HalfOpen { .. }, Breaker::Closed { .. }) => {
            tracing::warn!(supplier, "the supplier works again");
        }
        _ => {}
    }
}
