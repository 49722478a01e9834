//! Entries of movements whose line is written: the next update of their account takes them away. What a
//! process does not know of, because another wrote the line, is left to that one, and finally to whoever
//! settles the account.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::movement::Key;
use holdfast_core::ids::AccountId;
use holdfast_core::time::Timestamp;

/// While there are few, an entry stays for a while: it is the cheapest answer to a repetition.
const FEW: usize = 4;
const A_WHILE: Duration = Duration::from_secs(1);
/// One update takes no more away: its expression has a limit.
const MOST_AT_ONCE: usize = 20;
/// A process remembers the lines of so many accounts.
const MOST_ACCOUNTS: usize = 10_000;

/// Lines that this process has written, by their account.
#[derive(Clone, Debug, Default)]
pub(super) struct Tidying(Arc<Mutex<Known>>);

/// The lines' names and numbers.
type Known = HashMap<AccountId, Vec<(Key, u64)>>;

impl Tidying {
    /// A line is written.
    pub(super) fn written(&self, account: &AccountId, key: &Key, seq: u64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_ACCOUNTS {
            known.clear();
        }
        let lines = known.entry(account.clone()).or_default();
        lines.push((key.clone(), seq));
    }

    /// The entries of an account that can go.
    pub(super) fn closable(&self, account: &Account, now: Timestamp) -> Vec<(Key, u64)> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(lines) = known.get_mut(&account.account_id) else {
            return Vec::new();
        };
        // What is not there any more is closed; or, if this look is an old one, not there yet.
        let entry = |(key, seq): &(Key, u64)| {
            let entry = account.open.get(key)?;
            (entry.seq() == *seq).then_some(entry)
        };
        lines.retain(|line| entry(line).is_some() || line.1 > account.last.0);
        let many = account.open.len() > FEW;
        let closable = lines.iter().filter(|line| {
            entry(line).is_some_and(|entry| many || entry.at().until(now) >= A_WHILE)
        });
        closable.take(MOST_AT_ONCE).cloned().collect()
    }
}
