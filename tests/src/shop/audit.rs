//! What must be true of an order, whatever happened to it, seen from all who take part: its record and
//! its events, the suppliers, the stock, the invoices.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use holdfast_invoices::{Invoice, invoice};
use holdfast_order_rules::event::{Event, EventName};
use holdfast_order_rules::order::{OrderStatus, Snapshot};
use holdfast_order_rules::undoing::{is_undone, remaining_work};
use holdfast_stock_rules::reservation::Status;
use serde_json::Value;

use super::{Shop, id};
use crate::audit::what_was_said;
use crate::eventually;

/// How long the desk may take to do again what could not be undone.
const REDRIVE: Duration = Duration::from_secs(180);

/// An order after the audit.
#[derive(Clone, Debug)]
pub struct AuditedOrder {
    /// The order's name.
    pub name: String,
    /// How it ended, if it could be found.
    pub status: Option<OrderStatus>,
    /// What must not be.
    pub violations: Vec<String>,
}

/// What is left of an order with those who take part.
#[derive(Clone, Debug)]
pub struct Left {
    /// Money, captured or only reserved.
    pub payments: Vec<Value>,
    /// Shipments that are not cancelled.
    pub shipments: Vec<Value>,
    /// How it stands in the stock.
    pub stock: Option<Status>,
    /// Its invoice, cancelled or not.
    pub invoice: Option<Invoice>,
}

impl Left {
    /// Who has something of an order that is not undone: names of participants, in order.
    pub fn with(&self) -> Vec<&'static str> {
        let standing = self.invoice.as_ref();
        let standing = standing.is_some_and(|invoice| invoice.credit_note.is_none());
        [
            ("carrier", !self.shipments.is_empty()),
            ("invoices", standing),
            ("payment", !self.payments.is_empty()),
            ("stock", self.stock == Some(Status::Taken)),
        ]
        .into_iter()
        .filter_map(|(participant, has)| has.then_some(participant))
        .collect()
    }

    /// What keeps this from being all of an order, once each, and paid.
    fn is_not_whole(&self) -> Option<String> {
        let captured = self
            .payments
            .iter()
            .all(|paid| paid["status"] == "captured");
        let once = self.payments.len() == 1 && self.shipments.len() == 1;
        let whole = once && captured && self.with().len() == 4;
        (!whole).then(|| format!("not all of it, once each: {self:?}"))
    }
}

impl Shop {
    /// What is left of an order with those who take part.
    pub async fn left(&self, name: &str) -> Left {
        let items = self.stack.audit(name).await;
        let (payments, shipments) = items
            .into_iter()
            .partition(|item| item["kind"] == "payment");
        let reservation = self.stock.find(&id(name)).await.unwrap();
        Left {
            payments,
            shipments,
            stock: reservation.and_then(|case| Some(case.reservation?.state.status())),
            invoice: invoice(&self.invoices, &id(name)).await.unwrap(),
        }
    }

    /// Waits for an order's end, and looks at it from all sides.
    pub async fn look_from_all_sides(&self, name: &str) -> AuditedOrder {
        let looking = AssertUnwindSafe(look(self, name)).catch_unwind();
        let (status, violations) = match looking.await {
            Ok((status, violations)) => (Some(status), violations),
            Err(panic) => (None, vec![what_was_said(&*panic)]),
        };
        AuditedOrder {
            name: name.to_owned(),
            status,
            violations,
        }
    }
}

async fn look(shop: &Shop, name: &str) -> (OrderStatus, Vec<String>) {
    settled(shop, name).await;
    // Asserts that the events fold to the record.
    let snapshot = shop.snapshot(name).await;
    let left = shop.left(name).await;
    let status = snapshot.order.state.status;
    let mut wrong: Vec<String> = match status {
        OrderStatus::Completed => left.is_not_whole().into_iter().collect(),
        OrderStatus::NeedsAttention => not_on_the_desk(&snapshot, &left),
        OrderStatus::Cancelled | OrderStatus::Failed => left_behind(&snapshot, &left),
        other => vec![format!("never ended: {other:?}")],
    };
    wrong.extend(against_the_rules(&shop.history(name).await));
    if !shop.schedules(name).await.is_empty() {
        wrong.push("a schedule outlived it".to_owned());
    }
    (status, wrong)
}

/// Waits until the order has its end, by the desk's own retries if need be.
async fn settled(shop: &Shop, name: &str) {
    let started = std::time::Instant::now();
    eventually("the order's end", 2 * REDRIVE, async || {
        let snapshot = shop.orders.find(&id(name)).await.unwrap()?;
        let status = snapshot.order.state.status;
        let at_desk = status == OrderStatus::NeedsAttention && started.elapsed() < REDRIVE;
        (status.has_ended() && !at_desk).then_some(())
    })
    .await;
}

fn left_behind(snapshot: &Snapshot, left: &Left) -> Vec<String> {
    let who = left.with();
    let mut wrong: Vec<_> = who.iter().map(|who| format!("left with {who}")).collect();
    if !is_undone(snapshot) {
        wrong.push("its record does not say that all is undone".to_owned());
    }
    wrong
}

/// Where something could not be undone, the desk names it.
fn not_on_the_desk(snapshot: &Snapshot, left: &Left) -> Vec<String> {
    if snapshot.order.state.goes_forward_only() {
        return Vec::new(); // the order stands, the capture is what is owed
    }
    let work = remaining_work(snapshot);
    let named: Vec<_> = work.iter().map(|work| work.topic.as_str()).collect();
    let forgotten = left.with().into_iter().filter(|who| !named.contains(who));
    forgotten
        .map(|who| format!("left with {who}, and not on the desk"))
        .collect()
}

/// What the events tell of the rules.
fn against_the_rules(history: &[Event]) -> Vec<String> {
    let count = |name| history.iter().filter(|event| event.name == name).count();
    let mut wrong = Vec::new();
    if count(EventName::Committed) + count(EventName::TimerFired) > 1 {
        wrong.push("both committed and fired, or one of them twice".to_owned());
    }
    let ends = [
        EventName::OrderCompleted,
        EventName::OrderCancelled,
        EventName::OrderFailed,
    ];
    if ends.into_iter().map(count).sum::<usize>() > 1 {
        wrong.push("ended twice".to_owned());
    }
    let after = history
        .iter()
        .skip_while(|event| event.name != EventName::OrderCompleted);
    if after
        .into_iter()
        .any(|event| event.name == EventName::StepUndoing)
    {
        wrong.push("undone after it was completed".to_owned());
    }
    wrong
}
