//! What orders are answered: repeated, reordered, with products that were never drawn upon, and with
//! faults.

use holdfast_core::failure::Failure;
use holdfast_stock::seed::{Seeded, seed};
use holdfast_stock_rules::catalogue;
use holdfast_stock_rules::event::EventName::{
    StockAnswerLost, StockAvailable, StockReturned, StockUnavailable,
};
use holdfast_stock_rules::reservation::State;

use crate::shop::{Shop, asks, gives_up, goods, id, scripted};

const TWO_BOOKS: &[(&str, u32)] = &[("BOOK-001", 2), ("MUG-001", 1)];

#[tokio::test]
async fn an_order_has_all_that_it_wants_and_gives_it_back() {
    let shop = Shop::stocked().await;
    shop.take(&asks("o", 1, TWO_BOOKS)).await.unwrap();
    let [available] = &shop.answers("o").await[..] else {
        panic!("one answer");
    };
    assert_eq!(available.name, StockAvailable);
    assert_eq!(available.request_id.as_str(), "o/order.1");
    assert_eq!(available.items, Some(goods(TWO_BOOKS)));
    assert_eq!(shop.available("BOOK-001").await, Some(998));
    assert_eq!(shop.available("MUG-001").await, Some(999));
    shop.take(&gives_up("o", 2)).await.unwrap();
    assert_eq!(shop.told("o").await, [StockAvailable, StockReturned]);
    assert_eq!(shop.available("BOOK-001").await, Some(1_000));
    assert_eq!(shop.available("MUG-001").await, Some(1_000));
}

#[tokio::test]
async fn an_order_that_cannot_have_all_has_nothing_and_is_told_what_is_left() {
    let shop = Shop::stocked().await;
    let too_much = [("BOOK-001", 2), ("LAST-ONE", 2), ("SOLD-OUT", 1)];
    shop.take(&asks("o", 1, &too_much)).await.unwrap();
    let [unavailable] = &shop.answers("o").await[..] else {
        panic!("one answer");
    };
    assert_eq!(unavailable.name, StockUnavailable);
    assert_eq!(
        unavailable.reason.as_deref(),
        Some("LAST-ONE: 2 wanted, 1 left; SOLD-OUT: 1 wanted, 0 left")
    );
    assert_eq!(shop.available("BOOK-001").await, Some(1_000));
    assert_eq!(shop.available("LAST-ONE").await, Some(1));
}

#[tokio::test]
async fn the_same_request_again_changes_nothing_and_is_not_answered() {
    let shop = Shop::stocked().await;
    for _ in 0..10 {
        shop.take(&asks("o", 1, TWO_BOOKS)).await.unwrap();
    }
    assert_eq!(shop.told("o").await, [StockAvailable]);
    assert_eq!(shop.available("BOOK-001").await, Some(998));
    for _ in 0..10 {
        shop.take(&gives_up("o", 2)).await.unwrap();
        shop.take(&asks("o", 1, TWO_BOOKS)).await.unwrap();
    }
    assert_eq!(shop.told("o").await, [StockAvailable, StockReturned]);
    assert_eq!(shop.available("BOOK-001").await, Some(1_000));
}

#[tokio::test]
async fn another_request_about_the_same_order_is_told_what_is_recorded() {
    let shop = Shop::stocked().await;
    shop.take(&asks("o", 1, &[("LAST-ONE", 1)])).await.unwrap();
    shop.take(&asks("o", 2, &[("LAST-ONE", 1)])).await.unwrap();
    shop.take(&asks("late", 1, &[("LAST-ONE", 1)]))
        .await
        .unwrap();
    shop.take(&gives_up("o", 3)).await.unwrap();
    shop.take(&asks("late", 2, &[("LAST-ONE", 1)]))
        .await
        .unwrap();
    shop.take(&gives_up("o", 4)).await.unwrap();
    let told = [StockAvailable, StockAvailable, StockReturned, StockReturned];
    assert_eq!(shop.told("o").await, told);
    let late = shop.answers("late").await;
    for answer in &late {
        assert_eq!(answer.reason.as_deref(), Some("LAST-ONE: 1 wanted, 0 left"));
    }
    assert_eq!(late.len(), 2);
    assert_eq!(shop.available("LAST-ONE").await, Some(1));
}

#[tokio::test]
async fn a_request_that_comes_after_the_order_gave_up_is_refused() {
    let shop = Shop::stocked().await;
    shop.take(&gives_up("early", 2)).await.unwrap();
    shop.take(&asks("early", 1, TWO_BOOKS)).await.unwrap();
    assert_eq!(shop.told("early").await, [StockReturned, StockUnavailable]);
    let early = shop.reservation("early").await.unwrap();
    assert_eq!(early.state, State::ReturnedBeforeTaken);

    shop.take(&asks("usual", 1, TWO_BOOKS)).await.unwrap();
    shop.take(&gives_up("usual", 2)).await.unwrap();
    shop.take(&asks("usual", 3, TWO_BOOKS)).await.unwrap();
    let told = [StockAvailable, StockReturned, StockUnavailable];
    assert_eq!(shop.told("usual").await, told);
    assert_eq!(shop.available("BOOK-001").await, Some(1_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_deliveries_at_the_same_time_one_is_answered() {
    let shop = Shop::stocked().await;
    for round in 0..20 {
        let order = format!("o-{round}");
        let (ask, give_up) = (asks(&order, 1, TWO_BOOKS), gives_up(&order, 2));
        let events = [&ask, &ask, &give_up, &ask, &give_up];
        let deliveries = events.map(|event| {
            let (shop, event) = (shop.clone(), event.clone());
            let requests = crate::shop::process(shop.store().clone());
            tokio::spawn(async move { Shop { requests, ..shop }.take(&event).await })
        });
        for delivery in deliveries {
            delivery.await.unwrap().unwrap();
        }
        assert_eq!(shop.answers(&order).await.len(), 2);
    }
    assert_eq!(shop.taken("BOOK-001").await, 0);
    assert_eq!(shop.available("BOOK-001").await, Some(1_000));
}

#[tokio::test]
async fn a_product_that_nobody_has_drawn_upon_is_begun_and_one_that_is_unknown_is_not() {
    let shop = Shop::empty().await;
    shop.take(&asks("o", 1, TWO_BOOKS)).await.unwrap();
    assert_eq!(shop.told("o").await, [StockAvailable]);
    assert_eq!(shop.available("BOOK-001").await, Some(998));
    let strange = [("BOOK-002", 1), ("NO-SUCH", 3)];
    shop.take(&asks("strange", 1, &strange)).await.unwrap();
    let answers = shop.answers("strange").await;
    assert_eq!(
        answers[0].reason.as_deref(),
        Some("NO-SUCH: 3 wanted, there is no such product")
    );
    assert_eq!(shop.available("BOOK-002").await, Some(1_000));
    assert_eq!(shop.available("NO-SUCH").await, None);
}

#[tokio::test]
async fn seeding_begins_what_is_missing_and_resets_nothing() {
    let shop = Shop::empty().await;
    shop.take(&asks("o", 1, &[("LAST-ONE", 1)])).await.unwrap();
    let all = u32::try_from(catalogue::skus().count()).unwrap();
    let (begun, known) = (all - 1, 1);
    assert_eq!(seed(shop.store()).await, Ok(Seeded { begun, known }));
    let (begun, known) = (0, all);
    assert_eq!(seed(shop.store()).await, Ok(Seeded { begun, known }));
    assert_eq!(shop.available("LAST-ONE").await, Some(0));
    for sku in catalogue::skus().filter(|sku| *sku != id("LAST-ONE")) {
        let pieces = catalogue::at_first(&sku);
        assert_eq!(shop.available(sku.as_str()).await, pieces);
    }
}

#[tokio::test]
async fn faults_happen_as_they_are_scripted() {
    let shop = Shop::stocked().await.rehearsing();
    let ask = |order, number, fault| {
        let asked = asks(order, number, &[("BOOK-001", 1)]);
        scripted(asked, "remove_from_stock", fault)
    };
    shop.take(&ask("refused", 1, "refuse")).await.unwrap();
    assert_eq!(shop.told("refused").await, [StockUnavailable]);

    let down = ask("down", 1, "unavailable:2");
    for tries in 1..=2 {
        let failed = shop.take_again(&down, tries);
        assert!(matches!(failed.await, Err(Failure::Unavailable(_))));
    }
    assert_eq!(shop.reservation("down").await, None);
    shop.take_again(&down, 3).await.unwrap();
    assert_eq!(shop.told("down").await, [StockAvailable]);

    for number in 1..=2 {
        shop.take(&ask("lost", number, "lost:1")).await.unwrap();
    }
    assert_eq!(shop.told("lost").await, [StockAnswerLost, StockAvailable]);

    shop.take(&ask("slow", 1, "slow:5")).await.unwrap();
    assert_eq!(shop.told("slow").await, [StockAvailable]);

    let kept = scripted(gives_up("slow", 2), "return_stock", "refuse");
    shop.take(&kept).await.unwrap();
    assert_eq!(shop.told("slow").await, [StockAvailable]);
    assert_eq!(shop.available("BOOK-001").await, Some(997));
}

#[tokio::test]
async fn nothing_is_scripted_where_people_buy() {
    let shop = Shop::stocked().await;
    for (order, fault) in [("a", "refuse"), ("b", "unavailable"), ("c", "lost")] {
        let asked = asks(order, 1, &[("BOOK-001", 1)]);
        let asked = scripted(asked, "remove_from_stock", fault);
        shop.take(&asked).await.unwrap();
        assert_eq!(shop.told(order).await, [StockAvailable]);
    }
}
