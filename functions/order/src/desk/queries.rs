//! What waits at the desk, since when, and all that is known of it.

use futures_util::future::try_join_all;
use holdfast_core::cause::bounded;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{CustomerId, OrderId};
use holdfast_core::time::Timestamp;
use holdfast_kit::sagas::Narrowed;
use holdfast_order_rules::desk::waiting_work;
use holdfast_order_rules::event::{Event, EventName};
use holdfast_order_rules::order::{OrderStatus, Snapshot};
use holdfast_order_rules::undoing::Work;
use serde::Serialize;

use super::Clerk;

/// How many orders are read at once.
const AT_ONCE: usize = 16;

/// An order that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Whose it is.
    pub order_id: OrderId,
    /// Who buys.
    pub customer: CustomerId,
    /// How far it has come.
    pub status: OrderStatus,
    /// What it will be called once nothing is left, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ending: Option<OrderStatus>,
    /// Since when it waits.
    pub since: Timestamp,
    /// Why it is not completed.
    pub reason: Option<String>,
    /// What is left to do.
    pub left: Vec<Left>,
}

/// One piece of work that waits: all that is needed to do it, by machine or by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// What is to be done.
    #[serde(flatten)]
    pub work: Work,
    /// The participant's name for it: a reference, a number, a tracking code.
    pub reference: Option<String>,
    /// How often it was tried again.
    pub attempts: u32,
    /// When it was handed over to the desk.
    pub handed_over: Option<Timestamp>,
    /// Why it was handed over.
    pub cause: Option<String>,
}

/// What is known of an order beside its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Who buys.
    pub customer: CustomerId,
    /// Follows the order through logs, participants and events.
    pub trace_id: String,
    /// The execution that drives it.
    pub execution: String,
    /// What waits of it.
    pub waiting: Waiting,
}

impl Clerk {
    /// The orders that wait, in any order. There may be more than one look can see: an operator who has
    /// seen to these looks again.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn list(&self, narrowed: &Narrowed) -> Result<Vec<Waiting>, Failure> {
        let now = self.clock.now();
        let ids = self.store.waiting(now, narrowed.overdue).await?;
        let mut found = Vec::new();
        for some in ids.chunks(AT_ONCE) {
            let read = some.iter().map(|id| self.find_waiting(id));
            found.extend(try_join_all(read).await?.into_iter().flatten());
        }
        found.retain(|waiting| waiting.is_meant(narrowed, now));
        Ok(found)
    }

    /// What is known of one order beside its steps.
    ///
    /// # Errors
    /// [`Failure::NoSuch`] where there is none, [`Failure::Unavailable`].
    pub async fn show(&self, order: &OrderId) -> Result<Shown, Failure> {
        let snapshot = self.store.load(order).await?;
        let events = self.store.history(order).await?;
        Ok(Shown {
            customer: snapshot.order.customer.id.clone(),
            trace_id: snapshot.order.trace_id.clone(),
            execution: snapshot.order.execution.clone(),
            waiting: waiting(&snapshot, &events),
        })
    }

    /// The index may be a little behind: what it names may have been seen to meanwhile.
    async fn find_waiting(&self, id: &OrderId) -> Result<Option<Waiting>, Failure> {
        let found = self.store.find(id).await?;
        let Some(snapshot) = found.filter(|it| !it.order.state.status.is_finished()) else {
            return Ok(None);
        };
        let events = self.store.history(id).await?;
        Ok(Some(waiting(&snapshot, &events)))
    }
}

impl Waiting {
    fn is_meant(&self, narrowed: &Narrowed, now: Timestamp) -> bool {
        let has = |topic: &String| {
            self.left
                .iter()
                .any(|left| left.work.topic.as_str() == topic)
        };
        narrowed.participant.as_ref().is_none_or(has)
            && self.since.until(now) >= narrowed.older_than
    }
}

fn waiting(snapshot: &Snapshot, events: &[Event]) -> Waiting {
    let order = &snapshot.order;
    let status = order.state.status;
    let came_to = |event: &&Event| {
        let before = event.order.before.as_ref().map(|state| state.status);
        event.order.after.status == status && before != Some(status)
    };
    let entered = events.iter().rfind(came_to).map(|event| event.at);
    let work = waiting_work(snapshot).into_iter();
    Waiting {
        order_id: order.order_id.clone(),
        customer: order.customer.id.clone(),
        status,
        ending: order.state.ending.map(OrderStatus::from),
        since: entered.unwrap_or(order.updated),
        reason: order.state.reason.clone(),
        left: work.map(|work| left(work, snapshot, events)).collect(),
    }
}

fn left(work: Work, snapshot: &Snapshot, events: &[Event]) -> Left {
    let step = snapshot.step(work.step);
    let data = step.map(|step| step.state.data.clone()).unwrap_or_default();
    let attempts = step.map_or(0, |step| match work.action.is_undo() {
        true => step.state.compensate_retries,
        false => step.state.attempts,
    });
    let handed = events.iter().rfind(|event| match event.name {
        EventName::UndoFailed => event.steps.contains_key(&work.step),
        EventName::CaptureOwed => work == Work::CAPTURE,
        _ => false,
    });
    Left {
        reference: data.reference.or(data.number).or(data.tracking),
        attempts,
        handed_over: handed.map(|event| event.at),
        cause: handed.and_then(|event| event.note.clone()).map(bounded),
        work,
    }
}
