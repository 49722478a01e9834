//! What becomes of a movement whose line is missing: its worker died, or the table did not answer it.
//!
//! A terminal is told `00` only by a worker that has seen its own line written. So a purchase without a
//! line was never told: it is given back. All other movements are done once the account has them; only
//! their line is missing.

use std::time::Duration;

use holdfast_core::time::Timestamp;

use crate::movement::{Code, Entry, Key, Kind, Line, Movement};

/// How long a worker may take to write its line: much longer than its terminal waits for it.
pub const GRACE: Duration = Duration::from_secs(10);

/// Why a purchase is refused that was approved, and whose terminal was not told so.
pub const NOT_TOLD: &str = "no answer in time; what was debited is given back";
/// Why a purchase is refused that was debited before.
pub const TWICE: &str = "asked for twice at once; one of the two debits is given back";

/// What the terminal of a purchase knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<'a> {
    /// Its worker may still be about to tell it, or is gone.
    NotKnown,
    /// This worker told it 07: there was no answer in time.
    Refused {
        /// Which worker.
        by: &'a str,
    },
}

/// What is to be done about a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// Nothing: its worker may still be at it.
    Wait,
    /// Nothing: its entry can go, if there is one.
    Close,
    /// Its line is written as it is.
    Write,
    /// It was never done: that it is refused gets a number and a line.
    Record,
    /// Its line is written as refused, if there is still none then.
    Refuse,
    /// Its line says that it is approved: that is taken back, and the money goes back.
    Revoke,
    /// Its line says that it is refused: the money goes back.
    GiveBack,
    /// It was answered before under another number. This number gets a line of its own.
    WriteTwin,
    /// It was debited before under another number. This debit gets a line of its own that says so, and
    /// its money goes back.
    GiveBackTwin,
}

/// Decides about a movement, by its entry at the account and its line, where they are there.
pub fn settle(
    entry: Option<&Entry>,
    line: Option<&Line>,
    told: Told<'_>,
    now: Timestamp,
) -> Settlement {
    let refused = told != Told::NotKnown;
    match (entry, line) {
        (None, None) if refused => Settlement::Record,
        (None, None) => Settlement::Close,
        (None, Some(line)) if untold(line, told) => Settlement::Revoke,
        (None, Some(_)) => Settlement::Close,
        (Some(entry), None) if !entry.debits() && (refused || is_late(entry, now)) => {
            Settlement::Write
        }
        (Some(entry), None) if refused || is_late(entry, now) => Settlement::Refuse,
        (Some(_), None) => Settlement::Wait,
        (Some(entry), Some(line)) if line.seq != entry.seq() => match entry.debits() {
            true => Settlement::GiveBackTwin,
            false => Settlement::WriteTwin,
        },
        (Some(entry), Some(line)) if entry.debits() && line.code != Code::Approved => {
            Settlement::GiveBack
        }
        (Some(_), Some(line)) if untold(line, told) => Settlement::Revoke,
        (Some(_), Some(_)) => Settlement::Close,
    }
}

fn is_late(entry: &Entry, now: Timestamp) -> bool {
    entry.at().until(now) >= GRACE
}

/// Whether a line says that a purchase is approved, but the worker that wrote it said otherwise, and
/// no terminal that asked again was told so since.
fn untold(line: &Line, told: Told<'_>) -> bool {
    let approved = line.kind == Kind::Purchase && line.code == Code::Approved;
    let by_them = matches!(told, Told::Refused { by } if by == line.by);
    approved && by_them && !line.confirmed
}

/// The name of the line of a purchase that was debited before, under another number.
pub fn twin(key: &Key, seq: u64) -> Key {
    Key(format!("{key}#{seq}"))
}

/// What gives the purchase of this number back.
pub fn give_back(purchase: Movement, seq: u64, now: Timestamp) -> Movement {
    Movement {
        key: Key(format!("{}~{seq}", purchase.key)),
        kind: Kind::GiveBack,
        code: Code::Approved,
        at: now,
        mark: purchase.key.to_string(),
        ..purchase
    }
}
