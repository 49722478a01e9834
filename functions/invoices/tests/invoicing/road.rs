//! The way to the table. On it a process may end at any request, before the table has heard it or before
//! its answer has arrived; or the table is busy with another transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use holdfast_invoices::store::Store;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::stage::TABLE;

/// What of a request gets lost with the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    Request,
    Answer,
}

/// The way; clones are the same one.
#[derive(Clone)]
pub(crate) struct Road {
    table: String,
    client: Client<HttpConnector, Body>,
    /// At which request the process ends, and what of it is lost.
    end: Option<(usize, Lost)>,
    passed: Arc<AtomicUsize>,
    ended: Arc<Notify>,
    conflicts: Arc<AtomicU32>,
}

impl Road {
    /// A road to this table, on which nothing happens; and a store at its end.
    pub(crate) async fn to(address: &str, end: Option<(usize, Lost)>) -> (Self, Store) {
        let road = Self {
            table: address.to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            end,
            passed: Arc::default(),
            ended: Arc::default(),
            conflicts: Arc::default(),
        };
        let router = Router::new().fallback(pass).with_state(road.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let store = Store::new(holdfast_testing::client(&address), TABLE);
        (road, store)
    }

    /// As many transactions meet others, and are not done.
    pub(crate) fn meet(&self, conflicts: u32) {
        self.conflicts.store(conflicts, Ordering::SeqCst);
    }

    /// Waits until the process has come to its end.
    pub(crate) async fn ended(&self) {
        self.ended.notified().await;
    }

    /// How many requests have set out.
    pub(crate) fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }

    async fn end(&self) {
        self.ended.notify_one();
        std::future::pending().await
    }
}

async fn pass(State(road): State<Road>, mut request: Request) -> Response {
    let place = road.passed.fetch_add(1, Ordering::SeqCst);
    let lost = road.end.filter(|(end, _)| *end == place);
    let lost = lost.map(|(_, lost)| lost);
    let target = request.headers()["x-amz-target"].to_str().unwrap();
    let writes = target.ends_with("TransactWriteItems");
    if lost == Some(Lost::Request) {
        road.end().await;
    }
    let less = |left: u32| left.checked_sub(1);
    let (set, got) = (Ordering::SeqCst, Ordering::SeqCst);
    if writes && road.conflicts.fetch_update(set, got, less).is_ok() {
        return conflict();
    }
    *request.uri_mut() = road.table.parse().unwrap();
    let response = road.client.request(request).await.unwrap();
    if lost == Some(Lost::Answer) {
        road.end().await;
    }
    response.map(Body::new)
}

/// What DynamoDB says when two transactions meet on an item.
fn conflict() -> Response {
    let told = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled",
        "CancellationReasons": [{"Code": "TransactionConflict", "Message": "conflict"}, {"Code": "None"}],
    });
    let response = Response::builder().status(400);
    let response = response.header("content-type", "application/x-amz-json-1.0");
    response.body(Body::from(told.to_string())).unwrap()
}
