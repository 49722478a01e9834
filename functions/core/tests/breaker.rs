//! The rules of the circuit breaker, as a table and at random.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::num::NonZeroU32;
use std::time::Duration;

use holdfast_core::breaker::{Admission, Breaker, Pass, Rules, Run};
use holdfast_core::time::Timestamp;
use proptest::prelude::*;

const RULES: Rules = Rules {
    failures: NonZeroU32::new(3).unwrap(),
    memory: Duration::from_secs(60),
    open: Duration::from_secs(30),
    lease: Duration::from_secs(9),
};

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1000)
}

fn closed(failures: u32, last: i64) -> Breaker {
    let last = at(last);
    Breaker::Closed {
        run: Some(Run { failures, last }),
    }
}

fn open(until: i64) -> Breaker {
    Breaker::Open { until: at(until) }
}

fn half_open(lease_ends: i64) -> Breaker {
    Breaker::HalfOpen {
        lease_ends: at(lease_ends),
    }
}

fn probe(lease_ends: i64) -> Pass {
    Pass::Probe {
        lease_ends: at(lease_ends),
    }
}

#[test]
fn failures_count_while_they_are_remembered_and_only_of_a_closed_breaker() {
    let failures = |breaker: Breaker, now| {
        let run = breaker.run(RULES.memory, at(now));
        run.map(|run| (run.failures, run.last))
    };
    assert_eq!(failures(Breaker::CLOSED, 0), None);
    assert_eq!(failures(closed(2, 10), 70), Some((2, at(10))));
    assert_eq!(failures(closed(2, 10), 71), None);
    assert_eq!(failures(open(30), 0), None);
    assert_eq!(failures(half_open(39), 30), None);
}

#[test]
fn who_is_admitted_depends_on_the_state_and_the_time() {
    let refused = |until| Admission::Refused { until: at(until) };
    for (breaker, now, admission) in [
        (Breaker::CLOSED, 0, Admission::Admitted(Pass::Ordinary)),
        (closed(2, 0), 0, Admission::Admitted(Pass::Ordinary)),
        (open(30), 0, refused(30)),
        (open(30), 29, refused(30)),
        (open(30), 30, Admission::Admitted(probe(39))),
        (open(30), 99, Admission::Admitted(probe(108))),
        (half_open(39), 30, refused(39)),
        (half_open(39), 38, refused(39)),
        (half_open(39), 39, Admission::Admitted(probe(48))),
    ] {
        let admitted = breaker.admit(&RULES, at(now));
        assert_eq!(admitted, admission, "{breaker:?} at {now}");
    }
}

#[test]
fn a_failure_lengthens_the_run_opens_the_breaker_or_says_nothing() {
    use Pass::Ordinary;
    for (breaker, pass, now, next) in [
        (Breaker::CLOSED, Ordinary, 5, Some(closed(1, 5))),
        (closed(1, 5), Ordinary, 6, Some(closed(2, 6))),
        (closed(2, 6), Ordinary, 7, Some(open(37))),
        (closed(2, 6), Ordinary, 66, Some(open(96))),
        // The others are forgotten by now.
        (closed(2, 6), Ordinary, 67, Some(closed(1, 67))),
        // A worker with a slow clock.
        (closed(1, 6), Ordinary, 5, Some(closed(2, 5))),
        (open(30), Ordinary, 5, None),
        (half_open(39), Ordinary, 31, None),
        (half_open(39), probe(39), 31, Some(open(61))),
        // Given up: another is the probe now, or was.
        (half_open(48), probe(39), 40, None),
        (open(70), probe(39), 41, None),
    ] {
        let failed = breaker.failed(pass, &RULES, at(now));
        assert_eq!(failed, next, "{breaker:?}, {pass:?} at {now}");
    }
}

#[test]
fn a_success_ends_the_run_closes_the_breaker_or_says_nothing() {
    use Pass::Ordinary;
    for (breaker, pass, now, next) in [
        (Breaker::CLOSED, Ordinary, 5, None),
        (closed(2, 6), Ordinary, 7, Some(Breaker::CLOSED)),
        (closed(2, 6), Ordinary, 67, None),
        (open(30), Ordinary, 5, None),
        (half_open(39), Ordinary, 31, None),
        (half_open(39), probe(39), 31, Some(Breaker::CLOSED)),
        (half_open(48), probe(39), 40, None),
    ] {
        let succeeded = breaker.succeeded(pass, &RULES, at(now));
        assert_eq!(succeeded, next, "{breaker:?}, {pass:?} at {now}");
    }
}

#[test]
fn what_is_stored_reads_back() {
    for (breaker, json) in [
        (Breaker::CLOSED, r#"{"state":"closed"}"#),
        (
            closed(2, 6),
            r#"{"state":"closed","run":{"failures":2,"last":"1970-01-01T00:00:06.000Z"}}"#,
        ),
        (
            open(30),
            r#"{"state":"open","until":"1970-01-01T00:00:30.000Z"}"#,
        ),
        (
            half_open(39),
            r#"{"state":"half_open","lease_ends":"1970-01-01T00:00:39.000Z"}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&breaker).unwrap(), json);
        assert_eq!(serde_json::from_str::<Breaker>(json).unwrap(), breaker);
    }
}

// ---------------------------------------------------------------- at random

/// What happens next: time passes, a caller wants to call, or a call that is under way ends.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Passes(u64),
    Wanted,
    Ends { which: usize, well: bool },
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        (0_u64..40).prop_map(Happening::Passes),
        Just(Happening::Wanted),
        (any::<usize>(), any::<bool>()).prop_map(|(which, well)| Happening::Ends { which, well }),
        any::<usize>().prop_map(|which| Happening::Ends { which, well: false }),
    ]
}

/// A breaker, the time, and the calls that are under way.
struct World {
    breaker: Breaker,
    now: Timestamp,
    calls: Vec<Pass>,
    failures: u32,
}

impl World {
    fn happens(&mut self, happening: Happening) {
        match happening {
            Happening::Passes(seconds) => self.now = self.now + Duration::from_secs(seconds),
            Happening::Wanted => self.wanted(),
            Happening::Ends { which, well } if !self.calls.is_empty() => {
                let call = self.calls.swap_remove(which % self.calls.len());
                self.ended(call, well);
            }
            Happening::Ends { .. } => {}
        }
    }

    fn wanted(&mut self) {
        match self.breaker.admit(&RULES, self.now) {
            Admission::Admitted(pass) => {
                let alive = |call: &&Pass| matches!(call, Pass::Probe { lease_ends } if self.now < *lease_ends);
                let probes = self.calls.iter().filter(alive).count();
                assert!(pass == Pass::Ordinary || probes == 0, "two probes");
                self.breaker = pass.taken().unwrap_or(self.breaker);
                self.calls.push(pass);
            }
            Admission::Refused { until } => {
                assert!(self.now < until && until <= self.now + RULES.open.max(RULES.lease));
                let then = self.breaker.admit(&RULES, until);
                assert!(matches!(then, Admission::Admitted(Pass::Probe { .. })));
            }
        }
    }

    fn ended(&mut self, call: Pass, well: bool) {
        let before = self.breaker;
        let next = if well {
            before.succeeded(call, &RULES, self.now)
        } else {
            before.failed(call, &RULES, self.now)
        };
        self.breaker = next.unwrap_or(before);
        if let Breaker::Closed { .. } = before {
            self.failures = if well { 0 } else { self.failures + 1 };
            if matches!(self.breaker, Breaker::Open { .. }) {
                assert!(self.failures >= RULES.failures.get(), "opened early");
            }
        }
        if self.breaker == Breaker::CLOSED {
            self.failures = 0;
        }
    }
}

proptest! {
    #[test]
    fn there_is_one_probe_at_a_time_nobody_waits_in_vain_and_only_a_run_opens(
        happenings in prop::collection::vec(happening(), 0..200),
    ) {
        let mut world = World { breaker: Breaker::CLOSED, now: at(0), calls: Vec::new(), failures: 0 };
        for happening in happenings {
            world.happens(happening);
        }
    }
}
