//! Whose turn it is at an account. A process that answers many at once lets a few of them at one account
//! at a time, in the order in which they came: each movement under way makes the account's item larger,
//! and all others slower. A Lambda answers one at a time; there DynamoDB's own limit comes first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use holdfast_core::ids::AccountId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many at once: more would not be answered sooner.
const AT_ONCE: usize = 8;
/// Accounts that nobody is at are forgotten once there are so many.
const MOST_ACCOUNTS: usize = 10_000;

/// The turns at all accounts.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<AccountId, Arc<Semaphore>>>>);

impl Turns {
    /// Waits for a turn at an account. It ends when it is dropped.
    pub(super) async fn at(&self, account: &AccountId) -> Option<OwnedSemaphorePermit> {
        // It is never closed, so there is always a turn.
        self.of(account).acquire_owned().await.ok()
    }

    fn of(&self, account: &AccountId) -> Arc<Semaphore> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_ACCOUNTS {
            all.retain(|_, turns| Arc::strong_count(turns) > 1);
        }
        let turns = all.entry(account.clone());
        turns
            .or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)))
            .clone()
    }
}
