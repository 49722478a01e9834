//! Many want something of one booking at once: the real store and the real steps against a real
//! DynamoDB engine in process.
//!
//! - `timer`: random operations on the timer; whatever order wins, the pure rules must agree with it
//! - `order`: the order that won, and whether the rules agree
//! - `bookings`: whole bookings among random rivals; the rules must agree with every change
//! - `steps`: payments, wake-ups, the settling and the unwinding, all at once, as no execution takes them
//! - `late`: the worker that is held up at the worst moment
//!
//! `RACE_ROUNDS` sets how many rounds there are, `RACE_SEED` repeats their choices (not their
//! timing). Run with `--nocapture` to see what came of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bookings;
mod late;
mod order;
mod steps;
#[path = "../support/mod.rs"]
mod support;
mod timer;

/// A number from the environment.
fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}

/// What the choices of a run begin with.
fn seed() -> u64 {
    setting("RACE_SEED").unwrap_or_else(|| fastrand::u64(..))
}
