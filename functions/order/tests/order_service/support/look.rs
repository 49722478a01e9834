//! What there is of an order: its records, its events, and what the others have of it.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use holdfast_core::ids::{OrderId, Sku};
use holdfast_order_rules::event::{Event, Folded, fold};
use holdfast_order_rules::order::{OrderStatus, Snapshot};
use holdfast_order_rules::view::{OrderView, saga, told};
use holdfast_stock::store::tally;
use lambda_http::Service;
use serde_json::Value;

use super::Bench;

impl Bench {
    pub(crate) async fn snapshot(&self, id: &OrderId) -> Snapshot {
        self.store.load(id).await.expect("the order")
    }

    pub(crate) async fn status(&self, id: &OrderId) -> OrderStatus {
        self.snapshot(id).await.order.state.status
    }

    pub(crate) async fn view(&self, id: &OrderId) -> OrderView {
        OrderView::from(&self.snapshot(id).await)
    }

    /// The order's events in the order of its versions, after a look at whether they tell its state.
    pub(crate) async fn history(&self, id: &OrderId) -> Vec<Event> {
        let mut events = self.store.history(id).await.expect("the history");
        let snapshot = self.snapshot(id).await;
        assert_eq!(fold(&events), Ok(Folded::from(&snapshot)), "{id}");
        assert_eq!(told(&events), saga(&snapshot), "{id}");
        events.sort_by_key(|event| event.order.version);
        events
    }

    /// What the suppliers still have of an order, sorted.
    pub(crate) async fn audit(&self, id: &OrderId) -> Vec<String> {
        let (status, audit) = self.ask_suppliers(&format!("/audit?booking={id}")).await;
        assert_eq!(status, 200, "{audit}");
        let items = audit["items"].as_array().unwrap().iter();
        let mut lines: Vec<_> = items
            .map(|item| item["status"].as_str().unwrap().to_owned())
            .collect();
        lines.sort();
        lines
    }

    async fn ask_suppliers(&self, path: &str) -> (u16, Value) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        self.send_to_suppliers(request).await
    }

    /// Tells the suppliers something that is none of the order's calls.
    pub(crate) async fn tell_suppliers(&self, path: &str, body: Value) -> u16 {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .header("idempotency-key", "counter")
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

    /// How many of a product are left.
    pub(crate) async fn left(&self, sku: &str) -> Option<u64> {
        let sku: Sku = sku.parse().unwrap();
        self.bus.stock.tally(&tally(&sku)).await.unwrap()
    }

    /// The status of an order's invoice at the invoice service.
    pub(crate) async fn invoice(&self, id: &OrderId) -> Option<String> {
        let record = self.bus.invoices.find(id).await.unwrap()?;
        let json = serde_json::to_value(record.state).unwrap();
        Some(json["status"].as_str().unwrap().to_owned())
    }

    /// That an order is undone, everywhere.
    pub(crate) async fn is_nowhere(&self, id: &OrderId) {
        assert_eq!(self.audit(id).await, [""; 0], "{id}");
        let left = self.left("BOOK-001").await;
        let begun = holdfast_stock_rules::catalogue::at_first(&"BOOK-001".parse().unwrap());
        assert!(left.is_none() || left == begun, "{id}: {left:?}");
        let invoice = self.invoice(id).await;
        assert_ne!(invoice.as_deref(), Some("issued"), "{id}");
        self.history(id).await;
    }

    /// That an order is completed, and everything of it done once.
    pub(crate) async fn is_everywhere(&self, id: &OrderId) {
        assert_eq!(self.status(id).await, OrderStatus::Completed, "{id}");
        assert_eq!(self.audit(id).await, ["booked", "captured"], "{id}");
        let begun = holdfast_stock_rules::catalogue::at_first(&"BOOK-001".parse().unwrap());
        let taken = self.left("BOOK-001").await.map(|left| left + 2);
        assert_eq!(taken, begun, "{id}");
        assert_eq!(self.invoice(id).await.as_deref(), Some("issued"), "{id}");
        self.history(id).await;
    }
}
