//! What an event that ends an order tells other services: whom to write to, and what of.

use holdfast_core::cause::Cause;
use holdfast_order_rules::action::StepName;
use holdfast_order_rules::desk::abandoned;
use holdfast_order_rules::event::Event;
use holdfast_order_rules::order::OrderStatus;
use holdfast_order_rules::status::PaymentStatus;
use holdfast_order_rules::turning::turn_back;
use serde_json::json;

use crate::story::Story;

#[test]
fn an_order_that_is_completed_tells_whom_to_write_to_and_what_they_paid_for() {
    let story = Story::up_to(StepName::CapturePayment);
    assert_eq!(story.status(), OrderStatus::Completed);
    let ended = story.ended();
    assert_eq!(ended.customer, story.snapshot.order.customer);
    assert_eq!(ended.items, story.snapshot.order.items);
    assert_eq!(ended.total, story.snapshot.order.total);
    assert_eq!(ended.payment, PaymentStatus::Captured);
    assert_eq!(ended.invoice.as_deref(), Some("2027-000001"));
    assert_eq!(ended.tracking.as_deref(), Some("BR123"));
    assert_eq!(ended.credit_note, None);
}

#[test]
fn an_order_that_is_undone_tells_its_credit_note_and_what_became_of_the_money() {
    let mut story = Story::up_to(StepName::GenerateInvoice);
    turned(&mut story);
    while let Some(action) = story.work().first().copied() {
        story.undoes(action);
    }
    assert_eq!(story.closes(), OrderStatus::Failed);
    let ended = story.ended();
    assert_eq!(ended.payment, PaymentStatus::Voided);
    assert_eq!(ended.credit_note.as_deref(), Some("C-1"));
    assert!(ended.items.is_empty());
}

#[test]
fn an_order_that_comes_to_the_desk_tells_it_and_so_does_the_operator_who_gives_it_up() {
    let mut story = Story::up_to(StepName::AuthorizePayment);
    turned(&mut story);
    assert_eq!(story.closes(), OrderStatus::NeedsAttention);
    assert_eq!(story.ended().payment, PaymentStatus::Authorized);
    let given_up = abandoned(&story.snapshot, "no answer", story.stamp());
    assert!(story.writes(Some(given_up)));
    assert_eq!(story.status(), OrderStatus::Failed);
    assert_eq!(story.ended().customer, story.snapshot.order.customer);
}

#[test]
fn an_event_from_before_is_read_as_one_that_tells_nothing() {
    let story = Story::up_to(StepName::CapturePayment);
    let mut stored = json!(story.events.last().unwrap());
    assert!(stored.as_object_mut().unwrap().remove("ended").is_some());
    let event: Event = serde_json::from_value(stored).unwrap();
    assert_eq!(event.ended, None);
}

fn turned(story: &mut Story) {
    let cause = Cause {
        step: "ship_order".to_owned(),
        error: "Unavailable".to_owned(),
        message: "no answer".to_owned(),
    };
    let turned = turn_back(&story.snapshot, &cause, story.stamp());
    assert!(story.writes(turned));
}
