//! One step of a booking, as its function takes it.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::spec::Kind;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use serde_json::{Value, json};

use crate::support::{Bench, payment_step};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Hold(&'static str),
    Confirm(&'static str),
    Release(&'static str),
    Wait(&'static str),
    /// The traveller says something; no executor gives that up.
    Says(&'static str, &'static str),
    Authorize(u32, &'static str),
    Await(u32, &'static str),
    Withdraw(u32),
    Settle,
    Unwind(&'static str),
    Void,
    Close,
}

impl Step {
    pub(crate) fn is_a_command(self) -> bool {
        matches!(self, Self::Says(..))
    }

    /// Whether it asks a supplier for something.
    pub(crate) fn calls(self) -> bool {
        !matches!(
            self,
            Self::Says(..) | Self::Wait(_) | Self::Await(..) | Self::Unwind(_) | Self::Close
        )
    }
}

pub(crate) async fn take(bench: &Bench, id: &BookingId, step: Step) -> Result<(), Failure> {
    match step {
        Step::Hold(leg) => of_a_leg(bench, id, leg, Action::Hold).await,
        Step::Confirm(leg) => of_a_leg(bench, id, leg, Action::Confirm).await,
        Step::Release(leg) => of_a_leg(bench, id, leg, Action::Release).await,
        Step::Wait(token) => bench.waits(id, token).await,
        Step::Says(command, what) => bench.says(id, command, particulars(what)).await.map(drop),
        Step::Authorize(attempt, token) => bench.authorize(id, attempt, token).await.map(drop),
        Step::Await(attempt, token) => bench.awaits(id, attempt, token).await.map(drop),
        Step::Withdraw(attempt) => bench
            .take(&payment_step(id, Action::Withdraw, attempt, None))
            .await
            .map(drop),
        Step::Settle => bench.settle(id).await.map(drop),
        Step::Unwind(error) => bench.unwind(id, error).await.map(drop),
        Step::Void => bench
            .take(&payment_step(id, Action::Void, 0, None))
            .await
            .map(drop),
        Step::Close => bench.close(id).await.map(drop),
    }
}

async fn of_a_leg(bench: &Bench, id: &BookingId, leg: &str, action: Action) -> Result<(), Failure> {
    let (kind, order) = match leg {
        "out" => (Kind::Flight, 0),
        "hotel" => (Kind::Hotel, 1),
        _ => (Kind::Car, 2),
    };
    bench.leg(id, kind, leg, order, action).await.map(drop)
}

fn particulars(what: &str) -> Value {
    let hold = if what == "car" { "ok" } else { "unavailable" };
    match what.split(' ').next() {
        Some("car") => json!({"id": "car", "kind": "car", "simulate": {"hold": hold},
            "spec": {"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"}}),
        _ => json!(what),
    }
}
