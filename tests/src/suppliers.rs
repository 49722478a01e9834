//! The simulated suppliers, from outside: what they still have, and their operator's switches.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::{Stack, output};

impl Stack {
    /// What the suppliers still have of a booking.
    pub async fn audit(&self, booking: &str) -> Vec<Value> {
        let audit = ask(Method::GET, &format!("audit?booking={booking}")).await;
        audit["items"].as_array().cloned().unwrap_or_default()
    }

    /// The traveller's bank decides about a payment that is pending: `approve`, `decline`, or either
    /// with `?report=lost`. Tells whether that was decided, and reported.
    pub async fn bank(&self, booking: &str, decision: &str) -> bool {
        let path = format!("bank/{booking}/{decision}");
        let (_, decided) = answer(Method::POST, &path).await;
        decided["reported"] == true
    }

    /// The same of an order's payment; false where none waits for its bank.
    pub async fn bank_of_order(&self, order: &str, decision: &str) -> bool {
        let (status, _) = answer(Method::POST, &format!("bank/{order}/{decision}")).await;
        status.is_success()
    }

    /// A clerk takes an authorized payment of a `booking` or an `order` at the supplier's own counter.
    pub async fn capture_at_the_counter(&self, saga: &str, id: &str) {
        let payment = json!({ saga: id, "attempt": 1 }).to_string();
        let request = Request::builder().method(Method::POST);
        let request = request
            .uri(format!("{}/payment/capture", output("SUPPLIERS_URL")))
            .header("Idempotency-Key", format!("{id}/payment/counter"))
            .body(Full::from(payment));
        let (status, body) = send(request.expect("a request")).await;
        assert_eq!(body["status"], "captured", "{status}: {body}");
    }

    /// Puts a supplier out of order, for everybody.
    pub async fn begin_outage(&self, supplier: &str) {
        ask(Method::PUT, &format!("outage/{supplier}")).await;
    }

    /// How often a supplier was asked for an action since it is out of order.
    pub async fn asked_in_outage(&self, supplier: &str, action: &str) -> u64 {
        let outage = ask(Method::GET, &format!("outage/{supplier}")).await;
        outage["calls"][action].as_u64().unwrap_or_default()
    }

    /// Puts a supplier in order again.
    pub async fn end_outage(&self, supplier: &str) {
        ask(Method::DELETE, &format!("outage/{supplier}")).await;
    }
}

async fn ask(method: Method, path: &str) -> Value {
    let (status, body) = answer(method, path).await;
    assert!(status.is_success(), "{path}: {status}");
    body
}

async fn answer(method: Method, path: &str) -> (StatusCode, Value) {
    let url = format!("{}/{path}", output("SUPPLIERS_URL"));
    let request = Request::builder().method(method).uri(url);
    send(request.body(Full::default()).expect("a request")).await
}

pub(crate) async fn send(request: Request<Full<Bytes>>) -> (StatusCode, Value) {
    let http: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let answer = http.request(request).await.expect("an answer");
    let status = answer.status();
    let body = answer.into_body().collect().await;
    let body = body.expect("the answer comes whole").to_bytes();
    let body = serde_json::from_slice(&body).expect("the answer is JSON");
    (status, body)
}
