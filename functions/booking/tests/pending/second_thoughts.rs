//! While a payment is pending the traveller cancels, or pays by something else: the pending one is
//! withdrawn for good, and only then the other begins.

use std::time::Duration;

use holdfast_booking::steps::PaymentDone;
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingStatus, PaymentStatus, Snapshot};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::next::Next;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::timer::State;
use serde_json::json;

use crate::stage::{PENDING_CARD, Stage};
use crate::support::gate::{Gate, Held};
use crate::support::{LEASE, TOKEN, payment_step};
use crate::{is_booked, is_undone};

impl Stage {
    /// A booking whose execution waits for its bank's decision, with this token.
    pub(crate) async fn awaited(&self, id: &str, token: &str) -> BookingId {
        let id = self.pending(id).await;
        self.waits(&id, token).await.expect("it waits");
        id
    }

    /// The traveller says something, and the execution is not told.
    async fn says(&self, id: &BookingId, command: &str) -> Result<Snapshot, Failure> {
        self.bench.says(id, command, json!("out")).await
    }

    pub(crate) async fn withdraws(
        &self,
        id: &BookingId,
        attempt: u32,
    ) -> Result<PaymentDone, Failure> {
        let step = payment_step(id, Action::Withdraw, attempt, None);
        self.bench.take(&step).await
    }

    async fn status(&self, id: &BookingId) -> (BookingStatus, PaymentStatus) {
        let snapshot = self.bench.snapshot(id).await;
        (snapshot.booking.state.status, snapshot.payment.state.status)
    }

    pub(crate) async fn next(&self, id: &BookingId) -> Vec<Next> {
        let now = self.bench.clock().now();
        self.bench.snapshot(id).await.next(now)
    }
}

#[tokio::test]
async fn another_card_pays_once_the_pending_one_is_withdrawn() {
    let stage = Stage::new().await;
    let id = stage.awaited("b1", "t1").await;
    assert_eq!(stage.next(&id).await, [Next::Pay, Next::Cancel]);
    stage.says(&id, "pay").await.expect("it is taken");
    assert_eq!(stage.next(&id).await, []);
    let withdrawn = stage.withdraws(&id, 1).await.expect("it is withdrawn");
    assert_eq!(withdrawn.status, PaymentStatus::Voided);
    assert_eq!(stage.bench.audit(&id).await, ["hotel held", "out held"]);
    assert_eq!(stage.bank(&id, "approve").await, 409);
    stage.bench.authorize(&id, 2, TOKEN).await.expect("paid");
    is_booked(&stage, &id).await;
}

#[tokio::test]
async fn a_trip_is_cancelled_while_its_payment_is_pending_whatever_the_bank_says_then() {
    for decision in ["approve", "decline"] {
        let stage = Stage::new().await;
        let id = stage.awaited("b1", "t1").await;
        stage.says(&id, "cancel").await.expect("it is taken");
        stage.bank(&id, decision).await;
        stage.learns(&id, 1).await;
        assert!(stage.told.words().is_empty(), "{decision}");
        let paying = (BookingStatus::Paying, PaymentStatus::Pending);
        assert_eq!(stage.status(&id).await, paying, "{decision}");
        is_undone(&stage, &id, "Cancelled", BookingStatus::Cancelled).await;
    }
}

#[tokio::test]
async fn what_the_bank_approves_before_the_withdrawal_is_given_back() {
    for decision in ["approve", "decline"] {
        let stage = Stage::new().await;
        let id = stage.awaited("b1", "t1").await;
        stage.says(&id, "pay").await.expect("it is taken");
        stage.bank(&id, decision).await;
        stage.learns(&id, 1).await;
        stage.waits(&id, "t1").await.expect("twice");
        assert!(stage.told.words().is_empty(), "{decision}");
        stage.withdraws(&id, 1).await.expect("it is withdrawn");
        assert_eq!(stage.bench.audit(&id).await, ["hotel held", "out held"]);
        stage.bench.authorize(&id, 2, TOKEN).await.expect("paid");
        is_booked(&stage, &id).await;
    }
}

#[tokio::test]
async fn a_command_that_comes_after_the_decision_is_refused_and_says_so() {
    for command in ["pay", "cancel"] {
        let stage = Stage::new().await;
        let id = stage.awaited("b1", "t1").await;
        stage.bank(&id, "approve").await;
        stage.learns(&id, 1).await;
        let refused = stage.says(&id, command).await.unwrap_err();
        assert_eq!(refused.name(), "Conflict");
        let said = refused.to_string();
        assert!(said.contains("the payment is authorized"), "{said}");
        is_booked(&stage, &id).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_and_a_command_at_once_exclude_each_other() {
    for command in ["pay", "cancel"] {
        let stage = Stage::new().await;
        let id = stage.awaited("b1", "t1").await;
        stage.bank(&id, "approve").await;
        let (store, gate) = Gate::shut(&stage.bench.address, Held::Request).await;
        let slow = Stage {
            bench: stage.bench.with_store(store),
            ..stage.clone()
        };
        let of = id.clone();
        let learning = tokio::spawn(async move { slow.learns(&of, 1).await });
        gate.reached().await; // the decision is about to be recorded
        stage.says(&id, command).await.expect("it is taken");
        gate.open();
        learning.await.unwrap();
        assert!(stage.told.words().is_empty(), "{command}");
        let paying = (BookingStatus::Paying, PaymentStatus::Pending);
        assert_eq!(stage.status(&id).await, paying, "{command}");
        is_undone(&stage, &id, "Cancelled", BookingStatus::Cancelled).await;
    }
}

#[tokio::test]
async fn only_one_command_is_taken_and_no_leg_comes_or_goes_meanwhile() {
    let stage = Stage::new().await;
    let id = stage.awaited("b1", "t1").await;
    let refused = stage.says(&id, "drop_leg").await.unwrap_err();
    assert!(refused.to_string().contains("a payment is pending"));
    stage.says(&id, "pay").await.expect("it is taken");
    let before = stage.bench.snapshot(&id).await;
    let other = stage.says(&id, "cancel").await.unwrap_err();
    assert!(other.to_string().contains("`pay` is being carried out"));
    stage.says(&id, "pay").await.expect("the same once more");
    assert_eq!(stage.bench.snapshot(&id).await, before);
}

#[tokio::test]
async fn a_withdrawal_is_asked_about_tried_again_or_given_up_as_its_supplier_answers() {
    for (fault, told, name) in [
        ("lost", None, "lost"),
        ("unavailable:1", Some("Unavailable"), "unavailable"),
        ("refuse", Some("Refused"), "refused"),
    ] {
        let stage = Stage::new().await;
        let id = stage.bench.held(name).await;
        let payment = json!({"token": PENDING_CARD, "simulate": {"withdraw": fault}});
        stage.bench.pay(&id, 1, payment).await.unwrap_err();
        stage.waits(&id, "t1").await.expect("it waits");
        stage.says(&id, "pay").await.expect("it is taken");
        let failed = stage.withdraws(&id, 1).await.err();
        assert_eq!(failed.as_ref().map(Failure::name), told, "{failed:?}");
        match told {
            Some("Refused") => {
                is_undone(&stage, &id, "Refused", BookingStatus::Failed).await;
                continue;
            }
            Some(_) => drop(stage.withdraws(&id, 1).await.expect("at the second try")),
            None => {}
        }
        stage.bench.authorize(&id, 2, TOKEN).await.expect("paid");
        is_booked(&stage, &id).await;
    }
}

#[tokio::test]
async fn workers_of_the_withdrawn_attempt_that_come_late_change_nothing() {
    let stage = Stage::new().await;
    let id = stage.awaited("b1", "t1").await;
    stage.says(&id, "pay").await.expect("it is taken");
    stage.withdraws(&id, 1).await.expect("it is withdrawn");
    stage.withdraws(&id, 1).await.expect("twice");
    let late = stage.bench.authorize(&id, 1, PENDING_CARD).await;
    assert!(matches!(late, Err(Failure::Refused(_))), "{late:?}");
    stage.bench.authorize(&id, 2, TOKEN).await.expect("paid");
    let before = stage.bench.snapshot(&id).await;
    for failed in [
        stage.withdraws(&id, 1).await,
        stage.waits(&id, "t2").await,
        stage.bench.authorize(&id, 1, TOKEN).await,
    ] {
        assert!(matches!(failed, Err(Failure::Conflict(_))), "{failed:?}");
    }
    stage.learns(&id, 1).await;
    assert_eq!(stage.bench.snapshot(&id).await, before);
    let unknown = stage.withdraws(&id, 2).await;
    assert!(matches!(unknown, Err(Failure::Conflict(_))), "{unknown:?}");
    is_booked(&stage, &id).await;
}

#[tokio::test]
async fn an_authorization_that_reaches_the_supplier_late_is_refused_there() {
    let stage = Stage::new().await;
    let id = stage.awaited("b1", "t1").await;
    stage.says(&id, "pay").await.expect("it is taken");
    stage.withdraws(&id, 1).await.expect("it is withdrawn");
    let total = stage.bench.snapshot(&id).await.total();
    let body = json!({"booking": id, "attempt": 1, "token": TOKEN, "amount": total});
    let late = stage
        .bench
        .tell_suppliers("/payment/authorize", "late", body);
    assert_eq!(late.await, 409);
    stage.bench.authorize(&id, 2, TOKEN).await.expect("paid");
    is_booked(&stage, &id).await;
}

#[tokio::test]
async fn a_deadline_that_passes_meanwhile_leaves_no_time_for_another_payment() {
    let stage = Stage::new().await;
    let bench = &stage.bench;
    let id = bench.held("b1").await;
    bench.clock.advance(Duration::from_secs(890)); // ten seconds are left
    bench.authorize(&id, 1, PENDING_CARD).await.unwrap_err();
    stage.waits(&id, "t1").await.expect("it waits");
    stage.says(&id, "pay").await.expect("it is taken");
    bench.clock.advance(Duration::from_secs(11));
    let expired = stage.withdraws(&id, 1).await.unwrap_err();
    assert_eq!(expired.name(), "HoldExpired");
    let timer = bench.snapshot(&id).await.booking.state.timer;
    assert_eq!(timer.state, State::Fired);
    is_undone(&stage, &id, "HoldExpired", BookingStatus::Expired).await;
}

#[tokio::test]
async fn after_the_deadline_a_pending_payment_may_be_cancelled_and_not_replaced() {
    let stage = Stage::new().await;
    let late = stage.bench.held("b1").await;
    stage.bench.clock.advance(Duration::from_secs(890));
    stage
        .bench
        .authorize(&late, 1, PENDING_CARD)
        .await
        .unwrap_err();
    stage.waits(&late, "t1").await.expect("it waits");
    stage.bench.clock.advance(Duration::from_secs(11));
    assert_eq!(stage.next(&late).await, [Next::Cancel]);
    let refused = stage.says(&late, "pay").await.unwrap_err();
    assert_eq!(refused.name(), "HoldExpired");
    stage.says(&late, "cancel").await.expect("it is taken");
    is_undone(&stage, &late, "Cancelled", BookingStatus::Cancelled).await;
}

#[tokio::test]
async fn a_withdrawal_that_outlives_its_lease_gives_the_remaining_time_back() {
    let stage = Stage::new().await;
    let id = stage.awaited("b1", "t1").await;
    stage.says(&id, "pay").await.expect("it is taken");
    stage.bench.clock.advance(LEASE);
    stage.withdraws(&id, 1).await.expect("it is withdrawn");
    let timer = stage.bench.snapshot(&id).await.booking.state.timer;
    assert_eq!(timer.state, State::Running);
    stage.bench.authorize(&id, 2, TOKEN).await.expect("paid");
    is_booked(&stage, &id).await;
}

/// The caller has died before it told the execution.
#[tokio::test]
async fn a_cancellation_that_nobody_told_is_told_by_the_next_try_of_the_wait() {
    let stage = Stage::new().await;
    let id = stage.awaited("b1", "t1").await;
    stage.says(&id, "cancel").await.expect("it is taken");
    stage.bank(&id, "approve").await;
    stage.bench.clock.advance(Duration::from_secs(60));
    stage.waits(&id, "t2").await.expect("it hears it");
    assert_eq!(stage.told.words(), ["t2: cancel"]);
    is_undone(&stage, &id, "Cancelled", BookingStatus::Cancelled).await;
}

/// What the other payment pays with is stored nowhere.
#[tokio::test]
async fn another_payment_that_nobody_told_is_given_up_and_the_bank_decides() {
    let stage = Stage::new().await;
    let id = stage.awaited("b1", "t1").await;
    stage.says(&id, "pay").await.expect("it is taken");
    stage.bank(&id, "approve").await;
    stage.bench.clock.advance(Duration::from_secs(5));
    stage.waits(&id, "t2").await.expect("its caller may live");
    assert!(stage.told.words().is_empty());
    stage.bench.clock.advance(Duration::from_secs(60));
    stage.waits(&id, "t3").await.expect("it goes on");
    assert_eq!(stage.told.words(), ["t3: authorized"]);
    let refused = stage.withdraws(&id, 1).await.unwrap_err();
    assert_eq!(refused.name(), "Conflict");
    is_booked(&stage, &id).await;
}

#[tokio::test]
async fn second_thoughts_may_come_twice() {
    let stage = Stage::new().await;
    let id = stage.awaited("b1", "t1").await;
    for attempt in [1, 2] {
        stage.says(&id, "pay").await.expect("it is taken");
        stage.withdraws(&id, attempt).await.expect("withdrawn");
        let pending = stage.bench.authorize(&id, attempt + 1, PENDING_CARD).await;
        assert!(matches!(pending, Err(Failure::Pending(_))), "{pending:?}");
        let step = holdfast_booking::steps::PaymentStep {
            token: Some(format!("after {attempt}")),
            ..payment_step(&id, Action::Await, attempt + 1, None)
        };
        stage.decisions().wait(&step).await.expect("it waits");
    }
    stage.bank(&id, "approve").await;
    stage.learns(&id, 3).await;
    assert_eq!(stage.told.words(), ["after 2: authorized"]);
    let withdrawn = |name: &EventName| *name == EventName::PaymentWithdrawn;
    let events = stage.bench.events(&id).await;
    let count = events.iter().filter(|event| withdrawn(&event.name)).count();
    assert_eq!(count, 2);
    is_booked(&stage, &id).await;
}
