//! Carries a plan out: starts the execution, does what the traveller does, waits for the end.

use std::time::Duration;

use futures_util::FutureExt;
use holdfast_booking_rules::booking::{PaymentStatus, Snapshot};
use holdfast_booking_rules::cancelling;
use holdfast_kit::clock::Clock;
use holdfast_tests::audit::what_was_said;
use holdfast_tests::{InvokeError, Stack, fresh_name, waits};
use serde_json::{Value, json};

use super::plan::{Act, Part, Plan};

const TRIES: u32 = 10;

/// A booking that was made.
pub(crate) struct Journey {
    /// What the traveller had in mind.
    pub(crate) plan: Plan,
    /// The booking's name.
    pub(crate) name: String,
    /// Whatever went wrong that never should.
    pub(crate) trouble: Option<String>,
}

/// Makes a booking, to its end.
pub(crate) async fn travel(stack: &Stack, plan: Plan) -> Journey {
    let name = fresh_name("soak");
    let doing = std::panic::AssertUnwindSafe(go(stack, &name, &plan)).catch_unwind();
    let trouble = doing.await.err().map(|panic| what_was_said(&*panic));
    Journey {
        plan,
        name,
        trouble,
    }
}

async fn go(stack: &Stack, name: &str, plan: &Plan) {
    let arn = stack.start(name, &plan.trip.0).await;
    for act in &plan.acts {
        let asked = |snapshot: &Snapshot| matches!(act, Act::Decide(_)) && is_pending(snapshot);
        let seen = |snapshot: &_| waits(snapshot) || asked(snapshot) || has_ended(snapshot);
        let snapshot = stack.until(name, "it waits, or has ended", seen).await;
        if has_ended(&snapshot) {
            break;
        }
        perform(stack, name, plan, act).await;
    }
    stack.end_of(&arn).await;
    for part in plan.gives_back {
        give_back(stack, name, *part).await;
    }
}

/// Gives a part of the trip back, if it is booked: asks what comes back, agrees, waits.
async fn give_back(stack: &Stack, name: &str, part: Part) {
    let booked = stack.booking(name).await;
    let first = booked.trip().next().map(|leg| vec![leg.id.clone()]);
    let legs = first.filter(|_| part == Part::FirstLeg);
    let Ok(quote) = cancelling::quote(&booked, legs.as_deref(), Clock::system().now()) else {
        return;
    };
    let mut command = json!({"command": "cancel", "refund": quote.refund});
    if let Some(legs) = legs {
        command["legs"] = json!(legs);
    }
    say(stack, name, &command).await;
    stack.until(name, "it is given back", has_ended).await;
}

fn is_pending(snapshot: &Snapshot) -> bool {
    snapshot.payment.state.status == PaymentStatus::Pending
}

fn has_ended(snapshot: &Snapshot) -> bool {
    snapshot.booking.state.status.has_ended()
}

async fn perform(stack: &Stack, name: &str, plan: &Plan, act: &Act) {
    let command = match act {
        Act::Think(pause) => return tokio::time::sleep(*pause).await,
        Act::Leave => return,
        Act::Decide(decision) => {
            stack.bank(name, decision).await;
            return;
        }
        Act::Pay(token) => json!({"command": "pay", "payment": {"token": token}}),
        Act::Cancel => json!({"command": "cancel"}),
        Act::DropFirstLeg => json!({"command": "drop_leg", "leg": plan.trip.leg_ids()[0]}),
        Act::AddInsurance => json!({"command": "add_leg", "leg": {
            "id": "cover", "kind": "insurance",
            "spec": {"from": "2027-03-01", "to": "2027-03-15", "travellers": 2},
        }}),
    };
    let taken = say(stack, name, &command).await;
    if matches!(act, Act::Pay(_)) && !taken {
        // Nothing may be held that could be paid for.
        say(stack, name, &json!({"command": "cancel"})).await;
    }
}

/// Says it until it is taken, or can no longer be; tells which.
async fn say(stack: &Stack, name: &str, command: &Value) -> bool {
    for _ in 0..TRIES {
        match stack.command(name, command.clone()).await {
            Err(InvokeError { name: error, .. }) if !is_definite(&error) => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            told => return told.is_ok(),
        }
    }
    false
}

fn is_definite(error: &str) -> bool {
    ["Conflict", "HoldExpired", "InvalidBooking"].contains(&error)
}
