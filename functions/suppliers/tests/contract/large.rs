//! The audit of a supplier that has seen much.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use serde_json::json;

use crate::shop::{Shop, TABLE};

/// More than DynamoDB gives in one page.
const COPIES: usize = 3_000;
const IN_A_BATCH: usize = 25;

type Item = HashMap<String, AttributeValue>;

#[tokio::test]
async fn the_audit_reads_on_where_a_page_of_the_table_ends() {
    let shop = Shop::open().await;
    shop.flight("b1", "hold").await.expect(200);
    let held = the_one_alive(&shop).await;
    put_copies(&shop, |n| {
        with(
            &held,
            &[
                ("leg", format!("copy-{n}")),
                ("sk", format!("LEG#copy-{n}")),
                ("alive_sk", format!("BOOKING#b1#LEG#copy-{n}")),
            ],
        )
    })
    .await;
    assert_eq!(shop.audit("").await.len(), COPIES + 1);
    assert_eq!(shop.audit("?booking=b1").await.len(), COPIES + 1);
}

#[tokio::test]
async fn the_audit_lists_the_shipments_of_all_orders() {
    let shop = Shop::open().await;
    shop.carrier("o1", "book", json!({})).await.expect(200);
    let booked = the_one_alive(&shop).await;
    put_copies(&shop, |n| {
        with(
            &booked,
            &[
                ("order", format!("copy-{n}")),
                ("pk", format!("BOOKING#copy-{n}")),
                ("alive_sk", format!("BOOKING#copy-{n}#SHIPMENT")),
            ],
        )
    })
    .await;
    assert_eq!(shop.audit("").await.len(), COPIES + 1);
    assert_eq!(shop.audit("?booking=o1").await, ["o1 carrier booked"]);
}

async fn the_one_alive(shop: &Shop) -> Item {
    let all = shop.client.scan().table_name(TABLE).send().await.unwrap();
    let alive = all.items().iter().find(|item| item.contains_key("alive"));
    alive.expect("something alive").clone()
}

async fn put_copies(shop: &Shop, copy: impl Fn(usize) -> Item) {
    for batch in (0..COPIES).collect::<Vec<_>>().chunks(IN_A_BATCH) {
        let put = |n: &usize| PutRequest::builder().set_item(Some(copy(*n))).build();
        let put = |n| WriteRequest::builder().put_request(put(n).unwrap()).build();
        let batch = shop
            .client
            .batch_write_item()
            .request_items(TABLE, batch.iter().map(put).collect());
        batch.send().await.unwrap();
    }
}

fn with(item: &Item, texts: &[(&str, String)]) -> Item {
    let mut item = item.clone();
    for (name, text) in texts {
        item.insert((*name).to_owned(), AttributeValue::S(text.clone()));
    }
    item
}
