//! A whole order among those who work on it: every interleaving within bounds, explored to exhaustion
//! with stateright.
//!
//! Each decision is made by the very functions of the rules, upon a real snapshot. Around them stand the
//! execution of the state machine and the processes that it starts, the broker between the order and
//! its services, the customer who cancels, wake-ups and the sweep, the desk with its redrive and its
//! operator, and the participants, each taking small steps in any order.
//!
//! # Modelled
//! - All steps and their undos, the commit point, the deadline, the desk.
//! - Conditional writes, row by row: a process decides upon what it has read, its write arrives later,
//!   and lands if none of the rows that it writes has been written since. A process that loses the race
//!   reads those rows again, and no others, as the table has it.
//! - Processes that die between any two steps, or that are given up and go on all the same, at their
//!   participant and at the table, at any later time. One of them at a time.
//! - Messages that come late, twice, in another order, or not before the execution has given up.
//! - Answers that are lost, participants that refuse, executions that are stopped and taken up.
//!
//! # Not modelled
//! - How often a step was tried: the number is told, and decides nothing.
//! - Two executions that are alive at once, the breakers, and the age of messages.
//! - The time between looking at the clock and the call leaving the machine.
//!
//! # Layout
//! - `record`: an order in a few bytes; `rules`: what is asked of the rules
//! - `world`: one moment of all that; `process`: a process and its steps; `participants`
//! - `execution`, `broker`, `desk`: who starts processes, and hears them; `faults`: what ends them
//! - `system`: who may act next; `properties`: what must hold
//! - `tampering`: safeguards taken away, each of which must be found out
//!
//! Run with `--nocapture` to see how many states there were. Wider worlds are ignored by default.
#![allow(clippy::unwrap_used, clippy::panic)]

mod broker;
mod desk;
mod execution;
mod faults;
mod participants;
mod process;
mod properties;
mod record;
mod rules;
mod system;
mod tampering;
mod world;

use std::time::Instant;

use holdfast_order_rules::action::{Action, StepName};
use stateright::{Checker, Expectation, Model, Property};

use crate::process::Task;
use crate::rules::{Says, Tries};
use crate::system::{Limits, System};

/// From the credit to the authorization, and a fault at any point.
pub(crate) const A_PAYMENT: Limits = Limits {
    begins: StepName::CheckCredit,
    cancels: 0,
    faults: 1,
    refusals: 0,
    decisions: 0,
    desk_waits: false,
    victims: |task| {
        let credit = Task::Do(StepName::CheckCredit, Tries::Machine);
        let payment = Task::Do(StepName::AuthorizePayment, Tries::Machine);
        task == credit || task == payment
    },
};

/// The goods are asked for over the broker.
pub(crate) const GOODS: Limits = Limits {
    begins: StepName::RemoveFromStock,
    victims: |task| match task {
        Task::Ask(action, _) => action == Action::RemoveFromStock,
        Task::Hear(says) => matches!(says, Says::Forward(StepName::RemoveFromStock, _)),
        _ => false,
    },
    ..A_PAYMENT
};

/// The invoice is asked for over the broker.
pub(crate) const AN_INVOICE: Limits = Limits {
    begins: StepName::GenerateInvoice,
    victims: |task| match task {
        Task::Ask(action, _) => action == Action::GenerateInvoice,
        Task::Hear(says) => matches!(says, Says::Forward(StepName::GenerateInvoice, _)),
        _ => false,
    },
    ..A_PAYMENT
};

/// The order is shipped.
pub(crate) const A_SHIPMENT: Limits = Limits {
    begins: StepName::ShipOrder,
    victims: |task| matches!(task, Task::Do(StepName::ShipOrder, _)),
    ..A_PAYMENT
};

/// The money is taken.
pub(crate) const A_CAPTURE: Limits = Limits {
    begins: StepName::CapturePayment,
    victims: |task| {
        matches!(
            task,
            Task::Do(StepName::CapturePayment, _)
                | Task::HandOver(Action::CapturePayment)
                | Task::TurnBack(_)
                | Task::Close
        )
    },
    ..A_PAYMENT
};

/// Any participant refuses.
pub(crate) const A_REFUSAL: Limits = Limits {
    begins: StepName::CheckCredit,
    faults: 0,
    refusals: 1,
    ..A_PAYMENT
};

/// The customer cancels at any point.
pub(crate) const A_CANCEL: Limits = Limits {
    begins: StepName::RemoveFromStock,
    cancels: 1,
    faults: 0,
    refusals: 1,
    ..A_PAYMENT
};

/// The undo of a shipment goes wrong.
pub(crate) const A_SHIPMENT_BACK: Limits = Limits {
    begins: StepName::ShipOrder,
    desk_waits: true,
    victims: |task| matches!(task, Task::Undo(Action::CancelShipment, _)),
    ..A_PAYMENT
};

/// The customer cancels while the invoice is asked for, and something goes wrong with that.
pub(crate) const A_CANCEL_IN_A_FAULT: Limits = Limits {
    cancels: 1,
    ..AN_INVOICE
};

/// A capture is refused, and the money's way back goes wrong.
pub(crate) const MONEY_BACK: Limits = Limits {
    begins: StepName::CapturePayment,
    refusals: 1,
    victims: |task| match task {
        Task::Undo(action, _) => action == Action::VoidPayment,
        _ => false,
    },
    ..A_PAYMENT
};

/// What is undone over the broker goes wrong.
pub(crate) const AN_INVOICE_BACK: Limits = Limits {
    begins: StepName::GenerateInvoice,
    desk_waits: true,
    victims: |task| match task {
        Task::Ask(action, _) => action == Action::CancelInvoice,
        Task::Hear(says) => says == Says::Undone(Action::CancelInvoice),
        _ => false,
    },
    ..A_PAYMENT
};

/// An operator decides.
pub(crate) const AN_OPERATOR: Limits = Limits {
    begins: StepName::CapturePayment,
    refusals: 1,
    decisions: 1,
    desk_waits: true,
    victims: |task| {
        matches!(
            task,
            Task::Do(StepName::CapturePayment, _) | Task::HandOver(Action::CapturePayment)
        )
    },
    ..A_PAYMENT
};

/// Explores every state and returns how many there are.
fn explore(name: &str, limits: Limits) -> usize {
    let begun = Instant::now();
    let system = System::new(limits);
    let checker = system.clone().checker().spawn_bfs().join();
    let states = checker.unique_state_count();
    let took = begun.elapsed();
    println!("order model: {states} states {name} ({took:.1?})");
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
fn every_property_holds_while_a_payment_is_authorized() {
    assert!(explore("while_a_payment_is_authorized", A_PAYMENT) > 10_000);
}

#[test]
fn every_property_holds_while_goods_are_asked_for() {
    assert!(explore("while_goods_are_asked_for", GOODS) > 10_000);
}

#[test]
fn every_property_holds_while_an_invoice_is_asked_for() {
    assert!(explore("while_an_invoice_is_asked_for", AN_INVOICE) > 10_000);
}

#[test]
fn every_property_holds_while_an_order_is_shipped() {
    assert!(explore("while_an_order_is_shipped", A_SHIPMENT) > 4_000);
}

#[test]
fn every_property_holds_while_money_is_taken() {
    assert!(explore("while_money_is_taken", A_CAPTURE) > 1_000);
}

#[test]
fn every_property_holds_while_participants_refuse() {
    assert!(explore("while_participants_refuse", A_REFUSAL) > 1_000);
}

#[test]
fn every_property_holds_while_the_customer_cancels() {
    assert!(explore("while_the_customer_cancels", A_CANCEL) > 20_000);
}

#[test]
fn every_property_holds_while_the_customer_cancels_in_a_fault() {
    let states = explore("while_the_customer_cancels_in_a_fault", A_CANCEL_IN_A_FAULT);
    assert!(states > 20_000);
}

#[test]
fn every_property_holds_while_a_shipment_is_undone() {
    assert!(explore("while_a_shipment_is_undone", A_SHIPMENT_BACK) > 10_000);
}

#[test]
fn every_property_holds_while_money_is_given_back() {
    assert!(explore("while_money_is_given_back", MONEY_BACK) > 10_000);
}

#[test]
fn every_property_holds_while_an_invoice_is_undone() {
    assert!(explore("while_an_invoice_is_undone", AN_INVOICE_BACK) > 20_000);
}

#[test]
fn every_property_holds_while_an_operator_decides() {
    assert!(explore("while_an_operator_decides", AN_OPERATOR) > 100_000);
}

#[test]
#[ignore = "takes half a minute"]
fn every_property_holds_in_wider_worlds() {
    let everything = Limits {
        begins: StepName::CapturePayment,
        victims: |_| true,
        ..A_PAYMENT
    };
    let at_the_desk = Limits {
        desk_waits: false,
        ..AN_OPERATOR
    };
    let both_at_once = Limits {
        desk_waits: false,
        ..A_SHIPMENT_BACK
    };
    let wide = [everything, at_the_desk, both_at_once];
    let states = wide.map(|limits| explore("in a wider world", limits));
    assert!(states.iter().sum::<usize>() > 500_000);
}
