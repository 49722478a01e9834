//! What must be true of a booking, whatever happened to it: the invariants of the design, seen from
//! three sides: its record, its events, and its suppliers.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use holdfast_booking_rules::booking::{BookingStatus, Snapshot};
use holdfast_booking_rules::closing::is_undone;
use holdfast_booking_rules::event::{Event, EventName};
use holdfast_booking_rules::unwinding::remaining_work;
use holdfast_core::timer::State;
use serde_json::Value;

use crate::{Stack, eventually, output, told};

/// How long the desk may take to do again what could not be undone.
const REDRIVE: Duration = Duration::from_secs(180);

/// Where messages end that could not be processed. What waits at a desk is not among them.
const DEAD_LETTERS: &[&str] = &[
    "TIMER_DEAD_LETTERS_URL",
    "PUBLISHER_DEAD_LETTERS_URL",
    "ORDER_TIMER_DEAD_LETTERS_URL",
    "ORDER_ANSWERS_DEAD_LETTERS_URL",
    "ORDER_PUBLISHER_DEAD_LETTERS_URL",
    "STOCK_DEAD_LETTERS_URL",
    "STOCK_PUBLISHER_DEAD_LETTERS_URL",
    "INVOICES_DEAD_LETTERS_URL",
    "INVOICES_PUBLISHER_DEAD_LETTERS_URL",
];

/// A booking after the audit.
#[derive(Clone, Debug)]
pub struct Audited {
    /// The booking's name.
    pub name: String,
    /// How it ended, if it could be found.
    pub status: Option<BookingStatus>,
    /// What must not be.
    pub violations: Vec<String>,
}

impl Stack {
    /// Waits for a booking's end, and looks at it from all sides.
    pub async fn look_from_all_sides(&self, name: &str) -> Audited {
        let looking = AssertUnwindSafe(look(self, name)).catch_unwind();
        let (status, violations) = match looking.await {
            Ok((status, violations)) => (Some(status), violations),
            Err(panic) => (None, vec![what_was_said(&*panic)]),
        };
        let name = name.to_owned();
        Audited {
            name,
            status,
            violations,
        }
    }

    /// Messages that could not be processed. Some may be there before, from tests that sent them.
    pub async fn dead_letters(&self) -> u32 {
        let mut all = 0;
        for queue in DEAD_LETTERS {
            all += self.messages_in(&output(queue)).await;
        }
        all
    }
}

/// What a panic has to say.
pub fn what_was_said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "no reason was given".to_owned())
}

async fn look(stack: &Stack, name: &str) -> (BookingStatus, Vec<String>) {
    settled(stack, name).await;
    // Asserts that the events fold to the record: invariant 5.
    let snapshot = stack.booking(name).await;
    let left = stack.audit(name).await;
    let status = snapshot.booking.state.status;
    let mut wrong = match status {
        BookingStatus::Booked => not_all_booked(&snapshot, &left),
        BookingStatus::Cancelled if snapshot.booking.state.was_booked() => {
            given_back(&snapshot, &left)
        }
        BookingStatus::NeedsAttention => not_on_the_desk(&snapshot, &left),
        BookingStatus::Expired | BookingStatus::Cancelled | BookingStatus::Failed => {
            left_behind(&snapshot, &left)
        }
        other => vec![format!("never ended: {}", other.as_str())],
    };
    wrong.extend(against_the_rules(&stack.history(name).await));
    if !stack.schedules(name).await.is_empty() {
        wrong.push("a schedule outlived it".to_owned());
    }
    (status, wrong)
}

/// Waits until the booking has its end, by the desk's own retries if need be.
async fn settled(stack: &Stack, name: &str) {
    let id = name.parse().unwrap();
    let started = std::time::Instant::now();
    eventually("the booking's end", 2 * REDRIVE, async || {
        let snapshot = stack.store.find(&id).await.unwrap()?;
        let status = snapshot.booking.state.status;
        let waits_for_desk = status == BookingStatus::NeedsAttention && started.elapsed() < REDRIVE;
        (status.has_ended() && !waits_for_desk).then_some(())
    })
    .await;
}

/// Invariants 1 and 3 of a trip that goes well.
fn not_all_booked(snapshot: &Snapshot, left: &[Value]) -> Vec<String> {
    let legs = snapshot.trip();
    let mut wanted: BTreeSet<_> = legs.map(|leg| (leg.id.to_string(), "confirmed")).collect();
    let wrong = not_the_money(snapshot, left);
    if !wrong.is_empty() {
        return wrong;
    }
    for item in left.iter().filter(|item| item["kind"] != "payment") {
        let (leg, status) = (text(item, "leg"), text(item, "status"));
        if !wanted.remove(&(leg.to_owned(), status)) {
            return vec![format!("{leg} is {status}, and should not be")];
        }
    }
    wanted
        .into_iter()
        .map(|(leg, _)| format!("{leg} is not confirmed"))
        .collect()
}

/// What the payment supplier has is what was captured, less what the record says was given back.
fn not_the_money(snapshot: &Snapshot, left: &[Value]) -> Vec<String> {
    let payments = left.iter().filter(|item| item["kind"] == "payment");
    let captured = payments.clone().all(|item| item["status"] == "captured");
    let taken: u64 = payments
        .clone()
        .filter_map(|item| item["amount"]["amount"].as_u64())
        .sum();
    let amount = snapshot.booking.state.amount.as_ref();
    let refunded = snapshot.payment.state.refunded.as_ref();
    let kept = amount.map_or(0, |amount| amount.amount)
        - refunded.map_or(0, |refunded| refunded.sum.amount);
    if payments.count() != usize::from(kept > 0) || !captured || taken != kept {
        return vec![format!("{kept} is not captured exactly once: {left:?}")];
    }
    Vec::new()
}

/// A booked trip that was given back whole: no leg is left, and the money that its terms keep.
fn given_back(snapshot: &Snapshot, left: &[Value]) -> Vec<String> {
    let legs = left.iter().filter(|item| item["kind"] != "payment");
    let mut wrong: Vec<_> = legs.map(|leg| format!("left behind: {leg}")).collect();
    wrong.extend(not_the_money(snapshot, left));
    wrong
}

/// Invariant 3 of a trip that does not.
fn left_behind(snapshot: &Snapshot, left: &[Value]) -> Vec<String> {
    let mut wrong: Vec<_> = left
        .iter()
        .map(|item| format!("left behind: {item}"))
        .collect();
    if !is_undone(snapshot) {
        wrong.push("its record does not say that all is undone".to_owned());
    }
    wrong
}

/// Invariant 3 where something could not be undone: the desk names it.
fn not_on_the_desk(snapshot: &Snapshot, left: &[Value]) -> Vec<String> {
    let state = &snapshot.booking.state;
    if state.timer.is_committed() && state.cancelling().is_none() {
        return Vec::new(); // the trip stands, the capture is what is owed
    }
    let mut named: Vec<_> = remaining_work(snapshot)
        .into_iter()
        .map(|work| work.leg)
        .collect();
    if state.was_booked() {
        // What the traveller keeps, and the money that is kept.
        named.extend(snapshot.trip().map(|leg| leg.id.to_string()));
        named.push("payment".to_owned());
    }
    let forgotten = left
        .iter()
        .filter(|item| !named.iter().any(|part| *part == text(item, "leg")));
    forgotten
        .map(|item| format!("left, and not on the desk: {item}"))
        .collect()
}

/// Invariants 1 and 2, told by the events.
fn against_the_rules(history: &[Event]) -> Vec<String> {
    let count = |name| history.iter().filter(|event| event.name == name).count();
    let mut wrong = Vec::new();
    if count(EventName::Committed) + count(EventName::TimerFired) > 1 {
        wrong.push("both committed and fired, or one of them twice".to_owned());
    }
    if count(EventName::Booked) > 1
        || (count(EventName::Booked) == 1 && released_after_commit(history))
    {
        wrong.push("booked twice, or released after the commit point".to_owned());
    }
    let late = history
        .iter()
        .filter(|event| event.name == EventName::PaymentStarted && started_late(event));
    wrong
        .extend(late.map(|event| format!("a payment started after the deadline, at {}", event.at)));
    wrong.extend(told::refused_without_effect(history));
    wrong.extend(told::paid_is_what_is_held(history));
    wrong
}

fn released_after_commit(history: &[Event]) -> bool {
    let after = history
        .iter()
        .skip_while(|event| event.name != EventName::Committed)
        .take_while(|event| event.name != EventName::CancellationStarted);
    let undoes = [EventName::PaymentVoided, EventName::PaymentRefunded];
    after
        .into_iter()
        .any(|event| undoes.contains(&event.name) || told::releases_of_the_trip(event))
}

fn started_late(event: &Event) -> bool {
    let timer = event.booking.as_ref().map(|change| change.after.timer);
    timer.is_some_and(|timer| {
        !matches!(timer.state, State::Paused { .. }) || event.at >= timer.deadline
    })
}

fn text<'a>(item: &'a Value, field: &str) -> &'a str {
    item[field].as_str().unwrap_or_default()
}
