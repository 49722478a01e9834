//! Cancelling: taken until the order is shipped.

use holdfast_order_rules::action::StepName;
use holdfast_order_rules::order::OrderStatus;
use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn an_order_is_cancelled_once_however_often_it_is_asked_for() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    let id = stage.orders(&ana, "key", json!({})).await;
    let path = format!("/orders/{id}");
    for _ in 0..2 {
        let cancelled = stage.delete(&ana, &path).await.expect(202);
        assert_eq!(cancelled["status"], "cancelling");
        assert_eq!(cancelled["actions"], json!([]));
    }
    let ended = stage.machine(&id).goes_on(StepName::CheckCredit).await;
    assert_eq!(ended, OrderStatus::Cancelled);
    let order = stage.get(&ana, &path).await.expect(200);
    assert_eq!(order["reason"], "cancelled by the customer");
    stage.delete(&ana, &path).await.expect(202);
}

#[tokio::test]
async fn an_order_that_is_shipped_is_cancelled_no_more() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    let id = stage.orders(&ana, "key", json!({})).await;
    let mut machine = stage.machine(&id);
    let shipped = machine.goes_forward(StepName::CheckCredit, StepName::ShipOrder);
    shipped.await.unwrap();
    let path = format!("/orders/{id}");
    let refused = stage.delete(&ana, &path).await;
    let refused = refused.problem(409, "order-conflict");
    let standing = json!({"order_id": id, "status": "shipped", "actions": []});
    assert_eq!(refused["order"], standing);
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("refuse the parcel"), "{detail}");
    let ended = machine.goes_on(StepName::CapturePayment).await;
    assert_eq!(ended, OrderStatus::Completed);
    let refused = stage.delete(&ana, &path).await;
    refused.problem(409, "order-conflict");
}
