//! What becomes of statuses: nothing of what has ended, and nothing forward of what is undone.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use holdfast_core::saga::{StepStatus, StepType};
use holdfast_order_rules::status::{Happened, OrderStatus, Progress, StepHappened};

#[test]
fn nothing_happens_to_an_order_that_has_ended() {
    let ended = OrderStatus::ALL
        .iter()
        .filter(|status| status.is_finished());
    for status in ended {
        for happened in Happened::ALL {
            assert_eq!(status.after(*happened), None, "{status:?} {happened:?}");
        }
    }
}

#[test]
fn an_order_that_is_turned_back_never_goes_forward_again() {
    let mut reached = BTreeSet::new();
    let mut left = vec![OrderStatus::Cancelling];
    while let Some(status) = left.pop() {
        if reached.insert(status.as_str()) {
            // The money of an order that needs attention may be what is left of a shipped one.
            let undone = Happened::ALL.iter().filter(|happened| {
                !matches!(happened, Happened::MoneyTaken | Happened::GivenUpUnpaid)
            });
            left.extend(undone.filter_map(|happened| status.after(*happened)));
        }
    }
    let ends = ["cancelled", "cancelling", "failed", "needs_attention"];
    assert_eq!(reached, BTreeSet::from(ends));
}

#[test]
fn a_step_that_is_being_undone_is_never_done_again() {
    let mut left = vec![Progress::COMPENSATING];
    let mut reached = BTreeSet::new();
    while let Some(progress) = left.pop() {
        if reached.insert(progress) {
            let next = StepHappened::ALL.iter();
            left.extend(next.filter_map(|happened| progress.after(*happened)));
        }
    }
    assert!(
        reached
            .iter()
            .all(|progress| progress.kind == StepType::Compensate)
    );
    assert_eq!(reached.len(), 3);
}

#[test]
fn what_is_gone_comes_back_only_where_a_refusal_was_wrong() {
    for progress in Progress::ALL.iter().filter(|progress| progress.is_gone()) {
        for happened in StepHappened::ALL {
            let next = progress.after(*happened);
            let wrong = *progress == Progress::FAILED;
            assert!(next.is_none() || wrong, "{progress:?} {happened:?}");
        }
    }
}

#[test]
fn each_way_of_standing_can_be_reached() {
    let mut reached = BTreeSet::new();
    let mut left = vec![Progress::PENDING];
    while let Some(progress) = left.pop() {
        if reached.insert(progress) {
            let next = StepHappened::ALL.iter();
            left.extend(next.filter_map(|happened| progress.after(*happened)));
        }
    }
    let all: BTreeSet<_> = Progress::ALL.iter().copied().collect();
    assert_eq!(reached, all);
}

#[test]
fn a_step_is_written_with_its_type_and_status() {
    let json = serde_json::to_value(Progress::NOT_UNDONE).unwrap();
    let told = serde_json::json!({"type": "compensate", "status": "failed"});
    assert_eq!(json, told);
    assert_eq!(Progress::FAILED.status, StepStatus::Failed);
}
