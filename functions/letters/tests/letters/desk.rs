//! What an operator sees and decides.

use std::time::Duration;

use axum::Router;
use axum::http::header;
use axum::routing::post;
use holdfast_kit::later::Later;
use holdfast_kit::queue::Queue;
use holdfast_letters::rules::message::REDRIVEN;
use holdfast_letters::rules::{Message, Status};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::ses::Answer;
use crate::stage::{Stage, booked, id, read};

const ID: &str = "b-1/booking.7";

/// A server that stands for SQS, and what was sent to it.
async fn queue() -> (Queue, mpsc::UnboundedReceiver<Value>) {
    let (sends, sent) = mpsc::unbounded_channel();
    let take = move |body: String| {
        let sends = sends.clone();
        async move {
            let asked: Value = serde_json::from_str(&body).unwrap();
            let message = asked["MessageBody"].as_str().unwrap();
            sends.send(serde_json::from_str(message).unwrap()).unwrap();
            let answer = json!({"MessageId": "m", "MD5OfMessageBody": "x"}).to_string();
            (
                [(header::CONTENT_TYPE, "application/x-amz-json-1.0")],
                answer,
            )
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/", post(take));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let sqs = crate::ses::sqs(&url);
    let queue = Queue {
        sqs: Later::new(move || sqs.clone()),
        url: format!("{url}/000000000000/letters"),
    };
    (queue, sent)
}

#[tokio::test]
async fn an_operator_has_a_letter_sent_once_more() {
    let stage = Stage::new().await;
    stage.ses.answers([Answer::TakesSilently]);
    stage.take(&booked("b-1"), 1).await.unwrap();
    assert_eq!(stage.waiting().await, [(ID.to_owned(), Status::Unknown)]);
    let (queue, mut sent) = queue().await;
    let due = stage
        .clerk()
        .redrive(&id(ID), Some("it did not arrive"), &queue)
        .await;
    assert_eq!(due.unwrap().status, Status::Due);
    let message = read(sent.recv().await.unwrap());
    assert_eq!(message, Message::Redriven(id(ID)));
    for _ in 0..3 {
        stage.deliver(&message).await;
    }
    let record = stage.record(ID).await;
    assert_eq!((record.status, record.claims), (Status::Sent, 2));
    assert_eq!(
        stage.ses.taken().len(),
        2,
        "the operator knew that it may come twice"
    );
    assert_eq!(record.decided.unwrap().by, "ana");
    assert_eq!(stage.waiting().await, []);
}

#[tokio::test]
async fn a_letter_that_was_sent_or_is_being_sent_is_not_sent_once_more() {
    let stage = Stage::new().await;
    let (queue, mut sent) = queue().await;
    let clerk = stage.clerk();
    let missing = clerk.redrive(&id(ID), None, &queue).await.unwrap_err();
    assert_eq!(missing.name(), "Conflict");
    stage.ses.answers([Answer::TakesLater]);
    let process = stage.clone();
    let process = tokio::spawn(async move { process.take(&booked("b-1"), 1).await });
    stage.ses.is_asked().await;
    let sending = clerk.redrive(&id(ID), None, &queue).await.unwrap_err();
    stage.ses.goes_on();
    process.await.unwrap().unwrap();
    let was_sent = clerk.redrive(&id(ID), None, &queue).await.unwrap_err();
    assert_eq!((sending.name(), was_sent.name()), ("Conflict", "Conflict"));
    assert!(sent.try_recv().is_err());
}

#[tokio::test]
async fn a_letter_that_is_given_up_is_neither_sent_nor_seen_any_more() {
    let stage = Stage::new().await;
    stage.ses.answers([Answer::Error(400, "MessageRejected")]);
    stage.take(&booked("b-1"), 1).await.unwrap();
    let clerk = stage.clerk();
    let silent = clerk.drop_letter(&id(ID), " ").await.unwrap_err();
    assert_eq!(silent.name(), "InvalidLetter");
    let dropped = clerk
        .drop_letter(&id(ID), "told by telephone")
        .await
        .unwrap();
    assert_eq!(dropped.status, Status::Dropped);
    assert_eq!(stage.waiting().await, []);
    stage.deliver(&booked("b-1")).await;
    stage
        .deliver(&read(
            json!({"detail-type": REDRIVEN, "detail": {"id": ID}}),
        ))
        .await;
    assert!(stage.ses.taken().is_empty());
    let decided = stage.record(ID).await.decided.unwrap();
    assert_eq!(decided.reason.as_deref(), Some("told by telephone"));
}

#[tokio::test]
async fn a_letter_that_is_due_and_lost_its_message_is_seen_after_a_while() {
    let stage = Stage::new().await;
    stage.ses.answers([Answer::Error(400, "Throttling")]);
    stage.take(&booked("b-1"), 1).await.unwrap_err();
    assert_eq!(stage.waiting().await, []);
    stage.passes(Duration::from_secs(15 * 60));
    assert_eq!(stage.waiting().await, [(ID.to_owned(), Status::Due)]);
}
