//! Stock and invoices, which are met over the bus alone: what is asked there is answered there, once.

use std::time::Duration;

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use holdfast_tests::{Stack, eventually, fresh_name, output};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(60);

/// An order that asks and listens.
struct Asker {
    stack: Stack,
    order: String,
    /// Where the answers come.
    answers: String,
    heard: Vec<Value>,
}

impl Asker {
    async fn new(what: &str) -> Self {
        let (stack, order) = (Stack::connect().await, fresh_name(what));
        let answers = json!({"detail": {"order_id": [order], "request_id": [{"exists": true}]}});
        let answers = stack.hears(&order, &answers).await;
        Self {
            stack,
            order,
            answers,
            heard: Vec::new(),
        }
    }

    /// The id of an event of the order.
    fn id(&self, version: u32) -> String {
        format!("{}/order.{version}", self.order)
    }

    /// Puts a request on the bus.
    async fn asks(&self, event: &str, version: u32, request: Value) {
        let detail = json!({
            "id": self.id(version), "order_id": self.order, "name": event,
            "at": "2027-01-10T08:00:00.000Z", "actor": "ask",
            "trace_id": "0af7651916cd43dd8448eb211c80319c", "request": request,
        });
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(output("EVENT_BUS_NAME"))
            .source("holdfast")
            .detail_type(event)
            .detail(detail.to_string())
            .build();
        let put = self.stack.events.put_events().entries(entry).send().await;
        assert_eq!(put.expect("the bus takes it").failed_entry_count(), 0);
    }

    /// The answer to this request.
    async fn hears(&mut self, version: u32) -> Value {
        let id = self.id(version);
        let (stack, answers, heard) = (&self.stack, &self.answers, &mut self.heard);
        eventually("an answer", SOON, async || {
            heard.extend(stack.receive(answers).await);
            let answer = |event: &&Value| event["detail"]["request_id"] == id;
            heard.iter().find(answer).cloned()
        })
        .await
    }

    /// How many answers there were to this request.
    fn count(&self, version: u32) -> usize {
        let id = self.id(version);
        let heard = self.heard.iter();
        heard
            .filter(|event| event["detail"]["request_id"] == id)
            .count()
    }
}

fn name(answer: &Value) -> &str {
    answer["detail-type"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn goods_are_taken_once_and_put_back_once() {
    let mut order = Asker::new("goods").await;
    let goods =
        json!({"items": [{"sku": "BOOK-001", "quantity": 2}, {"sku": "MUG-001", "quantity": 1}]});
    order.asks("stock_requested", 2, goods.clone()).await;
    assert_eq!(name(&order.hears(2).await), "stock_available");
    // The same again is not answered; whoever asks anew is told what is recorded.
    order.asks("stock_requested", 2, goods.clone()).await;
    order.asks("stock_requested", 3, goods.clone()).await;
    assert_eq!(name(&order.hears(3).await), "stock_available");
    order.asks("stock_return_requested", 4, json!({})).await;
    assert_eq!(name(&order.hears(4).await), "stock_returned");
    // What comes late finds that it was undone.
    order.asks("stock_requested", 5, goods).await;
    assert_eq!(name(&order.hears(5).await), "stock_unavailable");
    assert_eq!(order.count(2), 1);
}

#[tokio::test]
async fn what_is_not_there_is_refused_with_what_is_left() {
    let mut order = Asker::new("short").await;
    let goods =
        json!({"items": [{"sku": "BOOK-001", "quantity": 1}, {"sku": "SOLD-OUT", "quantity": 1}]});
    order.asks("stock_requested", 2, goods).await;
    let refused = order.hears(2).await;
    assert_eq!(name(&refused), "stock_unavailable");
    let why = &refused["detail"]["reason"];
    assert_eq!(why, "SOLD-OUT: 1 wanted, 0 left");
}

#[tokio::test]
async fn an_invoice_is_numbered_once_and_gets_its_credit_note() {
    let mut order = Asker::new("invoice").await;
    let price = json!({"amount": 4990, "currency": "BRL"});
    let wanted = json!({
        "items": [{"sku": "BOOK-001", "name": "A book", "quantity": 1, "price": price, "amount": price}],
        "total": price,
        "customer": {"id": "cus_1", "email": "buyer@example.com"},
        "deliver_to": {"name": "Example Buyer", "postcode": "01310-100", "city": "Sao Paulo", "country": "BR"},
    });
    order.asks("invoice_requested", 2, wanted.clone()).await;
    let issued = order.hears(2).await;
    assert_eq!(name(&issued), "invoice_issued");
    let number = issued["detail"]["number"].clone();
    assert!(number.is_string(), "{issued}");
    order.asks("invoice_requested", 3, wanted).await;
    assert_eq!(order.hears(3).await["detail"]["number"], number);
    order.asks("invoice_cancel_requested", 4, json!({})).await;
    let cancelled = order.hears(4).await;
    assert_eq!(name(&cancelled), "invoice_cancelled");
    assert_eq!(cancelled["detail"]["number"], number);
    assert!(
        cancelled["detail"]["credit_note"].is_string(),
        "{cancelled}"
    );
    assert!(!cancelled.to_string().contains("buyer@example.com"));
}
