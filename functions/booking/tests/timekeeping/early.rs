//! A wake-up is ordered before its deadline is written, so it may come first.

use std::time::Duration;

use holdfast_booking::steps::{Wait, WaitRequest};
use holdfast_booking::store::Store;
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_booking_rules::waiting::{Since, meaning};
use holdfast_core::ids::BookingId;
use holdfast_core::timer::{Meaning, State};

use crate::stage::Stage;
use crate::support::gate::{Gate, Held};
use crate::support::{Noted, WakeBook};

/// Longer than the booking has, and shorter than the suppliers hold: the deadline comes forward.
const MARGIN: Duration = Duration::from_secs(10 * 86_400 - 300);

/// The booking begins to wait, by way of this store, and its deadline is brought forward.
fn waits(stage: &Stage, store: Store) -> Wait<WakeBook> {
    Wait {
        store,
        margin: MARGIN,
        ..stage.bench.wait_step()
    }
}

fn token(id: &BookingId) -> WaitRequest {
    WaitRequest {
        booking_id: id.clone(),
        token: "token".to_owned(),
        since: Since::default(),
    }
}

#[tokio::test]
async fn a_wake_up_that_overtakes_its_own_write_looks_again_and_fires_the_timer() {
    let stage = Stage::new().await;
    let id = stage.bench.held("overtaken").await;
    let (store, gate) = Gate::shut(&stage.bench.address, Held::Request).await;
    let (wait, request) = (waits(&stage, store), token(&id));
    let writing = tokio::spawn(async move { wait.wait(&request).await });
    gate.reached().await;
    let Some(Noted::Wake(ordered)) = stage.bench.wakes.notes().pop() else {
        panic!("the wake-up is ordered before the deadline is written")
    };
    assert_eq!(ordered.generation, 2);

    stage.send(&ordered).await;
    stage.run(Duration::from_secs(310)).await;
    let before = stage.bench.snapshot(&id).await;
    assert_eq!(before.booking.state.timer.generation, 1, "not written yet");
    assert_eq!(meaning(&before.booking.state, 2), Meaning::Early);
    assert_eq!(stage.to_come().len(), 1, "it is looked at again");

    gate.open();
    writing.await.unwrap().expect("the booking waits");
    let late = ordered.due.until(stage.now());
    stage.run(late).await;
    let timer = stage.bench.snapshot(&id).await.booking.state.timer;
    assert_eq!((timer.generation, timer.state), (2, State::Fired));
    assert_eq!(stage.told(), ["HoldExpired"]);
}

#[tokio::test]
async fn a_wake_up_whose_write_never_comes_costs_a_handful_of_looks() {
    let stage = Stage::new().await;
    let id = stage.bench.held("never").await;
    stage.send(&stage.wake_up(&id, 2)).await;
    let looks = stage.run(Duration::from_secs(800)).await;
    assert!(looks.len() < 12, "{looks:?}");
    let soon = looks[0].until(looks[1]);
    assert!(soon <= Duration::from_secs(2), "{soon:?}");
    // Time wins by the deadline that there is: no other one can come any more.
    stage.pass(100);
    stage.deliver(&stage.wake_up(&id, 1)).await;
    let state = stage.bench.snapshot(&id).await.booking.state;
    assert_eq!(state.timer.state, State::Fired);
    assert_eq!(meaning(&state, 2), Meaning::Stale);
}

#[tokio::test]
async fn a_wake_up_for_an_older_deadline_is_dropped() {
    let stage = Stage::new().await;
    let id = stage.bench.held("older").await;
    let wait = waits(&stage, stage.bench.store.clone());
    wait.wait(&token(&id)).await.expect("the booking waits");
    stage.deliver(&stage.wake_up(&id, 1)).await;
    assert_eq!(stage.to_come(), [], "the newer one sees to it");
    let state = stage.bench.snapshot(&id).await.booking.state;
    assert_eq!(state.timer.state, State::Running);
    assert_eq!(meaning(&state, 1), Meaning::Stale);
    assert_eq!(meaning(&state, 2), Meaning::Due);
    let closed = stage.bench.unwind_and_close(&id, "Cancelled").await;
    assert_eq!(closed.status, BookingStatus::Cancelled);
    let ended = stage.bench.snapshot(&id).await.booking.state;
    for generation in [1, 2, 3] {
        assert_eq!(meaning(&ended, generation), Meaning::Ended);
    }
}
