//! What a batch is answered: one message fails or makes no sense, the others are done.

use std::time::Duration;

use holdfast_stock_rules::event::EventName::StockAvailable;
use serde_json::json;

use crate::shop::{Pauses, Shop, asks, batch, failed, scripted};

#[tokio::test]
async fn messages_that_make_no_sense_go_at_once_and_hold_up_nothing() {
    let shop = Shop::stocked().await;
    let book = |order: &str| asks(order, 1, &[("BOOK-001", 1)]).to_string();
    let mut nameless = asks("nameless", 1, &[("BOOK-001", 1)]);
    nameless["detail"]["order_id"] = json!(7);
    let none = asks("none", 1, &[("BOOK-001", 0)]).to_string();
    let bodies = [
        book("first"),
        "{".to_owned(),
        nameless.to_string(),
        book("second"),
        none,
        json!({"detail-type": "order_filled", "detail": {}}).to_string(),
        book("third"),
    ];
    let pauses = Pauses::default();
    let answer = shop.requests.consume(batch(&bodies), &pauses).await;
    assert_eq!(failed(&answer.unwrap()), [1, 2, 4, 5]);
    for order in ["first", "second", "third"] {
        assert_eq!(shop.told(order).await, [StockAvailable], "{order}");
    }
    let pauses = pauses.0.lock().unwrap();
    let pauses: Vec<_> = pauses
        .iter()
        .map(|(place, pause)| (place.as_str(), *pause))
        .collect();
    let at_once = ["1", "2", "4", "5"].map(|place| (place, Duration::ZERO));
    assert_eq!(pauses, at_once);
}

#[tokio::test]
async fn a_request_that_cannot_be_answered_now_comes_again_after_a_pause() {
    let shop = Shop::stocked().await.rehearsing();
    let ask = |order: &str| asks(order, 1, &[("BOOK-001", 1)]);
    let down = scripted(ask("down"), "remove_from_stock", "unavailable");
    let bodies = [ask("a").to_string(), down.to_string(), ask("b").to_string()];
    let pauses = Pauses::default();
    let answer = shop.requests.consume(batch(&bodies), &pauses).await;
    assert_eq!(failed(&answer.unwrap()), [1]);
    assert_eq!(shop.told("b").await, [StockAvailable]);
    let pauses = pauses.0.lock().unwrap();
    assert_eq!(pauses.get("1"), Some(&Duration::from_secs(1)));
}

#[tokio::test]
async fn requests_of_one_order_are_taken_in_the_order_in_which_they_come() {
    let shop = Shop::stocked().await;
    let bodies = [
        asks("o", 1, &[("LAST-ONE", 1)]).to_string(),
        crate::shop::gives_up("o", 2).to_string(),
        asks("other", 1, &[("LAST-ONE", 1)]).to_string(),
    ];
    let pauses = Pauses::default();
    let answer = shop.requests.consume(batch(&bodies), &pauses).await;
    assert_eq!(failed(&answer.unwrap()), [0; 0]);
    assert_eq!(shop.told("other").await, [StockAvailable]);
    assert_eq!(shop.available("LAST-ONE").await, Some(0));
}
