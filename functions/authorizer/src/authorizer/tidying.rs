//! Entries of movements whose line is written: the next update of their account takes them away. What a
//! process does not know of, because another wrote the line, is left to that one, and finally to whoever
//! settles the account.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use holdfast_authorizer_rules::movement::{Key, Line};
use holdfast_core::ids::AccountId;
use holdfast_core::time::Timestamp;

/// One stays for a while: it is the cheapest answer to a repetition.
const FEW: usize = 1;
const A_WHILE: Duration = Duration::from_secs(1);
/// One update takes no more away: its expression has a limit.
const MOST_AT_ONCE: usize = 20;
/// A process remembers the lines of so many accounts.
const MOST_ACCOUNTS: usize = 10_000;

/// Lines that this process has written, by their account, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Tidying(Arc<Mutex<Known>>);

type Known = HashMap<AccountId, VecDeque<Written>>;

/// A line that is written: its entry can go.
#[derive(Clone, Debug)]
pub(super) struct Written {
    key: Key,
    seq: u64,
    at: Timestamp,
}

impl Tidying {
    /// A line is written.
    pub(super) fn written(&self, line: &Line) {
        let mut known = self.lock();
        if known.len() >= MOST_ACCOUNTS {
            known.clear();
        }
        let lines = known.entry(line.account_id.clone()).or_default();
        lines.push_back(Written {
            key: line.key.clone(),
            seq: line.seq,
            at: line.at,
        });
    }

    /// Takes those of an account whose entries can go now: the next update closes them.
    pub(super) fn take(&self, account: &AccountId, now: Timestamp) -> Vec<Written> {
        let mut known = self.lock();
        let Some(lines) = known.get_mut(account) else {
            return Vec::new();
        };
        let old = lines.iter().filter(|line| line.at.until(now) >= A_WHILE);
        let many = lines.len().saturating_sub(FEW).max(old.count());
        lines.drain(..many.min(MOST_AT_ONCE)).collect()
    }

    /// They were not closed after all.
    pub(super) fn give_back(&self, account: &AccountId, lines: Vec<Written>) {
        let mut known = self.lock();
        let kept = known.entry(account.clone()).or_default();
        kept.extend(lines);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Their names and numbers.
pub(super) fn names(lines: &[Written]) -> Vec<(Key, u64)> {
    let named = lines.iter().map(|line| (line.key.clone(), line.seq));
    named.collect()
}
