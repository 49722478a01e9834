//! What is asked over the broker: the answers come late, doubled, or in another order.

use holdfast_core::failure::Failure;
use holdfast_order_rules::action::{Action, StepName};
use holdfast_order_rules::broker::{Answer, Request};
use holdfast_order_rules::command::cancel;
use holdfast_order_rules::order::{OrderStatus, Progress};
use holdfast_order_rules::telling::Told;
use serde_json::json;

use crate::story::{LIFETIME, Story};

const TAKE: Action = Action::RemoveFromStock;

#[test]
fn a_request_says_all_that_the_other_service_must_know() {
    let mut story = Story::up_to(StepName::AuthorizePayment);
    story.asks(TAKE).unwrap();
    let event = serde_json::to_value(story.events.last().unwrap()).unwrap();
    assert_eq!(event["name"], "stock_requested");
    assert_eq!(
        event["request"],
        json!({
            "items": [{"sku": "BOOK-001", "quantity": 2}, {"sku": "MUG-001", "quantity": 1}],
            "simulate": "unavailable:2",
        })
    );
    story.hears("stock_available", json!({})).unwrap();
    story.asks(Action::GenerateInvoice).unwrap();
    let event = serde_json::to_value(story.events.last().unwrap()).unwrap();
    let request = &event["request"];
    assert_eq!(request["items"][0]["amount"]["amount"], 2 * 8_990);
    assert_eq!(request["total"]["amount"], 2 * 8_990 + 3_990);
    assert_eq!(request["customer"]["email"], "buyer@example.com");
    assert_eq!(request["deliver_to"]["country"], "BR");
}

#[test]
fn a_request_is_read_as_it_was_written() {
    let mut story = Story::up_to(StepName::GenerateInvoice);
    let change = cancel(&story.snapshot, story.stamp()).unwrap();
    story.writes(change);
    story.undoes(Action::CancelInvoice);
    story.undoes(Action::ReturnStock);
    let requests = story
        .events
        .iter()
        .filter_map(|event| event.request.clone());
    let requests: Vec<_> = requests.collect();
    assert_eq!(requests.len(), 4);
    for request in requests {
        let json = serde_json::to_value(&request).unwrap();
        let read: Request = serde_json::from_value(json).unwrap();
        assert_eq!(read, request);
    }
}

#[test]
fn the_execution_that_waits_is_told_and_told_again() {
    let mut story = Story::up_to(StepName::AuthorizePayment);
    story.asks_as(TAKE, "a", 1, 0).unwrap();
    assert_eq!(story.told(), None);
    assert!(story.hears("stock_available", json!({})).unwrap());
    assert!(!story.hears("stock_available", json!({})).unwrap());
    let (handle, told) = story.told().unwrap();
    assert_eq!(handle, "a");
    assert!(matches!(told, Told::Success(done) if done.status == OrderStatus::Created));
}

#[test]
fn a_wait_that_is_tried_again_asks_again_and_is_the_one_that_is_told() {
    let mut story = Story::up_to(StepName::AuthorizePayment);
    story.asks_as(TAKE, "a", 1, 0).unwrap();
    let first = story.last_request();
    assert!(!story.asks_as(TAKE, "a", 1, 0).unwrap());
    assert!(story.asks_as(TAKE, "b", 1, 1).unwrap());
    assert_ne!(story.last_request(), first);
    let late = story.asks_as(TAKE, "a", 1, 0).unwrap_err();
    assert_eq!(late.name(), "Conflict");
    story
        .hears(
            "stock_unavailable",
            json!({"reason": "LAST-ONE: 2 wanted, 1 left"}),
        )
        .unwrap();
    let (handle, told) = story.told().unwrap();
    assert_eq!(handle, "b");
    let why = Failure::Refused("LAST-ONE: 2 wanted, 1 left".to_owned());
    assert_eq!(told, Told::Failure(why));
    assert!(!story.asks_as(TAKE, "c", 1, 2).is_ok_and(|written| written));
    assert_eq!(story.work(), [Action::VoidPayment]);
}

#[test]
fn whoever_waits_is_told_when_the_order_is_cancelled_or_its_time_is_up() {
    let mut story = Story::up_to(StepName::AuthorizePayment);
    story.asks_as(TAKE, "a", 1, 0).unwrap();
    let change = cancel(&story.snapshot, story.stamp()).unwrap();
    story.writes(change);
    let (_, told) = story.told().unwrap();
    assert!(matches!(told, Told::Failure(Failure::Cancelled(_))));

    let mut late = Story::up_to(StepName::AuthorizePayment);
    late.asks_as(TAKE, "a", 1, 0).unwrap();
    late.now = late.now + LIFETIME;
    assert!(late.asks_as(TAKE, "b", 1, 1).unwrap());
    assert_eq!(late.status(), OrderStatus::Cancelling);
    let (handle, told) = late.told().unwrap();
    assert_eq!(handle, "a");
    assert!(matches!(told, Told::Failure(Failure::Cancelled(_))));
}

#[test]
fn an_answer_that_comes_when_the_goods_are_being_put_back_changes_nothing() {
    let mut story = Story::up_to(StepName::AuthorizePayment);
    story.asks(TAKE).unwrap();
    let change = cancel(&story.snapshot, story.stamp()).unwrap();
    story.writes(change);
    story.asks(Action::ReturnStock).unwrap();
    assert!(!story.hears("stock_available", json!({})).unwrap());
    assert!(!story.hears("stock_unavailable", json!({})).unwrap());
    assert!(story.hears("stock_returned", json!({})).unwrap());
    let step = story.progress(StepName::RemoveFromStock);
    assert_eq!(step, Progress::COMPENSATED);
    let (_, told) = story.told().unwrap();
    assert!(matches!(told, Told::Success(done) if done.action == Action::ReturnStock));
}

#[test]
fn an_answer_to_what_is_not_written_yet_is_tried_again() {
    let mut story = Story::up_to(StepName::AuthorizePayment);
    let hear = |story: &Story, id: String| {
        let detail = json!({"order_id": "o-1", "request_id": id});
        let answer = Answer::read("stock_available", &detail).unwrap();
        let at = story.stamp();
        holdfast_order_rules::answering::record_answer(&story.snapshot, &answer, at)
    };
    let version = story.snapshot.order.version;
    let early = hear(&story, format!("o-1/order.{}", version + 1)).unwrap_err();
    assert_eq!(early.name(), "Unavailable");
    let skewed = hear(&story, format!("o-1/order.{version}")).unwrap_err();
    assert_eq!(skewed.name(), "Unavailable");
    story.asks(TAKE).unwrap();
    for bad in ["o-2/order.3", "o-1/order.x", "o-1", ""] {
        let refused = hear(&story, bad.to_owned()).unwrap_err();
        assert_eq!(refused.name(), "InvalidOrder", "{bad}");
    }
}

#[test]
fn an_answer_that_makes_no_sense_is_refused_by_its_field() {
    let long = "x".repeat(300_000);
    let whole = json!({"order_id": "o-1", "request_id": "o-1/order.2"});
    for (name, detail, field) in [
        ("stock_sold", whole.clone(), "detail-type"),
        ("invoice_issued", whole, "detail.number"),
        (
            "invoice_issued",
            json!({"order_id": "o-1", "request_id": "r", "number": long}),
            "detail.number",
        ),
        (
            "stock_available",
            json!({"request_id": "r"}),
            "detail.order_id",
        ),
        (
            "stock_available",
            json!({"order_id": "a b", "request_id": "r"}),
            "detail.order_id",
        ),
        ("stock_available", json!(7), "detail"),
    ] {
        match Answer::read(name, &detail) {
            Err(Failure::InvalidOrder { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn an_invoice_that_never_was_is_cancelled_without_a_number() {
    let mut story = Story::up_to(StepName::RemoveFromStock);
    story.asks(Action::GenerateInvoice).unwrap();
    let change = cancel(&story.snapshot, story.stamp()).unwrap();
    story.writes(change);
    story.asks(Action::CancelInvoice).unwrap();
    assert!(story.hears("invoice_cancelled", json!({})).unwrap());
    let step = story.progress(StepName::GenerateInvoice);
    assert_eq!(step, Progress::COMPENSATED);
}
