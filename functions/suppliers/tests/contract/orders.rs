//! The payments of orders: as those of bookings, and never mixed up with them.

use serde_json::json;

use crate::shop::Shop;

#[tokio::test]
async fn an_order_pays_by_the_protocol_of_bookings() {
    let shop = Shop::open().await;
    for (action, status, alive) in [
        ("authorize", "authorized", Some("o1 payment authorized")),
        ("capture", "captured", Some("o1 payment captured")),
        ("refund", "refunded", None),
    ] {
        let first = shop.pay_for("order", "o1", action, json!({})).await;
        assert_eq!(first.expect(200)["status"], status);
        let again = shop.pay_for("order", "o1", action, json!({})).await;
        assert_eq!(again, first, "{action}");
        assert_eq!(shop.audit("?booking=o1").await, Vec::from_iter(alive));
        assert_eq!(shop.audit("").await, Vec::from_iter(alive));
    }
}

#[tokio::test]
async fn the_void_of_an_orders_payment_refuses_its_late_authorization() {
    let shop = Shop::open().await;
    let ask = async |action| shop.pay_for("order", "o1", action, json!({})).await;
    ask("void").await.expect(200);
    let said = ask("authorize").await.problem(409, "refused");
    assert!(said.contains("this order"), "{said}");
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn the_bank_decides_about_an_orders_payment_too() {
    let shop = Shop::open().await;
    let pending = || json!({"token": "tok_pending"});
    let ask = async || shop.pay_for("order", "o1", "authorize", pending()).await;
    ask().await.expect(202);
    shop.bank("o1", "approve").await.expect(200);
    assert_eq!(ask().await.expect(200)["status"], "authorized");
}

#[tokio::test]
async fn a_bookings_payment_is_not_that_of_an_order_with_the_same_id() {
    let shop = Shop::open().await;
    for (owner, other) in [("booking", "order"), ("order", "booking")] {
        let id = format!("of-{owner}");
        let paid = shop.pay_for(owner, &id, "authorize", json!({})).await;
        paid.expect(200);
        let same_key = shop.pay_for(other, &id, "authorize", json!({})).await;
        same_key.problem(422, "invalid");
        for action in ["authorize", "capture", "void", "refund"] {
            let body = json!({other: id, "token": "tok_visa", "amount": crate::shop::brl(1)});
            let path = format!("/payment/{action}");
            let said = shop.post(&path, &format!("{id}/{action}"), &body).await;
            let said = said.problem(409, "refused");
            assert!(said.contains(&format!("another {owner}")), "{said}");
        }
        let alive = format!("{id} payment authorized");
        assert_eq!(shop.audit(&format!("?booking={id}")).await, [alive]);
    }
}

#[tokio::test]
async fn the_report_of_an_orders_payment_names_the_order() {
    let shop = Shop::open().await;
    let (arrived, address) = crate::bank::receiver().await;
    let asked = json!({"token": "tok_pending", "report_to": address});
    let asked = shop.pay_for("order", "o1", "authorize", asked).await;
    let asked = asked.expect(202);
    shop.bank("o1", "decline").await.expect(200);
    let (_, body) = arrived.lock().unwrap().last().cloned().expect("a report");
    let report: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let payment = json!({"order": "o1", "attempt": 1, "reference": asked["reference"]});
    assert_eq!(report["data"], payment);
}
