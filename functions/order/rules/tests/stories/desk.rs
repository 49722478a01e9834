//! What waits at the desk, and what becomes of it.

use std::time::Duration;

use holdfast_order_rules::action::{Action, StepName};
use holdfast_order_rules::asking::ask;
use holdfast_order_rules::beginning::Try;
use holdfast_order_rules::closing::conclude;
use holdfast_order_rules::command::cancel;
use holdfast_order_rules::desk::{
    abandoned, check_planned, check_waits, handed_over, lost_work, resolved, set_about, try_failed,
    waiting_work, would_become,
};
use holdfast_order_rules::order::{OrderStatus, Progress};
use holdfast_order_rules::undoing;
use serde_json::json;

use crate::story::Story;

/// An order whose goods cannot be put back.
fn stuck() -> Story {
    let mut story = Story::up_to(StepName::RemoveFromStock);
    let change = cancel(&story.snapshot, story.stamp()).unwrap();
    story.writes(change);
    story.asks(Action::ReturnStock).unwrap();
    let over = handed_over(&story.snapshot, Action::ReturnStock, "late", story.stamp());
    assert!(story.writes(over));
    story.undoes(Action::VoidPayment);
    assert_eq!(story.closes(), OrderStatus::NeedsAttention);
    story
}

/// A shipped order whose money cannot be taken.
fn owed() -> Story {
    let mut story = Story::up_to(StepName::ShipOrder);
    story.begins(StepName::CapturePayment).unwrap();
    let over = handed_over(
        &story.snapshot,
        Action::CapturePayment,
        "late",
        story.stamp(),
    );
    assert!(story.writes(over));
    assert!(
        handed_over(
            &story.snapshot,
            Action::CapturePayment,
            "late",
            story.stamp()
        )
        .is_none()
    );
    assert_eq!(story.closes(), OrderStatus::NeedsAttention);
    story
}

#[test]
fn an_undo_that_failed_waits_and_is_done_later() {
    let mut story = stuck();
    assert_eq!(
        story.progress(StepName::RemoveFromStock),
        Progress::NOT_UNDONE
    );
    assert_eq!(story.work(), [Action::ReturnStock]);
    let again = ask(
        &story.snapshot,
        Action::ReturnStock,
        None,
        Try::Again,
        story.stamp(),
    );
    assert!(story.writes(again.unwrap()));
    let step = story.snapshot.step(StepName::RemoveFromStock).unwrap();
    assert_eq!(step.state.compensate_retries, 1);
    assert!(story.hears("stock_returned", json!({})).unwrap());
    let concluded = conclude(&story.snapshot, story.stamp());
    assert!(story.writes(concluded));
    assert_eq!(story.status(), OrderStatus::Cancelled);
    assert_eq!(
        story.snapshot.order.state.reason.as_deref(),
        Some("cancelled by the customer")
    );
}

#[test]
fn a_capture_that_is_owed_waits_and_completes_the_order() {
    let mut story = owed();
    assert_eq!(story.work(), [Action::CapturePayment]);
    assert_eq!(
        would_become(&story.snapshot, &waiting_work(&story.snapshot)),
        OrderStatus::Completed
    );
    assert!(story.is_done(StepName::CapturePayment));
    assert_eq!(story.status(), OrderStatus::Completed);
    assert_eq!(story.snapshot.order.state.reason, None);
}

#[test]
fn a_capture_that_the_desk_is_refused_leads_back() {
    let mut story = owed();
    assert!(story.is_refused(StepName::CapturePayment));
    assert_eq!(story.status(), OrderStatus::NeedsAttention);
    assert_eq!(story.work().len(), 4);
    for action in story.work() {
        story.undoes(action);
    }
    let concluded = conclude(&story.snapshot, story.stamp());
    assert!(story.writes(concluded));
    assert_eq!(story.status(), OrderStatus::Failed);
}

#[test]
fn an_operator_decides_upon_what_waits_and_nothing_else() {
    let mut story = stuck();
    let work = waiting_work(&story.snapshot);
    assert!(check_planned(&work, &[]).is_err());
    assert!(check_waits(&story.snapshot).is_ok());
    let done = resolved(&story.snapshot, &work, "counted", story.stamp());
    assert!(story.writes(Some(done)));
    assert_eq!(story.status(), OrderStatus::Cancelled);
    assert!(check_waits(&story.snapshot).is_err());
}

#[test]
fn a_try_is_told_as_long_as_its_work_waits() {
    let mut story = stuck();
    let work = waiting_work(&story.snapshot);
    let begun = set_about(&story.snapshot, &work, "again", story.stamp());
    assert!(story.writes(begun));
    let failed = try_failed(&story.snapshot, &work, "refused", story.stamp());
    let failed = failed.expect("it waits");
    assert_eq!(failed.event.about, [StepName::RemoveFromStock]);
    assert!(story.writes(Some(failed)));
    let done = resolved(&story.snapshot, &work, "counted", story.stamp());
    story.writes(Some(done));
    let begun = set_about(&story.snapshot, &work, "again", story.stamp());
    assert_eq!(begun, None);
    let failed = try_failed(&story.snapshot, &work, "refused", story.stamp());
    assert_eq!(failed, None);
}

#[test]
fn an_abandoned_order_keeps_what_is_true() {
    let mut story = stuck();
    let given_up = abandoned(&story.snapshot, "written off", story.stamp());
    assert!(story.writes(Some(given_up)));
    assert_eq!(story.status(), OrderStatus::Cancelled);
    assert_eq!(
        story.progress(StepName::RemoveFromStock),
        Progress::NOT_UNDONE
    );
    let reason = story.snapshot.order.state.reason.clone().unwrap();
    assert!(
        reason.contains("abandoned at the desk: written off"),
        "{reason}"
    );
    assert!(waiting_work(&story.snapshot).is_empty());
    assert!(story.hears("stock_returned", json!({})).unwrap());
}

#[test]
fn a_capture_that_lands_after_its_order_was_abandoned_is_recorded() {
    let mut story = owed();
    let given_up = abandoned(&story.snapshot, "too old", story.stamp());
    assert!(story.writes(Some(given_up)));
    assert_eq!(story.status(), OrderStatus::Completed);
    assert!(story.is_done(StepName::CapturePayment));
    assert_eq!(story.progress(StepName::CapturePayment), Progress::SUCCESS);
    let refused = story.begins(StepName::CapturePayment);
    assert_eq!(refused, Ok(false));
}

#[test]
fn money_is_not_asked_for_once_its_order_was_abandoned() {
    let mut story = owed();
    let given_up = abandoned(&story.snapshot, "too old", story.stamp());
    story.writes(Some(given_up));
    let refused = story.begins(StepName::CapturePayment).unwrap_err();
    assert_eq!(refused.name(), "Conflict");
}

#[test]
fn work_that_nobody_has_tried_for_an_hour_is_reminded_of() {
    let story = stuck();
    let updated = story.snapshot.order.updated;
    let at = |minutes: u64| lost_work(&story.snapshot, updated + Duration::from_secs(60 * minutes));
    assert!(at(59).is_none());
    let (work, pause) = at(61).unwrap();
    assert_eq!(work, waiting_work(&story.snapshot));
    assert_eq!(pause, Duration::from_secs(3600));
}

#[test]
fn nothing_is_handed_over_of_an_order_that_stands() {
    let story = Story::up_to(StepName::ShipOrder);
    for action in [
        Action::ReturnStock,
        Action::VoidPayment,
        Action::CapturePayment,
    ] {
        let over = handed_over(&story.snapshot, action, "late", story.stamp());
        assert!(over.is_none(), "{action}");
    }
    assert!(waiting_work(&story.snapshot).is_empty());
    assert!(!undoing::is_undone(&story.snapshot));
}
