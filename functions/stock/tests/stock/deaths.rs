//! Processes that end between any two of their requests to the table. The message comes again; what
//! was on its way may arrive before that, later, or never.

use holdfast_stock_rules::event::EventName::{StockAvailable, StockReturned, StockUnavailable};
use serde_json::Value;

use crate::gate::{Gate, Held};
use crate::shop::{Shop, asks, gives_up, process};

/// What becomes of the request to the table that a process died over.
#[derive(Clone, Copy, Debug)]
enum OnItsWay {
    /// It never arrives.
    Lost,
    /// It arrived, and the process died before it knew.
    Done,
    /// It arrives after the message has come again.
    Late,
}

/// Takes a request in a process that dies over its request to the table of this place, and again in
/// another. False if there are not so many requests.
async fn die_and_take_again(shop: &Shop, event: &Value, place: usize, fate: OnItsWay) -> bool {
    let held = match fate {
        OnItsWay::Done => Held::Answer,
        OnItsWay::Lost | OnItsWay::Late => Held::Request,
    };
    let (store, gate) = Gate::before(&shop.address, place, held).await;
    let request = serde_json::from_value(event.clone()).unwrap();
    let requests = process(store);
    let dying = tokio::spawn(async move { requests.take(&request, 1).await });
    tokio::pin!(dying);
    tokio::select! {
        () = gate.reached() => dying.abort(),
        done = &mut dying => {
            done.unwrap().unwrap();
            return false;
        }
    }
    shop.take_again(event, 2).await.unwrap();
    if matches!(fate, OnItsWay::Late) {
        gate.open().await;
    }
    true
}

/// Plays a story as often as there are places to die, and looks what came of it.
async fn everywhere<F: Future<Output = ()>>(
    before: &[Value],
    event: &Value,
    check: impl Fn(Shop) -> F,
) -> usize {
    let mut died = 0;
    for fate in [OnItsWay::Lost, OnItsWay::Done, OnItsWay::Late] {
        for place in 1.. {
            let shop = Shop::empty().await;
            shop.begin("FEW", 3).await;
            for event in before {
                shop.take(event).await.unwrap();
            }
            let has_died = die_and_take_again(&shop, event, place, fate).await;
            check(shop).await;
            if !has_died {
                break;
            }
            died += 1;
        }
    }
    died
}

#[tokio::test]
async fn wherever_a_process_dies_that_takes_goods_they_are_taken_once() {
    let check = |shop: Shop| async move {
        assert_eq!(shop.told("o").await, [StockAvailable]);
        assert_eq!(shop.available("FEW").await, Some(1));
    };
    let died = everywhere(&[], &asks("o", 1, &[("FEW", 2)]), check).await;
    assert_eq!(died, 3 * 2, "reading, and one transaction");
}

#[tokio::test]
async fn wherever_a_process_dies_that_begins_a_product_it_is_begun_once() {
    let check = |shop: Shop| async move {
        assert_eq!(shop.told("o").await, [StockAvailable]);
        assert_eq!(shop.available("LAST-ONE").await, Some(0));
        assert_eq!(shop.available("FEW").await, Some(1));
    };
    let event = asks("o", 1, &[("FEW", 2), ("LAST-ONE", 1)]);
    let died = everywhere(&[], &event, check).await;
    assert_eq!(died, 3 * 4, "reading, a refusal, beginning, a transaction");
}

#[tokio::test]
async fn wherever_a_process_dies_that_refuses_nothing_is_taken() {
    let check = |shop: Shop| async move {
        assert_eq!(shop.told("o").await, [StockUnavailable]);
        assert_eq!(shop.available("FEW").await, Some(3));
    };
    let died = everywhere(&[], &asks("o", 1, &[("FEW", 4)]), check).await;
    assert_eq!(died, 3 * 3, "reading, a refusal, a transaction");
}

#[tokio::test]
async fn wherever_a_process_dies_that_puts_goods_back_they_are_put_back_once() {
    let check = |shop: Shop| async move {
        assert_eq!(shop.told("o").await, [StockAvailable, StockReturned]);
        assert_eq!(shop.available("FEW").await, Some(3));
    };
    let before = [asks("o", 1, &[("FEW", 2)])];
    let died = everywhere(&before, &gives_up("o", 2), check).await;
    assert_eq!(died, 3 * 2, "reading, and one transaction");
}

/// The order has given up, and been told that it has nothing, while its first request was on its way.
#[tokio::test]
async fn a_removal_that_arrives_after_the_order_gave_up_takes_nothing() {
    let shop = Shop::empty().await;
    shop.begin("FEW", 3).await;
    let (store, gate) = Gate::before(&shop.address, 2, Held::Request).await;
    let request = serde_json::from_value(asks("o", 1, &[("FEW", 2)])).unwrap();
    let requests = process(store);
    let late = tokio::spawn(async move { requests.take(&request, 1).await });
    gate.reached().await;
    shop.take(&gives_up("o", 2)).await.unwrap();
    gate.open().await;
    late.await.unwrap().unwrap();
    assert_eq!(shop.told("o").await, [StockReturned, StockUnavailable]);
    assert_eq!(shop.available("FEW").await, Some(3));
}
