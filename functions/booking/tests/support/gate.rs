//! A gate before the bookings' table: it holds up the first write that comes through it, so that a
//! test can let others go first.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use holdfast_booking::store::Store;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::Notify;

use super::table;

/// What of the first write is held up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// It is not written yet.
    Request,
    /// It is written, and its writer does not know yet.
    Answer,
}

/// The gate; clones are the same one.
#[derive(Clone)]
pub(crate) struct Gate {
    table: String,
    client: Client<HttpConnector, Body>,
    held: Held,
    shut: Arc<AtomicBool>,
    calls: Arc<AtomicUsize>,
    reached: Arc<Notify>,
    opened: Arc<Notify>,
}

impl Gate {
    /// A store whose first write is held up, and the gate that does it.
    pub(crate) async fn shut(address: &str, held: Held) -> (Store, Self) {
        let gate = Self {
            table: address.to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            held,
            shut: Arc::new(AtomicBool::new(true)),
            calls: Arc::default(),
            reached: Arc::default(),
            opened: Arc::default(),
        };
        let router = Router::new().fallback(pass).with_state(gate.clone());
        let client = table::client(&super::serve(router).await);
        (Store::new(client, table::BOOKINGS), gate)
    }

    /// Waits until the write is held up.
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets it go on.
    pub(crate) fn open(&self) {
        self.opened.notify_one();
    }

    /// How many requests have come through.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    async fn hold_up(&self) {
        self.reached.notify_one();
        self.opened.notified().await;
    }
}

async fn pass(State(gate): State<Gate>, mut request: Request) -> Response {
    gate.calls.fetch_add(1, Ordering::SeqCst);
    let target = request.headers()["x-amz-target"].to_str().unwrap();
    let first = target.ends_with("TransactWriteItems") && gate.shut.swap(false, Ordering::SeqCst);
    *request.uri_mut() = gate.table.parse().unwrap();
    if first && gate.held == Held::Request {
        gate.hold_up().await;
    }
    let response = gate.client.request(request).await.unwrap();
    if first && gate.held == Held::Answer {
        gate.hold_up().await;
    }
    response.map(Body::new)
}
