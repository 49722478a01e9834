//! Many at once: numbers without gaps and without repetition.

use std::collections::BTreeSet;
use std::sync::Arc;

use holdfast_invoices::rules::{Message, State};
use tokio::sync::Barrier;

use crate::stage::{Stage, first, unwants, wants};

const MANY: u64 = 64;
const PROCESSES: usize = 8;

/// Delivers all messages at once, to a few processes that know nothing of each other.
async fn at_once(stage: &Stage, messages: Vec<Message>) {
    let start = Arc::new(Barrier::new(messages.len()));
    let processes: Vec<_> = (0..PROCESSES).map(|_| stage.other_process()).collect();
    let tasks: Vec<_> = messages
        .into_iter()
        .zip(processes.into_iter().cycle())
        .map(|(message, process)| {
            let start = start.clone();
            tokio::spawn(async move {
                start.wait().await;
                process.deliver(&message).await;
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_orders_at_once_each_gets_a_number_and_none_is_left_out() {
    let stage = Stage::new().await;
    let orders = 1..=MANY;
    let wanted = orders.map(|order| wants(&format!("o-{order}"), "order.5"));
    at_once(&stage, wanted.collect()).await;
    assert_eq!(stage.given().await["2027"], first(MANY));
    for order in 1..=MANY {
        let answers = stage.answers(&format!("o-{order}")).await;
        assert_eq!(answers.len(), 1);
    }

    let unwanted = (1..=MANY).map(|order| unwants(&format!("o-{order}"), "order.9"));
    at_once(&stage, unwanted.collect()).await;
    let given = stage.given().await;
    assert_eq!(given["2027"], first(MANY));
    assert_eq!(given["2027-C"], first(MANY));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_deliveries_of_one_request_one_is_answered() {
    let stage = Stage::new().await;
    let same = (0..MANY).map(|_| wants("o-1", "order.5"));
    at_once(&stage, same.collect()).await;
    assert_eq!(stage.given().await["2027"], [1]);
    assert_eq!(stage.answers("o-1").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_requests_of_one_order_each_is_answered_with_the_same_number() {
    let stage = Stage::new().await;
    let others = (0..MANY).map(|event| wants("o-1", &format!("order.{event}")));
    at_once(&stage, others.collect()).await;
    assert_eq!(stage.given().await["2027"], [1]);
    let answers = stage.answers("o-1").await;
    let requests: BTreeSet<_> = answers.iter().map(|answer| &answer.request_id).collect();
    assert_eq!((answers.len() as u64, requests.len() as u64), (MANY, MANY));
    let numbers = answers.iter().map(|answer| answer.number.clone().unwrap());
    assert!(numbers.into_iter().all(|number| number.place == 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whichever_comes_first_of_a_request_and_its_cancelling_nothing_stands() {
    let stage = Stage::new().await;
    let both = (1..=MANY).map(|event| {
        let (order, event) = (format!("o-{}", event / 2), format!("order.{event}"));
        match event.ends_with(['0', '2', '4', '6', '8']) {
            true => wants(&order, &event),
            false => unwants(&order, &event),
        }
    });
    at_once(&stage, both.collect()).await;
    let given = stage.given().await;
    let noted = given.get("2027-C").cloned().unwrap_or_default();
    let issued = given.get("2027").cloned().unwrap_or_default();
    for places in [&noted, &issued] {
        assert_eq!(*places, first(places.len() as u64));
    }
    // Two of the orders asked for one thing only.
    let standing = stage.records().await.into_iter();
    let standing = standing.filter(|record| matches!(record.state, State::Issued { .. }));
    let standing = standing.map(|record| record.order_id.to_string());
    assert_eq!(standing.collect::<Vec<_>>(), ["o-32"]);
}
