//! More customers than goods, all at once.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use holdfast_stock_rules::reservation::Status;
use holdfast_tests::shop::{Basket, Shop};
use holdfast_tests::{Ended, fresh_name};

use crate::alone;

const SKU: &str = "FIFTY-ONLY";
const PIECES: usize = 50;
const CUSTOMERS: usize = 300;
/// For the last of them.
const PATIENCE: Duration = Duration::from_secs(400);
/// How many start at the same moment; the others follow as fast as executions can be started.
const STARTS_AT_ONCE: usize = 50;

/// All of them want one piece at the same time.
async fn all_at_once(shop: &Shop) -> Vec<Ended> {
    let basket = Basket::of(SKU, 1);
    let started = stream::iter(0..CUSTOMERS).map(|_| {
        let basket = &basket;
        async move { shop.start(&fresh_name("crowd"), basket).await }
    });
    let started: Vec<_> = started.buffer_unordered(STARTS_AT_ONCE).collect().await;
    let ended = stream::iter(&started).map(|arn| shop.stack.end_within(PATIENCE, arn));
    ended.buffer_unordered(STARTS_AT_ONCE).collect().await
}

#[tokio::test]
async fn as_many_orders_are_completed_as_there_are_pieces() {
    let _alone = alone().await;
    let (shop, began) = (Shop::connect().await, Instant::now());
    shop.restock(SKU, PIECES as u64).await;
    let ended = all_at_once(&shop).await;
    let (completed, others): (Vec<_>, Vec<_>) = ended
        .iter()
        .partition(|ended| ended.output["status"] == "completed");
    println!(
        "{CUSTOMERS} orders for {PIECES} pieces: {} completed, {} not, in {:.0?}",
        completed.len(),
        others.len(),
        began.elapsed()
    );
    assert_eq!(completed.len(), PIECES);
    for ended in &others {
        let said = format!("{SKU}: 1 wanted, 0 left");
        let reason = ended.output["reason"].as_str().unwrap_or_default();
        assert_eq!(ended.output["status"], "failed", "{ended:?}");
        assert!(reason.contains(&said), "{reason}");
    }
    // Never negative: a number that is not is all that the tally can be read as.
    assert_eq!(shop.available(SKU).await, 0);
    for ended in &others {
        let left = shop.left(&ended.name).await;
        assert_eq!(left.with(), [""; 0], "{left:?}");
        assert_ne!(left.stock, Some(Status::Taken));
    }
    for ended in &completed {
        let audited = shop.look_from_all_sides(&ended.name).await;
        assert!(audited.violations.is_empty(), "{audited:?}");
    }
    assert!(shop.gaps_in_numbers().await.is_empty());
}
