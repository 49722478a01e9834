//! The history of an order. Every change of state is written together with its event, and folding the
//! events gives the state: [`fold`] checks that nothing is missing and nothing contradicts.

use std::collections::BTreeMap;

use holdfast_core::change::fold_record;
pub use holdfast_core::change::{BrokenHistory, Change};
use holdfast_core::ids::OrderId;
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::action::StepName;
use crate::broker::Request;
use crate::order::{Line, OrderState, Snapshot, StepState};
use crate::request::Customer;
use crate::status::PaymentStatus;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = OrderEventName))]
#[serde(rename_all = "snake_case")]
pub enum EventName {
    /// The order was written, with its steps and its timer.
    OrderFilled,
    /// A step began.
    StepStarted,
    /// A step, or its undo, is tried again.
    StepRetried,
    /// The credit bureau agrees.
    CreditApproved,
    /// The credit bureau does not.
    CreditRefused,
    /// The money is reserved.
    PaymentAuthorized,
    /// The payment supplier would not.
    PaymentDeclined,
    /// The stock service is asked for the goods.
    StockRequested,
    /// The goods are out of stock: the order is `created`.
    OrderCreated,
    /// The stock service does not have the goods.
    StockRefused,
    /// The invoice service is asked for an invoice.
    InvoiceRequested,
    /// The invoice has its number: the order is `invoiced`.
    OrderInvoiced,
    /// The invoice service would not.
    InvoicingRefused,
    /// The carrier is booked: the order is `shipped`.
    OrderShipped,
    /// The carrier would not.
    ShipmentRefused,
    /// A participant did something for an order that was turned back meanwhile. It is undone.
    StepDoneLate,
    /// The commit point: from here it only goes forward.
    Committed,
    /// The money is taken: the order is `completed`.
    OrderCompleted,
    /// The money was taken of an order that had been given up.
    PaymentCaptured,
    /// The payment supplier would not let the money be taken; everything is being undone.
    CaptureRefused,
    /// The money could not be taken after the commit point; the capture went to the desk.
    CaptureOwed,
    /// Time won; everything is being undone.
    TimerFired,
    /// Everything is being undone.
    UndoStarted,
    /// A step is being undone.
    StepUndoing,
    /// The stock service is asked to put the goods back.
    StockReturnRequested,
    /// The goods are back in stock.
    StockPutBack,
    /// The invoice service is asked for a credit note.
    InvoiceCancelRequested,
    /// The invoice is cancelled, or never was.
    InvoiceCredited,
    /// The shipment is cancelled.
    ShipmentCancelled,
    /// The reservation of the money was undone.
    PaymentVoided,
    /// The money was given back.
    PaymentRefunded,
    /// A step could not be undone and went to the desk.
    UndoFailed,
    /// The order ended, because the customer wished it or time won.
    OrderCancelled,
    /// The order ended, because a participant would not.
    OrderFailed,
    /// The execution ended, and something waits at the desk.
    OrderNeedsAttention,
    /// Another execution took the order up, for its own was gone.
    TakenUp,
    /// An operator, or the automatic redrive, set about work that had failed.
    DeskRedriven,
    /// What a clerk tried failed once more, and waits as before.
    DeskTryFailed,
    /// An operator says that work which had failed was done by hand.
    DeskResolved,
    /// An operator gave up work that had failed.
    DeskAbandoned,
}

/// Something that happened to an order: all that one transaction changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Whose order it is.
    pub order_id: OrderId,
    /// What happened.
    pub name: EventName,
    /// When.
    pub at: Timestamp,
    /// Who did it: the name of a function, or a person.
    pub actor: String,
    /// Follows the order through logs, participants and events.
    pub trace_id: String,
    /// Why, where there is something to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What another service is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// What it did to the order. Every event makes a version of it.
    pub order: Change<OrderState>,
    /// What it did to its steps.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub steps: BTreeMap<StepName, Change<StepState>>,
    /// The steps that it is about though it changes none of them: what a clerk has tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<StepName>,
    /// How the order ended, or came to the desk, with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// What other services need to know of an order that ended: enough to write to its customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Who bought.
    pub customer: Customer,
    /// What they get.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Line>,
    /// What the order costs.
    pub total: Money,
    /// How the payment stands.
    pub payment: PaymentStatus,
    /// The invoice's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<String>,
    /// The number of the credit note that cancels it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_note: Option<String>,
    /// The carrier's tracking code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
}

impl Event {
    /// Tells this event from any other of the order: the version that it made.
    pub fn unique(&self) -> String {
        unique(self.order.version)
    }

    /// Tells this event from any other of any order: what an answer to its request names.
    pub fn id(&self) -> String {
        format!("{}/{}", self.order_id, self.unique())
    }
}

/// What tells the event that made this version from any other of the order.
pub(crate) fn unique(version: u32) -> String {
    format!("order.{version}")
}

/// The state that an order's events tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    /// The order itself.
    pub order: OrderState,
    /// Its steps.
    pub steps: BTreeMap<StepName, StepState>,
}

impl From<&Snapshot> for Folded {
    fn from(snapshot: &Snapshot) -> Self {
        let steps = snapshot.steps.iter();
        let steps = steps.map(|step| (step.name, step.state.clone()));
        Self {
            order: snapshot.order.state.clone(),
            steps: steps.collect(),
        }
    }
}

/// Folds an order's events, in any order, into the state they tell.
///
/// # Errors
/// [`BrokenHistory`] when an event is missing, doubled or contradicts another.
pub fn fold(events: &[Event]) -> Result<Folded, BrokenHistory> {
    let order = events.iter().map(|event| &event.order).collect();
    let mut steps: BTreeMap<StepName, Vec<&Change<StepState>>> = BTreeMap::new();
    for (name, change) in events.iter().flat_map(|event| &event.steps) {
        steps.entry(*name).or_default().push(change);
    }
    let folded = steps.into_iter().map(|(name, changes)| {
        let state = fold_record(&format!("step {name}"), changes)?;
        Ok((name, state))
    });
    Ok(Folded {
        order: fold_record("order", order)?,
        steps: folded.collect::<Result<_, _>>()?,
    })
}

/// The state after each event of a whole history, in order.
///
/// # Errors
/// [`BrokenHistory`] when an event is missing, doubled or contradicts another.
pub fn replay(events: &[Event]) -> Result<Vec<(Event, Folded)>, BrokenHistory> {
    fold(events)?;
    let mut ordered: Vec<_> = events.to_vec();
    ordered.sort_by_key(|event| event.order.version);
    let mut steps = BTreeMap::new();
    let states = ordered.into_iter().map(|event| {
        let changed = event.steps.iter();
        steps.extend(changed.map(|(name, change)| (*name, change.after.clone())));
        let folded = Folded {
            order: event.order.after.clone(),
            steps: steps.clone(),
        };
        (event, folded)
    });
    Ok(states.collect())
}
