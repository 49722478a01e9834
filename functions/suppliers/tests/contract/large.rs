//! The audit of a supplier that has seen much.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};

use crate::shop::{Shop, TABLE};

/// More than DynamoDB gives in one page.
const LEGS: usize = 3_000;
const IN_A_BATCH: usize = 25;

#[tokio::test]
async fn the_audit_reads_on_where_a_page_of_the_table_ends() {
    let shop = Shop::open().await;
    shop.flight("b1", "hold").await.expect(200);
    let held = shop.client.scan().table_name(TABLE).send().await.unwrap();
    let is_leg = |item: &&HashMap<String, AttributeValue>| item.contains_key("alive");
    let held = held
        .items()
        .iter()
        .find(is_leg)
        .expect("the reservation")
        .clone();
    for batch in (0..LEGS).collect::<Vec<_>>().chunks(IN_A_BATCH) {
        let requests = batch.iter().map(|n| copy(&held, *n)).collect();
        let batch = shop
            .client
            .batch_write_item()
            .request_items(TABLE, requests);
        batch.send().await.unwrap();
    }
    assert_eq!(shop.audit("").await.len(), LEGS + 1);
    assert_eq!(shop.audit("?booking=b1").await.len(), LEGS + 1);
}

fn copy(held: &HashMap<String, AttributeValue>, n: usize) -> WriteRequest {
    let text = |text: String| AttributeValue::S(text);
    let mut item = held.clone();
    item.insert("leg".to_owned(), text(format!("copy-{n}")));
    item.insert("sk".to_owned(), text(format!("LEG#copy-{n}")));
    item.insert(
        "alive_sk".to_owned(),
        text(format!("BOOKING#b1#LEG#copy-{n}")),
    );
    let put = PutRequest::builder().set_item(Some(item)).build().unwrap();
    WriteRequest::builder().put_request(put).build()
}
