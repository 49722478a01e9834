//! The order in which rivals won, as the booking's versions tell it, replayed with the pure rules.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_booking_rules::booking::BookingState;
use holdfast_booking_rules::event::Event;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Operation, Refusal, State, Timer, decide};

/// What one rival was told to decide upon, and decided.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) version: u32,
    pub(crate) timer: Timer,
    pub(crate) operation: Operation,
    pub(crate) at: Timestamp,
    pub(crate) answer: Result<Timer, Refusal>,
}

impl Asked {
    /// What an event says of it.
    pub(crate) fn note(&self) -> String {
        format!("{:?} at {}", self.operation, self.at)
    }
}

/// What came of one rival's operation: all it was asked, and what it was told in the end.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    pub(crate) asked: Vec<Asked>,
    /// The version and the timer that it was handed, or why it was refused.
    pub(crate) end: Result<(u32, Timer), Failure>,
}

/// How a round went.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) won: usize,
    pub(crate) refused: usize,
    /// Another writer had written the very same.
    pub(crate) same: usize,
    /// Races lost on the way.
    pub(crate) lost: usize,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.won += other.won;
        self.refused += other.refused;
        self.same += other.same;
        self.lost += other.lost;
    }
}

/// A booking's states by version, and what was said of each.
pub(crate) struct Order {
    states: BTreeMap<u32, BookingState>,
    notes: BTreeMap<u32, String>,
}

impl Order {
    /// The order that a history tells.
    pub(crate) fn of(events: &[Event]) -> Self {
        let changes = || {
            let booking = |event: &Event| event.booking.clone();
            events
                .iter()
                .filter_map(move |event| Some((booking(event)?, event)))
        };
        Self {
            states: changes()
                .map(|(change, _)| (change.version, change.after))
                .collect(),
            notes: changes()
                .filter_map(|(change, event)| Some((change.version, event.note.clone()?)))
                .collect(),
        }
    }

    fn timer(&self, version: u32) -> Result<Timer, String> {
        let state = self.states.get(&version);
        let state = state.ok_or_else(|| format!("there is no version {version}"))?;
        Ok(state.timer)
    }

    /// Replays the order. The first disagreement with the rules is the error.
    pub(crate) fn check(&self, rivals: &[Tried]) -> Result<Tally, String> {
        let mut tally = Tally::default();
        let mut told = BTreeSet::new();
        for tried in rivals {
            tally += self.check_rival(tried, &mut told)?;
        }
        for version in self.states.keys().skip(1) {
            if !told.contains(version) {
                return Err(format!("nobody wrote version {version}"));
            }
        }
        self.check_outcome()?;
        Ok(tally)
    }

    fn check_rival(&self, tried: &Tried, told: &mut BTreeSet<u32>) -> Result<Tally, String> {
        for asked in &tried.asked {
            if self.timer(asked.version)? != asked.timer {
                return Err(format!("was never so: {asked:?}"));
            }
            if decide(&asked.timer, asked.operation, asked.at) != asked.answer {
                return Err(format!("not by the rules: {asked:?}"));
            }
        }
        let Some((last, lost)) = tried.asked.split_last() else {
            return Err("a rival that was never asked".to_owned());
        };
        let mut tally = Tally {
            lost: lost.len(),
            ..Tally::default()
        };
        match (&tried.end, last.answer) {
            (Ok(end), Ok(decided)) => {
                let version = last.version + 1;
                if *end != (version, decided) || self.timer(version)? != decided {
                    return Err(format!("{last:?} was told {end:?}"));
                }
                if self.notes.get(&version) == Some(&last.note()) {
                    tally.won += 1;
                    told.insert(version);
                } else {
                    tally.same += 1;
                }
            }
            (Err(Failure::Conflict(why)), Err(refusal)) if *why == refusal.to_string() => {
                tally.refused += 1;
            }
            (end, _) => return Err(format!("{last:?} ended as {end:?}")),
        }
        Ok(tally)
    }

    /// Fired or cancelled, once, and nothing after it.
    fn check_outcome(&self) -> Result<(), String> {
        let over = |state: &&BookingState| {
            matches!(state.timer.state, State::Fired | State::Cancelled { .. })
        };
        let ends = self.states.values().filter(over).count();
        let last = self.states.values().next_back();
        if ends > 1 || ends == 1 && last.is_none_or(|last| !over(&last)) {
            return Err(format!("ended {ends} times: {:?}", self.states));
        }
        Ok(())
    }
}
