//! What the tests of this crate share: a bench with the real store and the real suppliers, in
//! process, and a clock to set.
//!
//! - `drive`: takes a booking through its steps; `look`: what there is of it
//! - `table`: DynamoDB in process, with the tables; `aws`: clients of the rest
//! - `gate`: holds up a write, so that others come first
//! - `spoiler`: suppliers whose answers are spoilt on their way
//! - `traveller`: waits for commands, and takes them
//! - `wakes`: notes what the timer was asked for
//! - `zombie`: a step that was given up acts all the same

// Each file of tests is a program of its own and uses its own part of this.
#![allow(dead_code)]

pub(crate) mod aws;
mod drive;
pub(crate) mod gate;
mod look;
pub(crate) mod spoiler;
pub(crate) mod table;
pub(crate) mod traveller;
pub(crate) mod wakes;
pub(crate) mod zombie;

#[allow(unused_imports)] // by some
pub(crate) use drive::payment_step;
#[allow(unused_imports)] // by some
pub(crate) use wakes::{Noted, WakeBook};

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use holdfast_booking::rehearsed::Rehearsed;
use holdfast_booking::steps::{Authorizations, Legs, Open, Payments, Terms, Wait};
use holdfast_booking::store::Store;
use holdfast_booking_rules::spec::Kind;
use holdfast_kit::clock::Clock;
use holdfast_kit::https::Https;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::suppliers::Endpoint;
use holdfast_suppliers::testing::ManualClock;
use holdfast_suppliers::{Settings, Supplies, router};
use serde_json::{Value, json};

/// How long a payment may keep the timer from firing.
pub(crate) const LEASE: Duration = Duration::from_secs(300);
/// How long a payment that is pending is waited for.
pub(crate) const PENDING: Duration = Duration::from_secs(600);
/// Longer than a supplier that works ever takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// How long before a supplier's hold ends the traveller must have paid.
pub(crate) const MARGIN: Duration = Duration::from_secs(60);
/// What suppliers seal their offers with.
pub(crate) const OFFERS_KEY: &str = "the suppliers' key";
/// What the traveller pays with; only the payment supplier may ever see it.
pub(crate) const TOKEN: &str = "tok_visa";

/// All that the steps need, and what their tests look at.
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) client: aws_sdk_dynamodb::Client,
    pub(crate) address: String,
    pub(crate) store: Store,
    pub(crate) suppliers: Router,
    pub(crate) https: Https,
    pub(crate) supplier: Endpoint,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) wakes: WakeBook,
    pub(crate) simulation: Simulation,
}

impl Bench {
    /// A bench whose suppliers hold longer than anything that a test does to the booking's own
    /// deadline.
    pub(crate) async fn new() -> Self {
        Self::holding_for(Duration::from_secs(10 * 86_400)).await
    }

    /// A bench whose suppliers hold for this long.
    pub(crate) async fn holding_for(hold: Duration) -> Self {
        let (client, address) = table::start().await;
        let clock = Arc::new(ManualClock::new("2027-01-10T12:00:00Z".parse().unwrap()));
        let settings = Settings {
            hold,
            ..Settings::default()
        };
        let supplies = Supplies::new(client.clone(), table::SUPPLIERS, settings)
            .with_offers_sealed_by(OFFERS_KEY)
            .with_clock(clock.shown());
        let suppliers = router(supplies);
        let url = serve(suppliers.clone()).await;
        let https = Https::default();
        Self {
            store: Store::new(client.clone(), table::BOOKINGS),
            client,
            address,
            suppliers,
            supplier: Endpoint::new(https.clone(), &url, PATIENCE),
            https,
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
            margin: MARGIN,
        }
    }

    pub(crate) fn open_step(&self) -> Open<WakeBook> {
        Open {
            store: self.store.clone(),
            waker: self.wakes.clone(),
            clock: self.clock(),
            definition: "test",
        }
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
