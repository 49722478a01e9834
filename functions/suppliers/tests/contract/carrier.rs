//! An order's shipment: booked, cancelled, picked up, and what comes in the wrong order.

use std::collections::BTreeMap;

use serde_json::json;

use crate::shop::{Reply, Shop, TABLE, shipment};

#[tokio::test]
async fn a_shipment_is_booked_under_a_tracking_code_and_cancelled() {
    let shop = Shop::open().await;
    let booked = shop.carrier("o1", "book", json!({})).await.expect(200);
    assert_eq!(booked["status"], "booked");
    assert!(booked["reference"].as_str().unwrap().starts_with("TC-"));
    assert_eq!(shop.audit("?booking=o1").await, ["o1 carrier booked"]);
    assert_eq!(shop.audit("").await, ["o1 carrier booked"]);
    let item = &shop.get("/audit").await.expect(200)["items"][0];
    assert_eq!(item["kind"], "carrier");
    assert_eq!(item["reference"], booked["reference"]);
    let cancelled = shop.carrier("o1", "cancel", json!({})).await.expect(200);
    assert_eq!(cancelled, json!({ "status": "cancelled" }));
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn a_cancellation_leaves_a_tombstone_that_refuses_the_late_booking() {
    let shop = Shop::open().await;
    shop.carrier("o1", "cancel", json!({})).await.expect(200);
    let late = shop.carrier("o1", "book", json!({})).await;
    let said = late.problem(409, "refused");
    assert!(said.contains("cancelled"), "{said}");
    let again = shop.post("/carrier/book", "other", &shipment("o1")).await;
    again.problem(409, "refused");
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn a_cancellation_or_a_booking_under_another_key_changes_nothing() {
    let shop = Shop::open().await;
    shop.carrier("o1", "book", json!({})).await.expect(200);
    let again = shop.post("/carrier/book", "other", &shipment("o1")).await;
    let said = again.problem(409, "refused");
    assert!(said.contains("booked already"), "{said}");
    assert_eq!(shop.audit("").await, ["o1 carrier booked"]);
    let first = shop.carrier("o1", "cancel", json!({})).await;
    let order = json!({ "order": "o1" });
    let again = shop.post("/carrier/cancel", "another", &order).await;
    assert_eq!(again.expect(200), first.expect(200));
}

#[tokio::test]
async fn what_is_picked_up_cannot_be_cancelled_any_more() {
    let shop = Shop::open().await;
    let booked = shop.carrier("o1", "book", json!({})).await.expect(200);
    for _ in 0..2 {
        let picked_up = shop.pick_up("o1").await.expect(200);
        assert_eq!(picked_up["status"], "picked_up");
        assert_eq!(picked_up["reference"], booked["reference"]);
    }
    let refused = shop.carrier("o1", "cancel", json!({})).await;
    let said = refused.problem(409, "refused");
    assert!(said.contains("picked up"), "{said}");
    assert_eq!(shop.audit("?booking=o1").await, ["o1 carrier picked_up"]);
}

#[tokio::test]
async fn only_what_is_booked_is_picked_up() {
    let shop = Shop::open().await;
    shop.pick_up("o1").await.problem(409, "refused");
    shop.carrier("o1", "cancel", json!({})).await.expect(200);
    shop.pick_up("o1").await.problem(409, "refused");
    shop.pick_up("o/1").await.problem(422, "invalid");
    assert!(shop.audit("").await.is_empty());
}

#[tokio::test]
async fn a_key_that_comes_back_with_another_destination_is_a_mistake() {
    let shop = Shop::open().await;
    shop.carrier("o1", "book", json!({})).await.expect(200);
    let mut elsewhere = shipment("o1");
    elsewhere["deliver_to"]["name"] = json!("Another Buyer");
    let fewer = json!({"items": [{"sku": "BOOK-001", "quantity": 1}]});
    for other in [elsewhere, fewer] {
        let said = shop.carrier("o1", "book", other).await;
        said.problem(422, "invalid");
    }
}

#[tokio::test]
async fn no_name_and_no_address_is_ever_kept() {
    let shop = Shop::open().await;
    shop.carrier("o1", "book", json!({})).await.expect(200);
    shop.credit("o1", json!({})).await.expect(200);
    let refuse = json!({ "simulate": "refuse" });
    for action in ["book", "cancel"] {
        let refused = shop.carrier("o2", action, refuse.clone()).await;
        refused.problem(409, "refused");
    }
    shop.pick_up("o1").await.expect(200);
    let everything = shop.client.scan().table_name(TABLE).send().await.unwrap();
    let everything = format!("{:?}", everything.items());
    assert!(everything.contains("o1"), "{everything}");
    for personal in [
        "Buyer",
        "01310",
        "Paulo",
        "BOOK-001",
        "example.com",
        "cus_1",
    ] {
        assert!(!everything.contains(personal), "{personal}: {everything}");
    }
}

/// What may be sent about an order, with the key that it is sent under; a pickup has none.
const SENT: [(&str, &str); 4] = [
    ("book", "first"),
    ("book", "second"),
    ("cancel", "only"),
    ("pickup", ""),
];
/// So many are sent about each order: all sequences of this length. Then all keys come once more.
const LENGTH: u32 = 3;

/// Sends what is about one order, and remembers the first answer under each key.
struct Caller<'a> {
    shop: &'a Shop,
    order: String,
    answers: BTreeMap<(&'static str, &'static str), Reply>,
    picked_up: bool,
}

impl Caller<'_> {
    async fn send(&mut self, (action, key): (&'static str, &'static str)) {
        if action == "pickup" {
            self.picked_up |= self.shop.pick_up(&self.order).await.status == 200;
            return;
        }
        let path = format!("/carrier/{action}");
        let body = shipment(&self.order);
        let reply = self.shop.post(&path, &self.key(action, key), &body).await;
        let first = self.answers.entry((action, key)).or_insert(reply.clone());
        assert_eq!(*first, reply, "{action} {key}");
    }

    fn key(&self, action: &str, key: &str) -> String {
        format!("{}/{action}/{key}", self.order)
    }

    /// The answers are given again, are told, and say what is there.
    async fn compare(&mut self, sent: &[(&str, &str)]) {
        for (action, key) in self.answers.clone().into_keys() {
            self.send((action, key)).await;
            let reply = &self.answers[&(action, key)];
            let told = json!({ "http_status": reply.status, "body": reply.json() });
            let path = format!("/operations?key={}", self.key(action, key));
            assert_eq!(self.shop.get(&path).await.expect(200), told, "{sent:?}");
        }
        let done = |action: &str| {
            let of =
                |(asked, reply): (&(&str, _), &Reply)| asked.0 == action && reply.status == 200;
            self.answers.iter().any(of)
        };
        let (booked, cancelled) = (done("book"), done("cancel"));
        assert!(!(self.picked_up && cancelled), "{sent:?}");
        let status = if self.picked_up {
            "picked_up"
        } else {
            "booked"
        };
        let alive = (booked && !cancelled).then(|| format!("{} carrier {status}", self.order));
        let audit = self.shop.audit(&format!("?booking={}", self.order)).await;
        assert_eq!(audit, Vec::from_iter(alive), "{sent:?}");
    }
}

#[tokio::test]
async fn whatever_is_sent_in_whatever_order_each_key_is_answered_once_and_its_answer_holds() {
    let shop = Shop::open().await;
    for number in 0..SENT.len().pow(LENGTH) {
        let nth = |place| SENT[number / SENT.len().pow(place) % SENT.len()];
        let sent: Vec<_> = (0..LENGTH).map(nth).collect();
        let mut caller = Caller {
            shop: &shop,
            order: format!("o{number}"),
            answers: BTreeMap::new(),
            picked_up: false,
        };
        for one in &sent {
            caller.send(*one).await;
        }
        caller.compare(&sent).await;
    }
}
