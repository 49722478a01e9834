//! Bookings that wait at the desk, and the queue that says so.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::{Json, Router};
use holdfast_booking::desk::{AUTOMATIC, Automatic, Clerk, Errand, Redriver, Report};
use holdfast_booking::steps::{Desk, DeskRequest};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_booking_rules::event::{Event, EventName};
use holdfast_booking_rules::unwinding::Work;
use holdfast_core::cause::Cause;
use holdfast_core::ids::BookingId;
use holdfast_kit::batch::{Attributes, Batch, Message};
use holdfast_kit::queue::{self, Pauses, Postpones};
use serde_json::{Value, json};

use crate::support::{self, Bench, TOKEN, aws};

/// Takes messages, as the queue `saga-errors` does, and notes when they are to come again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    pub(crate) sent: Arc<Mutex<Vec<String>>>,
    pub(crate) pauses: Arc<Mutex<Vec<(String, u64)>>>,
}

impl Postpones for Queue {
    async fn postpone(&self, receipt: &str, pause: Duration) {
        let noted = (receipt.to_owned(), pause.as_secs());
        self.pauses.lock().unwrap().push(noted);
    }
}

impl Queue {
    pub(crate) async fn client(&self) -> aws_sdk_sqs::Client {
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
        aws::sqs(&address)
    }

    pub(crate) fn only_message(&self) -> String {
        let sent = self.sent.lock().unwrap();
        assert_eq!(sent.len(), 1, "{sent:?}");
        sent[0].clone()
    }
}

pub(crate) fn message(id: &str, body: &str, tries: u32) -> Message {
    Message {
        message_id: id.to_owned(),
        receipt_handle: format!("receipt-{id}"),
        body: body.to_owned(),
        attributes: Attributes {
            approximate_receive_count: tries.to_string(),
        },
    }
}

/// Delivers messages to the automatic redrive; tells which failed.
pub(crate) async fn deliver(bench: &Bench, queue: &Queue, messages: Vec<Message>) -> Vec<String> {
    let automatic = Automatic {
        clerk: Redriver {
            clerk: clerk(bench, AUTOMATIC),
            supplier: bench.supplier.clone(),
        },
        queue: queue.clone(),
        pauses: Pauses {
            first: Duration::from_secs(30),
        },
    };
    let batch = Batch { records: messages };
    let response = automatic.consume(batch).await.unwrap();
    let failed = response.batch_item_failures.into_iter();
    failed.map(|failure| failure.item_identifier).collect()
}

pub(crate) fn clerk(bench: &Bench, name: &str) -> Clerk {
    Clerk {
        store: bench.store.clone(),
        clock: bench.clock(),
        name: name.to_owned(),
    }
}

pub(crate) fn errand(id: &BookingId, reason: &str) -> Errand {
    Errand {
        reason: Some(reason.to_owned()),
        ..Errand::all_of(id.clone())
    }
}

pub(crate) fn trip(release_of_hotel: &str) -> Value {
    let mut legs = support::flight_and_hotel();
    legs[1]["simulate"] = json!({ "release": release_of_hotel });
    legs
}

/// Does what the state machine does with work that fails, and tells which went to the desk.
pub(crate) async fn work_off(bench: &Bench, queue: &Queue, id: &BookingId, work: Vec<Work>) {
    let desk = Desk {
        store: bench.store.clone(),
        queue: queue::Queue {
            sqs: queue.client().await.into(),
            url: "http://localhost/saga-errors".to_owned(),
        },
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
pub(crate) async fn stuck(
    bench: &Bench,
    id: &str,
    release: &str,
    error: &str,
) -> (BookingId, Queue) {
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
pub(crate) async fn unpaid(bench: &Bench, id: &str, capture: &str) -> (BookingId, Queue) {
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

pub(crate) async fn redrive(bench: &Bench, id: &BookingId) -> Report {
    let clerk = clerk(bench, "ana");
    let report = clerk
        .redrive(&errand(id, "asked to"), &bench.supplier)
        .await;
    report.expect("a report")
}

pub(crate) fn only(history: &[Event], name: EventName) -> &Event {
    let mut found = history.iter().filter(|event| event.name == name);
    let event = found.next().unwrap_or_else(|| panic!("no {name:?}"));
    assert!(found.next().is_none(), "more than one {name:?}");
    event
}
