//! How late timers fire, with wake-ups that come up to a minute late, as a schedule's do.

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use holdfast_booking_rules::event::EventName;
use holdfast_tests::{Stack, Trip};

use crate::turn;

const TIMERS: u32 = 100;
const AT_ONCE: usize = 4;

/// Over how long the deadlines are spread: it is the timer that is measured, not the machine.
const SPREAD_SECONDS: u32 = 50;

/// Starts a booking whose wake-up goes through a schedule.
async fn start(stack: &Stack, index: u32) -> (String, String) {
    let trip = Trip::flight()
        .unpaid()
        .held_for(78 + index * SPREAD_SECONDS / TIMERS);
    let (name, arn) = stack.start_waiting("late", &trip).await;
    let generation = stack.booking(&name).await.booking.state.timer.generation;
    assert_eq!(
        stack.schedules(&name).await,
        [format!("{name}.{generation}")],
        "no schedule"
    );
    (name, arn)
}

/// How late its timer fires, in milliseconds.
async fn lateness(stack: &Stack, name: &str, arn: &str) -> i64 {
    let ended = stack.end_of(arn).await;
    assert_eq!(ended.output["status"], "expired", "{ended:?}");
    let history = stack.history(name).await;
    let fired = history
        .iter()
        .find(|event| event.name == EventName::TimerFired)
        .unwrap();
    let deadline = fired.booking.as_ref().unwrap().after.timer.deadline;
    fired.at.as_millis() - deadline.as_millis()
}

#[tokio::test]
async fn timers_fire_on_time_though_their_schedules_are_up_to_a_minute_late() {
    let _turn = turn().await;
    let stack = Stack::connect().await;
    let started: Vec<_> = stream::iter(0..TIMERS)
        .map(|index| start(&stack, index))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let ends = started
        .iter()
        .map(|(name, arn)| lateness(&stack, name, arn));
    let mut late = join_all(ends).await;
    late.sort_unstable();
    let at = |share: usize| late[(late.len() * share).div_ceil(100) - 1];
    println!(
        "{} timers late by: p50 {} ms, p99 {} ms, most {} ms",
        late.len(),
        at(50),
        at(99),
        at(100)
    );
    assert!(late[0] >= 0, "one fired {} ms early", -late[0]);
    assert!(at(99) < 1500, "p99 is {} ms", at(99));
    let left: Vec<_> = stream::iter(&started)
        .then(|(name, _)| stack.schedules(name))
        .concat()
        .await;
    assert!(
        left.is_empty(),
        "schedules of bookings that have ended: {left:?}"
    );
}
