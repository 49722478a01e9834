//! Suppliers whose prices change, and a traveller who has asked for offers.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use holdfast_booking::suppliers::offers;
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::offer::Offer;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_kit::suppliers::Endpoint;
use holdfast_suppliers::{Settings, Supplies, router};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

use crate::support::{Bench, OFFERS_KEY, PATIENCE, serve, table};

/// What the suppliers were asked, as path and body.
pub(crate) type Asked = Arc<Mutex<Vec<(String, Value)>>>;

impl Bench {
    /// The same bench at other prices, in hundredths of the usual ones.
    pub(crate) async fn at_prices(&self, price_percent: u32) -> Self {
        let settings = Settings {
            hold: Duration::from_secs(10 * 86_400),
            price_percent,
            ..Settings::default()
        };
        let supplies = Supplies::new(self.client.clone(), table::SUPPLIERS, settings)
            .with_offers_sealed_by(OFFERS_KEY)
            .with_clock(self.clock());
        self.asking(router(supplies)).await
    }

    /// The same bench, which notes what its suppliers are asked.
    pub(crate) async fn noting(&self) -> (Self, Asked) {
        let asked = Asked::default();
        let notes = asked.clone();
        let note = move |request: Request, next: Next| note(notes.clone(), request, next);
        let noted = self.suppliers.clone().layer(middleware::from_fn(note));
        (self.asking(noted).await, asked)
    }

    async fn asking(&self, suppliers: Router) -> Self {
        let url = serve(suppliers.clone()).await;
        let supplier = Endpoint::new(self.https.clone(), &url, PATIENCE);
        Self {
            suppliers,
            ..self.with_supplier(supplier)
        }
    }

    /// The first offer for a spec.
    pub(crate) async fn offer(&self, kind: &str, spec: &Value) -> Offer {
        let mut question = std::collections::BTreeMap::from([("kind".to_owned(), kind.to_owned())]);
        for (name, value) in spec.as_object().unwrap() {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            question.insert(name.clone(), text);
        }
        let found = offers(&self.supplier, &question, "").await;
        found.expect("offers").remove(0)
    }

    /// These legs, each with its offer of this moment, and what they cost together.
    pub(crate) async fn agreed(&self, legs: &Value) -> (Value, u64) {
        let (mut agreed, mut total) = (legs.clone(), 0);
        for leg in agreed.as_array_mut().unwrap() {
            let offer = self
                .offer(leg["kind"].as_str().unwrap(), &leg["spec"])
                .await;
            leg["offer"] = json!(offer.id.expect("an id"));
            total += offer.price.amount;
        }
        (agreed, total)
    }

    /// Confirms all legs, and settles.
    pub(crate) async fn finishes(&self, id: &BookingId) -> Result<(), Failure> {
        self.all_legs(id, Action::Confirm).await?;
        self.settle(id).await.map(drop)
    }

    /// What the payment supplier has, in cents.
    pub(crate) async fn captured(&self, id: &BookingId) -> u64 {
        let items = self.audit_items(id).await;
        let payment = items.iter().find(|item| item["kind"] == "payment");
        payment.map_or(0, |payment| {
            assert_eq!(payment["status"], "captured", "{payment}");
            payment["amount"]["amount"].as_u64().unwrap()
        })
    }
}

async fn note(notes: Asked, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 100_000).await.unwrap();
    let json = serde_json::from_slice(&body).unwrap_or_default();
    notes
        .lock()
        .unwrap()
        .push((parts.uri.path().to_owned(), json));
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// An amount, as JSON.
pub(crate) fn brl(amount: u64) -> Value {
    json!({"amount": amount, "currency": "BRL"})
}
