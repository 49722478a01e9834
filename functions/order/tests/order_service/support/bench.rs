//! The service, and all that it meets: suppliers, stock and invoices are the real ones.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use axum::Router;
use holdfast_core::ids::OrderId;
use holdfast_invoices::store::Store as Invoices;
use holdfast_kit::clock::Clock;
use holdfast_kit::https::Https;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::suppliers::Endpoint;
use holdfast_order::answers::Answers;
use holdfast_order::commands::Commands;
use holdfast_order::desk::Clerk;
use holdfast_order::rehearsed::Rehearsed;
use holdfast_order::steps::{Ask, Capture, Close, Desk, Participants, Place, Unwind};
use holdfast_order::store::Store;
use holdfast_stock::store::Store as Stock;
use holdfast_suppliers::testing::ManualClock;
use holdfast_suppliers::{Settings, Supplies, router};
use holdfast_testing::{Index, create_table, start_database};
use serde_json::{Value, json};

use super::bus::Bus;
use super::cloud::{Cloud, Waits, WakeBook};
use super::killer::Killer;

pub(crate) const ORDERS: &str = "orders";
const SUPPLIERS: &str = "suppliers";
/// How long an order may take.
pub(crate) const LIFETIME: Duration = Duration::from_secs(86_400);
/// How long an answer is waited for in all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(43_200);
/// Longer than a supplier that works ever takes.
const CALL: Duration = Duration::from_secs(30);

/// All that the steps need, and what their tests look at.
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) store: Store,
    pub(crate) killer: Killer,
    pub(crate) suppliers: Router,
    pub(crate) supplier: Endpoint,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) wakes: WakeBook,
    pub(crate) waits: Waits,
    pub(crate) cloud: Cloud,
    pub(crate) bus: Bus,
    pub(crate) simulation: Simulation,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let (client, address) = start_database().await;
        create_table(&client, ORDERS, &INDEXES).await;
        create_table(&client, "stock", &[]).await;
        create_table(&client, "invoices", &[]).await;
        holdfast_suppliers::testing::create_table(&client, SUPPLIERS)
            .await
            .expect("the suppliers' table");
        let (store, killer) = Killer::before(&address).await;
        let clock = Arc::new(ManualClock::new("2027-01-10T12:00:00Z".parse().unwrap()));
        let suppliers = suppliers(&client, clock.shown());
        let url = serve(suppliers.clone()).await;
        let (stock, invoices) = (
            Stock::new(client.clone(), "stock"),
            Invoices::new(client.clone(), "invoices"),
        );
        Self {
            bus: Bus::between(Store::new(client, ORDERS), stock, invoices, clock.shown()),
            store,
            killer,
            suppliers,
            supplier: Endpoint::new(Https::default(), &url, CALL),
            clock,
            wakes: WakeBook::default(),
            waits: Waits::default(),
            cloud: Cloud::new().await,
            simulation: Simulation::default(),
        }
    }

    /// A bench on which scripted mishaps happen; to die is to panic.
    pub(crate) async fn of_mishaps() -> Self {
        fn die() -> ! {
            panic!("dies, as scripted")
        }
        let simulation = Simulation::dying_by(die);
        Self {
            simulation,
            ..Self::new().await
        }
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock.shown()
    }

    pub(crate) fn place(&self) -> Place<WakeBook> {
        Place {
            store: self.store.clone(),
            waker: self.wakes.clone(),
            clock: self.clock(),
            lifetime: LIFETIME,
            definition: "test",
        }
    }

    pub(crate) fn participants(&self) -> Participants {
        Participants {
            store: self.store.clone(),
            supplier: self.supplier.clone().with_mishaps(self.simulation),
            clock: self.clock(),
        }
    }

    pub(crate) fn ask(&self) -> Ask<Waits> {
        Ask {
            store: self.store.clone(),
            task_tokens: self.waits.clone(),
            clock: self.clock(),
            patience: PATIENCE,
        }
    }

    pub(crate) fn answers(&self) -> Answers<Waits> {
        Answers {
            store: self.store.clone(),
            task_tokens: self.waits.clone(),
            clock: self.clock(),
        }
    }

    pub(crate) fn commands(&self) -> Commands<Waits> {
        Commands {
            store: self.store.clone(),
            task_tokens: self.waits.clone(),
            clock: self.clock(),
        }
    }

    pub(crate) fn capture(&self) -> Capture<WakeBook> {
        Capture {
            participants: self.participants(),
            waker: self.wakes.clone(),
        }
    }

    pub(crate) fn unwind(&self) -> Unwind {
        Unwind {
            store: self.store.clone(),
            clock: self.clock(),
        }
    }

    pub(crate) fn send_to_desk(&self) -> Desk {
        Desk {
            store: self.store.clone(),
            queue: self.cloud.queue("order-errors"),
            clock: self.clock(),
        }
    }

    pub(crate) fn close(&self) -> Close<WakeBook> {
        Close {
            store: self.store.clone(),
            waker: self.wakes.clone(),
            clock: self.clock(),
        }
    }

    pub(crate) fn clerk(&self, name: &str) -> Clerk {
        Clerk {
            store: self.store.clone(),
            clock: self.clock(),
            name: name.to_owned(),
        }
    }

    pub(crate) fn rehearsed(&self) -> Rehearsed {
        Rehearsed {
            store: self.store.clone(),
            simulation: self.simulation,
        }
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }
}

const INDEXES: [Index<'_>; 3] = [
    Index {
        name: "by-customer",
        hash: "customer_id",
        range: "created",
    },
    Index {
        name: "unfinished",
        hash: "unfinished",
        range: "due",
    },
    Index {
        name: "by-status",
        hash: "status",
        range: "created",
    },
];

fn suppliers(client: &Client, clock: Clock) -> Router {
    let supplies = Supplies::new(client.clone(), SUPPLIERS, Settings::default())
        .with_offers_sealed_by("the suppliers' key");
    router(supplies.with_clock(clock))
}

/// An order of two books and a mug, in which this is scripted.
pub(crate) fn order(simulate: Value) -> Value {
    json!({
        "customer": {"id": "cus_1", "email": "buyer@example.com"},
        "items": [{"sku": "BOOK-001", "quantity": 2}, {"sku": "MUG-001", "quantity": 1}],
        "deliver_to": {"name": "Example Buyer", "postcode": "01310-100", "city": "São Paulo", "country": "BR"},
        "payment": {"token": "tok_visa"},
        "simulate": simulate,
    })
}

pub(crate) fn id(order: &str) -> OrderId {
    order.parse().unwrap()
}

/// Serves on a loopback port of its own, and tells the address.
pub(crate) async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}
