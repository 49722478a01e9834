//! The circuit breakers before the suppliers, one each, shared by all functions through the bookings'
//! table. The rules are in [`holdfast_core::breaker`]; here they meet the table.
//!
//! A breaker is there to help, so it never stands in the way by mistake: where the table does not
//! answer, or too many write at once, the call is made and what comes of it is not counted. While
//! nothing goes wrong a call costs one read at most, and no write.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use holdfast_booking_rules::unwinding::Participant;
use holdfast_core::breaker::{Admission, Breaker, Pass, Rules};
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use super::Outcome;
use crate::store::{KeptBreaker, Overtaken, Store};
use holdfast_kit::clock::Clock;

/// How long what was read is good enough to let a call through, or to refuse it.
const FRESH: Duration = Duration::from_secs(1);
/// How long a call may be held up for the sake of its breaker, before it and after it.
const TABLE_PATIENCE: Duration = Duration::from_millis(500);
/// Whoever loses this often lets go.
const MOST_RACES: usize = 4;

/// The breakers of all suppliers. Clones share what they know.
#[derive(Clone, Debug)]
pub struct Breakers {
    store: Store,
    rules: Rules,
    clock: Clock,
    known: Arc<Mutex<HashMap<Participant, Known>>>,
}

/// A breaker as this process last saw it.
#[derive(Clone, Copy, Debug)]
struct Known {
    kept: KeptBreaker,
    seen: Timestamp,
}

/// What somebody who wants to call is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Make the call, and tell what came of it.
    Call(Pass),
    /// Make the call. Nobody knows how the breaker stands, so nobody counts.
    CallUncounted,
    /// Do not call before this.
    Wait(Timestamp),
}

impl Breakers {
    /// The breakers in this table, by these rules.
    pub fn new(store: Store, rules: Rules, clock: Clock) -> Self {
        Self {
            store,
            rules,
            clock,
            known: Arc::default(),
        }
    }

    /// Whether a supplier may be called.
    pub(super) async fn admit(&self, supplier: Participant) -> Verdict {
        let admitted = within_patience(self.try_admit(supplier)).await;
        match admitted {
            Ok(Admission::Admitted(pass)) => Verdict::Call(pass),
            Ok(Admission::Refused { until }) => Verdict::Wait(until),
            Err(failure) => {
                let (supplier, problem) = (supplier.as_str(), failure.to_string());
                tracing::warn!(supplier, problem, "called without asking the breaker");
                Verdict::CallUncounted
            }
        }
    }

    /// Notes what came of a call that was admitted.
    pub(super) async fn note(&self, supplier: Participant, pass: Pass, outcome: &Outcome) {
        let noted = self.try_note(supplier, pass, works(outcome));
        if let Err(failure) = within_patience(noted).await {
            let (supplier, problem) = (supplier.as_str(), failure.to_string());
            tracing::warn!(supplier, problem, "the breaker was not told of a call");
        }
    }

    async fn try_admit(&self, supplier: Participant) -> Result<Admission, Failure> {
        let mut kept = self.look(supplier).await?;
        for _ in 0..MOST_RACES {
            let admission = kept.breaker.admit(&self.rules, self.clock.now());
            let Admission::Admitted(pass) = admission else {
                return Ok(admission);
            };
            let Some(taken) = pass.taken() else {
                return Ok(admission);
            };
            match self.change(supplier, &kept, taken).await? {
                Changed::Written => return Ok(admission),
                Changed::Overtaken(current) => kept = current,
            }
        }
        Err(busy())
    }

    async fn try_note(
        &self,
        supplier: Participant,
        pass: Pass,
        works: bool,
    ) -> Result<(), Failure> {
        // However old: a write on the strength of what is outdated is refused.
        let mut kept = self
            .last_seen(supplier)
            .map_or_else(KeptBreaker::default, |known| known.kept);
        for _ in 0..MOST_RACES {
            let now = self.clock.now();
            let next = if works {
                kept.breaker.succeeded(pass, &self.rules, now)
            } else {
                kept.breaker.failed(pass, &self.rules, now)
            };
            let Some(next) = next else {
                return Ok(());
            };
            match self.change(supplier, &kept, next).await? {
                Changed::Written => return Ok(()),
                Changed::Overtaken(current) => kept = current,
            }
        }
        Err(busy())
    }

    /// The breaker as it is, or was a moment ago.
    async fn look(&self, supplier: Participant) -> Result<KeptBreaker, Failure> {
        let now = self.clock.now();
        let fresh = |known: &Known| known.seen.until(now) < FRESH;
        if let Some(known) = self.last_seen(supplier).filter(fresh) {
            return Ok(known.kept);
        }
        let kept = self.store.breaker(supplier).await?;
        self.remember(supplier, kept);
        Ok(kept)
    }

    async fn change(
        &self,
        supplier: Participant,
        before: &KeptBreaker,
        to: Breaker,
    ) -> Result<Changed, Failure> {
        match self.store.change_breaker(supplier, before, to).await {
            Ok(kept) => {
                self.remember(supplier, kept);
                tell(supplier, &before.breaker, &to);
                Ok(Changed::Written)
            }
            Err(Overtaken::Race(current)) => {
                self.remember(supplier, current);
                Ok(Changed::Overtaken(current))
            }
            Err(Overtaken::Down(failure)) => Err(failure),
        }
    }

    fn last_seen(&self, supplier: Participant) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&supplier).copied()
    }

    fn remember(&self, supplier: Participant, kept: KeptBreaker) {
        let seen = self.clock.now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(supplier, Known { kept, seen });
    }
}

async fn within_patience<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let silent = |_| Failure::Unavailable("the table does not answer in time".to_owned());
    tokio::time::timeout(TABLE_PATIENCE, work)
        .await
        .map_err(silent)?
}

/// What came of a write.
enum Changed {
    Written,
    Overtaken(KeptBreaker),
}

/// Whether a supplier that answers like this works. To refuse is to work.
fn works(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Done(_) | Outcome::Pending(_) | Outcome::Refused(_) | Outcome::Declined(_) => true,
        Outcome::NotDone(_) | Outcome::Unknown(_) => false,
    }
}

fn busy() -> Failure {
    Failure::Unavailable("too many change the breaker at once".to_owned())
}

/// Says in the log what an operator wants to know.
fn tell(supplier: Participant, before: &Breaker, after: &Breaker) {
    let supplier = supplier.as_str();
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
