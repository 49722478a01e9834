//! Progress, and the table of outcomes.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use holdfast_booking_rules::booking::BookingStatus;
use holdfast_tests::audit::Audited;

const ENDS: &[BookingStatus] = &[
    BookingStatus::Booked,
    BookingStatus::Expired,
    BookingStatus::Cancelled,
    BookingStatus::Failed,
    BookingStatus::NeedsAttention,
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

/// What came of it all.
pub(crate) struct Report {
    outcomes: BTreeMap<&'static str, BTreeMap<&'static str, usize>>,
    violations: Vec<String>,
    count: usize,
    took: Duration,
}

impl Report {
    pub(crate) fn new(
        audited: Vec<(&'static str, Audited)>,
        dead_letters: u32,
        took: Duration,
    ) -> Self {
        let count = audited.len();
        let mut outcomes = BTreeMap::<_, BTreeMap<_, usize>>::new();
        let mut violations = Vec::new();
        if dead_letters > 0 {
            violations.push(format!(
                "{dead_letters} more messages that nobody could process"
            ));
        }
        for (plan, booking) in audited {
            let status = booking.status.map_or("unknown", BookingStatus::as_str);
            for row in [plan, "total"] {
                *outcomes.entry(row).or_default().entry(status).or_default() += 1;
            }
            let name = booking.name;
            violations.extend(
                booking
                    .violations
                    .iter()
                    .map(|what| format!("{name}: {what}")),
            );
        }
        Self {
            outcomes,
            violations,
            count,
            took,
        }
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
            write!(to, "{:>16}", end.as_str())?;
        }
        for (plan, ends) in &self.outcomes {
            write!(to, "\n{plan:<26}")?;
            for end in ENDS {
                write!(to, "{:>16}", ends.get(end.as_str()).unwrap_or(&0))?;
            }
        }
        let (count, seconds, found) = (self.count, self.took.as_secs(), self.violations.len());
        write!(
            to,
            "\n\n{count} bookings in {seconds} s; violations: {found}"
        )?;
        for violation in self.violations.iter().take(TOLD) {
            write!(to, "\n  {violation}")?;
        }
        Ok(())
    }
}
