//! A table, a server that stands for SES, and events as the bus delivers them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use holdfast_core::email::Email;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;
use holdfast_letters::delivery::Delivery;
use holdfast_letters::desk::Clerk;
use holdfast_letters::rules::{LetterId, Message, Record, Status};
use holdfast_letters::store::Store;
use holdfast_testing::{Index, create_table, start_database};
use serde_json::{Value, json};

use crate::ses::{Ses, post_to};

pub(crate) const TABLE: &str = "letters";
pub(crate) const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// The service, with a table and a mailbox of its own.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) store: Store,
    pub(crate) ses: Ses,
    pub(crate) delivery: Arc<Delivery>,
    now: Arc<AtomicI64>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::sending(Some("agency@example.com"), Some("desk@example.com")).await
    }

    /// A service with these addresses of its own.
    pub(crate) async fn sending(from: Option<&str>, operator: Option<&str>) -> Self {
        let (client, _) = start_database().await;
        let waiting = Index {
            name: "waiting",
            hash: "waiting",
            range: "updated",
        };
        let by_customer = Index {
            name: "by-customer",
            hash: "customer_id",
            range: "created",
        };
        create_table(&client, TABLE, &[waiting, by_customer]).await;
        let ses = Ses::start().await;
        let store = Store::new(client, TABLE);
        let now = Arc::new(AtomicI64::new(at("12:00:00").as_millis()));
        let email = |text: &str| Email::read(text).unwrap();
        let post = from.map(|from| ses.post(email(from)));
        let delivery = Delivery::new(store.clone(), post, operator.map(email), clock(&now));
        Self {
            store,
            ses,
            delivery: Arc::new(delivery),
            now,
        }
    }

    /// The same table, and a process that finds SES at another address.
    pub(crate) fn sending_to(&self, url: &str) -> Self {
        let from = Email::read("agency@example.com").unwrap();
        let post = Some(post_to(url, from));
        let delivery = Delivery::new(self.store.clone(), post, None, clock(&self.now));
        Self {
            delivery: Arc::new(delivery),
            ..self.clone()
        }
    }

    pub(crate) fn passes(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.now.fetch_add(millis, Ordering::Relaxed);
    }

    pub(crate) async fn take(&self, message: &Message, tries: u32) -> Result<(), Failure> {
        self.delivery.take(message, tries).await
    }

    /// Delivers a message until it is done with, as its queue does.
    pub(crate) async fn deliver(&self, message: &Message) {
        for tries in 1..=10 {
            match self.take(message, tries).await {
                Err(Failure::Unavailable(_)) => tokio::task::yield_now().await,
                done => return done.expect("a letter"),
            }
        }
    }

    pub(crate) async fn record(&self, letter: &str) -> Record {
        self.store
            .find(&id(letter))
            .await
            .unwrap()
            .expect("a letter")
    }

    pub(crate) async fn status(&self, letter: &str) -> Status {
        self.record(letter).await.status
    }

    pub(crate) fn clerk(&self) -> Clerk {
        Clerk {
            store: self.store.clone(),
            clock: clock(&self.now),
            name: "ana".to_owned(),
        }
    }

    /// What waits for an operator: the letter and how it stands.
    pub(crate) async fn waiting(&self) -> Vec<(String, Status)> {
        let waiting = self.clerk().waiting().await.unwrap().into_iter();
        let waiting = waiting.map(|letter| (letter.letter_id.to_string(), letter.status));
        waiting.collect()
    }
}

fn clock(now: &Arc<AtomicI64>) -> Clock {
    let now = Arc::clone(now);
    Clock::from_fn(move || Timestamp::from_millis(now.load(Ordering::Relaxed)))
}

pub(crate) fn id(letter: &str) -> LetterId {
    letter.parse().unwrap()
}

pub(crate) fn at(time: &str) -> Timestamp {
    format!("2027-01-10T{time}Z").parse().unwrap()
}

pub(crate) fn brl(amount: u64) -> Value {
    json!({"amount": amount, "currency": "BRL"})
}

/// An event as the bus delivers it.
pub(crate) fn delivered(name: &str, detail: &Value) -> Value {
    json!({
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": name,
        "source": "holdfast",
        "account": "123456789012",
        "time": "2027-01-10T11:59:59Z",
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    })
}

pub(crate) fn read(message: Value) -> Message {
    serde_json::from_value(message).expect("a message")
}

/// The event that ends a booking like this.
pub(crate) fn booking(id: &str, status: &str, payment: &str) -> Value {
    let name = if status == "booked" {
        "booked"
    } else {
        "booking_closed"
    };
    let trip = match status {
        "booked" => json!([{"kind": "flight", "reference": "FL-1", "price": brl(184_200)}]),
        _ => json!([]),
    };
    delivered(
        name,
        &json!({
            "id": format!("{id}/booking.7"),
            "booking_id": id,
            "name": name,
            "at": "2027-01-10T11:59:59.000Z",
            "actor": "settle",
            "trace_id": TRACE,
            "booking": {"version": 7, "before": {"status": "confirming"},
                "after": {"status": status, "reason": "why", "amount": brl(184_200)}},
            "ended": {"customer": {"id": "cus_1", "email": "ana@example.com"}, "payment": payment, "trip": trip},
        }),
    )
}

/// The event that ends an order like this.
pub(crate) fn order(id: &str, status: &str, payment: &str) -> Value {
    let name = format!("order_{status}");
    let credit_note = (status != "completed").then_some("2027-C-000001");
    let items = match status {
        "completed" => {
            json!([{"sku": "BOOK-001", "name": "A <book>", "quantity": 2, "price": brl(4_990), "amount": brl(9_980)}])
        }
        _ => json!([]),
    };
    delivered(
        &name,
        &json!({
            "id": format!("{id}/order.9"),
            "order_id": id,
            "name": name,
            "at": "2027-01-10T11:59:59.000Z",
            "actor": "capture",
            "trace_id": TRACE,
            "order": {"version": 9, "before": {"status": "shipped"},
                "after": {"status": status, "reason": "ship_order: Refused: no"}},
            "ended": {
                "customer": {"id": "cus_1", "email": "ana@example.com"}, "items": items, "total": brl(9_980),
                "payment": payment, "invoice": "2027-000001", "credit_note": credit_note, "tracking": "BR123",
            },
        }),
    )
}

/// The event that tells of an approved purchase.
pub(crate) fn purchase(account: &str, email: Option<&str>) -> Value {
    let mut event = delivered(
        "purchase_approved",
        &json!({
            "id": format!("{account}/purchase.0123456789abcdef"),
            "name": "purchase_approved",
            "at": "2027-01-10T11:59:59.000Z",
            "account_id": account,
            "customer_id": "cus_1",
            "category": "MEAL",
            "amount": brl(10_050),
            "merchant": "PADARIA DO ZÉ               SAO PAULO BR",
            "transaction": "t-1",
        }),
    );
    if let Some(email) = email {
        event["detail"]["email"] = json!(email);
    }
    event
}

/// A trip is booked.
pub(crate) fn booked(id: &str) -> Message {
    read(booking(id, "booked", "captured"))
}
