//! What the tests of this crate share: a bench with the real store and the real suppliers, in
//! process, and a clock to set.
//!
//! - `table`: DynamoDB in process, with the tables
//! - `gate`: holds up a write, so that others come first
//! - `spoiler`: suppliers whose answers are spoilt on their way
//! - `traveller`: waits for commands, and takes them
//! - `wakes`: notes what the timer was asked for

// Each file of tests is a program of its own and uses its own part of this.
#![allow(dead_code)]

pub(crate) mod gate;
pub(crate) mod spoiler;
pub(crate) mod table;
pub(crate) mod traveller;
pub(crate) mod wakes;

#[allow(unused_imports)] // by some
pub(crate) use wakes::{Noted, WakeBook};

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use holdfast_booking::rehearsed::Rehearsed;
use holdfast_booking::steps::{
    Authorizations, Close, CloseRequest, LegDone, LegStep, Legs, Open, OpenRequest, Opened,
    PaymentDone, PaymentStep, Payments, Settle, SettleRequest, Tendered, Terms, Unwind,
    UnwindRequest, Wait,
};
use holdfast_booking::store::Store;
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::event::{Event, Folded, fold};
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::unwinding::{Participant, Work};
use holdfast_booking_rules::view::BookingView;
use holdfast_core::cause::Cause;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_kit::clock::Clock;
use holdfast_kit::https::Https;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::suppliers::Endpoint;
use holdfast_suppliers::testing::ManualClock;
use holdfast_suppliers::{Settings, Supplies, router};
use lambda_http::Service;
use serde_json::{Value, json};

/// How long a payment may keep the timer from firing.
pub(crate) const LEASE: Duration = Duration::from_secs(300);
/// How long a payment that is pending is waited for.
pub(crate) const PENDING: Duration = Duration::from_secs(600);
/// Longer than a supplier that works ever takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// What the traveller pays with; only the payment supplier may ever see it.
pub(crate) const TOKEN: &str = "tok_visa";

/// All that the steps need, and what their tests look at.
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) client: aws_sdk_dynamodb::Client,
    pub(crate) address: String,
    pub(crate) store: Store,
    pub(crate) suppliers: Router,
    pub(crate) supplier: Endpoint,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) wakes: WakeBook,
    pub(crate) simulation: Simulation,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let (client, address) = table::start().await;
        let clock = Arc::new(ManualClock::new("2027-01-10T12:00:00Z".parse().unwrap()));
        // A hold outlives whatever these tests do to the booking's own deadline.
        let settings = Settings {
            hold: Duration::from_secs(10 * 86_400),
            ..Settings::default()
        };
        let supplies =
            Supplies::new(client.clone(), table::SUPPLIERS, settings).with_clock(clock.shown());
        let suppliers = router(supplies);
        let url = serve(suppliers.clone()).await;
        Self {
            store: Store::new(client.clone(), table::BOOKINGS),
            client,
            address,
            suppliers,
            supplier: Endpoint::new(Https::default(), &url, PATIENCE),
            clock,
            wakes: WakeBook::default(),
            simulation: Simulation::default(),
        }
    }

    /// The same bench with other suppliers.
    pub(crate) fn with_supplier(&self, supplier: Endpoint) -> Self {
        let same = self.clone();
        Self { supplier, ..same }
    }

    /// The same bench with another way to the table.
    pub(crate) fn with_store(&self, store: Store) -> Self {
        let same = self.clone();
        Self { store, ..same }
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock.shown()
    }

    pub(crate) fn legs(&self, kind: Kind) -> Legs {
        Legs {
            kind,
            store: self.store.clone(),
            supplier: self.supplier.clone().with_mishaps(self.simulation),
            clock: self.clock(),
        }
    }

    pub(crate) fn payments(&self) -> Payments {
        Payments {
            store: self.store.clone(),
            supplier: self.supplier.clone().with_mishaps(self.simulation),
            clock: self.clock(),
            actor: "payment",
        }
    }

    pub(crate) fn authorizations(&self) -> Authorizations {
        Authorizations {
            payments: self.payments(),
            terms: Terms {
                lease: LEASE,
                patience: PENDING,
                report_to: None,
            },
        }
    }

    /// Takes a step of the payment, as its function does.
    pub(crate) async fn take(&self, step: &PaymentStep) -> Result<PaymentDone, Failure> {
        match step.action {
            Action::Authorize => self.authorizations().take(step).await,
            _ => self.payments().take(step).await,
        }
    }

    /// Takes steps as they are scripted.
    pub(crate) fn rehearsed(&self) -> Rehearsed {
        Rehearsed {
            store: self.store.clone(),
            simulation: self.simulation,
        }
    }

    pub(crate) fn wait_step(&self) -> Wait<WakeBook> {
        Wait {
            store: self.store.clone(),
            waker: self.wakes.clone(),
            clock: self.clock(),
            margin: Duration::from_secs(60),
        }
    }

    /// Opens a booking of these legs.
    pub(crate) async fn open(&self, id: &str, legs: Value) -> Opened {
        self.open_as(id, legs, json!({})).await
    }

    /// Opens a booking of a flight and a hotel, with mishaps of its own steps.
    pub(crate) async fn open_with(&self, id: &str, simulate: Value) -> Opened {
        self.open_as(id, flight_and_hotel(), simulate).await
    }

    pub(crate) fn open_step(&self) -> Open<WakeBook> {
        Open {
            store: self.store.clone(),
            waker: self.wakes.clone(),
            clock: self.clock(),
            definition: "test",
        }
    }

    async fn open_as(&self, id: &str, legs: Value, simulate: Value) -> Opened {
        let input = json!({
            "customer": {"id": "cus_1", "email": "traveller@example.com"},
            "legs": legs,
            "hold_seconds": 900,
            "simulate": simulate,
        });
        let request = OpenRequest {
            name: id.to_owned(),
            execution: format!("execution:{id}"),
            started: None,
            input,
            retry: 0,
        };
        self.open_step().open(&request).await.expect("a booking")
    }

    /// Does the same with all legs of a booking.
    pub(crate) async fn all_legs(&self, id: &BookingId, action: Action) -> Result<(), Failure> {
        for leg in self.snapshot(id).await.legs {
            self.leg(id, leg.kind, leg.id.as_str(), leg.order, action)
                .await?;
        }
        Ok(())
    }

    /// Opens a booking of a flight and a hotel, and holds both.
    pub(crate) async fn held(&self, id: &str) -> BookingId {
        let opened = self.open(id, flight_and_hotel()).await;
        let id = opened.booking_id;
        self.all_legs(&id, Action::Hold).await.expect("holds");
        id
    }

    /// Opens, holds, authorizes and confirms.
    pub(crate) async fn confirmed(&self, id: &str) -> BookingId {
        let id = self.held(id).await;
        self.authorize(&id, 1, TOKEN).await.expect("authorized");
        self.all_legs(&id, Action::Confirm)
            .await
            .expect("confirmed");
        id
    }

    pub(crate) async fn leg(
        &self,
        id: &BookingId,
        kind: Kind,
        leg: &str,
        order: u32,
        action: Action,
    ) -> Result<LegDone, Failure> {
        let step = LegStep {
            booking_id: id.clone(),
            trace_id: "0".repeat(32),
            leg: leg.to_owned(),
            order,
            action,
            retry: 0,
        };
        self.legs(kind).take(&step).await
    }

    pub(crate) async fn authorize(
        &self,
        id: &BookingId,
        attempt: u32,
        token: &str,
    ) -> Result<PaymentDone, Failure> {
        self.pay(id, attempt, json!({ "token": token })).await
    }

    pub(crate) async fn pay(
        &self,
        id: &BookingId,
        attempt: u32,
        payment: Value,
    ) -> Result<PaymentDone, Failure> {
        let tendered: Tendered = serde_json::from_value(payment).unwrap();
        let step = payment_step(id, Action::Authorize, attempt, Some(tendered));
        self.take(&step).await
    }

    pub(crate) async fn settle(&self, id: &BookingId) -> Result<BookingView, Failure> {
        let settle = Settle {
            payments: self.payments(),
            waker: self.wakes.clone(),
        };
        let (booking_id, retry) = (id.clone(), 0);
        settle.settle(&SettleRequest { booking_id, retry }).await
    }

    /// Begins the unwinding, and tells what is to be done.
    pub(crate) async fn unwind(&self, id: &BookingId, error: &str) -> Result<Vec<Work>, Failure> {
        let unwind = Unwind {
            store: self.store.clone(),
            clock: self.clock(),
        };
        let cause = Cause {
            error: error.to_owned(),
            ..Cause::default()
        };
        let request = UnwindRequest {
            booking_id: id.clone(),
            causes: vec![cause],
            retry: 0,
        };
        Ok(unwind.unwind(&request).await?.work)
    }

    /// Does one piece of the unwinding's work.
    pub(crate) async fn work(&self, id: &BookingId, work: &Work) -> Result<(), Failure> {
        match work.kind {
            Participant::Leg(kind) => self
                .leg(id, kind, &work.leg, work.order, work.action)
                .await
                .map(drop),
            Participant::Payment => {
                let step = payment_step(id, work.action, 0, None);
                self.take(&step).await.map(drop)
            }
        }
    }

    pub(crate) async fn close(&self, id: &BookingId) -> Result<BookingView, Failure> {
        let close = Close {
            store: self.store.clone(),
            waker: self.wakes.clone(),
            clock: self.clock(),
        };
        let (booking_id, retry) = (id.clone(), 0);
        close.close(&CloseRequest { booking_id, retry }).await
    }

    /// Begins the unwinding, carries it out as the state machine does, and closes.
    pub(crate) async fn unwind_and_close(&self, id: &BookingId, error: &str) -> BookingView {
        for work in self.unwind(id, error).await.expect("a plan") {
            let done = self.work(id, &work).await;
            assert_eq!(done, Ok(()), "{id}: {work:?}");
        }
        self.close(id).await.expect("an end")
    }

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

    /// What the suppliers still have of a booking, as `leg status`, sorted.
    pub(crate) async fn audit(&self, id: &BookingId) -> Vec<String> {
        let (status, audit) = self.ask_suppliers(&format!("/audit?booking={id}")).await;
        assert_eq!(status, 200, "{audit}");
        let field = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
        let line = |item: &Value| format!("{} {}", field(item, "leg"), field(item, "status"));
        let mut lines: Vec<_> = audit["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(line)
            .collect();
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
        let response = Service::call(&mut self.suppliers.clone(), request).await;
        let (parts, body) = response.unwrap().into_parts();
        let body = to_bytes(body, 1_000_000).await.unwrap();
        let json = serde_json::from_slice(&body).unwrap_or_default();
        (parts.status.as_u16(), json)
    }
}

pub(crate) fn payment_step(
    id: &BookingId,
    action: Action,
    attempt: u32,
    payment: Option<Tendered>,
) -> PaymentStep {
    PaymentStep {
        booking_id: id.clone(),
        trace_id: "0".repeat(32),
        action,
        attempt,
        payment,
        token: None,
        entered: None,
        retry: 0,
    }
}

pub(crate) fn flight_and_hotel() -> Value {
    json!([
        {"id": "out", "kind": "flight",
         "spec": {"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}},
        {"id": "hotel", "kind": "hotel",
         "spec": {"city": "LIS", "check_in": "2027-03-01", "check_out": "2027-03-15", "guests": 2}},
    ])
}

/// Serves on a loopback port of its own, and tells the address.
pub(crate) async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}
