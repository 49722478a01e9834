//! Follows bookings: to their ends, until the time to wait is over, until Ctrl-C.

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::fake::{Fake, booking, history};
use crate::program::{Ended, Program};

/// A booking that is held, paid and booked, a step per look.
async fn that_gets_booked() -> Fake {
    let looks = std::sync::atomic::AtomicUsize::new(0);
    Fake::answering(move |asked| {
        let seen = looks.load(std::sync::atomic::Ordering::SeqCst);
        if asked.path.contains("/events") {
            let events: &[&str] = match seen {
                1 => &["booking_opened", "payment_started"],
                2 => &["committed", "booked"],
                _ => &[],
            };
            return (200, history(events, seen > 1));
        }
        if asked.what() != "GET /bookings/b-1" {
            return (200, Value::Null);
        }
        looks.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let status = if seen == 0 { "paying" } else { "booked" };
        (200, booking(status, &[]))
    })
    .await
}

#[tokio::test]
async fn every_event_is_a_line_and_the_end_says_how_it_went() {
    let fake = that_gets_booked().await;
    let ended = Program::of(&fake.address).run("follow b-1").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let lines: Vec<_> = ended.out.lines().collect();
    assert_eq!(lines[0], "12:34:56  opened");
    assert_eq!(lines[1], "12:34:56  payment    started");
    assert_eq!(lines[3], "12:34:56  booked     the money is taken");
    assert_eq!(lines[4], "BOOKED  b-1  BRL 1,729.20");
}

#[tokio::test]
async fn programs_get_one_object_a_line() {
    let fake = that_gets_booked().await;
    let ended = Program::of(&fake.address).run("follow b-1 --json").await;
    let lines = ended.out.lines();
    let objects: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects.len(), 5);
    assert_eq!(objects[3]["event"]["name"], "booked");
    assert_eq!(objects[4]["outcome"], "booked");
}

#[tokio::test]
async fn undone_trips_and_trips_that_need_attention_have_codes_of_their_own() {
    for (status, code, word) in [
        ("booked", 0, "BOOKED"),
        ("expired", 3, "NOT BOOKED"),
        ("cancelled", 3, "NOT BOOKED"),
        ("failed", 3, "NOT BOOKED"),
        ("needs_attention", 4, "NEEDS ATTENTION"),
    ] {
        let fake = Fake::with(booking(status, &[])).await;
        let ended = Program::of(&fake.address).run("follow b-1").await;
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert!(ended.out.starts_with(word), "{ended:?}");
    }
}

#[tokio::test]
async fn a_time_out_says_what_it_waits_for() {
    let fake = Fake::with(booking("holding", &[])).await;
    let began = Instant::now();
    let ended = Program::of(&fake.address).run("follow b-1 --wait 1").await;
    assert_eq!(
        ended.complaint(5),
        "b-1 waits for its suppliers to hold out, after 1 s; go on with: holdfast follow b-1"
    );
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_booking_that_waits_for_its_traveller_is_followed_to_its_end_if_wished() {
    let fake = Fake::with(booking("awaiting_payment", &["pay"])).await;
    let program = Program::of(&fake.address);
    let waits = program.run("follow b-1").await;
    assert_eq!(waits.code, Some(0), "{waits:?}");
    assert!(waits.out.starts_with("HELD, NOT PAID"), "{waits:?}");
    let to_end = program.run("follow b-1 --to-end --wait 1").await;
    assert_eq!(to_end.code, Some(5), "{to_end:?}");
    assert_eq!(to_end.out, "          13:20 left to pay\n");
}

#[tokio::test]
async fn ctrl_c_ends_the_telling_and_not_the_booking() {
    let fake = Fake::answering(|asked| match asked.path.contains("after=&") {
        true => (200, history(&["booking_opened"], false)),
        false if asked.path.contains("/events") => (200, history(&[], false)),
        false => (200, booking("holding", &[])),
    });
    let fake = fake.await;
    let mut child = Program::of(&fake.address).begin("follow b-1", &[]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap();
    assert_eq!(first.as_deref(), Some("12:34:56  opened"));
    let id = child.id().unwrap().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().await;
    assert!(sent.unwrap().success());
    let ended: Ended = child.wait_with_output().await.unwrap().into();
    assert_eq!(
        ended.complaint(130),
        "the booking goes on: holdfast follow b-1"
    );
}
