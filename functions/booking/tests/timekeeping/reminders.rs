//! What waits at the desk is sent again when its message is lost: not too often, and for good.

use std::time::Duration;

use holdfast_booking::desk::{AUTOMATIC, Automatic, Clerk, DeskItem, Redriver};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_core::ids::BookingId;
use holdfast_kit::batch::{Attributes, Batch, Message};
use holdfast_kit::queue::Pauses;
use serde_json::json;

use crate::stage::Stage;
use crate::support::flight_and_hotel;

const HOUR: u64 = 3600;
const FIVE_MINUTES: u64 = 300;

/// A booking whose hotel could not be released, and whose message for the desk is lost.
pub(crate) async fn at_the_desk(stage: &Stage, id: &str, release: &str) -> BookingId {
    let (bench, mut legs) = (&stage.bench, flight_and_hotel());
    legs[1]["simulate"] = json!({ "release": release });
    let id = bench.open(id, legs).await.booking_id;
    bench.all_legs(&id, Action::Hold).await.expect("held");
    for work in bench.unwind(&id, "Refused").await.expect("work") {
        // What fails was handed over, and the message is lost.
        drop(bench.work(&id, &work).await);
    }
    let closed = bench.close(&id).await.expect("an end");
    assert_eq!(closed.status, BookingStatus::NeedsAttention);
    id
}

/// The automatic redrive takes a message for the nth time; tells whether that went well.
async fn redrives(stage: &Stage, item: &DeskItem, tries: u32) -> bool {
    let automatic = Automatic {
        clerk: Redriver {
            clerk: Clerk {
                store: stage.bench.store.clone(),
                clock: stage.bench.clock(),
                name: AUTOMATIC.to_owned(),
            },
            supplier: stage.bench.supplier.clone(),
        },
        queue: stage.errand_queue(),
        pauses: Pauses {
            first: Duration::from_secs(30),
        },
    };
    let message = Message {
        message_id: "m".to_owned(),
        receipt_handle: "receipt".to_owned(),
        body: serde_json::to_string(item).unwrap(),
        attributes: Attributes {
            approximate_receive_count: tries.to_string(),
        },
    };
    let records = vec![message];
    let answer = Box::pin(automatic.consume(Batch { records })).await;
    answer.unwrap().batch_item_failures.is_empty()
}

/// The sweep comes by every five minutes for so long; tells when it reminded of something.
async fn reminders(stage: &Stage, seconds: u64) -> Vec<u64> {
    reminders_every(stage, FIVE_MINUTES, seconds).await
}

async fn reminders_every(stage: &Stage, pause: u64, seconds: u64) -> Vec<u64> {
    let begun = stage.now();
    let mut times = Vec::new();
    for _ in 0..seconds / pause {
        stage.pass(pause);
        if stage.sweep().await.reminded > 0 {
            times.push(begun.until(stage.now()).as_secs());
        }
    }
    times
}

#[tokio::test]
async fn a_message_of_the_desk_that_was_lost_is_sent_again_and_the_booking_ends() {
    let stage = Stage::new().await;
    let id = at_the_desk(&stage, "lost", "unavailable:1").await;
    let other = stage.bench.held("other").await;
    assert_eq!(reminders(&stage, 2 * HOUR).await, [HOUR, 2 * HOUR]);
    let sent = stage.errands();
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(sent.iter().all(|item| item.id != other));
    let item = &sent[0];
    let work = (item.work.leg.as_str(), item.work.action);
    assert_eq!((&item.id, work), (&id, ("hotel", Action::Release)));
    assert!(redrives(&stage, item, 1).await);
    let ended = stage.bench.snapshot(&id).await.booking.state.status;
    assert_eq!(ended, BookingStatus::Failed);
    assert!(stage.bench.audit(&id).await.is_empty());
    stage.bench.history(&id).await;
    assert!(redrives(&stage, &sent[1], 1).await, "a double is harmless");
    assert_eq!(reminders(&stage, 2 * HOUR).await, [0; 0]);
}

#[tokio::test]
async fn a_message_that_is_being_tried_is_not_doubled() {
    let stage = Stage::new().await;
    at_the_desk(&stage, "tried", "unavailable").await;
    assert_eq!(reminders(&stage, HOUR).await, [HOUR]);
    let item = stage.errands().pop().expect("a message");
    for tries in 1..=6 {
        assert!(!redrives(&stage, &item, tries).await);
        assert_eq!(reminders(&stage, HOUR / 4).await, [0; 0], "try {tries}");
    }
    let quiet = reminders(&stage, HOUR).await;
    assert_eq!(quiet, [HOUR * 3 / 4], "an hour after the last try");
}

#[tokio::test]
async fn a_booking_that_waits_long_is_reminded_of_ever_more_rarely() {
    let stage = Stage::new().await;
    at_the_desk(&stage, "long", "unavailable").await;
    let times = reminders_every(&stage, HOUR, 10 * 24 * HOUR).await;
    let pauses: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses.iter().all(|pause| *pause >= HOUR), "{times:?}");
    assert_eq!(pauses.last(), Some(&(24 * HOUR)), "{times:?}");
    assert!((10..26).contains(&times.len()), "{times:?}");
}

#[tokio::test]
async fn a_booking_at_the_desk_of_which_nothing_is_left_is_ended() {
    let stage = Stage::new().await;
    let id = at_the_desk(&stage, "nothing", "unavailable:1").await;
    let snapshot = stage.bench.snapshot(&id).await;
    let hotel = &snapshot.legs[1];
    let release = Action::Release;
    let released = stage
        .bench
        .leg(&id, hotel.kind, hotel.id.as_str(), hotel.order, release);
    released
        .await
        .expect("released, and cut off before its end");
    assert_eq!(reminders(&stage, HOUR).await, [HOUR]);
    let item = stage.errands().pop().expect("a message");
    assert!(redrives(&stage, &item, 1).await);
    let ended = stage.bench.snapshot(&id).await.booking.state.status;
    assert_eq!(ended, BookingStatus::Failed);
}
