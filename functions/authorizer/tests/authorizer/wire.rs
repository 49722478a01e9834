//! A proxy before the table: what befalls requests on their way there and back.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use holdfast_testing::client;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::Notify;

/// What befalls a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It never comes to the table.
    Lost,
    /// It is done, and its answer never comes back.
    AnswerLost,
    /// It comes to the table when nobody waits for it any more.
    Late,
}

/// What the wire does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Pass,
    /// This befalls the request with this number, from 0.
    One(usize, Fate),
    /// This befalls all requests from the one with this number on.
    From(usize, Fate),
    /// All requests take this long.
    Slow(Duration),
}

/// The wire; clones are the same one.
#[derive(Clone)]
pub(crate) struct Wire {
    table: String,
    client: Client<HttpConnector, Body>,
    plan: Arc<Mutex<(Plan, usize)>>,
    cut: Arc<Notify>,
    late: Arc<Mutex<Vec<Request>>>,
}

impl Wire {
    /// A client of the table at this address, by way of a wire that passes everything.
    pub(crate) async fn to(address: &str) -> (aws_sdk_dynamodb::Client, Self) {
        let wire = Self {
            table: address.to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            plan: Arc::new(Mutex::new((Plan::Pass, 0))),
            cut: Arc::default(),
            late: Arc::default(),
        };
        let router = Router::new().fallback(pass).with_state(wire.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (client(&address), wire)
    }

    pub(crate) fn pass(&self) {
        self.set(Plan::Pass);
    }

    pub(crate) fn one(&self, nth: usize, fate: Fate) {
        self.set(Plan::One(nth, fate));
    }

    pub(crate) fn from(&self, nth: usize, fate: Fate) {
        self.set(Plan::From(nth, fate));
    }

    pub(crate) fn slow(&self, each: Duration) {
        self.set(Plan::Slow(each));
    }

    /// How many requests there were since the plan was made.
    pub(crate) fn requests(&self) -> usize {
        self.plan.lock().unwrap().1
    }

    /// What a process comes to that ends when its request is cut off; `None` if it ended.
    pub(crate) async fn alive<A>(&self, process: impl Future<Output = A>) -> Option<A> {
        tokio::select! {
            () = self.cut.notified() => None,
            answer = process => Some(answer),
        }
    }

    /// Brings to the table what was late.
    pub(crate) async fn deliver_late(&self) {
        let late = std::mem::take(&mut *self.late.lock().unwrap());
        for request in late {
            self.client.request(request).await.unwrap();
        }
    }

    fn set(&self, plan: Plan) {
        *self.plan.lock().unwrap() = (plan, 0);
    }

    fn next(&self) -> (Option<Fate>, Duration) {
        let mut planned = self.plan.lock().unwrap();
        let number = planned.1;
        planned.1 += 1;
        match planned.0 {
            Plan::One(nth, fate) if nth == number => (Some(fate), Duration::ZERO),
            Plan::From(nth, fate) if nth <= number => (Some(fate), Duration::ZERO),
            Plan::Slow(each) => (None, each),
            _ => (None, Duration::ZERO),
        }
    }

    async fn cut(&self) -> Response {
        self.cut.notify_one();
        std::future::pending().await
    }
}

async fn pass(State(wire): State<Wire>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, 10_000_000).await.unwrap();
    parts.uri = wire.table.parse().unwrap();
    let request = Request::from_parts(parts, Body::from(body));
    let (fate, slow) = wire.next();
    tokio::time::sleep(slow).await;
    match fate {
        Some(Fate::Lost) => wire.cut().await,
        Some(Fate::Late) => {
            wire.late.lock().unwrap().push(request);
            wire.cut().await
        }
        Some(Fate::AnswerLost) => {
            wire.client.request(request).await.unwrap();
            wire.cut().await
        }
        None => wire.client.request(request).await.unwrap().map(Body::new),
    }
}
