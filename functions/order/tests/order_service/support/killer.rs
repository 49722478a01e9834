//! A proxy before the orders' table that ends a process at one of its writes: the write never comes to
//! the table, or it does and its writer never learns of it. It also keeps what was written.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use holdfast_order::store::Store;
use holdfast_testing::client;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::sync::Notify;

use super::bench::{ORDERS, serve};

/// When a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dies {
    /// The write does not come to the table.
    BeforeWriting,
    /// The write is done, and its writer does not know.
    AfterWriting,
}

/// The proxy; clones are the same one.
#[derive(Clone)]
pub(crate) struct Killer {
    table: String,
    client: Client<HttpConnector, Body>,
    plan: Arc<Mutex<Option<(usize, Dies)>>>,
    written: Arc<Mutex<Vec<Value>>>,
    killed: Arc<Notify>,
}

impl Killer {
    /// A store behind a proxy that ends nobody yet.
    pub(crate) async fn before(address: &str) -> (Store, Self) {
        let killer = Self {
            table: address.to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            plan: Arc::default(),
            written: Arc::default(),
            killed: Arc::default(),
        };
        let router = Router::new().fallback(pass).with_state(killer.clone());
        let store = Store::new(client(&serve(router).await), ORDERS);
        (store, killer)
    }

    /// The process that writes for the `nth` time from now ends at that.
    pub(crate) fn plan(&self, nth: usize, dies: Dies) {
        *self.plan.lock().unwrap() = Some((nth, dies));
    }

    /// Whether the death that was planned is still to come.
    pub(crate) fn is_waiting(&self) -> bool {
        self.plan.lock().unwrap().is_some()
    }

    /// The transactions that came to the table, whether or not they were refused.
    pub(crate) fn written(&self) -> Vec<Value> {
        self.written.lock().unwrap().clone()
    }

    /// What a process comes to; nothing if it ended.
    pub(crate) async fn alive<A>(&self, process: impl Future<Output = A>) -> Option<A> {
        tokio::select! {
            () = self.killed.notified() => None,
            answer = process => Some(answer),
        }
    }

    fn next(&self) -> Option<Dies> {
        let mut plan = self.plan.lock().unwrap();
        let (left, dies) = (*plan)?;
        *plan = (left > 0).then(|| (left - 1, dies));
        (left == 0).then_some(dies)
    }

    async fn ends(&self) {
        self.killed.notify_one();
        std::future::pending().await
    }
}

async fn pass(State(killer): State<Killer>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, 10_000_000).await.unwrap();
    let target = parts.headers["x-amz-target"].to_str().unwrap();
    let is_write = target.ends_with("TransactWriteItems");
    let dies = if is_write { killer.next() } else { None };
    if dies == Some(Dies::BeforeWriting) {
        killer.ends().await;
    }
    if is_write {
        let json = serde_json::from_slice(&body).unwrap();
        killer.written.lock().unwrap().push(json);
    }
    parts.uri = killer.table.parse().unwrap();
    let request = Request::from_parts(parts, Body::from(body));
    let response = killer.client.request(request).await.unwrap();
    if dies == Some(Dies::AfterWriting) {
        killer.ends().await;
    }
    response.map(Body::new)
}
