//! Progress, and the table of outcomes.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::process::ExitCode;
use std::time::{Duration, Instant};

const ENDS: &[&str] = &[
    "booked",
    "completed",
    "expired",
    "cancelled",
    "failed",
    "needs_attention",
];
const PROGRESS: Duration = Duration::from_secs(10);
/// More than so many are counted only.
const TOLD: usize = 20;

/// Tells how far it is.
pub(crate) struct Progress {
    of: usize,
    ended: Cell<usize>,
    began: Instant,
    told: Cell<Instant>,
}

impl Progress {
    pub(crate) fn new(of: usize) -> Self {
        let now = Instant::now();
        Self {
            of,
            ended: Cell::new(0),
            began: now,
            told: Cell::new(now),
        }
    }

    pub(crate) fn one_more(&self) {
        self.ended.set(self.ended.get() + 1);
        if self.told.get().elapsed() >= PROGRESS {
            self.told.set(Instant::now());
            let (ended, seconds) = (self.ended.get(), self.began.elapsed().as_secs());
            println!("  {ended} of {} have ended, {seconds} s", self.of);
        }
    }
}

/// What came of one booking or order.
pub(crate) struct Outcome {
    /// What was wanted.
    pub(crate) plan: &'static str,
    /// Its name.
    pub(crate) name: String,
    /// How it ended.
    pub(crate) end: &'static str,
    /// What must not be.
    pub(crate) violations: Vec<String>,
}

/// What came of it all.
pub(crate) struct Report {
    outcomes: BTreeMap<&'static str, BTreeMap<&'static str, usize>>,
    violations: Vec<String>,
    count: usize,
    took: Duration,
}

impl Report {
    /// The outcomes, and what is wrong with all of them together.
    pub(crate) fn new(outcomes: Vec<Outcome>, together: Vec<String>, took: Duration) -> Self {
        let mut report = Self {
            outcomes: BTreeMap::new(),
            violations: together,
            count: outcomes.len(),
            took,
        };
        for outcome in outcomes {
            for row in [outcome.plan, "total"] {
                let ends = report.outcomes.entry(row).or_default();
                *ends.entry(outcome.end).or_default() += 1;
            }
            let told = outcome.violations.iter();
            let told = told.map(|what| format!("{}: {what}", outcome.name));
            report.violations.extend(told);
        }
        report
    }

    pub(crate) fn verdict(&self) -> ExitCode {
        match self.violations.len() {
            0 if self.count > 0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "\n{:<26}", "")?;
        for end in ENDS {
            write!(to, "{end:>16}")?;
        }
        for (plan, ends) in &self.outcomes {
            write!(to, "\n{plan:<26}")?;
            for end in ENDS {
                write!(to, "{:>16}", ends.get(end).unwrap_or(&0))?;
            }
        }
        let (count, seconds, found) = (self.count, self.took.as_secs(), self.violations.len());
        write!(
            to,
            "\n\n{count} bookings and orders in {seconds} s; violations: {found}"
        )?;
        for violation in self.violations.iter().take(TOLD) {
            write!(to, "\n  {violation}")?;
        }
        Ok(())
    }
}
