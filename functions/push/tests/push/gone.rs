//! Connections that API Gateway does not know any more, and messages that do not arrive.

use std::time::Duration;

use holdfast_push::rules::connection::{HANDSHAKE, LONGEST};

use crate::stage::{Stage, booking, customer};

#[tokio::test]
async fn a_connection_that_is_gone_is_forgotten_and_the_others_still_hear() {
    let stage = Stage::new().await;
    stage.connects("gone", customer("cus_ana")).await;
    stage.connects("open", customer("cus_ana")).await;
    stage.passes(HANDSHAKE + Duration::from_secs(1));
    stage.gateway.ends("gone");
    stage.stored(&booking("b-1"), "cus_ana").await;
    stage.happens(&[&booking("b-1")]).await;
    assert_eq!(stage.gateway.heard("open").len(), 1);
    let left = stage.open(&customer("cus_ana").audience()).await;
    let left: Vec<_> = left.iter().map(|one| one.connection_id.as_str()).collect();
    assert_eq!(left, ["open"]);
    stage.happens(&[&booking("b-1")]).await;
    assert_eq!(stage.gateway.asked().len(), 3, "it is not asked of again");
}

#[tokio::test]
async fn a_connection_whose_handshake_is_under_way_is_kept() {
    let stage = Stage::new().await;
    let ticket = stage.ticket(customer("cus_ana")).await;
    stage.handshake("new", Some(ticket.as_str())).await;
    stage.stored(&booking("b-1"), "cus_ana").await;
    stage.happens(&[&booking("b-1")]).await;
    stage.gateway.opens("new");
    stage.happens(&[&booking("b-1")]).await;
    assert_eq!(stage.gateway.heard("new").len(), 1);
}

#[tokio::test]
async fn a_connection_that_is_over_hears_nothing_though_the_table_has_it() {
    let stage = Stage::new().await;
    stage.connects("old", customer("cus_ana")).await;
    stage.passes(LONGEST);
    stage.stored(&booking("b-1"), "cus_ana").await;
    stage.happens(&[&booking("b-1")]).await;
    assert!(stage.gateway.asked().is_empty());
}

#[tokio::test]
async fn a_message_that_is_lost_is_sent_once_more_and_then_given_up() {
    let stage = Stage::new().await;
    stage.connects("c1", customer("cus_ana")).await;
    stage.stored(&booking("b-1"), "cus_ana").await;
    stage.gateway.fails(1);
    stage.happens(&[&booking("b-1")]).await;
    assert_eq!(stage.gateway.heard("c1").len(), 1);
    stage.gateway.fails(2);
    stage.happens(&[&booking("b-1")]).await;
    assert_eq!(stage.gateway.heard("c1").len(), 1);
    assert_eq!(stage.gateway.asked().len(), 4);
    let open = stage.open(&customer("cus_ana").audience()).await;
    assert_eq!(open.len(), 1, "it is not gone");
}

#[tokio::test]
async fn where_api_gateway_does_not_answer_nothing_is_forgotten() {
    let stage = Stage::new().await;
    stage.connects("c1", customer("cus_ana")).await;
    stage.passes(HANDSHAKE + Duration::from_secs(1));
    stage.stored(&booking("b-1"), "cus_ana").await;
    let elsewhere = stage.fan_out_at("http://127.0.0.1:9/live");
    let batch = serde_json::json!({"Records": [{"messageId": "m", "receiptHandle": "r",
        "body": crate::stage::event(&booking("b-1")), "attributes": {"ApproximateReceiveCount": "1"}}]});
    let answer = elsewhere.consume(serde_json::from_value(batch).unwrap());
    assert!(answer.await.unwrap().batch_item_failures.is_empty());
    let open = stage.open(&customer("cus_ana").audience()).await;
    assert_eq!(open.len(), 1);
}
