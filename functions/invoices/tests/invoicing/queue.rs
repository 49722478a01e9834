//! Batches of the queue: what makes no sense is set aside and holds up nothing.

use std::sync::Mutex;
use std::time::Duration;

use holdfast_core::fault::Fault;
use holdfast_kit::batch::{Batch, Message};
use holdfast_kit::queue::Postpones;
use holdfast_order_rules::broker::{Answer, InvoiceRequest, UndoRequest};
use serde_json::{Value, json};

use crate::stage::{Stage, delivered, wanted};

/// Notes which messages are to come again, and when.
#[derive(Default)]
struct Source(Mutex<Vec<(String, Duration)>>);

impl Postpones for Source {
    async fn postpone(&self, receipt: &str, pause: Duration) {
        self.0.lock().unwrap().push((receipt.to_owned(), pause));
    }
}

fn batch(bodies: &[(String, u32)]) -> Batch<Message> {
    let records = bodies.iter().enumerate();
    let records = records.map(|(place, (body, tries))| {
        json!({
            "messageId": format!("m-{place}"),
            "receiptHandle": format!("r-{place}"),
            "body": body,
            "attributes": {"ApproximateReceiveCount": tries.to_string()},
        })
    });
    let records: Vec<_> = records.collect();
    serde_json::from_value(json!({ "Records": records })).unwrap()
}

/// What of a batch failed, and when it comes again.
async fn consume(
    stage: &Stage,
    bodies: &[(String, u32)],
) -> (Vec<String>, Vec<(String, Duration)>) {
    let source = Source::default();
    let answer = stage
        .requests
        .consume(batch(bodies), &source)
        .await
        .unwrap();
    let failed = answer.batch_item_failures.into_iter();
    let failed = failed.map(|failed| failed.item_identifier);
    (failed.collect(), source.0.into_inner().unwrap())
}

fn asks(order: &str) -> Value {
    delivered("invoice_requested", order, "order.5", &wanted())
}

#[tokio::test]
async fn messages_that_make_no_sense_fail_at_once_and_all_others_are_answered() {
    let stage = Stage::new().await;
    let spoilt = |path: &str, value: Value| {
        let mut message = asks("bad");
        *message.pointer_mut(path).unwrap() = value;
        message.to_string()
    };
    let without = |path: &str, field: &str| {
        let mut message = asks("bad");
        let holder = message.pointer_mut(path).unwrap().as_object_mut().unwrap();
        holder.remove(field).expect("a field to lose");
        message.to_string()
    };
    let bad = [
        String::new(),
        "no JSON".to_owned(),
        "{}".to_owned(),
        "[]".to_owned(),
        spoilt("/detail-type", json!("order_filled")),
        spoilt("/detail", json!(null)),
        spoilt("/detail/order_id", json!("no id")),
        spoilt("/detail/id", json!("without-a-slash")),
        spoilt("/detail/trace_id", json!("short")),
        spoilt("/detail/request", json!({})),
        spoilt("/detail/request/items", json!("two books")),
        spoilt("/detail/request/items/0/quantity", json!(1.5)),
        spoilt("/detail/request/items/0/quantity", json!(-1)),
        spoilt("/detail/request/items/0/price", json!(4990)),
        spoilt("/detail/request/customer/email", json!("nobody")),
        without("/detail", "id"),
        without("/detail", "order_id"),
        without("/detail", "request"),
        without("/detail/request", "deliver_to"),
        without("/detail/request/items/1", "name"),
    ];
    for (number, bad) in bad.iter().enumerate() {
        let orders = [format!("before-{number}"), format!("after-{number}")];
        let good = |order: &String| (asks(order).to_string(), 1);
        let bodies = [good(&orders[0]), (bad.clone(), 1), good(&orders[1])];
        let (failed, postponed) = consume(&stage, &bodies).await;
        assert_eq!(failed, ["m-1"], "{bad}");
        // Without a pause: it is through its tries in no time.
        assert_eq!(postponed, [("r-1".to_owned(), Duration::ZERO)], "{bad}");
        for order in orders {
            assert_eq!(stage.answers(&order).await.len(), 1, "{bad}");
        }
    }
    assert_eq!(stage.record("bad").await, None);
    let many = 2 * bad.len() as u64;
    assert_eq!(stage.given().await["2027"], crate::stage::first(many));
}

#[test]
fn the_bus_rule_brings_the_events_that_are_understood_and_no_others() {
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
    let template = std::fs::read_to_string(template).unwrap();
    let rule = template.split("InvoicesRule:").nth(1).unwrap();
    let names = rule.split("detail-type: [").nth(1).unwrap();
    let names = names.split(']').next().unwrap().split(", ");
    let names: Vec<_> = names.collect();
    assert_eq!(names, ["invoice_requested", "invoice_cancel_requested"]);
    for name in names {
        let message = delivered(name, "o-1", "order.5", &wanted());
        serde_json::from_value::<holdfast_invoices::rules::Message>(message).expect(name);
    }
}

#[test]
fn what_an_order_asks_is_understood_with_the_fault_that_it_scripts() {
    let mut asked = wanted();
    asked["simulate"] = json!("lost:2");
    let asked: InvoiceRequest = serde_json::from_value(asked).expect("what orders ask");
    let undo = UndoRequest {
        simulate: Fault::Refuse,
    };
    let read = |name: &str, request: Value| {
        let message = delivered(name, "o-1", "order.5", &request);
        serde_json::from_value::<holdfast_invoices::rules::Message>(message).expect(name)
    };
    let asked = read("invoice_requested", serde_json::to_value(asked).unwrap());
    assert_eq!(asked.fault(), Fault::Lost(Some(2)));
    let undo = read(
        "invoice_cancel_requested",
        serde_json::to_value(undo).unwrap(),
    );
    assert_eq!(undo.fault(), Fault::Refuse);
}

#[test]
fn what_is_answered_is_understood_by_orders() {
    let numbers = json!({"number": "2027-000001", "credit_note": "2027-C-000001", "reason": "why"});
    for name in ["invoice_issued", "invoice_refused", "invoice_cancelled"] {
        let mut detail = numbers.clone();
        detail["order_id"] = json!("o-1");
        detail["request_id"] = json!("o-1/order.5");
        Answer::read(name, &detail).expect(name);
    }
}

#[tokio::test]
async fn requests_of_a_batch_are_taken_in_its_order() {
    let stage = Stage::new().await;
    let orders: Vec<_> = (1..=10).map(|order| format!("o-{order}")).collect();
    let bodies = orders.iter().map(|order| (asks(order).to_string(), 1));
    let (failed, _) = consume(&stage, &bodies.collect::<Vec<_>>()).await;
    assert_eq!(failed, Vec::<String>::new());
    for (order, place) in orders.iter().zip(1_u64..) {
        let number = stage.last_answer(order).await.number.unwrap();
        assert_eq!(number.place, place, "{order}");
    }
}

#[tokio::test]
async fn a_request_that_fails_comes_again_after_a_pause_that_doubles() {
    let stage = Stage::new().await;
    let mut request = wanted();
    request["simulate"] = json!({"generate_invoice": "unavailable"});
    let body = delivered("invoice_requested", "o-1", "order.5", &request).to_string();
    for (tries, seconds) in [(1, 1), (2, 2), (5, 16), (10, 512), (40, 900)] {
        let bodies = [(body.clone(), tries), (asks("o-2").to_string(), 1)];
        let (failed, postponed) = consume(&stage, &bodies).await;
        assert_eq!(failed, ["m-0"]);
        assert_eq!(
            postponed,
            [("r-0".to_owned(), Duration::from_secs(seconds))]
        );
    }
    assert_eq!(stage.record("o-1").await, None);
    assert_eq!(stage.answers("o-2").await.len(), 1);
}
