//! Very many orders for few pieces.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use holdfast_stock_rules::event::EventName::{StockAvailable, StockUnavailable};

use crate::shop::{Pauses, Shop, asks, batch, failed, process};

const ORDERS: usize = 300;
const PIECES: usize = 50;
const SKU: &str = "FIFTY-ONLY";
/// The queue's batches, and how many of them are taken at the same time.
const BATCH: usize = 10;

/// Takes all messages, so many batches at a time, each by a process of its own; what fails comes again.
async fn take_all(shop: &Shop, bodies: Vec<String>, at_once: usize) {
    let queue = Arc::new(Mutex::new(VecDeque::from(bodies)));
    let processes: Vec<_> = (0..at_once)
        .map(|_| {
            let (queue, requests) = (queue.clone(), process(shop.store().clone()));
            tokio::spawn(async move {
                loop {
                    let bodies: Vec<_> = {
                        let mut queue = queue.lock().unwrap();
                        let most = BATCH.min(queue.len());
                        queue.drain(..most).collect()
                    };
                    if bodies.is_empty() {
                        break;
                    }
                    let answer = requests.consume(batch(&bodies), &Pauses::default()).await;
                    let again = failed(&answer.unwrap());
                    let again = again.into_iter().map(|place| bodies[place].clone());
                    queue.lock().unwrap().extend(again);
                }
            })
        })
        .collect();
    for process in processes {
        process.await.unwrap();
    }
}

async fn check(shop: &Shop) {
    let (mut available, mut unavailable) = (0, 0);
    for number in 0..ORDERS {
        let answers = shop.answers(&format!("o-{number}")).await;
        let [answer] = &answers[..] else {
            panic!("one answer: {answers:?}");
        };
        match answer.name {
            StockAvailable => available += 1,
            StockUnavailable => {
                let reason = answer.reason.as_deref();
                assert_eq!(reason, Some("FIFTY-ONLY: 1 wanted, 0 left"));
                unavailable += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((available, unavailable), (PIECES, ORDERS - PIECES));
    assert_eq!(shop.available(SKU).await, Some(0));
    assert_eq!(shop.taken(SKU).await, u64::try_from(PIECES).unwrap());
}

fn orders() -> Vec<String> {
    let orders = (0..ORDERS).map(|number| asks(&format!("o-{number}"), 1, &[(SKU, 1)]));
    orders.map(|event| event.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_300_orders_for_50_pieces_50_have_one_and_250_are_told_that_none_is_left() {
    let shop = Shop::stocked().await;
    take_all(&shop, orders(), 5).await;
    check(&shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn so_it_is_when_all_300_are_taken_at_the_same_time_and_each_is_delivered_twice() {
    let shop = Shop::empty().await;
    let twice = [orders(), orders()].concat();
    take_all(&shop, twice, 60).await;
    check(&shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn orders_for_several_products_take_them_all_or_none_in_whatever_order_they_name_them() {
    let shop = Shop::empty().await;
    for sku in ["A", "B", "C"] {
        shop.begin(sku, 20).await;
    }
    let wanted = [
        [("A", 1), ("B", 1)],
        [("B", 1), ("C", 1)],
        [("C", 1), ("A", 1)],
    ];
    let bodies = (0..90).map(|number| asks(&format!("o-{number}"), 1, &wanted[number % 3]));
    take_all(&shop, bodies.map(|event| event.to_string()).collect(), 9).await;
    for sku in ["A", "B", "C"] {
        let left = shop.available(sku).await.unwrap();
        assert_eq!(left + shop.taken(sku).await, 20, "{sku}");
    }
}
