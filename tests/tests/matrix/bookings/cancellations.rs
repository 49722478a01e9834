//! Every step of giving a booked trip back, every fault: whole or one leg, paid by card or from an account.

use std::fmt;

use holdfast_booking_rules::booking::{BookingStatus, PaymentStatus, Snapshot};
use holdfast_booking_rules::cancelling::{self, Quote};
use holdfast_booking_rules::event::EventName;
use holdfast_core::ids::LegId;
use holdfast_kit::clock::Clock;
use holdfast_tests::accounts::{Given, token_of};
use holdfast_tests::{Stack, Trip, fresh_name};
use serde_json::json;

use crate::{AT_ONCE, LASTING, MISHAPS, PASSING, cells};

/// More than any trip costs, in cents.
const PLENTY: u64 = 50_000_000;

/// What is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Whole,
    Hotel,
}

/// One step, one fault.
#[derive(Clone, Copy, Debug)]
struct Cell {
    part: &'static str,
    action: &'static str,
    fault: &'static str,
    scope: Scope,
    by_account: bool,
}

impl fmt::Display for Cell {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            part,
            action,
            fault,
            scope,
            ..
        } = self;
        let by = if self.by_account {
            ", from an account"
        } else {
            ""
        };
        write!(to, "{action} of {part}: {fault} (cancelled: {scope:?}{by})")
    }
}

impl Cell {
    fn is_left_at_the_desk(self) -> bool {
        LASTING.contains(&self.fault)
    }

    fn legs(self) -> Option<Vec<LegId>> {
        (self.scope == Scope::Hotel).then(|| vec!["hotel".parse().unwrap()])
    }

    fn trip(self, name: &str) -> Trip {
        let trip = Trip::sample().simulate(self.part, self.action, self.fault);
        match self.by_account {
            true => trip.paid_with(&token_of(name)),
            false => trip,
        }
    }

    fn expected(self) -> BookingStatus {
        match self.scope {
            _ if self.is_left_at_the_desk() => BookingStatus::NeedsAttention,
            Scope::Whole => BookingStatus::Cancelled,
            Scope::Hotel => BookingStatus::Booked,
        }
    }
}

fn all() -> Vec<Cell> {
    let faults = [PASSING, MISHAPS, LASTING].concat();
    let met = |part, action, scope, by_account, faults: &[&'static str]| {
        let cell = |fault: &&'static str| Cell {
            part,
            action,
            fault,
            scope,
            by_account,
        };
        faults.iter().map(cell).collect::<Vec<_>>()
    };
    [
        met("out", "release", Scope::Whole, false, &faults),
        met("hotel", "release", Scope::Whole, false, &faults),
        met("hotel", "release", Scope::Hotel, false, &faults),
        met("payment", "refund", Scope::Whole, false, &faults),
        met("payment", "refund", Scope::Hotel, false, &faults),
        met("payment", "refund", Scope::Whole, true, &faults),
        met("payment", "refund", Scope::Hotel, true, &faults),
        met("booking", "unwind", Scope::Whole, false, MISHAPS),
        met("booking", "close", Scope::Hotel, false, MISHAPS),
    ]
    .concat()
}

async fn run(stack: &Stack, cell: Cell) {
    let name = fresh_name("given-back");
    if cell.by_account {
        stack.open_account(&name, PLENTY).await;
    }
    let arn = stack.start(&name, &cell.trip(&name).0).await;
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "booked", "{ended:?}");
    let quote = cancel(stack, &name, cell).await;
    let over = |snapshot: &Snapshot| snapshot.booking.state.status.has_ended();
    let snapshot = stack.until(&name, "it is given back", over).await;
    assert_eq!(
        snapshot.booking.state.status,
        cell.expected(),
        "{snapshot:?}"
    );
    check_suppliers(stack, cell, &snapshot, &quote).await;
    check_history(stack, cell, &name).await;
}

/// The traveller asks what comes back, agrees, and says so twice.
async fn cancel(stack: &Stack, name: &str, cell: Cell) -> Quote {
    let legs = cell.legs();
    let booked = stack.booking(name).await;
    let quote = cancelling::quote(&booked, legs.as_deref(), Clock::system().now());
    let quote = quote.expect("a quote");
    let mut command = json!({"command": "cancel", "refund": quote.refund});
    if let Some(legs) = legs {
        command["legs"] = json!(legs);
    }
    let accepted = stack.command(name, command.clone()).await;
    accepted.expect("accepted");
    // The same request, sent again, is the same cancellation, or comes too late for another one.
    let _: Result<_, _> = stack.command(name, command).await;
    quote
}

/// The suppliers have the legs that are kept, and the money that the terms do not give back.
async fn check_suppliers(stack: &Stack, cell: Cell, snapshot: &Snapshot, quote: &Quote) {
    let name = snapshot.booking.booking_id.as_str();
    let audit = stack.audit(name).await;
    let mut left: Vec<_> = audit
        .iter()
        .filter(|item| item["kind"] != "payment")
        .collect();
    left.sort_by_key(|item| item["leg"].as_str().unwrap_or_default().to_owned());
    let left: Vec<_> = left
        .iter()
        .map(|item| item["leg"].as_str().unwrap())
        .collect();
    let mut kept = match cell.scope {
        Scope::Whole => vec![],
        Scope::Hotel => vec!["back", "car", "out"],
    };
    if cell.action == "release" && cell.is_left_at_the_desk() {
        kept.push(cell.part);
    }
    kept.sort_unstable();
    assert_eq!(left, kept, "{audit:?}");

    let captured = snapshot.booking.state.amount.as_ref().unwrap().amount;
    let owed = cell.action == "refund" && cell.is_left_at_the_desk();
    let refunded = if owed { 0 } else { quote.refund.amount };
    let payment = audit.iter().find(|item| item["kind"] == "payment");
    let money = payment.and_then(|item| item["amount"]["amount"].as_u64());
    match cell.by_account {
        true => {
            let given = Given::Captured(captured - refunded);
            stack.assert_account(name, PLENTY, given).await;
        }
        false => assert_eq!(money.unwrap_or(0), captured - refunded, "{audit:?}"),
    }
    let status = snapshot.payment.state.status;
    match owed {
        true => assert_eq!(status, PaymentStatus::ReleaseFailed),
        false => assert_eq!(status, PaymentStatus::PartlyRefunded),
    }
}

/// One cancellation, one refund, and no leg released twice.
async fn check_history(stack: &Stack, cell: Cell, name: &str) {
    let history = stack.history(name).await;
    let count = |name| history.iter().filter(|event| event.name == name).count();
    assert_eq!(count(EventName::CancellationStarted), 1);
    let refunds = usize::from(cell.action != "refund" || !cell.is_left_at_the_desk());
    assert_eq!(count(EventName::PaymentRefunded), refunds);
    let legs = if cell.scope == Scope::Whole { 4 } else { 1 };
    let stuck = usize::from(cell.action == "release" && cell.is_left_at_the_desk());
    assert_eq!(count(EventName::LegReleased), legs - stuck);
}

#[tokio::test]
async fn a_booked_trip_is_given_back_whatever_fails_and_every_cent_is_accounted_for() {
    let stack = Stack::connect().await;
    let run = |cell| run(&stack, cell);
    let outcome = cells::run("cancellations", AT_ONCE, all(), run).await;
    outcome.judge();
}
