//! A service that orders meet over the bus is down: its queue holds what is asked of it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use holdfast_order_rules::action::StepName;
use holdfast_order_rules::order::Snapshot;
use holdfast_order_rules::status::InvoiceStatus;
use holdfast_tests::mailbox::{letter_to, letters_to};
use holdfast_tests::shop::{Basket, Shop};
use holdfast_tests::{Trip, fresh_name};

use crate::alone;

const ORDERS: usize = 50;
const ALL_WAIT: Duration = Duration::from_secs(180);
const AT_ONCE: usize = 16;
/// How many orders, and how many trips, are sold while no letters are written.
const SALES: usize = 5;

fn waits_for_its_invoice(snapshot: &Snapshot) -> bool {
    let invoice: InvoiceStatus = snapshot.progress(StepName::GenerateInvoice).into();
    invoice == InvoiceStatus::Requested && snapshot.order.waiting.is_some()
}

#[tokio::test]
async fn orders_wait_for_the_invoice_service_and_go_on_when_it_is_back() {
    let _alone = alone().await;
    let (shop, began) = (Shop::connect().await, Instant::now());
    let down = shop.stack.stop_listening("InvoiceRequestsFunction").await;
    let basket = Basket::of("NOTE-001", 1);
    let names: Vec<_> = (0..ORDERS).map(|_| fresh_name("waits")).collect();
    let arns = join_all(names.iter().map(|name| shop.start(name, &basket))).await;
    for name in &names {
        shop.until_within(ALL_WAIT, name, "it waits", waits_for_its_invoice)
            .await;
    }
    println!("{ORDERS} orders wait after {:.0?}", began.elapsed());
    let back = Instant::now();
    shop.stack.listen_again(down).await;
    let ended = join_all(arns.iter().map(|arn| shop.stack.end_of(arn))).await;
    println!("all have ended {:.0?} after it is back", back.elapsed());
    for ended in ended {
        assert_eq!(ended.output["status"], "completed", "{ended:?}");
    }
    let audited = stream::iter(&names).map(|name| shop.look_from_all_sides(name));
    let audited: Vec<_> = audited.buffer_unordered(AT_ONCE).collect().await;
    let wrong = audited.iter().filter(|order| !order.violations.is_empty());
    assert_eq!(wrong.count(), 0, "{audited:#?}");
    assert!(shop.gaps_in_numbers().await.is_empty());
}

/// Orders some goods, each for an address of its own; and books trips likewise.
async fn sell_to_strangers(shop: &Shop) -> Vec<String> {
    let mut addresses = Vec::new();
    for _ in 0..SALES {
        let address = format!("{}@example.com", fresh_name("patient"));
        let goods = Basket::of("NOTE-001", 1).bought_by(&address);
        let order = shop.order("unwritten", &goods).await;
        assert_eq!(order.output["status"], "completed", "{order:?}");
        shop.completed_once_more(&order.name).await;
        addresses.push(address);

        let address = format!("{}@example.com", fresh_name("patient"));
        let mut trip = Trip::flight();
        trip.0["customer"]["email"] = address.clone().into();
        let booking = shop.stack.book("unwritten", &trip).await;
        assert_eq!(booking.output["status"], "booked", "{booking:?}");
        shop.stack.booked_once_more(&booking.name).await;
        addresses.push(address);
    }
    addresses
}

#[tokio::test]
async fn nobody_waits_for_letters_and_they_come_later_once() {
    let _alone = alone().await;
    let shop = Shop::connect().await;
    let down = shop.stack.stop_listening("LettersFunction").await;
    let addresses = sell_to_strangers(&shop).await;
    for address in &addresses {
        assert_eq!(letters_to(address).await, []);
    }
    shop.stack.listen_again(down).await;
    for address in &addresses {
        letter_to(address).await;
    }
    shop.stack.all_letters_are_written().await;
    for address in &addresses {
        assert_eq!(letters_to(address).await.len(), 1, "{address}");
    }
}
