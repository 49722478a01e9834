//! Tests that keep the deployed stack busy, one after another: each has the machine for itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod lateness;
mod race;
mod travellers;

use tokio::sync::{Mutex, MutexGuard};

/// Held by the test whose turn it is.
async fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    TURN.lock().await
}
