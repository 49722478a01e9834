//! A process may end at any moment. What may have been sent is not sent again.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_letters::delivery::MOST_TRIES;
use holdfast_letters::rules::Status;
use holdfast_letters::rules::record::LEASE;

use crate::ses::Answer;
use crate::stage::{Stage, booked};

const ID: &str = "b-1/booking.7";

/// A process that ends while SES has the letter and has not answered.
async fn die_while_sending(stage: &Stage) {
    stage.ses.answers([Answer::TakesLater]);
    let process = stage.clone();
    let process = tokio::spawn(async move { process.take(&booked("b-1"), 1).await });
    stage.ses.is_asked().await;
    process.abort();
    assert!(process.await.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn a_process_that_ends_between_its_claim_and_the_answer_leaves_an_unknown_letter() {
    let stage = Stage::new().await;
    die_while_sending(&stage).await;
    stage.ses.goes_on();
    assert_eq!(stage.status(ID).await, Status::Sending);
    // The queue brings the message again; the lease tells whether the process may be at it still.
    let busy = stage.take(&booked("b-1"), 2).await.unwrap_err();
    assert!(matches!(busy, Failure::Unavailable(_)), "{busy}");
    assert_eq!(stage.waiting().await, []);
    stage.passes(LEASE);
    assert_eq!(stage.waiting().await, [(ID.to_owned(), Status::Unknown)]);
    for tries in 3..6 {
        stage.take(&booked("b-1"), tries).await.unwrap();
        assert_eq!(stage.status(ID).await, Status::Unknown);
    }
    assert_eq!(stage.record(ID).await.claims, 1);
    assert!(stage.ses.taken().len() <= 1);
}

#[tokio::test]
async fn a_process_that_answers_after_its_lease_tells_what_became_of_the_letter() {
    let stage = Stage::new().await;
    stage.ses.answers([Answer::TakesLater]);
    let slow = stage.clone();
    let slow = tokio::spawn(async move { slow.take(&booked("b-1"), 1).await });
    stage.ses.is_asked().await;
    stage.passes(LEASE);
    stage.take(&booked("b-1"), 2).await.unwrap();
    assert_eq!(stage.status(ID).await, Status::Unknown);
    stage.ses.goes_on();
    slow.await.unwrap().unwrap();
    assert_eq!(stage.status(ID).await, Status::Sent);
    assert_eq!(stage.ses.taken().len(), 1);
}

#[test]
fn a_lease_is_longer_than_a_function_runs_and_over_when_the_message_comes_again() {
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
    let template = std::fs::read_to_string(template).unwrap();
    let seconds = |part: &str, name: &str| {
        let part = template.split(part).nth(1).expect(part);
        let value = part.split(name).nth(1).expect(name);
        let digits = value
            .chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>();
        Duration::from_secs(digits.parse().unwrap())
    };
    let function = seconds("\nGlobals:", "    Timeout: ");
    let hidden = seconds("\n  LettersQueue:", "VisibilityTimeout: ");
    assert!(
        function < LEASE && LEASE < hidden,
        "{function:?} {hidden:?}"
    );
    let queue = template.split("\n  LettersQueue:").nth(1).unwrap();
    assert!(queue.contains(&format!("maxReceiveCount: {MOST_TRIES}}}")));
}
