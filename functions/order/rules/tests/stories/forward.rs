//! The way forward.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_order_rules::action::StepName;
use holdfast_order_rules::beginning::{Try, begin, is_to_do};
use holdfast_order_rules::command::cancel;
use holdfast_order_rules::deadline::wake;
use holdfast_order_rules::event::EventName;
use holdfast_order_rules::order::{OrderStatus, Progress};
use holdfast_order_rules::placing::{is_placed_by, take_up};
use holdfast_order_rules::status::{InvoiceStatus, PaymentStatus, ShipmentStatus};
use holdfast_order_rules::view::OrderView;

use crate::story::{LIFETIME, Story};

#[test]
fn an_order_is_completed_step_by_step() {
    let story = Story::up_to(StepName::CapturePayment);
    assert_eq!(
        story.way(),
        [
            OrderStatus::Pending,
            OrderStatus::Created,
            OrderStatus::Invoiced,
            OrderStatus::Shipped,
            OrderStatus::Completed,
        ]
    );
    let view = OrderView::from(&story.snapshot);
    assert_eq!(view.total.amount, 2 * 8_990 + 3_990);
    assert_eq!(view.payment.status, PaymentStatus::Captured);
    assert_eq!(view.invoice.number.as_deref(), Some("2027-000001"));
    assert_eq!(view.invoice.status, InvoiceStatus::Issued);
    assert_eq!(view.shipment.tracking.as_deref(), Some("BR123"));
    assert_eq!(view.shipment.status, ShipmentStatus::Booked);
    assert!(
        view.steps
            .iter()
            .all(|step| step.attempts == 1 && step.ended.is_some())
    );
    assert_eq!(story.events.len(), 13);
    assert!(story.work().is_empty());
}

#[test]
fn a_step_that_is_delivered_twice_writes_once() {
    let mut story = Story::placed();
    assert!(story.begins(StepName::CheckCredit).unwrap());
    assert!(!story.begins(StepName::CheckCredit).unwrap());
    assert!(story.is_done(StepName::CheckCredit));
    assert!(!story.is_done(StepName::CheckCredit));
    assert!(!story.begins(StepName::CheckCredit).unwrap());
    assert_eq!(is_to_do(&story.snapshot, StepName::CheckCredit), Ok(false));
}

#[test]
fn a_try_is_counted_once_however_often_it_is_delivered() {
    let mut story = Story::placed();
    story.begins(StepName::CheckCredit).unwrap();
    for _ in 0..2 {
        let again = Try::Numbered(1);
        let change = begin(&story.snapshot, StepName::CheckCredit, again, story.stamp());
        story.writes(change.unwrap());
    }
    let step = story.snapshot.step(StepName::CheckCredit).unwrap();
    assert_eq!(step.state.attempts, 2);
    assert_eq!(story.names().last(), Some(&EventName::StepRetried));
}

#[test]
fn no_step_begins_before_the_one_before_it_is_done() {
    for step in StepName::ALL.iter().skip(2) {
        let mut story = Story::placed();
        let refused = story.begins(*step).unwrap_err();
        assert_eq!(refused.name(), "Conflict", "{step}");
    }
}

#[test]
fn a_step_that_begins_after_the_deadline_ends_the_order() {
    let mut story = Story::up_to(StepName::ShipOrder);
    story.now = story.now + LIFETIME;
    assert!(story.begins(StepName::CapturePayment).unwrap());
    assert_eq!(story.status(), OrderStatus::Cancelling);
    assert_eq!(story.progress(StepName::CapturePayment), Progress::SKIPPED);
    let refused = is_to_do(&story.snapshot, StepName::CapturePayment);
    assert!(matches!(refused, Err(Failure::Cancelled(why)) if why.contains("not completed by")));
}

#[test]
fn a_wake_up_fires_when_time_is_up_and_not_before() {
    let mut story = Story::up_to(StepName::RemoveFromStock);
    assert!(wake(&story.snapshot, 1, story.stamp()).is_none());
    story.now = story.now + LIFETIME;
    assert!(wake(&story.snapshot, 2, story.stamp()).is_none());
    let fired = wake(&story.snapshot, 1, story.stamp());
    assert!(story.writes(fired));
    assert_eq!(story.status(), OrderStatus::Cancelling);
    assert!(wake(&story.snapshot, 1, story.stamp()).is_none());
}

#[test]
fn what_is_committed_is_neither_fired_nor_cancelled() {
    let mut story = Story::up_to(StepName::ShipOrder);
    assert!(story.begins(StepName::CapturePayment).unwrap());
    story.now = story.now + LIFETIME;
    assert!(wake(&story.snapshot, 1, story.stamp()).is_none());
    let refused = cancel(&story.snapshot, story.stamp()).unwrap_err();
    assert_eq!(refused.name(), "Conflict");
    assert!(story.is_done(StepName::CapturePayment));
    assert_eq!(story.status(), OrderStatus::Completed);
}

#[test]
fn an_execution_that_uses_an_old_name_again_did_not_place_the_order() {
    let story = Story::placed();
    let created = story.snapshot.order.created;
    let is = |arn, later| {
        let started = created + Duration::from_secs(later);
        is_placed_by(&story.snapshot, arn, Some(started))
    };
    assert!(is("arn:1", 60));
    assert!(!is("arn:2", 60));
    assert!(!is("arn:1", 91 * 86_400));
}

#[test]
fn another_execution_takes_an_order_up_once() {
    let mut story = Story::up_to(StepName::CheckCredit);
    let taken = take_up(&story.snapshot, "arn:2", story.stamp());
    assert!(story.writes(taken));
    assert_eq!(story.snapshot.order.execution, "arn:2");
    assert!(take_up(&story.snapshot, "arn:2", story.stamp()).is_none());
}
