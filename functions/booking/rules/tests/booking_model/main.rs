//! The whole booking among those who work on it: every interleaving within bounds, explored to
//! exhaustion with stateright.
//!
//! Each decision is made by the very functions of the rules, upon a real snapshot. Around them stand the
//! execution of the state machine and the processes it starts, two commands of the traveller's at
//! once, wake-ups and the sweep, the desk with its redrive and its operator, and the suppliers, each
//! taking small steps in any order.
//!
//! # Modelled
//! - Two legs, one that is added, one that is dropped; a payment with a second attempt; the commit
//!   point, the unwinding, the desk; a booked trip that is given back, whole or leg by leg.
//! - Conditional writes, record by record: a process decides upon what it has read, its write arrives
//!   later, and lands if none of the records that it writes has been written since. A process that
//!   loses the race reads those records again, and no others, as the table has it.
//! - Processes that die between any two steps, or that are given up and go on all the same, at their
//!   supplier and at the table, at any later time. One of them at a time.
//! - Answers that are lost, suppliers that refuse, executions that are stopped and taken up.
//!
//! # Not modelled
//! - Holding the legs at once: each writes a record of its own.
//! - How long a payment that is decided later keeps the timer from firing: see `timer_model`.
//! - Two executions that are alive at once, the breakers, and the age of messages.
//! - The time between looking at the clock and the call leaving the machine.
//!
//! # Layout
//! - `record`: a booking in a few bytes; `snapshot`: as the rules want it
//! - `words`: what the rules are asked; `rules`: asks them; `answers`: what they say is kept
//! - `world`: one moment of all that; `process`: a process and its steps; `calls`, `suppliers`
//! - `execution`, `traveller`, `waking`, `desk`: who starts processes, and hears them
//! - `bank`: a payment that is decided later, or given up meanwhile
//! - `limits`: what is explored; `beginnings`: with what; `system`: who may act next; `properties`: what must hold
//! - `findings` put back and safeguards taken away (`tampering`, `giving_back`), each of which must be
//!   found out
//!
//! Run with `--nocapture` to see how many states there were. Wider worlds are ignored by default.

#![allow(clippy::unwrap_used)]

mod answers;
mod bank;
mod beginnings;
mod calls;
mod desk;
mod execution;
mod findings;
mod giving_back;
mod limits;
mod process;
mod properties;
mod record;
mod rules;
mod snapshot;
mod suppliers;
mod system;
mod tampering;
mod traveller;
mod waking;
mod words;
mod world;

use std::time::Instant;

use stateright::{Checker, Expectation, Model, Property};

use crate::limits::{Begins, Limits};
use crate::process::Task;
use crate::record::Said;
use crate::system::System;

/// A booking that waits is paid, and a fault comes at any point.
pub(crate) const A_PAYMENT: Limits = Limits {
    begins: Begins::Waiting,
    pays_up_front: false,
    says: &[Said::Pay],
    gives_back: &[],
    commands: 1,
    faults: 1,
    refusals: 0,
    pending: 0,
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
    begins: Begins::Told(Said::AddLeg),
    ..A_PAYMENT
};

/// An added leg is refused, and the trip is paid without it.
pub(crate) const A_REFUSED_LEG: Limits = Limits {
    faults: 0,
    refusals: 1,
    ..AN_ADDED_LEG
};

/// A leg is dropped, and the rest is paid.
pub(crate) const A_DROPPED_LEG: Limits = Limits {
    begins: Begins::Told(Said::DropLeg(1)),
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

/// The bank decides about a payment later; the traveller cancels meanwhile, or pays with another card.
pub(crate) const SECOND_THOUGHTS: Limits = Limits {
    begins: Begins::Told(Said::Pay),
    says: &[Said::Pay, Said::Cancel],
    commands: 1,
    faults: 0,
    pending: 1 << 1,
    ..A_PAYMENT
};

/// A fault comes meanwhile.
pub(crate) const TROUBLED_SECOND_THOUGHTS: Limits = Limits {
    says: &[Said::Pay],
    faults: 1,
    victims: |task| matches!(task, Task::Withdraw(_)),
    ..SECOND_THOUGHTS
};

/// Two second thoughts at once.
pub(crate) const TWO_SECOND_THOUGHTS: Limits = Limits {
    commands: 2,
    ..SECOND_THOUGHTS
};

/// A supplier refuses, and an operator decides.
pub(crate) const AN_OPERATOR: Limits = Limits {
    refusals: 1,
    decisions: 1,
    victims: |task| {
        matches!(
            task,
            Task::Settle | Task::Capture | Task::GiveBack(_) | Task::HandOver(_) | Task::Close(_)
        )
    },
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

/// A booked trip is given back, at once or leg by leg.
pub(crate) const GIVEN_BACK: Limits = Limits {
    begins: Begins::Booked,
    says: &[],
    gives_back: &[None, Some(0), Some(1)],
    commands: 2,
    // The timer has nothing to say any more.
    deadline: 0,
    last_moment: 0,
    victims: |task| {
        matches!(
            task,
            Task::Release(_) | Task::GiveBack(_) | Task::HandOver(_)
        )
    },
    ..A_PAYMENT
};

/// A leg of a booked trip is given back and cannot be released, and an operator decides.
pub(crate) const GIVEN_BACK_AND_GIVEN_UP: Limits = Limits {
    gives_back: &[Some(0)],
    faults: 2,
    victims: |task| matches!(task, Task::Release(_) | Task::HandOver(_)),
    ..GIVEN_BACK_AT_THE_DESK
};

/// A booked trip is given back, and an operator decides.
pub(crate) const GIVEN_BACK_AT_THE_DESK: Limits = Limits {
    commands: 1,
    decisions: 1,
    victims: |_| true,
    ..GIVEN_BACK
};

/// A booked trip is given back leg by leg, and the end of the first cancellation comes late.
pub(crate) const A_LATE_END: Limits = Limits {
    gives_back: &[Some(0), Some(1)],
    victims: |task| matches!(task, Task::Close(_)),
    ..GIVEN_BACK
};

/// A booked trip is given back whose money is not known to be taken.
pub(crate) const GIVEN_BACK_UNPAID: Limits = Limits {
    begins: Begins::BookedUnpaid,
    ..GIVEN_BACK
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
    let took = begun.elapsed();
    println!("booking model: {states} states {name} ({took:.1?})");
    let found = |property: &Property<System>| checker.discovery(property.name);
    let broken = properties::of(&system).into_iter().filter_map(|property| {
        let name = property.name;
        match (&property.expectation, found(&property)) {
            (Expectation::Sometimes, None) => Some(format!("never: {name}")),
            (Expectation::Always, Some(path)) => Some(format!("{name}: {:?}", path.into_actions())),
            _ => None,
        }
    });
    assert_eq!(broken.collect::<Vec<_>>(), Vec::<String>::new());
    states
}

#[test]
fn every_property_holds_while_a_trip_is_paid() {
    assert!(explore("while_a_trip_is_paid", A_PAYMENT) > 50000);
}

#[test]
fn every_property_holds_while_two_travellers_speak() {
    assert!(explore("while_two_travellers_speak", TWO_TRAVELLERS) > 10000);
}

#[test]
fn every_property_holds_while_a_leg_is_added() {
    assert!(explore("while_a_leg_is_added", AN_ADDED_LEG) > 100000);
}

#[test]
fn every_property_holds_while_an_added_leg_is_refused() {
    assert!(explore("while_an_added_leg_is_refused", A_REFUSED_LEG) > 1_000);
}

#[test]
fn every_property_holds_while_a_leg_is_dropped() {
    assert!(explore("while_a_leg_is_dropped", A_DROPPED_LEG) > 100000);
}

#[test]
fn every_property_holds_while_a_wait_is_tried_again() {
    assert!(explore("while_a_wait_is_tried_again", A_RETRIED_WAIT) > 100000);
}

#[test]
fn every_property_holds_while_a_second_card_is_tried() {
    assert!(explore("while_a_second_card_is_tried", A_SECOND_CARD) > 50000);
}

#[test]
fn every_property_holds_while_a_traveller_has_second_thoughts() {
    assert!(explore("while_a_traveller_has_second_thoughts", SECOND_THOUGHTS) > 1_000);
}

#[test]
fn every_property_holds_while_second_thoughts_meet_a_fault() {
    let states = explore(
        "while_second_thoughts_meet_a_fault",
        TROUBLED_SECOND_THOUGHTS,
    );
    assert!(states > 1_000);
}

#[test]
fn every_property_holds_while_an_operator_decides() {
    assert!(explore("while_an_operator_decides", AN_OPERATOR) > 50000);
}

#[test]
fn every_property_holds_while_a_trip_is_held_and_paid_up_front() {
    assert!(explore("while_a_trip_is_held_and_paid_up_front", UP_FRONT) > 50000);
}

#[test]
fn every_property_holds_while_the_deadline_is_brought_forward() {
    assert!(explore("while_the_deadline_is_brought_forward", AN_EARLIER_DEADLINE) > 50000);
}

#[test]
fn every_property_holds_while_a_booked_trip_is_given_back() {
    assert!(explore("while_a_booked_trip_is_given_back", GIVEN_BACK) > 10_000);
}

#[test]
fn every_property_holds_while_a_cancellation_waits_at_the_desk() {
    let states = explore(
        "while_a_cancellation_waits_at_the_desk",
        GIVEN_BACK_AT_THE_DESK,
    );
    assert!(states > 10_000);
}

#[test]
fn every_property_holds_while_a_cancellation_is_given_up() {
    let states = explore("while_a_cancellation_is_given_up", GIVEN_BACK_AND_GIVEN_UP);
    assert!(states > 10_000);
}

#[test]
fn every_property_holds_while_a_trip_is_given_back_that_was_not_paid() {
    let states = explore(
        "while_a_trip_is_given_back_that_was_not_paid",
        GIVEN_BACK_UNPAID,
    );
    assert!(states > 1_000);
}

#[test]
fn every_property_holds_while_the_end_of_a_cancellation_comes_late() {
    let states = explore("while_the_end_of_a_cancellation_comes_late", A_LATE_END);
    assert!(states > 1_000);
}

#[test]
#[ignore = "takes some minutes"]
fn every_property_holds_in_wider_worlds() {
    let two = |limits| Limits {
        faults: 2,
        ..limits
    };
    let wide = [
        TWO_FAULTS,
        two(A_RETRIED_WAIT),
        two(AN_OPERATOR),
        two(A_DROPPED_LEG),
        two(GIVEN_BACK),
        TWO_SECOND_THOUGHTS,
    ];
    let states = wide.map(|limits| explore("in a wider world", limits));
    assert!(states.iter().sum::<usize>() > 3_000_000);
}
