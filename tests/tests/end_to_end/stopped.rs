//! Executions that are stopped, in every state: the timer sees to the rest. By the time of the
//! deadline and the lease at the latest, nothing is left behind.

use std::time::Duration;

use aws_sdk_sfn::types::ExecutionStatus;
use futures_util::future::join_all;
use holdfast_booking_rules::booking::{BookingStatus, PaymentStatus, Snapshot};
use holdfast_booking_rules::closing::is_undone;
use holdfast_booking_rules::event::EventName;
use holdfast_tests::{Stack, Trip, eventually, fresh_name, waits};
use serde_json::json;

/// Where an execution is stopped: what makes it stay there, and how to see that it is there.
struct Stop {
    state: &'static str,
    trip: Trip,
    there: fn(&Snapshot) -> bool,
}

fn stops() -> Vec<Stop> {
    let trip = || Trip::sample().held_for(8);
    vec![
        Stop {
            state: "Hold legs",
            trip: trip().simulate("car", "hold", "slow:3000"),
            there: |s| {
                s.legs
                    .iter()
                    .filter(|leg| leg.state.reference.is_some())
                    .count()
                    == 3
            },
        },
        Stop {
            state: "Await traveller",
            trip: trip().unpaid(),
            there: waits,
        },
        Stop {
            state: "Authorize payment",
            trip: trip().simulate("payment", "authorize", "slow:3000"),
            there: |s| s.booking.state.status == BookingStatus::Paying,
        },
        Stop {
            state: "Confirm legs",
            trip: trip().simulate("hotel", "confirm", "slow:3000"),
            there: |s| s.booking.state.status == BookingStatus::Confirming,
        },
        Stop {
            state: "Settle",
            trip: trip().simulate("payment", "capture", "slow:3000"),
            there: |s| s.booking.state.timer.is_committed(),
        },
        Stop {
            state: "Unwind",
            trip: trip().simulate("car", "confirm", "refuse").simulate(
                "back",
                "release",
                "slow:3000",
            ),
            there: |s| s.booking.state.status == BookingStatus::Unwinding,
        },
    ]
}

async fn stopped_and_seen_to(stack: &Stack, stop: Stop) {
    let name = fresh_name("stopped");
    let arn = stack.start(&name, &stop.trip.0).await;
    stack.until(&name, stop.state, stop.there).await;
    stack
        .step_functions
        .stop_execution()
        .execution_arn(&arn)
        .send()
        .await
        .unwrap();
    assert_eq!(
        stack.end_of(&arn).await.status,
        ExecutionStatus::Aborted,
        "{}",
        stop.state
    );
    // Deadline and lease are 8 and 15 s; the rest is for the unwinding itself.
    let id = name.parse().unwrap();
    let what = format!("an end after a stop in {}", stop.state);
    let snapshot = eventually(&what, Duration::from_secs(90), async || {
        let found = stack.store.load(&id).await.unwrap();
        found.booking.state.status.has_ended().then_some(found)
    })
    .await;
    stack.booking(&name).await;
    let left = stack.audit(&name).await;
    if snapshot.booking.state.status == BookingStatus::Booked {
        assert_eq!(stop.state, "Settle", "only what is committed is finished");
        assert_eq!(
            (snapshot.payment.state.status, left.len()),
            (PaymentStatus::Captured, 5)
        );
    } else {
        assert!(is_undone(&snapshot), "{}: {snapshot:?}", stop.state);
        assert!(
            left.is_empty(),
            "{}: the suppliers still have {left:?}",
            stop.state
        );
    }
    assert!(
        stack.schedules(&name).await.is_empty(),
        "{}: a schedule is left",
        stop.state
    );
}

#[tokio::test]
async fn an_execution_stopped_in_any_state_leaves_nothing_behind() {
    let stack = Stack::connect().await;
    join_all(
        stops()
            .into_iter()
            .map(|stop| stopped_and_seen_to(&stack, stop)),
    )
    .await;
}

#[tokio::test]
async fn a_booking_whose_wake_ups_were_lost_is_found_by_the_sweep() {
    let stack = Stack::connect().await;
    let (name, arn) = stack
        .start_waiting("lost", &Trip::flight().unpaid().held_for(600))
        .await;
    for schedule in stack.schedules(&name).await {
        let group = holdfast_tests::output("SCHEDULE_GROUP_NAME");
        stack
            .scheduler
            .delete_schedule()
            .group_name(group)
            .name(schedule)
            .send()
            .await
            .unwrap();
    }
    stack
        .step_functions
        .stop_execution()
        .execution_arn(&arn)
        .send()
        .await
        .unwrap();
    // Unwinding by hand, and then left: its timer is cancelled, so that it is overdue at once.
    stack
        .invoke("UnwindFunction", &json!({"booking_id": name}))
        .await
        .unwrap();
    let swept = stack
        .invoke("SweepFunction", &json!({"grace_seconds": 0}))
        .await
        .unwrap();
    assert!(swept["woken"].as_u64() >= Some(1), "{swept}");
    let ended = stack
        .until(&name, "it has ended", |s| {
            s.booking.state.status.has_ended()
        })
        .await;
    assert!(is_undone(&ended));
    assert!(stack.audit(&name).await.is_empty());
    let history = stack.history(&name).await;
    assert!(history.iter().any(|event| event.name == EventName::TakenUp));
}
