//! The whole booking among those who work on it, explored with stateright.

mod desk;
mod execution;
mod intended;
mod process;
mod properties;
mod record;
mod rules;
mod suppliers;
mod system;
mod tampering;
mod traveller;
mod waking;
mod world;

use std::time::Instant;

use stateright::{Checker, Expectation, Model};

use crate::record::Said;
use crate::process::Task;
use crate::system::{Begins, Limits, System};

/// A booking that waits is paid, and a fault comes at any point.
pub(crate) const A_PAYMENT: Limits = Limits {
    begins: Begins::Waiting,
    pays_up_front: false,
    says: &[Said::Pay],
    commands: 1,
    faults: 1,
    refusals: 0,
    decisions: 0,
    deadline: 1,
    lease: 1,
    last_moment: 2,
    hold_ends: None,
    wakes: 0,
    sweep: true,
    victims: |_| true,
};

/// Two commands at once, of those that exclude each other.
pub(crate) const TWO_TRAVELLERS: Limits = Limits {
    says: &[Said::Pay, Said::Cancel, Said::AddLeg, Said::DropLeg(0)],
    commands: 2,
    faults: 0,
    ..A_PAYMENT
};

/// A leg is added, and the trip is paid.
pub(crate) const AN_ADDED_LEG: Limits = Limits {
    says: &[Said::AddLeg, Said::Pay],
    commands: 2,
    refusals: 1,
    victims: |task| matches!(task, Task::Hold(_) | Task::Release(_) | Task::HandOver(_)),
    ..A_PAYMENT
};

/// A leg is dropped, and the rest is paid.
pub(crate) const A_DROPPED_LEG: Limits = Limits {
    says: &[Said::DropLeg(1), Said::Pay],
    commands: 2,
    victims: |task| matches!(task, Task::Release(_) | Task::HandOver(_)),
    ..A_PAYMENT
};

/// A wait is tried again while the traveller speaks.
pub(crate) const A_RETRIED_WAIT: Limits = Limits {
    begins: Begins::BeforeItWaits,
    says: &[Said::AddLeg, Said::DropLeg(1), Said::Pay],
    commands: 2,
    victims: |task| matches!(task, Task::Wait(_)),
    ..A_PAYMENT
};

/// A payment is declined, and another is made.
pub(crate) const A_SECOND_CARD: Limits = Limits {
    commands: 2,
    refusals: 1,
    victims: |task| matches!(task, Task::Authorize(_) | Task::Wait(_)),
    ..A_PAYMENT
};

/// A supplier refuses, and an operator decides.
pub(crate) const AN_OPERATOR: Limits = Limits {
    refusals: 1,
    decisions: 1,
    victims: |task| matches!(task, Task::Settle | Task::Capture | Task::GiveBack(_) | Task::HandOver(_) | Task::Close),
    ..A_PAYMENT
};

/// From the first hold to a payment that was given with the booking.
pub(crate) const UP_FRONT: Limits = Limits {
    begins: Begins::Holding,
    pays_up_front: true,
    says: &[],
    commands: 0,
    refusals: 1,
    ..A_PAYMENT
};

/// The deadline is brought forward; wake-ups come doubled, and no sweep makes up for them.
pub(crate) const AN_EARLIER_DEADLINE: Limits = Limits {
    begins: Begins::Holding,
    pays_up_front: false,
    deadline: 2,
    last_moment: 3,
    hold_ends: Some(1),
    wakes: 1,
    sweep: true,
    faults: 1,
    ..A_PAYMENT
};

/// Two faults at any two points.
pub(crate) const TWO_FAULTS: Limits = Limits {
    faults: 2,
    ..A_PAYMENT
};

/// Explores every state and returns how many there are.
fn explore(name: &str, limits: Limits) -> usize {
    let begun = Instant::now();
    let system = System::new(limits);
    let checker = system.clone().checker().spawn_bfs().join();
    let states = checker.unique_state_count();
    println!("booking model: {states} states with {name} ({:.1?})", begun.elapsed());
    let must_hold: Vec<_> = properties::of(&system).iter().map(|property| (property.name, property.expectation.clone())).collect();
    let mut broken = Vec::new();
    for (name, expectation) in must_hold {
        let found = checker.discovery(name);
        match expectation {
            Expectation::Sometimes if found.is_none() => broken.push(format!("never: {name}")),
            Expectation::Always => broken.extend(found.map(|path| {
                let last = path.last_state().clone();
                let way: Vec<_> = path.into_actions().into_iter().map(|action| format!("{action:?}")).collect();
                format!("{name}: {} \n{last:?}", way.join(" "))
            })),
            _ => {}
        }
    }
    assert!(broken.is_empty(), "{name}: {broken:#?}");
    states
}

#[test]
fn w_a_payment() {
    assert!(explore("a_payment", A_PAYMENT) > 1_000);
}

#[test]
fn w_two_travellers() {
    assert!(explore("two_travellers", TWO_TRAVELLERS) > 1_000);
}

#[test]
fn w_an_added_leg() {
    assert!(explore("an_added_leg", AN_ADDED_LEG) > 1_000);
}

#[test]
fn w_a_dropped_leg() {
    assert!(explore("a_dropped_leg", A_DROPPED_LEG) > 1_000);
}

#[test]
fn w_a_second_card() {
    assert!(explore("a_second_card", A_SECOND_CARD) > 1_000);
}

#[test]
fn w_an_operator() {
    assert!(explore("an_operator", AN_OPERATOR) > 1_000);
}

#[test]
fn w_up_front() {
    assert!(explore("up_front", UP_FRONT) > 1_000);
}

#[test]
fn w_an_earlier_deadline() {
    assert!(explore("an_earlier_deadline", AN_EARLIER_DEADLINE) > 1_000);
}

#[test]
fn w_two_faults() {
    assert!(explore("two_faults", TWO_FAULTS) > 1_000);
}

#[test]
fn w_a_retried_wait() {
    assert!(explore("a_retried_wait", A_RETRIED_WAIT) > 1_000);
}

#[test]
fn x_operator() {
    explore("x_operator", Limits { faults: 2, ..AN_OPERATOR });
}
#[test]
fn x_dropped() {
    explore("x_dropped", Limits { victims: |_| true, ..A_DROPPED_LEG });
}
#[test]
fn x_waits() {
    explore("x_waits", Limits { begins: Begins::BeforeItWaits, says: &[Said::Cancel, Said::AddLeg, Said::DropLeg(1), Said::Pay], victims: |task| matches!(task, Task::Wait(_)| Task::TurnBack(_) | Task::Hold(_)), ..A_PAYMENT });
}
#[test]
fn x_two_waits() {
    explore("x_two_waits", Limits { faults: 2, says: &[Said::AddLeg, Said::DropLeg(1), Said::Pay],..A_RETRIED_WAIT });
}
