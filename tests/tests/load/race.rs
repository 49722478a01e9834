//! Payment against time, on the deployed stack: each booking's payment and its deadline collide.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use holdfast_booking_rules::closing::is_undone;
use holdfast_kit::clock::Clock;
use holdfast_tests::{Stack, Trip};

use crate::turn;

const BOOKINGS: u32 = 200;
const AT_ONCE: usize = 8;
/// The payment aims at the deadline, and misses it by at most this, either way.
const SPREAD_MS: i64 = 200;
/// How much the aim moves towards the one that lost, for what the payment takes on its way (a function,
/// the state machine, another function) depends on the machine.
const STEP_MS: i64 = 20;

#[derive(Debug, PartialEq, Eq)]
enum Winner {
    Payment,
    Time,
}

async fn collide(stack: &Stack, on_the_way: &AtomicI64) -> Winner {
    let trip = Trip::flight().unpaid().held_for(5);
    let (name, arn) = stack.start_waiting("race", &trip).await;
    let deadline = stack.booking(&name).await.booking.state.timer.deadline;
    let ahead = on_the_way.load(Ordering::Relaxed);
    let aim = deadline.as_millis() - ahead + fastrand::i64(-SPREAD_MS..=SPREAD_MS);
    let left = aim - Clock::system().now().as_millis();
    tokio::time::sleep(Duration::from_millis(left.try_into().unwrap_or(0))).await;
    let paid = stack.pay(&name, "tok_visa").await;
    let ended = stack.end_of(&arn).await;
    let snapshot = stack.booking(&name).await;
    let audit = stack.audit(&name).await;
    let captures = audit
        .iter()
        .filter(|item| item["status"] == "captured")
        .count();
    match ended.output["status"].as_str() {
        Some("booked") => {
            assert!(paid.is_ok(), "{name}: booked, though {paid:?}");
            assert!(snapshot.booking.state.timer.is_committed(), "{name}");
            assert_eq!((captures, audit.len()), (1, 2), "{name}: {audit:?}");
            on_the_way.fetch_sub(STEP_MS, Ordering::Relaxed);
            Winner::Payment
        }
        Some("expired") => {
            assert!(
                audit.is_empty(),
                "{name}: the suppliers still have {audit:?}"
            );
            assert!(is_undone(&snapshot), "{name}: {snapshot:?}");
            on_the_way.fetch_add(STEP_MS, Ordering::Relaxed);
            Winner::Time
        }
        _ => panic!("{name}: neither booked nor expired: {ended:?}"),
    }
}

#[tokio::test]
async fn payment_and_time_collide_and_exactly_one_of_them_wins() {
    let _turn = turn().await;
    let (stack, on_the_way) = (Stack::connect().await, AtomicI64::new(150));
    let winners: Vec<_> = stream::iter(0..BOOKINGS)
        .map(|_| collide(&stack, &on_the_way))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let paid = winners
        .iter()
        .filter(|winner| **winner == Winner::Payment)
        .count();
    let expired = winners.len() - paid;
    println!(
        "{} collisions: payment won {paid}, time won {expired}",
        winners.len()
    );
    assert!(
        paid > 0 && expired > 0,
        "no collision: payment won {paid}, time won {expired}"
    );
}

#[tokio::test]
async fn many_pays_and_fires_of_one_booking_at_once_pay_it_once_or_not_at_all() {
    let _turn = turn().await;
    let stack = Stack::connect().await;
    for _ in 0..10 {
        let (name, arn) = stack
            .start_waiting("crowd", &Trip::flight().unpaid().held_for(5))
            .await;
        let deadline = stack.booking(&name).await.booking.state.timer.deadline;
        let left = Clock::system().now().until(deadline);
        tokio::time::sleep(left.saturating_sub(Duration::from_millis(150))).await;
        let wake_up = serde_json::json!({"booking_id": name, "generation": 1, "due": deadline});
        let fires = stream::iter(0..8)
            .map(|_| stack.fire(&wake_up))
            .buffer_unordered(8)
            .count();
        let pays = stream::iter(0..8)
            .map(|_| stack.pay(&name, "tok_visa"))
            .buffer_unordered(8)
            .count();
        tokio::join!(fires, pays);
        let ended = stack.end_of(&arn).await;
        stack.booking(&name).await;
        let left = stack.audit(&name).await.len();
        let expected = if ended.output["status"] == "booked" {
            2
        } else {
            0
        };
        assert_eq!(left, expected, "{ended:?}");
    }
}
