//! Whether an order has ended as it should, seen from its record, its events, and all who take part.

use aws_sdk_sfn::types::ExecutionStatus;
use futures_util::{StreamExt, stream};
use holdfast_order_rules::event::EventName;
use holdfast_order_rules::order::{Progress, Step};
use holdfast_order_rules::undoing::{is_undone, remaining_work};
use holdfast_stock_rules::reservation::Status;
use holdfast_tests::Ended;
use holdfast_tests::shop::{Basket, Shop};

use super::ends::End;
use crate::AT_ONCE;

/// More than a run of any test sells.
const PIECES: u64 = 1_000;
/// What happens to an order once.
const ONCE: &[EventName] = &[
    EventName::OrderFilled,
    EventName::OrderCreated,
    EventName::OrderInvoiced,
    EventName::OrderShipped,
    EventName::Committed,
    EventName::StockPutBack,
    EventName::InvoiceCredited,
    EventName::ShipmentCancelled,
    EventName::OrderCompleted,
];

/// What happens to an order once, in one of these ways.
const ONE_OF: &[&[EventName]] = &[
    &[
        EventName::OrderCompleted,
        EventName::PaymentVoided,
        EventName::PaymentRefunded,
    ],
    &[EventName::Committed, EventName::TimerFired],
    &[
        EventName::OrderCompleted,
        EventName::OrderCancelled,
        EventName::OrderFailed,
    ],
];

/// What a test sells; no other test does.
pub(crate) struct Goods {
    sku: &'static str,
}

impl Goods {
    /// There is plenty of this product now.
    pub(crate) async fn plenty_of(shop: &Shop, sku: &'static str) -> Self {
        shop.restock(sku, PIECES).await;
        Self { sku }
    }

    /// A piece of it, and something else.
    pub(crate) fn basket(sku: &str) -> Basket {
        Basket::of(sku, 1).and("STICKER-001", 2)
    }

    /// What is missing is what these orders have.
    pub(crate) async fn are_with(&self, shop: &Shop, orders: &[String]) {
        let takes = stream::iter(orders).map(async |name| {
            let left = shop.left(name).await;
            u64::from(left.stock == Some(Status::Taken))
        });
        let taken = takes.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
        let taken: u64 = taken.iter().sum();
        let now = shop.available(self.sku).await;
        assert_eq!(now + taken, PIECES, "{}: {taken} taken", self.sku);
    }
}

/// The execution has ended as the order should.
pub(crate) fn execution(end: End, ended: &Ended) {
    let status = match end.waits() {
        None => ExecutionStatus::Succeeded,
        Some(_) => ExecutionStatus::Failed,
    };
    let output = match serde_json::from_str(&ended.cause) {
        Ok(cause) if ended.error == "NeedsAttention" => cause,
        _ => ended.output.clone(),
    };
    let said = (ended.status.clone(), output["status"].as_str());
    assert_eq!(said, (status, Some(end.status().as_str())), "{ended:?}");
}

/// The order has come to this end, and no wake-up outlives it.
pub(crate) async fn order(shop: &Shop, name: &str, end: End) {
    stands(shop, name, end).await;
    if end.waits().is_none() {
        let schedules = shop.schedules(name).await;
        assert!(schedules.is_empty(), "{schedules:?}");
    }
}

/// The order has come to this end, once, and everybody has of it what they should.
pub(crate) async fn stands(shop: &Shop, name: &str, end: End) {
    let snapshot = shop.snapshot(name).await;
    assert_eq!(snapshot.order.state.status, end.status(), "{name}");
    let left = shop.left(name).await;
    assert_eq!(left.with(), end.left(), "{name}: {left:?}");
    let work = remaining_work(&snapshot);
    let waits: Vec<_> = work.iter().map(|work| work.topic).collect();
    assert_eq!(waits, Vec::from_iter(end.waits()), "{name}");
    match end {
        End::Completed => {
            assert_eq!(left.payments[0]["status"], "captured", "{name}");
            let each = (left.payments.len(), left.shipments.len());
            assert_eq!(each, (1, 1), "{name}: {left:?}");
        }
        End::Undone(_) => assert!(is_undone(&snapshot), "{name}: {snapshot:?}"),
        End::OwedAtDesk => assert_eq!(left.payments[0]["status"], "authorized", "{name}"),
        End::LeftAtDesk(_) | End::UnsaidAtDesk(_) => {
            let runs = |step: &Step| step.state.progress == Progress::RUNNING;
            assert!(!snapshot.steps.iter().any(runs), "{name}: {snapshot:?}");
        }
    }
    once(shop, name).await;
}

/// Nothing has happened to it twice, and no request of it was answered twice.
async fn once(shop: &Shop, name: &str) {
    let history = shop.history(name).await;
    for once in ONCE {
        let events = history.iter().filter(|event| event.name == *once);
        assert!(events.count() <= 1, "{name}: {once:?}");
    }
    let answered = shop.answered(name).await;
    assert!(answered.values().all(|times| *times == 1), "{answered:?}");
    let count = |names: &[EventName]| {
        let events = history.iter().filter(|event| names.contains(&event.name));
        events.count()
    };
    // Paid or paid back; committed or fired; one end.
    for one_of in ONE_OF {
        assert!(count(one_of) <= 1, "{name}: {one_of:?}");
    }
}
