//! What a change consists of: the order's head and any of its steps, each one version further, and the
//! event that tells it.

use std::collections::BTreeMap;

use holdfast_core::cause::bounded;
use holdfast_core::change::Stamp;

use crate::action::StepName;
use crate::asking::Waiting;
use crate::broker::Request;
use crate::event::{Change, Ended, Event, EventName};
use crate::order::{Order, OrderState, OrderStatus, Snapshot, Step, StepState};
use crate::view::OrderView;

/// A change of an order, to be written as a whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// What happened.
    pub event: Event,
    /// The order itself. Every change makes a version of it.
    pub order: Order,
    /// The steps that change.
    pub steps: Vec<Step>,
}

impl Transition {
    /// A change of this order to another state.
    pub fn to(snapshot: &Snapshot, name: EventName, stamp: Stamp<'_>, state: OrderState) -> Self {
        let from = &snapshot.order;
        let event = Event {
            order_id: from.order_id.clone(),
            name,
            at: stamp.at,
            actor: stamp.actor.to_owned(),
            trace_id: from.trace_id.clone(),
            note: None,
            request: None,
            order: Change::step(from.version, &from.state, &state),
            steps: BTreeMap::new(),
            about: Vec::new(),
            ended: None,
        };
        let order = Order {
            version: from.version + 1,
            state,
            updated: stamp.at,
            ..from.clone()
        };
        Self {
            event,
            order,
            steps: Vec::new(),
        }
    }

    /// A change that leaves the order's own state as it is.
    pub fn within(snapshot: &Snapshot, name: EventName, stamp: Stamp<'_>) -> Self {
        Self::to(snapshot, name, stamp, snapshot.order.state.clone())
    }

    /// The placing of an order: everything in it is new, at version 1.
    pub fn placing(new: &Snapshot, actor: &str) -> Self {
        let order = &new.order;
        let steps = new.steps.iter();
        let event = Event {
            order_id: order.order_id.clone(),
            name: EventName::OrderFilled,
            at: order.created,
            actor: actor.to_owned(),
            trace_id: order.trace_id.clone(),
            note: None,
            request: None,
            order: Change::born(&order.state),
            steps: steps
                .map(|step| (step.name, Change::born(&step.state)))
                .collect(),
            about: Vec::new(),
            ended: None,
        };
        Self {
            event,
            order: order.clone(),
            steps: new.steps.clone(),
        }
    }

    /// Says why.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.event.note = Some(bounded(note.into()));
        self
    }

    /// It is about these steps, though it changes none of them.
    #[must_use]
    pub fn about(mut self, steps: &[StepName]) -> Self {
        self.event.about = steps.to_vec();
        self
    }

    /// Asks another service for something.
    #[must_use]
    pub fn request(mut self, request: Request) -> Self {
        self.event.request = Some(request);
        self
    }

    /// The execution waits for this from now on.
    #[must_use]
    pub fn waiting(mut self, waiting: Option<Waiting>) -> Self {
        self.order.waiting = waiting;
        self
    }

    /// Another execution drives the order from now on.
    #[must_use]
    pub fn driven_by(mut self, execution: &str) -> Self {
        execution.clone_into(&mut self.order.execution);
        self
    }

    /// A step gets another state.
    #[must_use]
    pub fn step(mut self, from: &Step, to: StepState) -> Self {
        let change = Change::step(from.version, &from.state, &to);
        self.event.steps.insert(from.name, change);
        self.steps.push(Step {
            name: from.name,
            version: from.version + 1,
            state: to,
        });
        self
    }

    /// Tells how the order ended, if it is this change that ends it, or brings it to the desk.
    #[must_use]
    pub fn ending(mut self, from: &Snapshot) -> Self {
        let status = self.order.state.status;
        if status.has_ended() && status != from.order.state.status {
            self.event.ended = Some(Ended::from(&from.after(&self)));
        }
        self
    }
}

impl From<&Snapshot> for Ended {
    fn from(snapshot: &Snapshot) -> Self {
        let order = OrderView::from(snapshot);
        let items = match order.status {
            OrderStatus::Completed => order.items,
            _ => Vec::new(),
        };
        Self {
            customer: snapshot.order.customer.clone(),
            items,
            total: order.total,
            payment: order.payment.status,
            invoice: order.invoice.number,
            credit_note: order.invoice.credit_note,
            tracking: order.shipment.tracking,
        }
    }
}

impl Snapshot {
    /// This order after a change of it.
    #[must_use]
    pub fn after(&self, change: &Transition) -> Self {
        let changed = |step: &Step| {
            let mut steps = change.steps.iter();
            let next = steps.find(|next| next.name == step.name);
            next.unwrap_or(step).clone()
        };
        Self {
            order: change.order.clone(),
            steps: self.steps.iter().map(changed).collect(),
        }
    }
}
