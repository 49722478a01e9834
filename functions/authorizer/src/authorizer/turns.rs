//! Whose turn it is at an account. A process that answers many at once lets a few of them at one account
//! at a time, in the order in which they came: each movement under way makes the account's item larger,
//! and all others slower. A Lambda answers one at a time; there DynamoDB's own limit comes first.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use holdfast_core::ids::AccountId;
use tokio::sync::{Semaphore, SemaphorePermit};

/// So many at once: more would not be answered sooner.
const AT_ONCE: usize = 8;
/// So many wait at most: more would not be answered in time.
const MOST_WAITING: usize = 80;
/// Accounts that nobody is at are forgotten once there are so many.
const MOST_ACCOUNTS: usize = 10_000;

/// The turns at all accounts.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<AccountId, Arc<Queue>>>>);

/// The turns at one account.
#[derive(Debug)]
struct Queue {
    turns: Semaphore,
    /// Those who wait, and those whose turn it is.
    here: AtomicUsize,
}

/// A turn at an account, or a place in the queue for one.
#[derive(Debug)]
pub(super) struct Place(Arc<Queue>);

impl Place {
    /// Waits for the turn. It ends when it is dropped.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed, so there is always a turn.
        self.0.turns.acquire().await.ok()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.here.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Turns {
    /// A place at an account; nothing where so many wait that there would be no answer in time.
    pub(super) fn at(&self, account: &AccountId) -> Option<Place> {
        let place = Place(self.of(account));
        let before = place.0.here.fetch_add(1, Ordering::Relaxed);
        (before < AT_ONCE + MOST_WAITING).then_some(place)
    }

    fn of(&self, account: &AccountId) -> Arc<Queue> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_ACCOUNTS {
            all.retain(|_, turns| Arc::strong_count(turns) > 1);
        }
        let turns = all.entry(account.clone());
        let new = || Queue {
            turns: Semaphore::new(AT_ONCE),
            here: AtomicUsize::new(0),
        };
        turns.or_insert_with(|| Arc::new(new())).clone()
    }
}
