//! What could not be undone waits at the desk in full view, and whoever sees to it there, by machine
//! or by hand, brings the booking to its proper end and leaves a name and a reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use axum::{Json, Router};
use holdfast::batch::Postpones;
use holdfast::desk::{AUTOMATIC, Automatic, Clerk, Errand, Filter, Pauses, Report, Said};
use holdfast::steps::{Desk, DeskItem, DeskRequest};
use holdfast_domain::booking::{BookingStatus, LegStatus, PaymentStatus};
use holdfast_domain::event::{Event, EventName};
use holdfast_domain::failure::Failure;
use holdfast_domain::ids::{Action, BookingId};
use holdfast_domain::spec::Kind;
use holdfast_domain::unwinding::{Cause, Participant, Work};
use serde_json::{Value, json};

use support::{Bench, TOKEN};

// ---------------------------------------------------------------- the queue

/// Takes messages, as the queue `saga-errors` does, and notes when they are to come again.
#[derive(Clone, Debug, Default)]
struct Queue {
    sent: Arc<Mutex<Vec<String>>>,
    pauses: Arc<Mutex<Vec<(String, u64)>>>,
}

impl Postpones for Queue {
    async fn postpone(&self, receipt: &str, pause: Duration) {
        let noted = (receipt.to_owned(), pause.as_secs());
        self.pauses.lock().unwrap().push(noted);
    }
}

impl Queue {
    async fn client(&self) -> aws_sdk_sqs::Client {
        use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
        let sent = self.sent.clone();
        let take = async move |message: String| {
            let message: Value = serde_json::from_str(&message).unwrap();
            let body = message["MessageBody"].as_str().unwrap().to_owned();
            sent.lock().unwrap().push(body);
            Json(json!({"MessageId": "m"}))
        };
        let take = move |message| {
            let take = take.clone();
            async move { take(message).await }
        };
        let address = support::serve(Router::new().fallback(take)).await;
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(address)
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http());
        aws_sdk_sqs::Client::from_conf(config.build())
    }

    fn only_message(&self) -> String {
        let sent = self.sent.lock().unwrap();
        assert_eq!(sent.len(), 1, "{sent:?}");
        sent[0].clone()
    }
}

fn message(id: &str, body: &str, tries: u32) -> SqsMessage {
    let mut message = SqsMessage::default();
    message.message_id = Some(id.to_owned());
    message.receipt_handle = Some(format!("receipt-{id}"));
    message.body = Some(body.to_owned());
    let count = ("ApproximateReceiveCount".to_owned(), tries.to_string());
    message.attributes.extend([count]);
    message
}

/// Delivers messages to the automatic redrive; tells which failed.
async fn deliver(bench: &Bench, queue: &Queue, messages: Vec<SqsMessage>) -> Vec<String> {
    let automatic = Automatic {
        clerk: clerk(bench, AUTOMATIC),
        supplier: bench.supplier.clone(),
        queue: queue.clone(),
        pauses: Pauses {
            first: Duration::from_secs(30),
        },
    };
    let mut batch = SqsEvent::default();
    batch.records = messages;
    let response = automatic.consume(batch).await.unwrap();
    let failed = response.batch_item_failures.into_iter();
    failed.map(|failure| failure.item_identifier).collect()
}

// ---------------------------------------------------------------- bookings that wait

fn clerk(bench: &Bench, name: &str) -> Clerk {
    Clerk {
        store: bench.store.clone(),
        clock: bench.clock(),
        name: name.to_owned(),
    }
}

fn errand(id: &BookingId, reason: &str) -> Errand {
    Errand {
        reason: Some(reason.to_owned()),
        ..Errand::all_of(id.clone())
    }
}

fn trip(release_of_hotel: &str) -> Value {
    let mut legs = support::flight_and_hotel();
    legs[1]["simulate"] = json!({ "release": release_of_hotel });
    legs
}

/// Does what the state machine does with work that fails, and tells which went to the desk.
async fn work_off(bench: &Bench, queue: &Queue, id: &BookingId, work: Vec<Work>) {
    let desk = Desk {
        store: bench.store.clone(),
        sqs: queue.client().await,
        queue_url: "http://localhost/saga-errors".to_owned(),
        clock: bench.clock(),
    };
    for work in work {
        let Err(failure) = bench.work(id, &work).await else {
            continue;
        };
        let request = DeskRequest {
            booking_id: id.clone(),
            trace_id: "0".repeat(32),
            work,
            cause: Cause::from(&failure),
        };
        desk.hand_over(&request).await.expect("handed over");
    }
    let closed = bench.close(id).await.expect("an end");
    assert_eq!(closed.status, BookingStatus::NeedsAttention, "{id}");
}

/// A booking whose hotel cannot be released, and which is being undone because of `error`.
async fn stuck(bench: &Bench, id: &str, release: &str, error: &str) -> (BookingId, Queue) {
    let (id, queue) = (
        bench.open(id, trip(release)).await.booking_id,
        Queue::default(),
    );
    bench.all_legs(&id, Action::Hold).await.expect("held");
    let work = bench.unwind(&id, error).await.expect("a plan");
    work_off(bench, &queue, &id, work).await;
    assert_eq!(bench.audit(&id).await, ["hotel held"]);
    (id, queue)
}

/// A booking that is committed and confirmed, but not paid for.
async fn unpaid(bench: &Bench, id: &str, capture: &str) -> (BookingId, Queue) {
    let (id, queue) = (bench.held(id).await, Queue::default());
    let payment = json!({"token": TOKEN, "simulate": {"capture": capture}});
    bench.pay(&id, 1, payment).await.expect("authorized");
    bench
        .all_legs(&id, Action::Confirm)
        .await
        .expect("confirmed");
    bench.settle(&id).await.expect_err("not captured");
    let work = bench.unwind(&id, "Unavailable").await.expect("a plan");
    work_off(bench, &queue, &id, work).await;
    (id, queue)
}

async fn redrive(bench: &Bench, id: &BookingId) -> Report {
    let clerk = clerk(bench, "ana");
    let report = clerk
        .redrive(&errand(id, "asked to"), &bench.supplier)
        .await;
    report.expect("a report")
}

fn only(history: &[Event], name: EventName) -> &Event {
    let mut found = history.iter().filter(|event| event.name == name);
    let event = found.next().unwrap_or_else(|| panic!("no {name:?}"));
    assert!(found.next().is_none(), "more than one {name:?}");
    event
}

// ---------------------------------------------------------------- redrive

#[tokio::test]
async fn a_redriven_undo_that_succeeds_brings_the_booking_to_its_proper_end() {
    let bench = Bench::new().await;
    let cases = [
        ("Refused", BookingStatus::Failed),
        ("Cancelled", BookingStatus::Cancelled),
        ("HoldExpired", BookingStatus::Expired),
    ];
    for (error, ending) in cases {
        let (id, queue) = stuck(&bench, error, "unavailable:2", error).await;
        let body = queue.only_message();
        let failed = deliver(&bench, &queue, vec![message("m", &body, 1)]).await;
        assert_eq!(failed, ["m"], "{error}");
        let waits = bench.snapshot(&id).await.booking.state.status;
        assert_eq!(waits, BookingStatus::NeedsAttention, "{error}");
        let failed = deliver(&bench, &queue, vec![message("m", &body, 2)]).await;
        assert!(failed.is_empty(), "{error}");
        let snapshot = bench.snapshot(&id).await;
        assert_eq!(snapshot.booking.state.status, ending, "{error}");
        assert!(bench.audit(&id).await.is_empty(), "{error}");
        let history = bench.history(&id).await;
        let ended =
            |event: &Event| event.name == EventName::BookingClosed && event.actor == AUTOMATIC;
        assert!(history.iter().any(ended), "{error}");
    }
}

#[tokio::test]
async fn a_redrive_tells_who_and_why() {
    let bench = Bench::new().await;
    let (id, _) = stuck(&bench, "who", "unavailable:1", "Refused").await;
    let report = redrive(&bench, &id).await;
    assert!(report.went_well(), "{report:?}");
    assert_eq!(report.before, BookingStatus::NeedsAttention);
    assert_eq!(report.after, BookingStatus::Failed);
    let history = bench.history(&id).await;
    let event = only(&history, EventName::DeskRedriven);
    assert_eq!(event.actor, "ana");
    assert_eq!(event.note.as_deref(), Some("release hotel: asked to"));
}

#[tokio::test]
async fn a_doubled_redrive_acts_once() {
    let bench = Bench::new().await;
    let (id, queue) = stuck(&bench, "twice", "unavailable:1", "Refused").await;
    let body = queue.only_message();
    let twice = vec![message("a", &body, 1), message("b", &body, 1)];
    assert!(deliver(&bench, &queue, twice).await.is_empty());
    let again = deliver(&bench, &queue, vec![message("c", &body, 2)]).await;
    assert!(again.is_empty(), "what is done is done");
    let report = redrive(&bench, &id).await;
    assert_eq!(report.did, [], "nothing is left");
    let history = bench.history(&id).await;
    let released = |event: &&Event| {
        let hotel = event.legs.iter().find(|(leg, _)| leg.as_str() == "hotel");
        hotel.is_some_and(|(_, change)| change.after.status == LegStatus::Released)
    };
    assert_eq!(history.iter().filter(released).count(), 1);
    let ended = |event: &&Event| {
        let change = event.booking.as_ref();
        change.is_some_and(|change| {
            let before = change.before.as_ref().map(|state| state.status);
            change.after.status == BookingStatus::Failed && before != Some(BookingStatus::Failed)
        })
    };
    assert_eq!(history.iter().filter(ended).count(), 1);
}

#[tokio::test]
async fn a_capture_that_was_owed_is_made_and_the_trip_is_booked() {
    let bench = Bench::new().await;
    let (id, queue) = unpaid(&bench, "owed", "unavailable:3").await;
    let shown = clerk(&bench, "ana").show(&id).await.unwrap();
    assert_eq!(shown.waiting.left.len(), 1);
    assert_eq!(shown.waiting.left[0].work.action, Action::Capture);
    assert!(shown.waiting.left[0].cause.is_some(), "{shown:?}");
    let body = queue.only_message();
    assert_eq!(
        deliver(&bench, &queue, vec![message("m", &body, 1)]).await,
        ["m"]
    );
    assert!(
        deliver(&bench, &queue, vec![message("m", &body, 2)])
            .await
            .is_empty()
    );
    let snapshot = bench.snapshot(&id).await;
    assert_eq!(snapshot.booking.state.status, BookingStatus::Booked);
    assert_eq!(snapshot.booking.state.reason, None);
    assert_eq!(snapshot.payment.state.status, PaymentStatus::Captured);
    bench.history(&id).await;
}

#[tokio::test]
async fn a_booking_undone_while_it_was_closed_does_not_wait_for_ever() {
    let bench = Bench::new().await;
    let (id, _) = stuck(&bench, "late", "unavailable:1", "Refused").await;
    let released = bench
        .leg(&id, Kind::Hotel, "hotel", 1, Action::Release)
        .await;
    released.expect("released");
    assert_eq!(
        bench.close(&id).await.unwrap().status,
        BookingStatus::Failed
    );
    bench.history(&id).await;
}

// ---------------------------------------------------------------- messages

#[tokio::test]
async fn a_message_that_makes_no_sense_holds_up_no_other() {
    let bench = Bench::new().await;
    let (id, queue) = stuck(&bench, "between", "unavailable:1", "Refused").await;
    let good = queue.only_message();
    let nowhere = good.replace("between", "nowhere");
    let no_leg = good.replace(r#""leg":"hotel""#, r#""leg":"yacht""#);
    assert_ne!(no_leg, good);
    let batch = vec![
        message("nonsense", "{{", 1),
        message("empty", "", 4),
        message("nowhere", &nowhere, 1),
        message("no-leg", &no_leg, 1),
        message("good", &good, 1),
    ];
    let failed = deliver(&bench, &queue, batch).await;
    assert_eq!(failed, ["nonsense", "empty", "nowhere", "no-leg"]);
    let pauses = queue.pauses.lock().unwrap().clone();
    assert!(
        pauses.iter().all(|(_, seconds)| *seconds == 0),
        "{pauses:?}"
    );
    let status = bench.snapshot(&id).await.booking.state.status;
    assert_eq!(status, BookingStatus::Failed);
}

#[tokio::test]
async fn pauses_grow_with_every_try() {
    let bench = Bench::new().await;
    let (_, queue) = stuck(&bench, "patient", "unavailable", "Refused").await;
    let body = queue.only_message();
    for tries in 1..=3 {
        deliver(&bench, &queue, vec![message("m", &body, tries)]).await;
    }
    let pauses = queue.pauses.lock().unwrap().clone();
    assert_eq!(
        pauses.iter().map(|(_, s)| *s).collect::<Vec<_>>(),
        [30, 60, 120]
    );
}

#[tokio::test]
async fn a_stray_message_undoes_nothing_of_a_trip_that_goes_well() {
    let bench = Bench::new().await;
    let queue = Queue::default();
    let held = bench.held("held").await;
    let booked = bench.confirmed("booked").await;
    bench.settle(&booked).await.expect("booked");
    for id in [held, booked] {
        let (before, had) = (bench.snapshot(&id).await, bench.audit(&id).await);
        let work = |kind, leg: &str, order, action| Work {
            kind,
            leg: leg.to_owned(),
            order,
            action,
        };
        for work in [
            work(Participant::Leg(Kind::Hotel), "hotel", 1, Action::Release),
            work(Participant::Payment, "payment", 0, Action::Void),
            work(Participant::Payment, "payment", 0, Action::Capture),
        ] {
            let item = DeskItem {
                booking_id: id.clone(),
                trace_id: String::new(),
                work,
                cause: Cause::default(),
                since: bench.clock().now(),
            };
            let body = serde_json::to_string(&item).unwrap();
            let failed = deliver(&bench, &queue, vec![message("stray", &body, 1)]).await;
            assert!(failed.is_empty(), "{item:?}");
        }
        assert_eq!(bench.snapshot(&id).await, before);
        assert_eq!(bench.audit(&id).await, had);
    }
}

// ---------------------------------------------------------------- by hand

#[tokio::test]
async fn what_was_done_by_hand_is_taken_from_whoever_says_so() {
    let bench = Bench::new().await;
    let (id, queue) = stuck(&bench, "by-hand", "refuse", "Cancelled").await;
    assert!(
        !redrive(&bench, &id).await.went_well(),
        "it is refused for good"
    );
    let resolved = clerk(&bench, "ben")
        .resolve(&errand(&id, "phoned them"))
        .await;
    assert_eq!(resolved.unwrap().after, BookingStatus::Cancelled);
    let snapshot = bench.snapshot(&id).await;
    assert_eq!(snapshot.legs[1].state.status, LegStatus::Released);
    let history = bench.history(&id).await;
    let event = only(&history, EventName::DeskResolved);
    assert_eq!(
        (event.actor.as_str(), event.note.as_deref()),
        ("ben", Some("phoned them"))
    );
    let body = queue.only_message();
    let late = deliver(&bench, &queue, vec![message("late", &body, 3)]).await;
    assert!(late.is_empty(), "nothing is left to try");
}

#[tokio::test]
async fn a_part_is_resolved_without_the_rest() {
    let bench = Bench::new().await;
    let mut legs = trip("refuse");
    legs[0]["simulate"] = json!({"release": "refuse"});
    let (id, queue) = (bench.open("parts", legs).await.booking_id, Queue::default());
    bench.all_legs(&id, Action::Hold).await.expect("held");
    let work = bench.unwind(&id, "Refused").await.expect("a plan");
    work_off(&bench, &queue, &id, work).await;
    let part = |leg: &str| Errand {
        part: Some(leg.to_owned()),
        ..errand(&id, "by fax")
    };
    let ben = clerk(&bench, "ben");
    let unknown = ben.resolve(&part("yacht")).await.expect_err("no such leg");
    assert_eq!(unknown.name(), "InvalidBooking");
    let after = |report: Result<Report, Failure>| report.unwrap().after;
    assert_eq!(
        after(ben.resolve(&part("out")).await),
        BookingStatus::NeedsAttention
    );
    assert_eq!(
        after(ben.resolve(&part("hotel")).await),
        BookingStatus::Failed
    );
    bench.history(&id).await;
}

#[tokio::test]
async fn a_loss_that_is_accepted_ends_the_booking_and_hides_nothing() {
    let bench = Bench::new().await;
    let (id, queue) = stuck(&bench, "loss", "refuse", "HoldExpired").await;
    let abandoned = clerk(&bench, "ben")
        .abandon(&errand(&id, "they are bankrupt"))
        .await;
    assert_eq!(abandoned.unwrap().after, BookingStatus::Expired);
    let snapshot = bench.snapshot(&id).await;
    assert_eq!(snapshot.legs[1].state.status, LegStatus::ReleaseFailed);
    let reason = snapshot.booking.state.reason.unwrap();
    assert!(
        reason.contains("abandoned at the desk: they are bankrupt"),
        "{reason}"
    );
    let history = bench.history(&id).await;
    assert_eq!(only(&history, EventName::DeskAbandoned).actor, "ben");
    let body = queue.only_message();
    assert!(
        deliver(&bench, &queue, vec![message("late", &body, 3)])
            .await
            .is_empty()
    );
    assert_eq!(bench.audit(&id).await, ["hotel held"], "nobody tries again");
}

#[tokio::test]
async fn money_that_is_given_up_leaves_the_trip_booked() {
    let bench = Bench::new().await;
    let (id, _) = unpaid(&bench, "given-up", "unavailable").await;
    let abandoned = clerk(&bench, "ben")
        .abandon(&errand(&id, "on the house"))
        .await;
    assert_eq!(abandoned.unwrap().after, BookingStatus::Booked);
    let snapshot = bench.snapshot(&id).await;
    assert_ne!(snapshot.payment.state.status, PaymentStatus::Captured);
    assert!(
        snapshot
            .booking
            .state
            .reason
            .unwrap()
            .contains("on the house")
    );
    bench.history(&id).await;
}

#[tokio::test]
async fn money_that_was_taken_by_hand_books_the_trip() {
    let bench = Bench::new().await;
    let (id, _) = unpaid(&bench, "cash", "unavailable").await;
    let resolved = clerk(&bench, "ben")
        .resolve(&errand(&id, "paid in cash"))
        .await;
    assert_eq!(resolved.unwrap().after, BookingStatus::Booked);
    let snapshot = bench.snapshot(&id).await;
    assert_eq!(snapshot.payment.state.status, PaymentStatus::Captured);
    bench.history(&id).await;
}

#[tokio::test]
async fn nothing_is_decided_without_a_name_and_a_reason_or_before_the_end() {
    let bench = Bench::new().await;
    let (id, _) = stuck(&bench, "bare", "refuse", "Refused").await;
    let before = bench.snapshot(&id).await;
    for (name, reason) in [("", "why"), ("ben", ""), ("ben", "  "), (" ", "why")] {
        let clerk = clerk(&bench, name);
        for refused in [
            clerk.resolve(&errand(&id, reason)).await,
            clerk.abandon(&errand(&id, reason)).await,
        ] {
            assert_eq!(
                refused.unwrap_err().name(),
                "InvalidBooking",
                "{name:?} {reason:?}"
            );
        }
    }
    assert_eq!(bench.snapshot(&id).await, before);
    let held = bench.held("under-way").await;
    let early = clerk(&bench, "ben").abandon(&errand(&held, "why")).await;
    assert_eq!(early.unwrap_err().name(), "Conflict");
}

#[tokio::test]
async fn a_dry_run_tells_what_would_be_done_and_changes_nothing() {
    let bench = Bench::new().await;
    let (id, _) = stuck(&bench, "dry", "unavailable:1", "Cancelled").await;
    let ben = clerk(&bench, "ben");
    let before = (bench.snapshot(&id).await, bench.history(&id).await);
    let dry = Errand {
        dry_run: true,
        ..errand(&id, "why")
    };
    let reports = [
        ben.redrive(&dry, &bench.supplier).await.unwrap(),
        ben.resolve(&dry).await.unwrap(),
        ben.abandon(&dry).await.unwrap(),
    ];
    for report in reports {
        assert_eq!(report.after, BookingStatus::Cancelled, "{report:?}");
        assert_eq!(report.did.len(), 1, "{report:?}");
        assert_eq!(report.did[0].outcome, Said::WouldBeDone);
    }
    assert_eq!(
        (bench.snapshot(&id).await, bench.history(&id).await),
        before
    );
    assert_eq!(bench.audit(&id).await, ["hotel held"]);
    assert!(redrive(&bench, &id).await.went_well());
}

// ---------------------------------------------------------------- what waits

#[tokio::test]
async fn what_waits_is_listed_with_all_that_is_known_of_it() {
    let bench = Bench::new().await;
    let (id, _) = stuck(&bench, "listed", "unavailable", "Refused").await;
    let (owed, _) = unpaid(&bench, "owing", "unavailable").await;
    let ana = clerk(&bench, "ana");
    let ids = async |filter: &Filter| {
        let found = ana.list(filter).await.unwrap().into_iter();
        let mut ids: Vec<_> = found.map(|waiting| waiting.booking_id).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&Filter::default()).await, [id.clone(), owed.clone()]);
    let hotels = Filter {
        kind: Some(Participant::Leg(Kind::Hotel)),
        ..Filter::default()
    };
    assert_eq!(ids(&hotels).await, std::slice::from_ref(&id));
    let old = Filter {
        older_than: Duration::from_secs(3600),
        ..Filter::default()
    };
    assert!(ids(&old).await.is_empty());
    let shown = ana.show(&id).await.unwrap();
    let left = &shown.waiting.left[0];
    assert_eq!(left.work.leg, "hotel");
    assert!(left.attempts > 0, "{left:?}");
    assert!(left.handed_over.is_some(), "{left:?}");
    assert!(
        left.cause.as_deref().unwrap().contains("Unavailable"),
        "{left:?}"
    );
    assert!(left.reference.is_some(), "{left:?}");
}
