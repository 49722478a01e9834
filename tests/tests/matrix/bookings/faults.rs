//! Every step, every fault.

use std::fmt;

use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_booking_rules::booking::{BookingStatus, LegStatus, PaymentStatus, Snapshot};
use holdfast_booking_rules::closing::is_undone;
use holdfast_booking_rules::event::EventName;
use holdfast_core::payment::Method;
use holdfast_tests::accounts::{Given, token_of};
use holdfast_tests::{Ended, Stack, Trip, fresh_name};

use crate::{AT_ONCE, LASTING, MISHAPS, PASSING, cells};

const GOOD: &str = "tok_visa";
/// Its bank wants to ask the traveller first.
const PENDING: &str = "tok_pending";
/// Its bank is asked, and never decides.
const NEVER: &str = "tok_pending, never decided";
/// Its bank takes its time, and the traveller pays with another card.
const GIVEN_UP: &str = "tok_pending, given up";
/// An account of the booking's own.
const ACCOUNT: &str = "an account";
/// More than any trip costs, in cents.
const PLENTY: u64 = 50_000_000;
const LEGS: &[&str] = &["out", "back", "hotel", "car"];

/// What becomes of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// All of it.
    Booked,
    /// Nothing of it.
    Undone,
    /// Nothing but this one part, which waits at the desk.
    LeftAtDesk,
    /// All of it but the capture, which waits at the desk.
    OwedAtDesk,
}

/// One step, one fault.
#[derive(Clone, Copy, Debug)]
struct Cell {
    part: &'static str,
    action: &'static str,
    fault: &'static str,
    card: &'static str,
}

impl fmt::Display for Cell {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let later = match self.card {
            PENDING => " (decided later)",
            NEVER => " (never decided)",
            GIVEN_UP => " (given up)",
            ACCOUNT => " (from an account)",
            _ => "",
        };
        write!(
            to,
            "{} of {}: {}{later}",
            self.action, self.part, self.fault
        )
    }
}

impl Cell {
    fn is_undo(self) -> bool {
        ["release", "void", "refund", "unwind", "close"].contains(&self.action)
    }

    /// The trip that takes this step, and meets this fault there. A step of the way back is taken
    /// because the last confirmation is refused; a refund, because the supplier has taken the money
    /// when it refuses to.
    fn trip(self, name: &str) -> Trip {
        let token = match self.card {
            NEVER | GIVEN_UP => PENDING.to_owned(),
            ACCOUNT => token_of(name),
            card => card.to_owned(),
        };
        let trip = Trip::sample().paid_with(&token);
        let trip = trip.simulate(self.part, self.action, self.fault);
        match self.action {
            "refund" => trip
                .simulate("car", "confirm", "slow:3000")
                .simulate("payment", "capture", "refuse"),
            _ if self.is_undo() && self.card != NEVER => trip.simulate("car", "confirm", "refuse"),
            _ => trip,
        }
    }

    fn expected(self) -> Expected {
        match (self.action, LASTING.contains(&self.fault)) {
            ("release" | "void" | "refund", true) => Expected::LeftAtDesk,
            (_, false) if self.is_undo() => Expected::Undone,
            ("capture", true) if self.fault == "unavailable" => Expected::OwedAtDesk,
            (_, true) => Expected::Undone,
            (_, false) => Expected::Booked,
        }
    }
}

fn all() -> Vec<Cell> {
    let of_legs = LEGS
        .iter()
        .flat_map(|leg| ["hold", "confirm", "release"].map(|action| (*leg, action)));
    let of_payment = ["authorize", "capture", "void", "refund"].map(|action| ("payment", action));
    let of_booking = ["open", "settle", "unwind", "close"].map(|action| ("booking", action));
    let met = |(part, action), faults: Vec<&'static str>| {
        faults
            .into_iter()
            .map(move |fault| Cell {
                part,
                action,
                fault,
                card: GOOD,
            })
            .collect::<Vec<_>>()
    };
    let calls = of_legs
        .chain(of_payment)
        .flat_map(|step| met(step, [PASSING, MISHAPS, LASTING].concat()));
    let mishaps = of_booking
        .into_iter()
        .flat_map(|step| met(step, MISHAPS.to_vec()));
    let faults = [PASSING, MISHAPS, LASTING].concat();
    let on = |card, cells: Vec<Cell>| cells.into_iter().map(move |cell| Cell { card, ..cell });
    let never_decided = on(NEVER, met(("payment", "void"), faults.clone()));
    let given_up = on(GIVEN_UP, met(("payment", "withdraw"), faults.clone()));
    let decided_later = on(PENDING, met(("payment", "authorize"), faults.clone()));
    let from_accounts = of_payment.map(|step| met(step, faults.clone()));
    let from_accounts = on(ACCOUNT, from_accounts.concat());
    let awaited = on(PENDING, met(("booking", "await"), MISHAPS.to_vec()));
    // Those that take longest first.
    never_decided
        .chain(calls)
        .chain(from_accounts)
        .chain(mishaps)
        .chain(decided_later)
        .chain(given_up)
        .chain(awaited)
        .collect()
}

/// Runs one cell; says what is wrong with it.
async fn run(stack: &Stack, cell: Cell) {
    let ended = book(stack, cell).await;
    let snapshot = stack.booking(&ended.name).await;
    check_execution(cell, &ended);
    check_table(cell, &snapshot);
    check_suppliers(cell, &snapshot, stack).await;
    if cell.card == ACCOUNT {
        check_account(cell, &snapshot, stack).await;
    }
    check_history(stack, &ended.name).await;
}

/// Books, and has the bank decide, or the money taken, where that is the way to the step.
async fn book(stack: &Stack, cell: Cell) -> Ended {
    let name = fresh_name("matrix");
    if cell.card == ACCOUNT {
        stack.open_account(&name, PLENTY).await;
    }
    let arn = stack.start(&name, &cell.trip(&name).0).await;
    if cell.card == GIVEN_UP {
        stack.is_pending(&name).await;
        stack.pay(&name, GOOD).await.expect("it is taken");
    }
    if cell.card == PENDING {
        let asked = |snapshot: &Snapshot| {
            let pending = snapshot.payment.state.status == PaymentStatus::Pending;
            pending || snapshot.booking.state.status.has_ended()
        };
        let snapshot = stack.until(&name, "its bank is asked", asked).await;
        if snapshot.payment.state.status == PaymentStatus::Pending {
            stack.bank(&name, "approve").await;
        }
    }
    if cell.action == "refund" {
        let confirming =
            |snapshot: &Snapshot| snapshot.booking.state.status == BookingStatus::Confirming;
        let snapshot = stack.until(&name, "it is confirmed", confirming).await;
        let by = snapshot.payment.state.method;
        stack.capture_at_the_counter(by, "booking", &name).await;
    }
    stack.end_of(&arn).await
}

fn check_execution(cell: Cell, ended: &Ended) {
    let expected = match cell.expected() {
        Expected::Booked => (ExecutionStatus::Succeeded, "booked"),
        Expected::Undone => (ExecutionStatus::Succeeded, "failed"),
        Expected::LeftAtDesk | Expected::OwedAtDesk => (ExecutionStatus::Failed, "needs_attention"),
    };
    let output = match serde_json::from_str(&ended.cause) {
        Ok(cause) if ended.error == "NeedsAttention" => cause,
        _ => ended.output.clone(),
    };
    assert_eq!(
        (
            ended.status.clone(),
            output["status"].as_str().unwrap_or_default()
        ),
        expected,
        "{ended:?}"
    );
}

fn check_table(cell: Cell, snapshot: &Snapshot) {
    let payment = snapshot.payment.state.status;
    match cell.expected() {
        Expected::Booked => assert_eq!(payment, PaymentStatus::Captured),
        Expected::Undone => assert!(is_undone(snapshot), "{snapshot:?}"),
        Expected::LeftAtDesk if cell.part == "payment" => {
            assert_eq!(payment, PaymentStatus::ReleaseFailed)
        }
        Expected::LeftAtDesk => {
            let leg = snapshot
                .legs
                .iter()
                .find(|leg| leg.id.as_str() == cell.part)
                .unwrap();
            assert_eq!(leg.state.status, LegStatus::ReleaseFailed);
        }
        Expected::OwedAtDesk => assert_ne!(payment, PaymentStatus::Captured),
    }
}

async fn check_suppliers(cell: Cell, snapshot: &Snapshot, stack: &Stack) {
    let audit = stack.audit(snapshot.booking.booking_id.as_str()).await;
    let mut left: Vec<_> = audit
        .iter()
        .map(|item| item["leg"].as_str().unwrap())
        .collect();
    left.sort_unstable();
    let mut expected = match cell.expected() {
        Expected::Booked | Expected::OwedAtDesk => [LEGS, &["payment"]].concat(),
        Expected::Undone => vec![],
        Expected::LeftAtDesk => vec![cell.part],
    };
    expected.sort_unstable();
    assert_eq!(left, expected, "{audit:?}");
}

/// The account of the booking's own has given what the record says, and has the rest.
async fn check_account(cell: Cell, snapshot: &Snapshot, stack: &Stack) {
    let amount = snapshot.booking.state.amount.as_ref();
    let amount = amount.map_or(0, |amount| amount.amount);
    let given = match cell.expected() {
        Expected::Booked => Given::Captured(amount),
        Expected::Undone => Given::Nothing,
        Expected::LeftAtDesk if cell.action == "refund" => Given::Captured(amount),
        Expected::LeftAtDesk | Expected::OwedAtDesk => Given::Reserved(amount),
    };
    let name = snapshot.booking.booking_id.as_str();
    stack.assert_account(name, PLENTY, given).await;
    if given != Given::Nothing {
        assert!(amount > 0, "{name}: it is paid for nothing");
    }
    assert_eq!(snapshot.payment.state.method, Method::Account, "{name}");
}

/// Invariant 1, told by the events: never both captured and released, and nothing twice.
async fn check_history(stack: &Stack, name: &str) {
    let history = stack.history(name).await;
    let count = |name| history.iter().filter(|event| event.name == name).count();
    assert!(count(EventName::Booked) <= 1);
    if count(EventName::Booked) == 1 {
        assert_eq!(
            count(EventName::LegReleased)
                + count(EventName::PaymentVoided)
                + count(EventName::PaymentRefunded),
            0
        );
        assert_eq!(count(EventName::Committed), 1);
    }
}

#[tokio::test]
async fn every_step_can_fail_in_every_way_and_nothing_is_left_behind() {
    let stack = Stack::connect().await;
    let run = |cell| run(&stack, cell);
    let outcome = cells::run("bookings", AT_ONCE, all(), run).await;
    outcome.judge();
}
