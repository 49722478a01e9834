//! How late timers fire, with wake-ups that come up to a minute late, as a schedule's do.

use futures_util::{StreamExt, stream};
use holdfast_domain::event::EventName;
use holdfast_tests::{Stack, Trip};

const TIMERS: u32 = 120;

/// How late one booking's timer fires, in milliseconds; its wake-up goes through a schedule.
async fn lateness(stack: &Stack, index: u32) -> i64 {
    let trip = Trip::flight().unpaid().held_for(78 + index % 20);
    let (name, arn) = stack.start_waiting("late", &trip).await;
    let waiting = stack.booking(&name).await;
    let generation = waiting.booking.state.timer.generation;
    assert_eq!(
        stack.schedules(&name).await,
        [format!("{name}.{generation}")],
        "no schedule"
    );
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "expired", "{ended:?}");
    let history = stack.history(&name).await;
    let fired = history
        .iter()
        .find(|event| event.name == EventName::TimerFired)
        .unwrap();
    let deadline = fired.booking.as_ref().unwrap().after.timer.deadline;
    fired.at.as_millis() - deadline.as_millis()
}

#[tokio::test]
async fn timers_fire_on_time_though_their_schedules_are_up_to_a_minute_late() {
    let stack = Stack::connect().await;
    // All at the same time: what they wait for is the clock.
    let mut late: Vec<_> = stream::iter(0..TIMERS)
        .map(|index| lateness(&stack, index))
        .buffer_unordered(TIMERS as usize)
        .collect()
        .await;
    late.sort_unstable();
    let at = |share: usize| late[(late.len() * share / 100).min(late.len() - 1)];
    println!(
        "{} timers late by: p50 {} ms, p99 {} ms, most {} ms",
        late.len(),
        at(50),
        at(99),
        at(100)
    );
    assert!(late[0] >= 0, "one fired {} ms early", -late[0]);
    assert!(at(99) < 1500, "p99 is {} ms", at(99));
}
