//! What is there of a booking: its records, its events, and what the suppliers have.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::event::{Event, Folded, fold};
use holdfast_core::ids::BookingId;
use lambda_http::Service;
use serde_json::Value;

use super::Bench;

impl Bench {
    pub(crate) async fn snapshot(&self, id: &BookingId) -> Snapshot {
        self.store.load(id).await.expect("the booking")
    }

    /// The booking's events.
    pub(crate) async fn events(&self, id: &BookingId) -> Vec<Event> {
        self.store.history(id).await.expect("the history")
    }

    /// The booking's events, after a look at whether they tell its state.
    pub(crate) async fn history(&self, id: &BookingId) -> Vec<Event> {
        let events = self.events(id).await;
        let told = fold(&events);
        assert_eq!(told, Ok(Folded::from(&self.snapshot(id).await)), "{id}");
        events
    }

    /// What the suppliers still have of a booking.
    pub(crate) async fn audit_items(&self, id: &BookingId) -> Vec<Value> {
        let (status, audit) = self.ask_suppliers(&format!("/audit?booking={id}")).await;
        assert_eq!(status, 200, "{audit}");
        audit["items"].as_array().unwrap().clone()
    }

    /// The same, as `leg status`, sorted.
    pub(crate) async fn audit(&self, id: &BookingId) -> Vec<String> {
        let items = self.audit_items(id).await;
        let field = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
        let line = |item: &Value| format!("{} {}", field(item, "leg"), field(item, "status"));
        let mut lines: Vec<_> = items.iter().map(line).collect();
        lines.sort();
        lines
    }

    /// Whether the suppliers were ever asked something under this key.
    pub(crate) async fn suppliers_know(&self, key: &str) -> bool {
        let path = format!("/operations?key={}", key.replace('/', "%2F"));
        self.ask_suppliers(&path).await.0 == 200
    }

    async fn ask_suppliers(&self, path: &str) -> (u16, Value) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        self.send_to_suppliers(request).await
    }

    /// Asks the suppliers for something under a key; the status of their answer.
    pub(crate) async fn tell_suppliers(&self, path: &str, key: &str, body: Value) -> u16 {
        let request = Request::post(path)
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        self.send_to_suppliers(request.unwrap()).await.0
    }

    async fn send_to_suppliers(&self, request: Request<Body>) -> (u16, Value) {
        let response = Service::call(&mut self.suppliers.clone(), request).await;
        let (parts, body) = response.unwrap().into_parts();
        let body = to_bytes(body, 1_000_000).await.unwrap();
        let json = serde_json::from_slice(&body).unwrap_or_default();
        (parts.status.as_u16(), json)
    }
}
