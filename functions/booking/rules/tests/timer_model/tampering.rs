//! The check must bite. Each test takes something away, from the rules by wrapping `decide`, or from
//! what the actors around it do, and names the property that then breaks.

use std::time::Duration;

use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Operation, Refusal, State, Timer, decide};
use stateright::{Checker, HasDiscoveries, Model};

use crate::properties::{
    GOES_ON, LEASE_IS_KEPT, NEVER_BOTH, NO_LATE_PAUSE, NO_LATE_PAYMENT, NOT_FIRED_EARLY,
    PAUSE_IS_ITS_OWN, STALE_IS_IGNORED,
};
use crate::system::{Limits, Protocol, Rules, System};
use crate::{A_FAULT_AND_A_SECOND_CARD, A_FAULT_AND_AN_EARLIER_DEADLINE};

type Decision = Result<Timer, Refusal>;

const FAR_AWAY: Timestamp = Timestamp::from_millis(i64::MAX);

/// Explores until the property is broken, and shows how.
fn breaks(system: System, property: &'static str) {
    let checker = system
        .checker()
        .finish_when(HasDiscoveries::AnyOf([property].into()))
        .spawn_bfs()
        .join();
    let path = checker.assert_any_discovery(property);
    println!("broken: {property}\n  {:?}", path.into_actions());
}

fn tampered(rules: Rules, property: &'static str) {
    let limits = Limits {
        wakes: 1,
        ..A_FAULT_AND_AN_EARLIER_DEADLINE
    };
    breaks(System::new(rules, limits), property);
}

fn careless(omit: fn(&mut Protocol), property: &'static str) {
    let mut system = System::new(decide, A_FAULT_AND_AN_EARLIER_DEADLINE);
    omit(&mut system.protocol);
    breaks(system, property);
}

#[test]
fn without_the_deadline_check_a_pause_is_granted_too_late() {
    fn rules(timer: &Timer, operation: Operation, now: Timestamp) -> Decision {
        let deadline = match operation {
            Operation::Pause { .. } => FAR_AWAY,
            _ => timer.deadline,
        };
        let decided = decide(&Timer { deadline, ..*timer }, operation, now)?;
        Ok(match operation {
            Operation::Pause { .. } => Timer {
                deadline: timer.deadline,
                ..decided
            },
            _ => decided,
        })
    }
    tampered(rules, NO_LATE_PAUSE);
}

#[test]
fn without_the_deadline_check_a_timer_fires_too_early() {
    fn rules(timer: &Timer, operation: Operation, now: Timestamp) -> Decision {
        match operation {
            Operation::Fire { .. } => decide(timer, operation, FAR_AWAY),
            _ => decide(timer, operation, now),
        }
    }
    tampered(rules, NOT_FIRED_EARLY);
}

#[test]
fn without_the_generation_fence_a_stale_wake_up_is_heeded() {
    fn rules(timer: &Timer, operation: Operation, now: Timestamp) -> Decision {
        let generation = timer.generation;
        match operation {
            Operation::Fire { .. } => decide(timer, Operation::Fire { generation }, now),
            _ => decide(timer, operation, now),
        }
    }
    tampered(rules, STALE_IS_IGNORED);
}

#[test]
fn without_an_end_of_the_lease_a_dead_payment_is_never_cleared_up() {
    fn rules(timer: &Timer, operation: Operation, now: Timestamp) -> Decision {
        let lease = Duration::MAX;
        match operation {
            Operation::Pause { .. } => decide(timer, Operation::Pause { lease }, now),
            _ => decide(timer, operation, now),
        }
    }
    tampered(rules, GOES_ON);
}

#[test]
fn without_respect_for_the_lease_a_payment_under_way_is_cut_off() {
    fn rules(timer: &Timer, operation: Operation, now: Timestamp) -> Decision {
        let state = match (timer.state, operation) {
            (State::Paused { .. }, Operation::Fire { .. }) => State::Paused { lease_ends: now },
            (state, _) => state,
        };
        decide(&Timer { state, ..*timer }, operation, now)
    }
    tampered(rules, LEASE_IS_KEPT);
}

#[test]
fn without_an_end_to_firing_a_fired_timer_is_committed() {
    fn rules(timer: &Timer, operation: Operation, now: Timestamp) -> Decision {
        let state = match (timer.state, operation) {
            (State::Fired, Operation::Commit) => State::Paused { lease_ends: now },
            (state, _) => state,
        };
        decide(&Timer { state, ..*timer }, operation, now)
    }
    tampered(rules, NEVER_BOTH);
}

#[test]
fn without_conditional_writes_a_timer_is_fired_and_committed() {
    careless(
        |protocol| protocol.writes_are_conditional = false,
        NEVER_BOTH,
    );
}

#[test]
fn without_a_second_look_at_the_clock_a_payment_starts_late() {
    careless(
        |protocol| protocol.worker_looks_at_the_clock = false,
        NO_LATE_PAYMENT,
    );
}

/// A slow worker's lease ends, the sweep resumes the timer, the deadline is brought forward, and the
/// worker goes by the deadline it knew.
#[test]
fn without_a_look_at_its_lease_a_payment_starts_after_an_earlier_deadline() {
    careless(
        |protocol| protocol.worker_looks_at_its_lease = false,
        NO_LATE_PAYMENT,
    );
}

/// A process that was given up finds its own pause over and resumes: but the pause it ends is that of
/// the process that replaced it.
#[test]
fn without_an_owner_a_pause_is_ended_by_another_process() {
    careless(
        |protocol| protocol.pauses_have_an_owner = false,
        NO_LATE_PAYMENT,
    );
}

/// A process of the first, declined payment comes back late and gives the traveller's time back: but
/// by then the second payment has paused the timer.
#[test]
fn without_an_owner_a_declined_payment_ends_the_pause_of_the_next() {
    let mut system = System::new(decide, A_FAULT_AND_A_SECOND_CARD);
    system.protocol.pauses_have_an_owner = false;
    breaks(system, PAUSE_IS_ITS_OWN);
}

/// The actor that fired died before telling, or the execution was stopped past its commit point: the timer
/// itself has nothing more to do, and yet the booking has.
#[test]
fn without_a_word_about_what_has_ended_a_booking_is_forgotten() {
    careless(
        |protocol| protocol.wakers_tell_of_what_has_ended = false,
        GOES_ON,
    );
}
