//! Orders that the rules forbid, each made of one that was played, and whether the replay notices.

use std::time::Duration;

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{LegStatus, PaymentStatus};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::transition::Transition;
use serde_json::json;

use super::cloud::arn;
use super::replay::{Entry, entries, replay};
use super::rules::Opening;
use super::stream::Stream;
use crate::support::{Bench, TOKEN, flight_and_hotel};

/// A trip that is chosen, paid and booked, as the stream tells it.
async fn played() -> (Vec<Entry>, Opening) {
    let bench = Bench::new().await;
    let mut stream = Stream::of(&bench).await;
    let input = json!({
        "customer": {"id": "cus_1", "email": "traveller@example.com"},
        "legs": flight_and_hotel(), "hold_seconds": 900, "simulate": {},
    });
    let id = bench.held("tampered").await;
    bench.waits(&id, "1").await.expect("it waits");
    bench
        .says(&id, "drop_leg", json!("hotel"))
        .await
        .expect("taken");
    let hotel = bench.snapshot(&id).await.legs[1].clone();
    let released = bench.leg(&id, hotel.kind, "hotel", 1, Action::Release);
    released.await.expect("released");
    bench.waits(&id, "2").await.expect("it waits");
    bench.says(&id, "pay", json!("")).await.expect("taken");
    bench.clock.advance(Duration::from_secs(1));
    bench.authorize(&id, 1, TOKEN).await.expect("authorized");
    let out = bench.snapshot(&id).await.legs[0].clone();
    let confirmed = bench.leg(&id, out.kind, "out", 0, Action::Confirm);
    confirmed.await.expect("confirmed");
    bench.settle(&id).await.expect("booked");
    let opening = Opening {
        name: id.to_string(),
        execution: arn(id.as_str()),
        input,
    };
    (entries(&id, stream.news().await), opening)
}

fn of(entries: &mut [Entry], name: EventName) -> &mut Transition {
    let changes = entries.iter_mut().filter_map(|entry| match entry {
        Entry::Change(change) => Some(change.as_mut()),
        Entry::Attempt(_) => None,
    });
    let mut found = changes.filter(|change| change.event.name == name);
    found.next().expect("the change")
}

fn place(entries: &[Entry], name: EventName) -> usize {
    let is_it = |entry: &Entry| matches!(entry, Entry::Change(change) if change.event.name == name);
    entries.iter().position(is_it).expect("the change")
}

type Tampers = fn(&mut Vec<Entry>);

/// What is done to the order, and to what of it.
const TAMPERINGS: [(&str, Tampers); 9] = [
    ("a change is missing", |entries| {
        let at = place(entries, EventName::LegHeld);
        entries.remove(at);
    }),
    (
        "the release comes before the leg left the trip",
        |entries| {
            let release = place(entries, EventName::LegReleased);
            let taken = place(entries, EventName::CommandTaken);
            entries.swap(release, taken);
        },
    ),
    ("the commit comes before the confirmation", |entries| {
        let commit = place(entries, EventName::Committed);
        let confirmed = place(entries, EventName::LegConfirmed);
        entries.swap(commit, confirmed);
    }),
    ("a payment starts at the deadline", |entries| {
        let change = of(entries, EventName::PaymentStarted);
        change.event.at = change.event.at + Duration::from_secs(900);
        change.booking.as_mut().unwrap().updated = change.event.at;
    }),
    ("a pause lasts longer than it may", |entries| {
        let change = of(entries, EventName::PaymentStarted);
        let timer = &mut change.booking.as_mut().unwrap().state.timer;
        timer.state = holdfast_core::timer::State::Paused {
            lease_ends: timer.deadline,
        };
        change.event.booking.as_mut().unwrap().after.timer = *timer;
    }),
    ("a leg is confirmed that was to be held", |entries| {
        let change = of(entries, EventName::LegHeld);
        change.legs[0].state.status = LegStatus::Confirmed;
        let id = change.legs[0].id.clone();
        change.event.legs.get_mut(&id).unwrap().after.status = LegStatus::Confirmed;
    }),
    ("the money is told and not written", |entries| {
        let change = of(entries, EventName::Booked);
        change.payment.as_mut().unwrap().state.status = PaymentStatus::Authorized;
    }),
    ("a command is taken that no traveller said", |entries| {
        of(entries, EventName::CommandTaken).event.note = Some("cancel".to_owned());
    }),
    ("another name for what happened", |entries| {
        of(entries, EventName::Committed).event.name = EventName::TimerResumed;
    }),
];

#[tokio::test]
async fn an_order_of_a_booking_that_the_rules_forbid_is_noticed() {
    let (entries, opening) = played().await;
    let replayed = replay(&entries, &opening).expect("nothing wrong yet");
    assert!(replayed.stale.is_empty());
    for (what, tamper) in TAMPERINGS {
        let mut tampered = entries.clone();
        tamper(&mut tampered);
        assert!(replay(&tampered, &opening).is_err(), "{what}");
    }
}
