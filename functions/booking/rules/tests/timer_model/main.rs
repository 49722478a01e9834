//! The hold timer among those who use it: every interleaving, explored to exhaustion with stateright.
//!
//! The rules are the domain's own `decide`, passed in as a parameter. Around it stand a traveller,
//! the payment's workers, a bank that may decide later, the wake-ups, the sweep, a supplier that wants an earlier deadline, the
//! unwinding, and time, each taking small steps in any order.
//!
//! # Modelled
//! - Conditional writes: each actor decides upon what it read, its write arrives later, and only
//!   if nothing was written since. An actor that loses the race decides anew.
//! - Processes that die between any two steps, or that are given up and go on all the same beside
//!   the one that replaces them; calls that arrive late, or whose answer is lost; an execution that
//!   is stopped whatever it was doing.
//! - Wake-ups that are early, late, doubled, lost, or for an older deadline.
//! - Suppliers that know a call by its key and refuse what comes after its undoing.
//!
//! # Not modelled
//! - Holding the legs, and how many there are: they are one, held from the start.
//! - Reports of decisions: each does what the next asking would have done, only sooner.
//! - Booking and payment as two records: what decides upon both writes both.
//! - Clocks that differ. A worker compares its own clock with the deadline, so that a slow clock
//!   lets a payment start late by as much as it is slow.
//! - The time between looking at the clock and the call leaving the machine.
//!
//! # Layout
//! - `world`: one moment of all that, and how a conditional write lands
//! - `payment`, `unwinding`, `waking`: what each of the actors does
//! - `system`: who may act next; `properties`: what must hold
//! - `tampering`: rules and protocols that lack something, each of which must be found out
//!
//! Run with `--nocapture` to see how many states there were. The wide exploration is ignored by
//! default, for it takes a minute or two.

mod payment;
mod properties;
mod system;
mod tampering;
mod unwinding;
mod waking;
mod world;

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::time::Instant;

use holdfast_core::timer::decide;
use stateright::{Checker, Model};

use crate::system::{Limits, System};
use crate::world::World;

/// Much competition and no faults: two payments, doubled wake-ups, an earlier deadline.
const RIVALS: Limits = Limits {
    payments: 2,
    wakes: 2,
    tighten: true,
    slow_bank: false,
    faults: 0,
};

/// An earlier deadline and a fault at any point; only the sweep to wake.
pub(crate) const A_FAULT_AND_AN_EARLIER_DEADLINE: Limits = Limits {
    payments: 1,
    wakes: 0,
    tighten: true,
    slow_bank: false,
    faults: 1,
};

/// A declined card, a second one, and a fault at any point; only the sweep to wake.
const A_FAULT_AND_A_SECOND_CARD: Limits = Limits {
    payments: 2,
    wakes: 0,
    tighten: false,
    slow_bank: false,
    faults: 1,
};

/// Two faults at any two points; only the sweep to wake.
const TWO_FAULTS: Limits = Limits {
    payments: 1,
    wakes: 0,
    tighten: false,
    slow_bank: false,
    faults: 2,
};

/// A bank that decides later, or never, and a fault at any point.
const A_SLOW_BANK: Limits = Limits {
    payments: 1,
    wakes: 1,
    tighten: false,
    slow_bank: true,
    faults: 1,
};

/// Explores every state and returns how many there are.
fn explore(limits: Limits) -> usize {
    let begun = Instant::now();
    let checker = System::new(decide, limits)
        .checker()
        .threads(2)
        .spawn_bfs()
        .join();
    checker.assert_properties();
    let states = checker.unique_state_count();
    println!(
        "timer model: {states} states, all properties hold ({limits:?}, {:.1?})",
        begun.elapsed()
    );
    states
}

#[test]
fn every_property_holds_among_rivals() {
    assert!(explore(RIVALS) > 150_000);
}

#[test]
fn every_property_holds_through_a_fault_and_an_earlier_deadline() {
    assert!(explore(A_FAULT_AND_AN_EARLIER_DEADLINE) > 100_000);
}

#[test]
fn every_property_holds_through_a_fault_and_a_second_card() {
    assert!(explore(A_FAULT_AND_A_SECOND_CARD) > 75_000);
}

#[test]
fn every_property_holds_through_two_faults() {
    assert!(explore(TWO_FAULTS) > 75_000);
}

#[test]
fn every_property_holds_while_a_bank_decides_later() {
    assert!(explore(A_SLOW_BANK) > 50_000);
}

#[test]
#[ignore = "takes a minute or two"]
fn every_property_holds_in_wider_worlds() {
    let narrow = [
        A_FAULT_AND_AN_EARLIER_DEADLINE,
        A_FAULT_AND_A_SECOND_CARD,
        TWO_FAULTS,
    ];
    let wide = narrow.map(|limits| Limits { wakes: 1, ..limits });
    assert!(wide.map(explore).iter().sum::<usize>() > 1_500_000);
}

#[test]
fn no_run_goes_in_circles() {
    let rivals = Limits { wakes: 1, ..RIVALS };
    let all = [
        rivals,
        A_FAULT_AND_AN_EARLIER_DEADLINE,
        TWO_FAULTS,
        A_SLOW_BANK,
    ];
    for limits in all {
        let circle = find_circle(&System::new(decide, limits));
        assert_eq!(circle, None, "{limits:?}");
    }
}

/// A state that can be reached from itself, if there is one: walks every run to its end, and looks
/// out for a state that is on the way already.
fn find_circle(system: &System) -> Option<World> {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let mut on_the_way: HashMap<u64, bool> = HashMap::new();
    let mut way: Vec<(u64, Vec<World>)> = Vec::new();
    let mut next = system.init_states().pop();
    loop {
        if let Some(world) = next.take() {
            let name = hasher.hash_one(world);
            match on_the_way.insert(name, true) {
                None => way.push((name, system.next_states(&world))),
                Some(true) => return Some(world),
                Some(false) => {
                    on_the_way.insert(name, false);
                }
            }
        }
        let (name, successors) = way.last_mut()?;
        next = successors.pop();
        if next.is_none() {
            on_the_way.insert(*name, false);
            way.pop();
        }
    }
}
