//! One letter per event, however often it is delivered and whatever SES answers.

use std::time::Duration;

use holdfast_letters::rules::{Message, Status};

use crate::ses::Answer;
use crate::stage::{Stage, booked, purchase, read};

const ID: &str = "b-1/booking.7";

async fn deliver_at_once(stage: &Stage, message: &Message, times: usize) {
    let deliveries = (0..times).map(|_| {
        let (stage, message) = (stage.clone(), message.clone());
        tokio::spawn(async move { stage.deliver(&message).await })
    });
    for delivery in deliveries.collect::<Vec<_>>() {
        delivery.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_deliveries_at_once_send_one_letter() {
    for round in 0..10 {
        let stage = Stage::new().await;
        deliver_at_once(&stage, &booked("b-1"), 10).await;
        assert_eq!(stage.ses.taken().len(), 1, "round {round}");
        assert_eq!(stage.status(ID).await, Status::Sent);
        let record = stage.record(ID).await;
        assert_eq!(
            (record.claims, record.message_id.as_deref()),
            (1, Some("m-1"))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_deliveries_at_once_send_one_letter_even_if_ses_answers_badly() {
    for answer in [Answer::TakesSilently, Answer::Error(400, "Throttling")] {
        let stage = Stage::new().await;
        let throttled = Answer::Error(400, "Throttling");
        stage.ses.answers([throttled, throttled, answer]);
        deliver_at_once(&stage, &booked("b-1"), 10).await;
        assert_eq!(stage.ses.taken().len(), 1, "{answer:?}");
    }
}

#[tokio::test]
async fn an_event_that_comes_again_later_sends_nothing() {
    let stage = Stage::new().await;
    for _ in 0..3 {
        stage.deliver(&booked("b-1")).await;
        stage.passes(Duration::from_secs(3600));
    }
    assert_eq!(stage.ses.taken().len(), 1);
    stage.deliver(&booked("b-2")).await;
    assert_eq!(stage.ses.taken().len(), 2);
}

#[tokio::test]
async fn a_purchase_is_told_once_though_its_event_comes_twice() {
    let stage = Stage::new().await;
    let told = read(purchase("123", Some("ana@example.com")));
    deliver_at_once(&stage, &told, 5).await;
    stage.deliver(&told).await;
    let taken = stage.ses.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].to, "ana@example.com");
    assert!(taken[0].text.contains("BRL 100.50"), "{}", taken[0].text);
}

#[tokio::test]
async fn a_purchase_of_an_account_without_an_address_sends_nothing() {
    let stage = Stage::new().await;
    let told = read(purchase("123", None));
    assert_eq!(told, Message::Nothing);
    stage.deliver(&told).await;
    assert!(stage.ses.taken().is_empty());
}

#[tokio::test]
async fn a_letter_that_ses_does_not_take_now_is_sent_by_a_later_try() {
    let stage = Stage::new().await;
    let throttled = Answer::Error(400, "Throttling");
    let overloaded = Answer::Error(503, "ServiceUnavailable");
    let expired = Answer::Error(403, "ExpiredToken");
    stage.ses.answers([throttled, overloaded, expired]);
    let message = booked("b-1");
    for tries in 1..=3 {
        let failure = stage.take(&message, tries).await.unwrap_err();
        assert_eq!(failure.name(), "Unavailable");
        assert_eq!(stage.status(ID).await, Status::Due);
    }
    stage.take(&message, 4).await.unwrap();
    assert_eq!(stage.status(ID).await, Status::Sent);
    assert_eq!(
        (stage.ses.taken().len(), stage.record(ID).await.claims),
        (1, 4)
    );
}

#[tokio::test]
async fn after_the_last_try_of_the_queue_the_letter_waits_for_an_operator() {
    let stage = Stage::new().await;
    stage.ses.answers([Answer::Error(400, "Throttling"); 10]);
    stage.deliver(&booked("b-1")).await;
    assert_eq!(stage.status(ID).await, Status::Undelivered);
    assert_eq!(
        stage.waiting().await,
        [(ID.to_owned(), Status::Undelivered)]
    );
    assert!(stage.ses.taken().is_empty());
    stage.deliver(&booked("b-1")).await;
    assert!(stage.ses.taken().is_empty(), "it is not tried by itself");
}

#[tokio::test]
async fn a_letter_that_ses_refuses_for_good_waits_for_an_operator_at_once() {
    for code in [
        "MessageRejected",
        "MailFromDomainNotVerified",
        "InvalidParameterValue",
    ] {
        let stage = Stage::new().await;
        stage.ses.answers([Answer::Error(400, code)]);
        stage.take(&booked("b-1"), 1).await.unwrap();
        let record = stage.record(ID).await;
        assert_eq!(record.status, Status::Undelivered, "{code}");
        // SES's own text names the address.
        assert_eq!(record.problem, Some(format!("SES: {code}")));
        stage.take(&booked("b-1"), 1).await.unwrap();
        assert!(stage.ses.taken().is_empty());
    }
}

#[tokio::test]
async fn a_letter_whose_answer_is_lost_is_never_sent_again_by_itself() {
    for answer in [Answer::TakesSilently, Answer::Error(500, "InternalFailure")] {
        let stage = Stage::new().await;
        stage.ses.answers([answer]);
        stage.take(&booked("b-1"), 1).await.unwrap();
        assert_eq!(stage.status(ID).await, Status::Unknown, "{answer:?}");
        let taken = stage.ses.taken().len();
        for hours in 1..4 {
            stage.passes(Duration::from_secs(3600));
            stage.take(&booked("b-1"), hours).await.unwrap();
        }
        assert_eq!(stage.ses.taken().len(), taken, "{answer:?}");
        assert_eq!(stage.waiting().await, [(ID.to_owned(), Status::Unknown)]);
    }
}

#[tokio::test]
async fn a_letter_for_which_no_connection_came_about_is_sent_by_a_later_try() {
    let stage = Stage::new().await;
    // A port on which nobody listens.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let nobody = stage.sending_to(&url);
    let failure = nobody.take(&booked("b-1"), 1).await.unwrap_err();
    assert_eq!(failure.name(), "Unavailable");
    assert_eq!(stage.status(ID).await, Status::Due);
    stage.take(&booked("b-1"), 2).await.unwrap();
    assert_eq!(stage.ses.taken().len(), 1);
}
