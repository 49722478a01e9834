//! A supplier that an operator puts out of order.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::shop::{KINDS, OF_ORDERS, Reply, Shop};

impl Shop {
    async fn switch(&self, method: Method, supplier: &str) -> Reply {
        let request = Request::builder().method(method);
        let request = request.uri(format!("/outage/{supplier}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

fn told(supplier: &str, out_of_order: bool, calls: Value) -> Value {
    json!({ "supplier": supplier, "out_of_order": out_of_order, "calls": calls })
}

#[tokio::test]
async fn a_supplier_out_of_order_does_nothing_and_counts_what_it_was_asked_for() {
    let shop = Shop::open().await;
    shop.flight("b1", "hold").await.expect(200);
    let begun = shop.switch(Method::PUT, "flight").await.expect(200);
    assert_eq!(begun, told("flight", true, json!({})));
    for _ in 0..3 {
        shop.flight("b2", "hold").await.problem(503, "unavailable");
    }
    shop.flight("b1", "release")
        .await
        .problem(503, "unavailable");
    let seen = shop.switch(Method::GET, "flight").await.expect(200);
    let calls = json!({ "hold": 3, "release": 1 });
    assert_eq!(seen, told("flight", true, calls.clone()));
    assert_eq!(shop.audit("").await, ["b1 leg-1 held"]);

    let ended = shop.switch(Method::DELETE, "flight").await.expect(200);
    assert_eq!(ended, told("flight", false, calls));
    shop.flight("b2", "hold").await.expect(200);
    shop.flight("b1", "release").await.expect(200);
    let seen = shop.switch(Method::GET, "flight").await.expect(200);
    assert_eq!(seen, told("flight", false, json!({})));
}

#[tokio::test]
async fn the_other_suppliers_go_on() {
    let shop = Shop::open().await;
    shop.switch(Method::PUT, "payment").await.expect(200);
    for kind in KINDS {
        shop.leg(kind, &format!("b-{kind}"), "hold", json!({}))
            .await
            .expect(200);
    }
    shop.pay("b1", "authorize", json!({}))
        .await
        .problem(503, "unavailable");
    shop.switch(Method::DELETE, "payment").await.expect(200);
    shop.pay("b1", "authorize", json!({})).await.expect(200);
}

#[tokio::test]
async fn the_suppliers_of_orders_are_put_out_of_order_one_by_one() {
    let shop = Shop::open().await;
    shop.carrier("o0", "book", json!({})).await.expect(200);
    for (supplier, action) in OF_ORDERS {
        shop.switch(Method::PUT, supplier).await.expect(200);
        for asked in OF_ORDERS {
            let order = format!("{supplier}-{}", asked.0);
            let reply = shop.order(&order, asked, json!({})).await;
            match asked.0 == supplier {
                true => reply.problem(503, "unavailable"),
                false => reply.expect(200).to_string(),
            };
        }
        let ended = shop.switch(Method::DELETE, supplier).await.expect(200);
        assert_eq!(ended, told(supplier, false, json!({ action: 1 })));
    }
    shop.switch(Method::PUT, "carrier").await.expect(200);
    let undo = shop.carrier("o0", "cancel", json!({})).await;
    undo.problem(503, "unavailable");
    shop.pick_up("o0").await.expect(200);
}

#[tokio::test]
async fn a_supplier_out_of_order_is_not_mended_by_a_script() {
    let shop = Shop::open().await;
    shop.switch(Method::PUT, "flight").await.expect(200);
    for fault in ["ok", "lost", "refuse"] {
        shop.leg("flight", "b1", "hold", json!({ "simulate": fault }))
            .await
            .problem(503, "unavailable");
    }
}

#[tokio::test]
async fn nobody_but_a_supplier_is_put_out_of_order() {
    let shop = Shop::open().await;
    for method in [Method::PUT, Method::GET, Method::DELETE] {
        let message = shop.switch(method, "boat").await.problem(404, "not_found");
        assert!(message.contains("insurance"), "{message}");
    }
}
