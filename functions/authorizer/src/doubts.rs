//! What may have been debited although its terminal was told otherwise. A queue remembers it, for the
//! table just did not answer; while the queue does not answer either, this process does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_kit::queue::Queue;

use crate::accounts::Doubt;

/// A write on its way when the terminal was told comes to rest meanwhile.
const DELAY: Duration = Duration::from_secs(1);
/// A process remembers no more: then its queue has been away for long.
const MOST: usize = 1_000;

/// Where doubts go.
#[derive(Clone, Debug)]
pub struct Doubts {
    queue: Option<Queue>,
    kept: Arc<Mutex<Vec<Doubt>>>,
}

impl Doubts {
    /// Doubts that wait in this queue.
    pub fn in_queue(queue: Queue) -> Self {
        Self {
            queue: Some(queue),
            kept: Arc::default(),
        }
    }

    /// Doubts that wait in this process, for whoever takes them: a queue that never answers.
    pub fn kept() -> Self {
        Self {
            queue: None,
            kept: Arc::default(),
        }
    }

    /// Remembers a doubt, within this time.
    pub async fn remember(&self, doubt: Doubt, within: Duration) {
        self.keep([doubt]);
        self.send(within).await;
    }

    /// Sends what this process still keeps, within this time.
    pub async fn send(&self, within: Duration) {
        let Some(queue) = &self.queue else {
            return;
        };
        let kept = self.take();
        if kept.is_empty() {
            return;
        }
        let send = async {
            for doubt in &kept {
                queue.send(doubt, DELAY, "remembering a doubt").await?;
            }
            Ok::<_, Failure>(())
        };
        let problem = match tokio::time::timeout(within, send).await {
            Ok(Ok(())) => return,
            Ok(Err(failure)) => failure.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        tracing::warn!(problem, doubts = kept.len(), "kept in this process");
        // Some may be in the queue twice then, which is harmless.
        self.keep(kept);
    }

    /// Takes all that this process keeps.
    pub fn take(&self) -> Vec<Doubt> {
        std::mem::take(&mut *self.lock())
    }

    fn keep(&self, doubts: impl IntoIterator<Item = Doubt>) {
        let mut kept = self.lock();
        let room = MOST.saturating_sub(kept.len());
        kept.extend(doubts.into_iter().take(room));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Doubt>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
