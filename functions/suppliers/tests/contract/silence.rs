//! The table's own answers get lost: what was done is found, and what may have been done is never
//! called undone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use holdfast_suppliers::{Settings, Supplies, router};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;

use crate::shop::{FLIGHT, OF_ORDERS, Shop, TABLE};

/// Stands before the table. It passes everything on, but some answers do not come back: so many to
/// writes, and after those so many to reads.
#[derive(Clone)]
struct Silence {
    table: String,
    client: Client<HttpConnector, Body>,
    writes: Arc<AtomicU32>,
    reads: Arc<AtomicU32>,
}

impl Silence {
    fn swallows(&self, target: &str) -> bool {
        let left = match target {
            read if read.ends_with("GetItem") => {
                if self.writes.load(Ordering::SeqCst) > 0 {
                    return false;
                }
                &self.reads
            }
            _ => &self.writes,
        };
        let take = |left: u32| left.checked_sub(1);
        left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take)
            .is_ok()
    }
}

async fn pass_on(State(silence): State<Silence>, mut request: Request) -> Response {
    let target = request.headers()["x-amz-target"]
        .to_str()
        .unwrap()
        .to_owned();
    *request.uri_mut() = silence.table.parse().unwrap();
    let response = silence.client.request(request).await.unwrap();
    if silence.swallows(&target) {
        return (StatusCode::INTERNAL_SERVER_ERROR, "{}").into_response();
    }
    response.map(Body::new).into_response()
}

/// The same shop, where so many answers to writes and then so many to reads get lost.
async fn behind_silence(shop: &Shop, writes: u32, reads: u32) -> Shop {
    let silence = Silence {
        table: shop.table_url.clone(),
        client: Client::builder(TokioExecutor::new()).build_http(),
        writes: Arc::new(AtomicU32::new(writes)),
        reads: Arc::new(AtomicU32::new(reads)),
    };
    let proxy = Router::new().fallback(pass_on).with_state(silence);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, proxy).await });
    let config = shop.client.config().to_builder();
    let config = config.endpoint_url(format!("http://{address}")).build();
    let client = aws_sdk_dynamodb::Client::from_conf(config);
    let supplies = Supplies::new(client, TABLE, Settings::default()).with_clock(shop.clock.shown());
    Shop {
        router: router(supplies),
        ..shop.clone()
    }
}

#[tokio::test]
async fn a_write_whose_answer_got_lost_is_found_and_answered() {
    let shop = Shop::open().await;
    for action in ["hold", "confirm", "release"] {
        let deaf = behind_silence(&shop, 1, 0).await;
        let reply = deaf.flight("b1", action).await;
        reply.expect(200);
        assert_eq!(shop.flight("b1", action).await, reply, "{action}");
    }
    assert_eq!(shop.taken(FLIGHT).await, 0);
}

#[tokio::test]
async fn a_write_for_an_order_whose_answer_got_lost_is_found_and_answered() {
    let shop = Shop::open().await;
    let undo = [("carrier", "cancel"), ("payment", "void")];
    for asked in OF_ORDERS.into_iter().chain(undo) {
        let deaf = behind_silence(&shop, 1, 0).await;
        let reply = deaf.order("o1", asked, json!({})).await;
        reply.expect(200);
        assert_eq!(shop.order("o1", asked, json!({})).await, reply, "{asked:?}");
    }
    assert!(shop.audit("").await.is_empty());
    shop.carrier("o2", "book", json!({})).await.expect(200);
    let deaf = behind_silence(&shop, 1, 0).await;
    assert_eq!(deaf.pick_up("o2").await.expect(200)["status"], "picked_up");
}

#[tokio::test]
async fn what_an_order_may_have_got_is_never_called_undone() {
    let shop = Shop::open().await;
    for asked in OF_ORDERS {
        let deaf = behind_silence(&shop, 1, u32::MAX).await;
        let reply = deaf.order("o1", asked, json!({})).await;
        assert!(reply.is_lost(), "{reply:?}");
        shop.order("o1", asked, json!({})).await.expect(200);
        let deaf = behind_silence(&shop, 0, u32::MAX).await;
        let reply = deaf.order("o2", asked, json!({})).await;
        reply.problem(503, "unavailable");
    }
    assert_eq!(
        shop.audit("").await,
        ["o1 carrier booked", "o1 payment authorized"]
    );
}

#[tokio::test]
async fn what_may_have_been_done_is_never_called_undone() {
    let shop = Shop::open().await;
    let deaf = behind_silence(&shop, 1, u32::MAX).await;
    let reply = deaf.pay("b1", "authorize", json!({})).await;
    assert!(reply.is_lost(), "{reply:?}");
    assert_eq!(shop.audit("").await, ["b1 payment authorized"]);
    shop.pay("b1", "authorize", json!({})).await.expect(200);
}

#[tokio::test]
async fn what_was_surely_not_done_is_called_unavailable() {
    let shop = Shop::open().await;
    let deaf = behind_silence(&shop, 0, u32::MAX).await;
    deaf.flight("b1", "hold").await.problem(503, "unavailable");
    assert!(shop.audit("").await.is_empty());
}
