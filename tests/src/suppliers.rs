//! The simulated suppliers, and those who have accounts pay, from outside: what they still have, and the
//! suppliers' operator's switches.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

use holdfast_core::payment::Method as PaidBy;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::http::request::Builder;
use hyper::{Method, Request, StatusCode, header};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::{Stack, output};

impl Stack {
    /// What the suppliers still have of a booking or an order, and what accounts have reserved or paid
    /// for it.
    pub async fn audit(&self, saga: &str) -> Vec<Value> {
        let path = format!("audit?booking={saga}");
        let of_accounts = at(PaidBy::Account, Method::GET, &path).body(Full::default());
        let of_accounts = send(of_accounts.expect("a request"));
        let (of_suppliers, of_accounts) = tokio::join!(ask(Method::GET, &path), of_accounts);
        let (status, of_accounts) = of_accounts;
        assert!(status.is_success(), "{path} of accounts: {status}");
        let items = |audit: &Value| audit["items"].as_array().cloned().expect("items");
        [items(&of_suppliers), items(&of_accounts)].concat()
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

    /// A clerk takes an authorized payment of a `booking` or an `order` at the counter of who has it.
    pub async fn capture_at_the_counter(&self, by: PaidBy, saga: &str, id: &str) {
        let payment = json!({ saga: id, "attempt": 1 }).to_string();
        let request = at(by, Method::POST, "payment/capture")
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
    let request = at(PaidBy::Card, method, path);
    send(request.body(Full::default()).expect("a request")).await
}

/// A request to who takes what is paid by a card, or to who takes what accounts pay.
fn at(by: PaidBy, method: Method, path: &str) -> Builder {
    let request = Request::builder().method(method);
    match by {
        PaidBy::Card => request.uri(format!("{}/{path}", output("SUPPLIERS_URL"))),
        PaidBy::Account => request
            .uri(format!("{}/account-payments/{path}", output("API_URL")))
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", output("SUPPLIERS_KEY")),
            ),
    }
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
