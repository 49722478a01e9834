//! Orders as any saga is seen by operators.

use holdfast_core::failure::Failure;
use holdfast_core::saga::{Became, Happened, SagaLine, SagaView};
use holdfast_kit::sagas::{Chronicle, broken, word};
use holdfast_order_rules::event::Event;
use holdfast_order_rules::order::{OrderStatus, Snapshot, StepData, StepState};
use holdfast_order_rules::view::{SAGA, line, told};

use super::Orders;

impl Chronicle for Orders {
    type Data = StepData;
    const TIMED: &'static [OrderStatus] = &[
        OrderStatus::Pending,
        OrderStatus::Created,
        OrderStatus::Invoiced,
        OrderStatus::Shipped,
    ];

    fn statuses() -> Vec<&'static str> {
        let all = OrderStatus::ALL.iter();
        all.map(|status| status.as_str()).collect()
    }

    fn line(snapshot: &Snapshot) -> Result<SagaLine, Failure> {
        line(snapshot).map_err(|problem| broken(&snapshot.order.order_id, problem))
    }

    fn folded(snapshot: &Snapshot, events: &[Event]) -> Result<SagaView<StepData>, Failure> {
        told(events).map_err(|problem| broken(&snapshot.order.order_id, problem))
    }

    fn in_order(mut events: Vec<Event>) -> Vec<Event> {
        events.sort_by_key(|event| event.order.version);
        events
    }

    fn executions(snapshot: &Snapshot) -> Vec<String> {
        vec![snapshot.order.order_id.to_string()]
    }

    fn happened(event: &Event) -> Happened {
        let order = Became::by(SAGA, &event.order, |state| word(&state.status));
        let steps = event.steps.iter();
        let steps = steps.filter_map(|(name, change)| Became::by(name.as_str(), change, progress));
        let parts = event.steps.keys().chain(&event.about);
        Happened {
            id: event.id(),
            name: word(&event.name),
            at: event.at,
            actor: event.actor.clone(),
            note: event.note.clone(),
            parts: parts.map(ToString::to_string).collect(),
            changes: order.into_iter().chain(steps).collect(),
        }
    }
}

/// A step's status; `compensate failed` is another one than `failed`.
fn progress(state: &StepState) -> String {
    let (kind, status) = (word(&state.progress.kind), word(&state.progress.status));
    format!("{kind} {status}")
}
