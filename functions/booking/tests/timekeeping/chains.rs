//! One wake-up at most looks after a booking whose time is over, until the booking has ended.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_booking_rules::action::Action;
use holdfast_core::ids::BookingId;
use holdfast_core::timer::State;

use crate::stage::Stage;
use crate::support::TOKEN;
use crate::support::table::BOOKINGS;

const FIVE_MINUTES: Duration = Duration::from_secs(300);
/// As long as bookings of these tests have.
const HOLD_SECONDS: u64 = 900;

/// A booking whose time is over; its wake-up came twice.
async fn overdue(stage: &Stage, id: &str) -> BookingId {
    let id = stage.bench.held(id).await;
    stage.pass(HOLD_SECONDS);
    let wake_up = stage.wake_up(&id, 1);
    stage.send(&wake_up).await;
    stage.send(&wake_up).await;
    id
}

async fn claims(stage: &Stage, id: &BookingId) -> bool {
    let text = |text: String| AttributeValue::S(text);
    let got = stage.bench.client.get_item().table_name(BOOKINGS);
    let got = got.key("pk", text(format!("BOOKING#{id}")));
    let got = got.key("sk", text("WATCH".to_owned())).send().await;
    got.unwrap().item.is_some()
}

#[tokio::test]
async fn a_long_unwinding_with_ten_sweeps_and_doubled_wake_ups_has_one_chain() {
    let stage = Stage::new().await;
    let id = overdue(&stage, "long").await;
    stage.run(Duration::ZERO).await;
    assert_eq!(stage.told().len(), 0, "its execution does not wait");
    stage.bench.unwind(&id, "HoldExpired").await.expect("work");
    let mut looks = 0;
    for sweep in 1..=10 {
        looks += stage.run(FIVE_MINUTES).await.len();
        assert_eq!(stage.sweep().await.woken, 1, "it is overdue");
        looks += stage.run(Duration::ZERO).await.len();
        assert_eq!(stage.to_come().len(), 1, "after sweep {sweep}");
    }
    // One every half a minute, and one for each sweep, which ends there.
    assert_eq!(looks, 10 * 10 + 10);
    for work in stage.bench.unwind(&id, "").await.expect("work") {
        stage.bench.work(&id, &work).await.expect("undone");
    }
    stage.bench.close(&id).await.expect("an end");
    assert_eq!(stage.run(FIVE_MINUTES).await.len(), 1, "the last look");
    assert_eq!(stage.to_come(), []);
}

#[tokio::test]
async fn a_chain_that_was_lost_is_begun_again_by_the_sweep_and_by_it_alone() {
    let stage = Stage::new().await;
    let id = overdue(&stage, "lost").await;
    stage.run(FIVE_MINUTES).await;
    stage.lose_wake_ups();
    assert_eq!(stage.sweep().await.woken, 1);
    stage.run(Duration::ZERO).await;
    assert_eq!(stage.to_come(), [], "it may only be a little late");
    stage.run(FIVE_MINUTES).await;
    for _ in 0..3 {
        assert_eq!(stage.sweep().await.woken, 1);
        stage.run(Duration::ZERO).await;
        assert_eq!(stage.to_come().len(), 1, "another one looks after {id}");
        stage.pass(1);
    }
}

#[tokio::test]
async fn a_look_that_was_cut_off_goes_on_when_it_is_delivered_again() {
    let stage = Stage::new().await;
    let id = stage.bench.held("cut").await;
    stage.pass(HOLD_SECONDS);
    let wake_up = stage.wake_up(&id, 1);
    stage.deliver(&wake_up).await;
    stage.lose_wake_ups();
    stage.deliver(&wake_up).await;
    assert_eq!(stage.to_come(), [], "a double ends here");
    stage.pass(30);
    stage.deliver_again(&wake_up, 2).await;
    assert_eq!(stage.to_come().len(), 1, "the same one goes on");
}

#[tokio::test]
async fn doubled_wake_ups_wait_for_the_end_of_a_payment_as_one() {
    let stage = Stage::new().await;
    let id = stage.bench.held("paying").await;
    stage.pass(HOLD_SECONDS - 100);
    stage
        .bench
        .authorize(&id, 1, TOKEN)
        .await
        .expect("authorized");
    stage.pass(100);
    for _ in 0..3 {
        stage.deliver(&stage.wake_up(&id, 1)).await;
    }
    assert_eq!(stage.to_come().len(), 1);
    stage.run(FIVE_MINUTES).await;
    let timer = stage.bench.snapshot(&id).await.booking.state.timer;
    assert_eq!(timer.state, State::Fired, "the lease is over");
    assert_eq!(stage.to_come().len(), 1);
}

#[tokio::test]
async fn an_execution_that_is_stopped_is_taken_up_once_however_often_it_is_noticed() {
    let stage = Stage::new().await;
    stage.stop_executions(true);
    overdue(&stage, "stopped").await;
    stage.run(Duration::ZERO).await;
    assert_eq!(stage.started().len(), 1, "{:?}", stage.started());
    stage.pass(1);
    let started = stage.started();
    stage.run(Duration::from_secs(10)).await;
    assert_eq!(stage.started(), started);
}

#[tokio::test]
async fn a_booking_that_is_booked_in_time_costs_no_claim() {
    let stage = Stage::new().await;
    let id = stage.bench.confirmed("booked").await;
    stage.bench.settle(&id).await.expect("booked");
    stage.pass(HOLD_SECONDS);
    stage.deliver(&stage.wake_up(&id, 1)).await;
    assert_eq!(stage.to_come(), []);
    assert!(!claims(&stage, &id).await);
    let late = stage.bench.held("late").await;
    let held = stage.bench.all_legs(&late, Action::Hold).await;
    held.expect("held as before");
    stage.pass(HOLD_SECONDS);
    stage.deliver(&stage.wake_up(&late, 1)).await;
    assert!(claims(&stage, &late).await, "this one is looked after");
}
