//! Customers hear of their own sagas, operators of all; and hear that something has changed, not what.

use std::slice::from_ref;

use holdfast_booking::store::Bookings;
use holdfast_kit::batch::Answer;
use holdfast_kit::table::Aggregate;
use holdfast_kit::table::item::text_of;
use holdfast_order::store::Orders;
use holdfast_push::fan_out::owners::head;
use serde_json::json;

use crate::stage::{Stage, booking, customer, event, operator, order};

#[tokio::test]
async fn a_customer_hears_of_their_own_sagas_and_never_of_anothers() {
    let stage = Stage::new().await;
    stage.connects("ana", customer("cus_ana")).await;
    stage.connects("ana-too", customer("cus_ana")).await;
    stage.connects("bob", customer("cus_bob")).await;
    stage.connects("olga", operator("cus_olga")).await;
    let (trip, goods) = (booking("b-1"), order("o-1"));
    stage.stored(&trip, "cus_ana").await;
    stage.stored(&goods, "cus_bob").await;
    stage.happens(&[&trip, &goods]).await;
    let (of_trip, of_goods) = (
        json!({"kind": "booking", "id": "b-1"}),
        json!({"kind": "order", "id": "o-1"}),
    );
    assert_eq!(stage.gateway.heard("ana"), from_ref(&of_trip));
    assert_eq!(stage.gateway.heard("ana-too"), from_ref(&of_trip));
    assert_eq!(stage.gateway.heard("bob"), from_ref(&of_goods));
    let mut all = stage.gateway.heard("olga");
    all.sort_by_key(|one| one["id"].to_string());
    assert_eq!(all, [of_trip, of_goods]);
}

#[tokio::test]
async fn the_same_id_of_a_booking_and_an_order_are_two_sagas() {
    let stage = Stage::new().await;
    stage.connects("ana", customer("cus_ana")).await;
    stage.connects("bob", customer("cus_bob")).await;
    stage.stored(&booking("same"), "cus_ana").await;
    stage.stored(&order("same"), "cus_bob").await;
    stage.happens(&[&booking("same"), &order("same")]).await;
    assert_eq!(stage.gateway.heard("ana").len(), 1);
    assert_eq!(stage.gateway.heard("bob")[0]["kind"], "order");
}

#[tokio::test]
async fn events_of_one_saga_in_one_batch_are_one_message() {
    let stage = Stage::new().await;
    stage.connects("ana", customer("cus_ana")).await;
    let trip = booking("b-1");
    stage.stored(&trip, "cus_ana").await;
    stage.happens(&[&trip; 10]).await;
    assert_eq!(stage.gateway.heard("ana").len(), 1);
    stage.happens(&[&trip]).await;
    assert_eq!(stage.gateway.heard("ana").len(), 2);
}

#[tokio::test]
async fn a_saga_without_a_customer_is_told_to_operators_alone() {
    let stage = Stage::new().await;
    stage.connects("ana", customer("cus_ana")).await;
    stage.connects("olga", operator("cus_olga")).await;
    stage.happens(&[&booking("unknown")]).await;
    assert!(stage.gateway.heard("ana").is_empty());
    assert_eq!(stage.gateway.heard("olga").len(), 1);
}

#[tokio::test]
async fn an_event_that_makes_no_sense_comes_again_and_holds_up_no_other() {
    let stage = Stage::new().await;
    stage.connects("ana", customer("cus_ana")).await;
    let trip = booking("b-1");
    stage.stored(&trip, "cus_ana").await;
    let (other, no_json) = (json!({"detail": {}}).to_string(), "text".to_owned());
    let answer = stage.deliver(&[other, event(&trip), no_json]).await;
    assert_eq!(answer, Answer::failed(["m-0".to_owned(), "m-2".to_owned()]));
    assert_eq!(stage.gateway.heard("ana").len(), 1);
}

#[tokio::test]
async fn where_listeners_cannot_be_found_the_event_comes_again() {
    let stage = Stage::new().await;
    let mut broken = stage.fan_out_at("http://127.0.0.1:9/live");
    broken.owners = holdfast_push::fan_out::owners::Owners::new(
        holdfast_testing::client("http://127.0.0.1:9"),
        "bookings".into(),
        "orders".into(),
    );
    let body = event(&booking("b-1"));
    let message = json!({"messageId": "m-1", "receiptHandle": "r", "body": body,
        "attributes": {"ApproximateReceiveCount": "1"}});
    let batch = serde_json::from_value(json!({"Records": [message]})).unwrap();
    let answer = broken.consume(batch).await.unwrap();
    assert_eq!(answer, Answer::failed(["m-1".to_owned()]));
}

#[tokio::test]
async fn requests_are_signed_for_the_region_and_name_the_connection() {
    let stage = Stage::new().await;
    stage
        .connects("L0SM9cOFvHcCIhw=", customer("cus_ana"))
        .await;
    stage.stored(&booking("b-1"), "cus_ana").await;
    stage.happens(&[&booking("b-1")]).await;
    let [asked] = &stage.gateway.asked()[..] else {
        panic!("one request")
    };
    assert_eq!(asked.path, "/live/@connections/L0SM9cOFvHcCIhw%3D");
    let day = asked.date.split('T').next().unwrap();
    let credential =
        format!("AWS4-HMAC-SHA256 Credential=key/{day}/eu-west-1/execute-api/aws4_request");
    assert!(asked.authorization.starts_with(&credential), "{asked:?}");
    assert!(asked.authorization.contains("x-amz-security-token"));
}

#[test]
fn a_sagas_head_is_where_its_service_keeps_it() {
    let (trip, goods) = (head(&booking("x")), head(&order("x")));
    let place = |item, name| text_of(item, name).unwrap().to_owned();
    assert_eq!(place(&trip, "pk"), format!("{}x", Bookings::PARTITION));
    assert_eq!(place(&trip, "sk"), Bookings::HEADS[0]);
    assert_eq!(place(&goods, "pk"), format!("{}x", Orders::PARTITION));
    assert_eq!(place(&goods, "sk"), Orders::HEADS[0]);
}
