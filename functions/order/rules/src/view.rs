//! An order as its customer sees it: the execution's output; and as any saga is seen by operators.

use holdfast_core::ids::{OrderId, SagaId};
use holdfast_core::money::Money;
use holdfast_core::saga::{SagaLine, SagaView, StepView};
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::action::StepName;
use crate::event::{BrokenHistory, Event, Folded, fold};
use crate::order::{Line, OrderStatus, Snapshot, StepData, StepState};
use crate::status::{InvoiceStatus, PaymentStatus, ShipmentStatus};

/// The kind of this saga.
pub const SAGA: &str = "order";

/// An order, for its customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderView {
    /// The name of its execution.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub order_id: OrderId,
    /// How far it has come.
    pub status: OrderStatus,
    /// Why it is not `completed`.
    pub reason: Option<String>,
    /// What it costs.
    pub total: Money,
    /// What was ordered.
    pub items: Vec<Line>,
    /// Its steps, in order.
    pub steps: Vec<StepView<StepData>>,
    /// Its payment.
    pub payment: PaymentView,
    /// Its invoice.
    pub invoice: InvoiceView,
    /// Its shipment.
    pub shipment: ShipmentView,
}

/// A payment, for the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentView {
    /// How it stands.
    pub status: PaymentStatus,
    /// The supplier's name for it.
    pub reference: Option<String>,
}

/// An invoice, for the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvoiceView {
    /// Its number.
    pub number: Option<String>,
    /// How it stands.
    pub status: InvoiceStatus,
    /// The credit note that cancels it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_note: Option<String>,
}

/// A shipment, for the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShipmentView {
    /// The carrier's tracking code.
    pub tracking: Option<String>,
    /// How it stands.
    pub status: ShipmentStatus,
}

impl From<&Snapshot> for OrderView {
    fn from(snapshot: &Snapshot) -> Self {
        let order = &snapshot.order;
        Self {
            order_id: order.order_id.clone(),
            status: order.state.status,
            reason: order.state.reason.clone(),
            total: order.total.clone(),
            items: order.items.clone(),
            steps: steps(&Folded::from(snapshot)),
            payment: payment(snapshot),
            invoice: invoice(snapshot),
            shipment: shipment(snapshot),
        }
    }
}

fn known(snapshot: &Snapshot, name: StepName) -> StepData {
    let step = snapshot.step(name);
    step.map(|step| step.state.data.clone()).unwrap_or_default()
}

fn payment(snapshot: &Snapshot) -> PaymentView {
    let (authorize, capture) = (StepName::AuthorizePayment, StepName::CapturePayment);
    let status = PaymentStatus::of(snapshot.progress(authorize), snapshot.progress(capture));
    let captured = known(snapshot, capture).reference;
    PaymentView {
        status,
        reference: captured.or_else(|| known(snapshot, authorize).reference),
    }
}

fn invoice(snapshot: &Snapshot) -> InvoiceView {
    let data = known(snapshot, StepName::GenerateInvoice);
    InvoiceView {
        number: data.number,
        status: snapshot.progress(StepName::GenerateInvoice).into(),
        credit_note: data.credit_note,
    }
}

fn shipment(snapshot: &Snapshot) -> ShipmentView {
    ShipmentView {
        tracking: known(snapshot, StepName::ShipOrder).tracking,
        status: snapshot.progress(StepName::ShipOrder).into(),
    }
}

/// An order as any saga is seen.
///
/// # Errors
/// [`NotASaga`] never for an order that was placed: its id is a saga's.
pub fn saga(snapshot: &Snapshot) -> Result<SagaView<StepData>, NotASaga> {
    let order = &snapshot.order;
    let folded = Folded::from(snapshot);
    view(&order.order_id, &folded, order.created, order.updated)
}

/// An order as any saga is seen, in short.
///
/// # Errors
/// [`NotASaga`] never for an order that was placed: its id is a saga's.
pub fn line(snapshot: &Snapshot) -> Result<SagaLine, NotASaga> {
    let order = &snapshot.order;
    Ok(SagaLine {
        saga_id: order.order_id.as_str().parse()?,
        saga_name: SAGA.to_owned(),
        version: order.state.definition.clone(),
        created: order.created,
        updated: order.updated,
        expires: order.state.timer.deadline,
        status: order.state.status.as_str().to_owned(),
        reason: order.state.reason.clone(),
    })
}

/// An order as any saga is seen, by its events alone.
///
/// # Errors
/// [`NotASaga`] where the events do not hold together.
pub fn told(events: &[Event]) -> Result<SagaView<StepData>, NotASaga> {
    let folded = fold(events)?;
    let by_version = |event: &&Event| event.order.version;
    let (first, last) = (
        events.iter().min_by_key(by_version),
        events.iter().max_by_key(by_version),
    );
    match (first, last) {
        (Some(first), Some(last)) => view(&first.order_id, &folded, first.at, last.at),
        _ => Err(BrokenHistory::Missing(SAGA.to_owned()).into()),
    }
}

/// What cannot be seen as a saga.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASaga {
    /// Its events do not hold together.
    #[error(transparent)]
    Broken(#[from] BrokenHistory),
    /// Its id is none of a saga's.
    #[error(transparent)]
    Id(#[from] holdfast_core::ids::NotAnId),
}

fn view(
    id: &OrderId,
    folded: &Folded,
    created: Timestamp,
    updated: Timestamp,
) -> Result<SagaView<StepData>, NotASaga> {
    let state = &folded.order;
    let saga_id: SagaId = id.as_str().parse()?;
    Ok(SagaView {
        saga_id,
        saga_name: SAGA.to_owned(),
        version: state.definition.clone(),
        created,
        updated,
        expires: state.timer.deadline,
        status: state.status.as_str().to_owned(),
        steps: steps(folded),
    })
}

fn steps(folded: &Folded) -> Vec<StepView<StepData>> {
    let steps = folded.steps.iter();
    steps.map(|(name, state)| step(*name, state)).collect()
}

fn step(name: StepName, state: &StepState) -> StepView<StepData> {
    StepView {
        name: name.as_str().to_owned(),
        topic: name.topic().as_str().to_owned(),
        kind: state.progress.kind,
        status: state.progress.status,
        attempts: state.attempts,
        compensate_retries: state.compensate_retries,
        data: state.data.clone(),
        started: state.started,
        ended: state.ended,
    }
}
