//! The circuit breaker before a supplier: after a run of failures it is not asked for a while, then
//! one probe finds out whether it works again.
//!
//! [`Breaker::admit`], [`Breaker::succeeded`] and [`Breaker::failed`] are the whole of the rules. The
//! store writes what they say on the condition that the breaker is still the one that was decided
//! upon; so of many who want to be the probe one is.
//!
//! It stands in the way forward only ([`is_guarded`](crate::verb::Verb::is_guarded)): what undoes something is never held up.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How much a breaker puts up with, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How many failures in a row open it.
    pub failures: NonZeroU32,
    /// For how long failures count: with a longer pause between two, a new run begins.
    pub memory: Duration,
    /// How long it stays open before a probe.
    pub open: Duration,
    /// How long a probe may take; then its worker is thought dead, and another probe is let through.
    pub lease: Duration,
}

/// Failures in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Run {
    /// How many.
    pub failures: u32,
    /// When the last one was.
    pub last: Timestamp,
}

/// The breaker of one supplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Breaker {
    /// Calls go through.
    Closed {
        /// What has gone wrong since the last success.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        run: Option<Run>,
    },
    /// No call goes through.
    Open {
        /// Until then; the first call after it may be the probe.
        until: Timestamp,
    },
    /// One call is through, to find out whether the supplier works again.
    HalfOpen {
        /// When it is given up. Names the probe: no two have the same.
        lease_ends: Timestamp,
    },
}

/// What becomes of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Admission {
    /// The call may be made.
    Admitted(Pass),
    /// It may not.
    Refused {
        /// Asking again makes no sense before this.
        until: Timestamp,
    },
}

/// With what right a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pass {
    /// The breaker was closed.
    Ordinary,
    /// It is the probe, once [`Pass::taken`] has been written.
    Probe {
        /// When it is given up.
        lease_ends: Timestamp,
    },
}

impl Pass {
    /// What the breaker becomes by this pass; nothing if it stays as it is.
    pub fn taken(self) -> Option<Breaker> {
        match self {
            Self::Ordinary => None,
            Self::Probe { lease_ends } => Some(Breaker::HalfOpen { lease_ends }),
        }
    }
}

impl Default for Breaker {
    fn default() -> Self {
        Self::CLOSED
    }
}

impl Breaker {
    /// Closed, and nothing has gone wrong.
    pub const CLOSED: Self = Self::Closed { run: None };

    /// The failures that count; a run without another one for longer than this is forgotten.
    pub fn run(&self, memory: Duration, now: Timestamp) -> Option<Run> {
        match *self {
            Self::Closed { run } => run.filter(|run| run.counts(memory, now)),
            Self::Open { .. } | Self::HalfOpen { .. } => None,
        }
    }

    /// Whether a call may be made.
    pub fn admit(&self, rules: &Rules, now: Timestamp) -> Admission {
        match *self {
            Self::Closed { .. } => Admission::Admitted(Pass::Ordinary),
            Self::Open { until } | Self::HalfOpen { lease_ends: until } if now < until => {
                Admission::Refused { until }
            }
            Self::Open { .. } | Self::HalfOpen { .. } => Admission::Admitted(Pass::Probe {
                lease_ends: now + rules.lease,
            }),
        }
    }

    /// What a call that went well makes of it; nothing if it stays as it is.
    pub fn succeeded(&self, pass: Pass, rules: &Rules, now: Timestamp) -> Option<Self> {
        match *self {
            // Failures that are not counted any more need not be struck out.
            Self::Closed { .. } => self.run(rules.memory, now).map(|_| Self::CLOSED),
            Self::Open { .. } => None,
            Self::HalfOpen { .. } => self.is_probed_by(pass).then_some(Self::CLOSED),
        }
    }

    /// What a call that failed makes of it; nothing if it stays as it is.
    pub fn failed(&self, pass: Pass, rules: &Rules, now: Timestamp) -> Option<Self> {
        let opened = Self::Open {
            until: now + rules.open,
        };
        match *self {
            Self::Closed { .. } => {
                let run = self.run(rules.memory, now);
                let failures = run.map_or(0, |run| run.failures).saturating_add(1);
                let run = Some(Run {
                    failures,
                    last: now,
                });
                let is_too_long = failures >= rules.failures.get();
                Some(if is_too_long {
                    opened
                } else {
                    Self::Closed { run }
                })
            }
            // A call from before it opened has nothing to add.
            Self::Open { .. } => None,
            Self::HalfOpen { .. } => self.is_probed_by(pass).then_some(opened),
        }
    }

    /// A call that is not the probe, or a probe that was given up, decides nothing.
    fn is_probed_by(&self, pass: Pass) -> bool {
        pass.taken().as_ref() == Some(self)
    }
}

impl Run {
    fn counts(&self, memory: Duration, now: Timestamp) -> bool {
        self.last.until(now) <= memory
    }
}
