//! What is really down, or really crowded, on the deployed stack. To be run alone, for it is down for all:
//! `make test` does so when the other end-to-end tests are done.
//!
//! - `supplier`: a supplier of bookings; `services`: the services that orders meet over the bus
//! - `crowd`: more customers than goods

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod crowd;
mod services;
mod supplier;

use tokio::sync::{Mutex, MutexGuard};

/// One after another: what is down for one test is down for all.
async fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::const_new(());
    ALONE.lock().await
}
