//! Faults that an order scripts, where the stack allows them.

use std::time::{Duration, Instant};

use holdfast_core::time::Timestamp;
use holdfast_invoices::requests::Requests;
use holdfast_invoices::rules::{EventName, State};
use holdfast_kit::clock::Clock;
use holdfast_kit::rehearsal::Simulation;

use crate::stage::{Stage, said, unwants, unwants_with, wants, wants_with};

#[tokio::test]
async fn a_refusal_that_is_scripted_takes_no_number_and_stays() {
    let stage = Stage::new().await;
    stage.deliver(&wants_with("o-1", "order.5", "refuse")).await;
    let refused = stage.last_answer("o-1").await;
    assert_eq!(refused.name, EventName::InvoiceRefused);
    assert!(matches!(stage.state("o-1").await, State::Refused { .. }));
    stage.deliver(&wants("o-1", "order.6")).await;
    assert_eq!(
        stage.last_answer("o-1").await.name,
        EventName::InvoiceRefused
    );
    assert!(stage.given().await.is_empty());
}

#[tokio::test]
async fn cancelling_may_be_refused_and_succeeds_when_it_is_asked_again() {
    let stage = Stage::new().await;
    stage.deliver(&wants("o-1", "order.5")).await;
    stage
        .deliver(&unwants_with("o-1", "order.9", "refuse"))
        .await;
    let refused = stage.last_answer("o-1").await;
    assert_eq!(refused.name, EventName::InvoiceRefused);
    assert_eq!(refused.request_id.to_string(), "o-1/order.9");
    assert!(matches!(stage.state("o-1").await, State::Issued { .. }));
    stage.deliver(&unwants("o-1", "order.10")).await;
    assert!(matches!(stage.state("o-1").await, State::Cancelled { .. }));
    // There is nothing to refuse where there is no invoice.
    stage
        .deliver(&unwants_with("o-2", "order.9", "refuse"))
        .await;
    assert_eq!(stage.state("o-2").await, State::NeverIssued);
}

#[tokio::test]
async fn what_is_unavailable_does_nothing_as_often_as_it_is_scripted() {
    let stage = Stage::new().await;
    for message in [
        wants_with("o-1", "order.5", "unavailable:2"),
        unwants_with("o-1", "order.9", "unavailable:2"),
    ] {
        let stored = stage.items().await;
        for tries in [1, 2] {
            let failed = stage.requests.answer(&message, tries).await;
            assert_eq!(failed.unwrap_err().name(), "Unavailable");
            assert_eq!(stage.items().await, stored);
        }
        stage.requests.answer(&message, 3).await.unwrap();
    }
    assert_eq!(stage.answers("o-1").await.len(), 2);
}

#[tokio::test]
async fn an_answer_that_is_lost_is_told_to_whoever_asks_again() {
    let stage = Stage::new().await;
    for event in ["order.5", "order.6"] {
        stage.deliver(&wants_with("o-1", event, "lost:2")).await;
        let lost = stage.last_answer("o-1").await;
        let nothing = (EventName::InvoiceAnswerLost, String::new(), String::new());
        assert_eq!(said(&lost), nothing);
        assert!(matches!(stage.state("o-1").await, State::Issued { .. }));
        // The same request again is not an other one.
        stage.deliver(&wants_with("o-1", event, "lost:2")).await;
    }
    stage.deliver(&wants_with("o-1", "order.7", "lost:2")).await;
    let told = stage.last_answer("o-1").await;
    assert_eq!(told.name, EventName::InvoiceIssued);
    for (event, name) in [
        ("order.9", EventName::InvoiceAnswerLost),
        ("order.10", EventName::InvoiceCancelled),
    ] {
        stage.deliver(&unwants_with("o-1", event, "lost:1")).await;
        assert_eq!(stage.last_answer("o-1").await.name, name);
    }
    assert_eq!(stage.answers("o-1").await.len(), 5);
    let given = stage.given().await;
    assert_eq!((given["2027"].len(), given["2027-C"].len()), (1, 1));
}

#[tokio::test]
async fn what_is_slow_counts_from_when_it_was_asked_and_holds_up_nobody() {
    let stage = Stage::new().await;
    // It was asked at 11:59:59, and 1.4 of its seconds are over, or all of them.
    let clock = |text: &str| {
        let now: Timestamp = text.parse().unwrap();
        Clock::from_fn(move || now)
    };
    let simulation = Simulation::dying_by(|| panic!("dies, as scripted"));
    let slow = wants_with("o-1", "order.5", "slow:1500");
    let late = Requests::new(
        stage.store.clone(),
        clock("2027-01-10T12:00:00.400Z"),
        simulation,
    );
    let began = Instant::now();
    let (waited, prompt) = tokio::join!(
        async {
            late.answer(&slow, 1).await.unwrap();
            began.elapsed()
        },
        async {
            late.answer(&wants("o-2", "order.5"), 1).await.unwrap();
            stage.last_answer("o-2").await.number.unwrap().place
        }
    );
    assert!(waited >= Duration::from_millis(100), "{waited:?}");
    assert_eq!(prompt, 1, "the slow one is numbered after it");
    let again = Requests::new(
        stage.store.clone(),
        clock("2027-01-10T12:00:09Z"),
        simulation,
    );
    let hour = wants_with("o-3", "order.5", "slow:10000");
    again.answer(&hour, 1).await.unwrap();
    assert_eq!(stage.given().await["2027"], [1, 2, 3]);
}

#[tokio::test]
async fn where_simulation_is_off_nothing_scripted_happens() {
    let stage = Stage::new().await;
    let clock = Clock::from_fn(|| crate::stage::at("12:00:00"));
    let requests = Requests::new(stage.store.clone(), clock, Simulation::default());
    for (place, fault) in ["refuse", "unavailable", "lost", "slow:60000"]
        .iter()
        .enumerate()
    {
        let order = format!("o-{place}");
        requests
            .answer(&wants_with(&order, "order.5", fault), 1)
            .await
            .unwrap();
        assert_eq!(
            stage.last_answer(&order).await.name,
            EventName::InvoiceIssued
        );
        requests
            .answer(&unwants_with(&order, "order.9", fault), 1)
            .await
            .unwrap();
        assert_eq!(
            stage.last_answer(&order).await.name,
            EventName::InvoiceCancelled
        );
    }
}
