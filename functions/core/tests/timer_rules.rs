//! The hold timer's rules: each row of the design's table is a test named after it, and what must be
//! true of every sequence of operations is a property.
//!
//! What several actors do to one timer at once is the matter of `timer_model`.

use std::time::Duration;

use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Cancellation, Operation, Refusal, State, Timer, decide};
use proptest::prelude::*;

const LEASE: Duration = Duration::from_millis(300);
const LEASE_ENDS: Timestamp = at(800);
const DEADLINE: Timestamp = at(1_000);
const FIRE: Operation = Operation::Fire { generation: 1 };
const PAUSE: Operation = Operation::Pause { lease: LEASE };
const RENEW: Operation = Operation::Renew { lease: LEASE };
const EARLIER: Operation = Operation::Tighten { deadline: at(900) };

const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn running() -> Timer {
    Timer::start(DEADLINE)
}

fn in_state(state: State) -> Timer {
    Timer { state, ..running() }
}

fn paused() -> Timer {
    in_state(State::Paused {
        lease_ends: LEASE_ENDS,
    })
}

fn cancelled(by: Cancellation) -> Timer {
    in_state(State::Cancelled { by })
}

/// Every operation there is, each in the form most likely to be granted.
fn every_operation() -> [Operation; 7] {
    [
        EARLIER,
        PAUSE,
        RENEW,
        FIRE,
        Operation::Resume,
        Operation::Commit,
        Operation::Cancel,
    ]
}

#[test]
fn start_runs_with_the_first_generation() {
    let timer = Timer::start(DEADLINE);
    assert_eq!(timer.state, State::Running);
    assert_eq!((timer.deadline, timer.generation), (DEADLINE, 1));
}

#[test]
fn tighten_while_running_brings_the_deadline_forward_and_counts_a_generation() {
    let tightened = decide(&running(), EARLIER, at(0)).unwrap();
    assert_eq!(tightened.state, State::Running);
    assert_eq!((tightened.deadline, tightened.generation), (at(900), 2));
}

#[test]
fn tighten_to_the_same_or_a_later_deadline_is_refused() {
    for deadline in [DEADLINE, at(1_001)] {
        let refusal = decide(&running(), Operation::Tighten { deadline }, at(0));
        assert_eq!(refusal, Err(Refusal::NotEarlier));
    }
}

#[test]
fn tighten_to_a_deadline_already_past_leaves_nothing_but_firing() {
    let operation = Operation::Tighten { deadline: at(400) };
    let tightened = decide(&running(), operation, at(500)).unwrap();
    assert_eq!(tightened.state, State::Running);
    assert_eq!(
        decide(&tightened, PAUSE, at(500)).unwrap().state,
        State::Fired
    );
}

#[test]
fn tighten_while_paused_is_refused() {
    assert_eq!(
        decide(&paused(), EARLIER, at(0)),
        Err(Refusal::Paused(LEASE_ENDS))
    );
}

#[test]
fn pause_while_running_before_the_deadline_takes_a_lease() {
    let timer = decide(&running(), PAUSE, at(999)).unwrap();
    let lease_ends = at(1_299);
    assert_eq!(timer, in_state(State::Paused { lease_ends }));
}

#[test]
fn pause_while_running_at_or_after_the_deadline_fires() {
    for now in [DEADLINE, at(5_000)] {
        assert_eq!(
            decide(&running(), PAUSE, now),
            Ok(in_state(State::Fired)),
            "at {now}"
        );
    }
}

#[test]
fn pause_while_paused_is_refused_until_the_lease_ends() {
    assert_eq!(
        decide(&paused(), PAUSE, at(0)),
        Err(Refusal::Paused(LEASE_ENDS))
    );
}

#[test]
fn renew_while_the_lease_lives_makes_it_last_longer_though_the_deadline_has_passed() {
    let paused = decide(&running(), PAUSE, at(999)).unwrap();
    let lease_ends = at(1_400);
    assert_eq!(
        decide(&paused, RENEW, at(1_100)),
        Ok(in_state(State::Paused { lease_ends }))
    );
}

#[test]
fn renew_to_no_later_than_before_changes_nothing() {
    assert_eq!(
        decide(&paused(), RENEW, at(500)),
        Err(Refusal::Paused(LEASE_ENDS))
    );
}

#[test]
fn renew_after_the_lease_is_refused() {
    assert_eq!(
        decide(&paused(), RENEW, LEASE_ENDS),
        Err(Refusal::LeaseOver)
    );
}

#[test]
fn fire_while_running_at_or_after_the_deadline_fires() {
    for now in [DEADLINE, at(5_000)] {
        assert_eq!(
            decide(&running(), FIRE, now),
            Ok(in_state(State::Fired)),
            "at {now}"
        );
    }
}

#[test]
fn fire_before_the_deadline_is_too_early() {
    assert_eq!(
        decide(&running(), FIRE, at(999)),
        Err(Refusal::TooEarly(DEADLINE))
    );
}

#[test]
fn fire_of_another_generation_is_stale_running_or_paused() {
    let stale = Operation::Fire { generation: 2 };
    for timer in [running(), paused()] {
        assert_eq!(decide(&timer, stale, at(5_000)), Err(Refusal::Stale));
    }
}

#[test]
fn fire_while_paused_with_a_living_lease_changes_nothing() {
    assert_eq!(
        decide(&paused(), FIRE, at(799)),
        Err(Refusal::Paused(LEASE_ENDS))
    );
}

#[test]
fn fire_while_paused_past_the_deadline_waits_for_the_lease() {
    let timer = decide(&running(), PAUSE, at(999)).unwrap();
    let refusal = decide(&timer, FIRE, at(1_100));
    assert_eq!(refusal, Err(Refusal::Paused(at(1_299))));
}

#[test]
fn fire_after_the_lease_but_before_the_deadline_resumes() {
    assert_eq!(decide(&paused(), FIRE, LEASE_ENDS), Ok(running()));
}

#[test]
fn fire_after_the_lease_and_the_deadline_fires() {
    assert_eq!(
        decide(&paused(), FIRE, DEADLINE),
        Ok(in_state(State::Fired))
    );
}

#[test]
fn resume_while_paused_before_the_deadline_runs_on_with_the_same_deadline() {
    assert_eq!(
        decide(&paused(), Operation::Resume, at(999)),
        Ok(running()),
        "the pause does not move the deadline"
    );
}

#[test]
fn resume_while_paused_at_or_after_the_deadline_fires_in_one_write() {
    assert_eq!(
        decide(&paused(), Operation::Resume, DEADLINE),
        Ok(in_state(State::Fired))
    );
}

#[test]
fn commit_while_paused_is_the_commit_point_however_late() {
    for now in [at(0), LEASE_ENDS, at(5_000)] {
        let timer = decide(&paused(), Operation::Commit, now).unwrap();
        assert_eq!(timer, cancelled(Cancellation::Committed), "at {now}");
        assert!(timer.is_committed());
    }
}

#[test]
fn renew_resume_and_commit_while_running_are_refused() {
    for operation in [RENEW, Operation::Resume, Operation::Commit] {
        assert_eq!(
            decide(&running(), operation, at(0)),
            Err(Refusal::NotPaused)
        );
    }
}

#[test]
fn cancel_while_running_or_paused_releases() {
    for timer in [running(), paused()] {
        let released = decide(&timer, Operation::Cancel, at(5_000)).unwrap();
        assert_eq!(released, cancelled(Cancellation::Released));
        assert!(!released.is_committed());
    }
}

#[test]
fn a_timer_that_has_fired_or_was_cancelled_refuses_everything() {
    let ends = [
        (in_state(State::Fired), Refusal::Fired),
        (cancelled(Cancellation::Committed), Refusal::Committed),
        (cancelled(Cancellation::Released), Refusal::Released),
    ];
    for (timer, refusal) in ends {
        for operation in every_operation() {
            for now in [at(0), DEADLINE, at(5_000)] {
                assert_eq!(
                    decide(&timer, operation, now),
                    Err(refusal),
                    "{operation:?} on {:?} at {now}",
                    timer.state
                );
            }
        }
    }
}

/// Times around the deadlines and leases below, so that both sides of each are met often.
fn any_time() -> impl Strategy<Value = Timestamp> {
    (0..40_i64).prop_map(at)
}

fn any_operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        any_time().prop_map(|deadline| Operation::Tighten { deadline }),
        (0..15_u64).prop_map(|lease| Operation::Pause {
            lease: Duration::from_millis(lease)
        }),
        (0..15_u64).prop_map(|lease| Operation::Renew {
            lease: Duration::from_millis(lease)
        }),
        (0..4_u32).prop_map(|generation| Operation::Fire { generation }),
        Just(Operation::Resume),
        Just(Operation::Commit),
        Just(Operation::Cancel),
    ]
}

/// A timer's whole life: each operation at its own time. The times need not be in order, for the
/// machines that tell them do not share a clock.
fn any_life() -> impl Strategy<Value = (Timer, Vec<(Operation, Timestamp)>)> {
    let steps = prop::collection::vec((any_operation(), any_time()), 0..30);
    (any_time().prop_map(Timer::start), steps)
}

/// The timer after each operation that was granted, from the start.
fn granted((start, steps): &(Timer, Vec<(Operation, Timestamp)>)) -> Vec<Timer> {
    let mut timers = vec![*start];
    for &(operation, now) in steps {
        if let Ok(next) = decide(&timers[timers.len() - 1], operation, now) {
            timers.push(next);
        }
    }
    timers
}

fn is_terminal(timer: &Timer) -> bool {
    matches!(timer.state, State::Fired | State::Cancelled { .. })
}

proptest! {
    #[test]
    fn the_deadline_never_moves_later(life in any_life()) {
        let timers = granted(&life);
        prop_assert!(timers.is_sorted_by(|before, after| after.deadline <= before.deadline));
    }

    #[test]
    fn the_generation_counts_the_deadlines(life in any_life()) {
        for pair in granted(&life).windows(2) {
            let moved = u32::from(pair[0].deadline != pair[1].deadline);
            prop_assert_eq!(pair[1].generation, pair[0].generation + moved);
        }
    }

    #[test]
    fn terminal_states_are_terminal(life in any_life()) {
        let timers = granted(&life);
        prop_assert!(timers[..timers.len() - 1].iter().all(|timer| !is_terminal(timer)));
    }

    #[test]
    fn a_timer_is_fired_or_committed_never_both(life in any_life()) {
        let timers = granted(&life);
        let fired = timers.iter().any(|timer| timer.state == State::Fired);
        prop_assert!(!(fired && timers.iter().any(Timer::is_committed)));
    }

    #[test]
    fn what_is_granted_changes_something(life in any_life()) {
        prop_assert!(granted(&life).windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn the_same_question_gets_the_same_answer(life in any_life()) {
        for timer in granted(&life) {
            for &(operation, now) in &life.1 {
                let before = timer;
                let answer = decide(&timer, operation, now);
                prop_assert_eq!(decide(&timer, operation, now), answer);
                prop_assert_eq!(timer, before);
            }
        }
    }

    #[test]
    fn nothing_fires_before_the_deadline_and_no_pause_begins_after_it(life in any_life()) {
        for timer in granted(&life).into_iter().filter(|timer| !is_terminal(timer)) {
            for &(operation, now) in &life.1 {
                let Ok(next) = decide(&timer, operation, now) else { continue };
                match next.state {
                    State::Fired => prop_assert!(now >= timer.deadline),
                    State::Paused { .. } if timer.state == State::Running => {
                        prop_assert!(now < timer.deadline);
                    }
                    State::Running | State::Paused { .. } | State::Cancelled { .. } => {}
                }
            }
        }
    }

    /// The store writes timers down and decides upon what it reads back.
    #[test]
    fn a_timer_survives_being_written_down(life in any_life()) {
        for timer in granted(&life) {
            let text = serde_json::to_string(&timer).unwrap();
            prop_assert_eq!(serde_json::from_str::<Timer>(&text).unwrap(), timer);
        }
    }
}
