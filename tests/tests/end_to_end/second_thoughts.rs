//! The traveller thinks better of a payment that is pending, and the bank decides at the worst moment.
//! `HOLDFAST_ROUNDS` says how often that is tried.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use holdfast_booking_rules::event::EventName;
use holdfast_tests::{InvokeError, Stack, Trip};
use serde_json::{Value, json};

const ROUNDS: u32 = 12;
const AT_ONCE: usize = 4;
/// The command and the decision come within this time of each other.
const SPREAD_MS: u64 = 700;
/// How often a command is said that is not heard.
const MOST_TRIES: u32 = 5;

/// What the traveller thinks of instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thought {
    Cancel,
    AnotherCard,
}

impl Thought {
    fn command(self) -> Value {
        match self {
            Self::Cancel => json!({"command": "cancel"}),
            Self::AnotherCard => json!({"command": "pay", "payment": {"token": "tok_visa"}}),
        }
    }
}

/// One round: what came of it, in a few words.
async fn round(stack: &Stack, number: u32) -> String {
    let thought = [Thought::Cancel, Thought::AnotherCard][usize::from(number.is_multiple_of(2))];
    let decision = ["approve", "approve", "approve?report=lost", "decline"][fastrand::usize(..4)];
    let (name, arn) = stack.start_pending("thoughts", Trip::sample()).await;
    let (said, _) = tokio::join!(
        async {
            late().await;
            say(stack, &name, thought).await
        },
        async {
            late().await;
            stack.bank(&name, decision).await
        },
    );
    let ended = stack.end_of(&arn).await;
    let status = ended.output["status"].as_str().unwrap_or_default();
    let expected = match (&said, thought) {
        (Ok(_), Thought::Cancel) => "cancelled",
        (Ok(_), Thought::AnotherCard) => "booked",
        (Err(refused), _) => {
            assert_eq!(refused.name, "Conflict", "{name}: {refused:?}");
            if decision == "decline" {
                "failed"
            } else {
                "booked"
            }
        }
    };
    assert_eq!(
        status, expected,
        "{name}: {thought:?}, {decision}, {said:?}: {ended:?}"
    );
    is_paid_once_or_not_at_all(stack, &name, status).await;
    let withdrawn = withdrawals(stack, &name).await;
    let replaced = said.is_ok() && thought == Thought::AnotherCard;
    assert_eq!(withdrawn, usize::from(replaced), "{name}");
    let first = if said.is_ok() { "traveller" } else { "bank" };
    format!("{thought:?}, {decision}: {first} first, {status}")
}

async fn late() {
    // Nothing to wait for: any moment may be the worst.
    tokio::time::sleep(Duration::from_millis(fastrand::u64(..SPREAD_MS))).await;
}

/// Says it again where no execution may have heard it.
async fn say(stack: &Stack, name: &str, thought: Thought) -> Result<Value, InvokeError> {
    let mut said = stack.command(name, thought.command()).await;
    for _ in 1..MOST_TRIES {
        match said {
            Err(unheard) if unheard.name == "Unavailable" => {
                said = stack.command(name, thought.command()).await;
            }
            other => return other,
        }
    }
    said
}

/// By the suppliers' own word: what is booked is captured once, and of everything else nothing is left.
async fn is_paid_once_or_not_at_all(stack: &Stack, name: &str, status: &str) {
    let audit = stack.audit(name).await;
    let captures = audit.iter().filter(|item| item["status"] == "captured");
    let legs = audit.iter().filter(|item| item["status"] == "confirmed");
    let (captures, legs) = (captures.count(), legs.count());
    let expected = match status {
        "booked" => (1, 4, 5),
        _ => (0, 0, 0),
    };
    assert_eq!((captures, legs, audit.len()), expected, "{name}: {audit:?}");
    // Asserts that the events fold to the record.
    stack.booking(name).await;
}

async fn withdrawals(stack: &Stack, name: &str) -> usize {
    let history = stack.history(name).await;
    let withdrawn = |name: &EventName| *name == EventName::PaymentWithdrawn;
    history.iter().filter(|past| withdrawn(&past.name)).count()
}

#[tokio::test]
async fn a_trip_is_paid_once_or_not_at_all_whatever_the_bank_decides_meanwhile() {
    let stack = Stack::connect().await;
    let rounds = std::env::var("HOLDFAST_ROUNDS").ok();
    let rounds = rounds.map_or(ROUNDS, |rounds| rounds.parse().expect("a number"));
    let played = stream::iter(0..rounds).map(|number| round(&stack, number));
    let played: Vec<_> = played.buffer_unordered(AT_ONCE).collect().await;
    let mut tally = BTreeMap::<_, u32>::new();
    for what in played {
        *tally.entry(what).or_default() += 1;
    }
    for (what, times) in tally {
        println!("{times:>5} {what}");
    }
    println!("second thoughts: {rounds} rounds, none paid twice, none paid and cancelled");
}

#[tokio::test]
async fn a_withdrawn_card_is_never_charged_though_its_bank_approves_later() {
    let stack = Stack::connect().await;
    let (name, arn) = stack.start_pending("later", Trip::flight()).await;
    stack.pay(&name, "tok_visa").await.expect("it is taken");
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "booked", "{ended:?}");
    assert!(!stack.bank(&name, "approve").await, "nothing waits for it");
    is_paid_once(&stack, &name).await;
}

async fn is_paid_once(stack: &Stack, name: &str) {
    let audit = stack.audit(name).await;
    let captures = audit.iter().filter(|item| item["status"] == "captured");
    assert_eq!((captures.count(), audit.len()), (1, 2), "{audit:?}");
}

#[tokio::test]
async fn a_second_card_that_is_declined_leaves_time_for_a_third() {
    let stack = Stack::connect().await;
    let (name, arn) = stack.start_pending("third", Trip::flight()).await;
    stack.pay(&name, "tok_declined").await.expect("it is taken");
    stack.until(&name, "it waits", holdfast_tests::waits).await;
    stack.pay(&name, "tok_visa").await.expect("it is taken");
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "booked", "{ended:?}");
    is_paid_once(&stack, &name).await;
}
