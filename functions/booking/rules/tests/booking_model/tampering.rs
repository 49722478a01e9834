//! The check must bite. Each test takes a safeguard away and names the property that then breaks;
//! those in `findings` put an old behaviour back.

use holdfast_booking_rules::booking::{LegStatus, Snapshot};
use holdfast_booking_rules::transition::Transition;
use holdfast_core::failure::Failure;
use holdfast_core::timer::{State, Timer};
use stateright::{Checker, HasDiscoveries, Model};

use crate::limits::{Limits, Protocol};
use crate::process::Task;
use crate::properties::{
    CAPTURED_AFTER_COMMIT, ENDS, KEPT, LISTENS, NEVER_BOTH, NO_LATE_PAYMENT, NOTHING_LEFT,
    PAID_IS_CONFIRMED, PAID_ONCE, REFUSED,
};
use crate::record::ADDED;
use crate::rules::{Rules, Terms, ask, change, wait};
use crate::snapshot::leg_id;
use crate::system::System;
use crate::words::{Change, Question};
use crate::{
    A_DROPPED_LEG, A_PAYMENT, A_RETRIED_WAIT, AN_ADDED_LEG, SECOND_THOUGHTS, TWO_FAULTS,
    TWO_TRAVELLERS, UP_FRONT,
};

pub(crate) type Changed = Result<Option<Transition>, Failure>;

/// Explores until the property is broken, and shows how.
pub(crate) fn breaks(system: System, property: &'static str) {
    let checker = system
        .checker()
        .finish_when(HasDiscoveries::AnyOf([property].into()))
        .spawn_bfs()
        .join();
    let path = checker.assert_any_discovery(property);
    println!("broken: {property}\n  {:?}", path.into_actions());
}

pub(crate) fn careless(limits: Limits, omit: fn(&mut Protocol), property: &'static str) {
    let mut system = System::new(limits);
    omit(&mut system.protocol);
    breaks(system, property);
}

pub(crate) fn tampered(
    limits: Limits,
    rules: fn(&Snapshot, Change, &Terms) -> Changed,
    property: &'static str,
) {
    let mut system = System::new(limits);
    system.rules.change = rules;
    breaks(system, property);
}

/// The change to a snapshot that was tampered with, to be decided by the real rules.
fn with_timer(snapshot: &Snapshot, timer: Timer) -> Snapshot {
    let mut other = snapshot.clone();
    other.booking.state.timer = timer;
    other
}

#[test]
fn without_conditional_writes_a_timer_is_fired_and_committed() {
    careless(
        A_PAYMENT,
        |protocol| protocol.writes_are_conditional = false,
        NEVER_BOTH,
    );
}

#[test]
fn without_tombstones_a_late_hold_is_left_behind() {
    careless(
        UP_FRONT,
        |protocol| protocol.suppliers_leave_tombstones = false,
        NOTHING_LEFT,
    );
}

#[test]
fn without_a_look_at_the_clock_a_payment_starts_late() {
    careless(
        A_PAYMENT,
        |protocol| protocol.payments_look_at_the_clock = false,
        NO_LATE_PAYMENT,
    );
}

#[test]
fn without_an_end_of_the_lease_a_stopped_payment_is_never_cleared_up() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let lease = match asked {
            Change::Begin(_) => 100,
            _ => terms.lease,
        };
        change(snapshot, asked, &Terms { lease, ..*terms })
    }
    tampered(A_PAYMENT, rules, ENDS);
}

#[test]
fn without_the_commit_point_money_is_taken_that_may_be_given_back() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        match asked {
            Change::Commit => Ok(None),
            _ => change(snapshot, asked, terms),
        }
    }
    fn asked(snapshot: &Snapshot, question: Question, terms: &Terms) -> Result<bool, Failure> {
        match question {
            Question::MayCapture => Ok(true),
            _ => ask(snapshot, question, terms),
        }
    }
    let mut system = System::new(A_PAYMENT);
    system.rules = Rules {
        change: rules,
        ask: asked,
    };
    breaks(system, CAPTURED_AFTER_COMMIT);
}

#[test]
fn without_respect_for_the_commit_point_a_paid_trip_is_undone() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let timer = snapshot.booking.state.timer;
        if matches!(asked, Change::TurnBack(_)) && timer.is_committed() {
            let state = State::Running;
            return change(
                &with_timer(snapshot, Timer { state, ..timer }),
                asked,
                terms,
            );
        }
        change(snapshot, asked, terms)
    }
    tampered(A_PAYMENT, rules, KEPT);
}

#[test]
fn without_an_end_to_firing_a_fired_timer_is_committed() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let timer = snapshot.booking.state.timer;
        if asked == Change::Commit && timer.state == State::Fired {
            let lease_ends = terms.now();
            let state = State::Paused { lease_ends };
            return change(
                &with_timer(snapshot, Timer { state, ..timer }),
                asked,
                terms,
            );
        }
        change(snapshot, asked, terms)
    }
    tampered(A_PAYMENT, rules, NEVER_BOTH);
}

#[test]
fn without_a_look_at_the_legs_a_trip_is_committed_that_is_not_confirmed() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let mut confirmed = snapshot.clone();
        if asked == Change::Commit {
            let trip = confirmed.legs.iter_mut();
            for leg in trip.filter(|leg| leg.state.is_of_the_trip()) {
                leg.state.status = LegStatus::Confirmed;
            }
        }
        change(&confirmed, asked, terms)
    }
    let mut system = System::new(A_PAYMENT);
    system.limits.refusals = 1;
    system.rules.change = rules;
    system.protocol.confirmations_are_waited_for = false;
    breaks(system, PAID_IS_CONFIRMED);
}

#[test]
fn without_a_claim_the_second_of_two_commands_is_refused_and_written() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let mut snapshot = snapshot.clone();
        if let (Change::Take(_), Some(waiting)) = (asked, &mut snapshot.booking.waiting) {
            waiting.taken = None;
        }
        change(&snapshot, asked, terms)
    }
    tampered(TWO_TRAVELLERS, rules, REFUSED);
}

/// A command that was taken for the first try of a wait was forgotten by the second: the traveller was
/// told that the leg was dropped, and the execution was not.
#[test]
fn without_what_was_taken_a_dropped_leg_is_never_released() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        match asked {
            Change::Wait(token) => wait(&forgetful(snapshot), token, terms),
            _ => change(snapshot, asked, terms),
        }
    }
    tampered(A_RETRIED_WAIT, rules, NOTHING_LEFT);
}

#[test]
fn without_the_withdrawal_another_payment_begins_beside_one_that_is_pending() {
    careless(
        SECOND_THOUGHTS,
        |protocol| protocol.pending_payments_are_withdrawn = false,
        PAID_ONCE,
    );
}

#[test]
fn without_a_tombstone_a_payment_that_was_withdrawn_is_authorized_late() {
    let limits = Limits {
        faults: 1,
        victims: |task| matches!(task, Task::Authorize(_)),
        ..SECOND_THOUGHTS
    };
    careless(
        limits,
        |protocol| protocol.suppliers_leave_tombstones = false,
        PAID_ONCE,
    );
}

/// A booking whose wait forgets the command that was taken for its earlier try.
fn forgetful(snapshot: &Snapshot) -> Snapshot {
    let mut forgetful = snapshot.clone();
    if let Some(waiting) = &mut forgetful.booking.waiting {
        waiting.taken = None;
    }
    forgetful
}

#[test]
fn without_the_desk_a_leg_that_could_not_be_released_is_forgotten() {
    careless(
        A_DROPPED_LEG,
        |protocol| protocol.legs_are_let_go = false,
        NOTHING_LEFT,
    );
}

#[test]
fn without_a_look_at_what_is_left_a_booking_ends_too_early() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let mut undone = snapshot.clone();
        if matches!(asked, Change::Close(_)) {
            for leg in &mut undone.legs {
                leg.state.status = LegStatus::Released;
            }
        }
        change(&undone, asked, terms)
    }
    let limits = Limits {
        victims: |task| matches!(task, Task::Release(_)),
        ..UP_FRONT
    };
    tampered(limits, rules, NOTHING_LEFT);
}

/// A caller that had lost its supplier's answer wrote so, though a twin had heard it meanwhile.
#[test]
fn without_a_look_at_the_payment_a_lost_answer_unlearns_what_is_known() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        match asked {
            Change::Unclear(_) => change(snapshot, Change::Unclear(true), terms),
            _ => change(snapshot, asked, terms),
        }
    }
    let limits = Limits {
        victims: |task| matches!(task, Task::Settle),
        ..TWO_FAULTS
    };
    tampered(limits, rules, NOTHING_LEFT);
}

#[test]
fn without_the_sweep_a_stopped_execution_is_forgotten() {
    let limits = Limits {
        sweep: false,
        ..A_PAYMENT
    };
    breaks(System::new(limits), ENDS);
}

/// The legs of a command that was given up stay in the trip.
#[test]
fn without_a_way_out_a_leg_that_was_given_up_cannot_be_paid_for() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let waits = change(snapshot, asked, terms)?;
        Ok(waits.map(|mut waits| {
            if matches!(asked, Change::Wait(_)) {
                waits.legs.retain(|leg| leg.id != leg_id(ADDED));
            }
            waits
        }))
    }
    let mut system = System::new(AN_ADDED_LEG);
    system.rules.change = rules;
    system.protocol.legs_are_let_go = false;
    breaks(system, LISTENS);
}

/// The second try of a wait saw the booking, and not the leg that had come in with the command.
#[test]
fn without_what_was_taken_a_leg_that_was_added_stays_undecided() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        match asked {
            Change::Wait(token) => wait(&forgetful(snapshot), token, terms),
            _ => change(snapshot, asked, terms),
        }
    }
    tampered(A_RETRIED_WAIT, rules, LISTENS);
}
