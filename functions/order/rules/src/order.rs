//! An order as it stands: the order itself, which is its head, and its steps.
//!
//! Each is a record with a version of its own. Every change writes the head.

use holdfast_core::fault::Script;
use holdfast_core::ids::{OrderId, Sku};
use holdfast_core::money::Money;
use holdfast_core::payment::Method;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{State, Timer};
use serde::{Deserialize, Serialize};

use crate::action::{Action, StepName};
use crate::address::Address;
use crate::asking::Waiting;
use crate::request::Customer;

pub use crate::status::{Ending, OrderStatus, Progress};

/// The order itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The name of its execution.
    pub order_id: OrderId,
    /// Counts its changes.
    pub version: u32,
    /// How it stands.
    #[serde(flatten)]
    pub state: OrderState,
    /// Who buys.
    pub customer: Customer,
    /// What they buy, at the catalogue's prices.
    pub items: Vec<Line>,
    /// What it costs together.
    pub total: Money,
    /// Where it goes.
    pub deliver_to: Address,
    /// Scripted faults and mishaps.
    #[serde(default, skip_serializing_if = "Script::is_empty")]
    pub simulate: Script<Action>,
    /// The execution that drives it.
    pub execution: String,
    /// The execution waits, or has waited last, for this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// Follows the order through logs, participants and events.
    pub trace_id: String,
    /// When it was placed.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
}

/// So many of one product, and what they cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Line {
    /// What is ordered.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "BOOK-001"))]
    pub sku: Sku,
    /// What it is called.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// What one costs.
    pub price: Money,
    /// What all of them cost.
    pub amount: Money,
}

/// The part of an order that its events tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderState {
    /// How far it has come.
    pub status: OrderStatus,
    /// Who came first, the capture or time.
    pub timer: Timer,
    /// The version of its definition.
    pub definition: String,
    /// What it is paid by.
    #[serde(default, skip_serializing_if = "Method::is_card")]
    pub method: Method,
    /// What the way back leads to, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// Why it is not `completed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl OrderState {
    /// Whether it is past its commit point and has not been given up since: then it is finished,
    /// never undone.
    pub fn goes_forward_only(&self) -> bool {
        self.timer.is_committed() && self.ending.is_none()
    }

    /// Whether it is undone, or being undone. There is no way back from there.
    pub fn is_being_undone(&self) -> bool {
        match self.status {
            OrderStatus::Cancelling | OrderStatus::Cancelled | OrderStatus::Failed => true,
            OrderStatus::NeedsAttention => !self.goes_forward_only(),
            _ => false,
        }
    }
}

impl Order {
    /// When a change was due at the latest.
    pub fn due(&self) -> Timestamp {
        let timer = &self.state.timer;
        match timer.state {
            State::Running => timer.deadline,
            _ => self.updated,
        }
    }
}

/// A step of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its name.
    pub name: StepName,
    /// Counts its changes.
    pub version: u32,
    /// How it stands.
    #[serde(flatten)]
    pub state: StepState,
}

/// The part of a step that events tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepState {
    /// Whether it is done or undone, and how it stands.
    #[serde(flatten)]
    pub progress: Progress,
    /// How often it was tried.
    pub attempts: u32,
    /// How often its undo was tried again.
    pub compensate_retries: u32,
    /// What is known of it.
    #[serde(default, skip_serializing_if = "StepData::is_empty")]
    pub data: StepData,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// When it came to where it stands, once that is no longer under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
}

/// What is known of a step. Each has its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepData {
    /// The supplier's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The invoice's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The number of the credit note that cancels the invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_note: Option<String>,
    /// The carrier's tracking code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl StepData {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This, and what is known besides.
    #[must_use]
    pub fn and(self, more: &Self) -> Self {
        let newer = |new: &Option<String>, old| new.clone().or(old);
        Self {
            reference: newer(&more.reference, self.reference),
            number: newer(&more.number, self.number),
            credit_note: newer(&more.credit_note, self.credit_note),
            tracking: newer(&more.tracking, self.tracking),
            refused: newer(&more.refused, self.refused),
        }
    }
}

impl StepState {
    /// A step that was not begun.
    pub fn pending() -> Self {
        Self {
            progress: Progress::PENDING,
            attempts: 0,
            compensate_retries: 0,
            data: StepData::default(),
            started: None,
            ended: None,
        }
    }

    /// The same step, come to this at this time.
    #[must_use]
    pub fn come_to(&self, progress: Progress, at: Timestamp) -> Self {
        let begins = self.started.is_none() && progress != Progress::SKIPPED;
        Self {
            progress,
            started: if begins { Some(at) } else { self.started },
            ended: progress.is_settled().then_some(at),
            ..self.clone()
        }
    }

    /// The same step, with more known of it.
    #[must_use]
    pub fn knowing(self, more: &StepData) -> Self {
        Self {
            data: self.data.and(more),
            ..self
        }
    }
}

/// An order with its steps, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The order itself.
    pub order: Order,
    /// Its steps, in the order in which they are taken.
    pub steps: Vec<Step>,
}

impl Snapshot {
    /// A step by name.
    pub fn step(&self, name: StepName) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// How a step stands; one that is not there was not begun.
    pub fn progress(&self, name: StepName) -> Progress {
        let step = self.step(name);
        step.map_or(Progress::PENDING, |step| step.state.progress)
    }
}
