//! A process may end at any moment: the request comes again, and everything is as if it had not ended.

use std::sync::Arc;

use crate::road::{Lost, Road};
use crate::stage::{Stage, first, requests, unwants, wants};

/// Takes a message in a process that ends at its n-th request to the table. Tells whether it got there.
async fn die_at(
    stage: &Stage,
    message: &holdfast_invoices::rules::Message,
    end: (usize, Lost),
) -> bool {
    let (road, store) = Road::to(&stage.address, Some(end)).await;
    let (requests, message) = (Arc::new(requests(store)), message.clone());
    let process = tokio::spawn(async move { requests.answer(&message, 1).await });
    let abort = process.abort_handle();
    tokio::select! {
        () = road.ended() => {
            abort.abort();
            true
        }
        done = process => {
            done.unwrap().unwrap();
            false
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_a_process_ends_the_request_is_answered_once_and_no_number_is_lost() {
    let stage = Stage::new().await;
    let (mut orders, mut deaths) = (0, 0);
    for cancels in [false, true] {
        for lost in [Lost::Request, Lost::Answer] {
            for place in 0.. {
                orders += 1;
                let order = format!("o-{orders}");
                let asked = wants(&order, "order.5");
                let message = match cancels {
                    true => {
                        stage.deliver(&asked).await;
                        unwants(&order, "order.9")
                    }
                    false => asked,
                };
                let died = die_at(&stage, &message, (place, lost)).await;
                stage.deliver(&message).await;
                let answers = stage.answers(&order).await.len();
                assert_eq!(answers, 1 + usize::from(cancels), "{lost:?} at {place}");
                if !died {
                    break;
                }
                deaths += 1;
            }
        }
    }
    // Reading the record and the series, and writing: each way, before and after.
    assert_eq!(deaths, 12);
    let given = stage.given().await;
    assert_eq!(given["2027"], first(orders));
    assert_eq!(given["2027-C"], first(orders / 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_that_meet_others_are_tried_again_and_then_left_to_the_queue() {
    let stage = Stage::new().await;
    let (road, store) = Road::to(&stage.address, None).await;
    let requests = requests(store);
    road.meet(2);
    requests.answer(&wants("o-1", "order.5"), 1).await.unwrap();
    assert_eq!(road.passed(), 5, "two reads and three writes");
    road.meet(5);
    let busy = requests.answer(&wants("o-2", "order.5"), 1).await;
    assert_eq!(busy.unwrap_err().name(), "Unavailable");
    assert_eq!(stage.record("o-2").await, None);
    requests.answer(&wants("o-2", "order.5"), 2).await.unwrap();
    assert_eq!(stage.given().await["2027"], [1, 2]);
}
