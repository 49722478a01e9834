//! What an order asks over the broker, and what it is answered. The stock service and the invoice
//! service get events of the order, and answer with events of their own.

use holdfast_core::cause::bounded;
use holdfast_core::failure::Failure;
use holdfast_core::fault::Fault;
use holdfast_core::ids::{OrderId, Sku};
use holdfast_core::money::Money;
use holdfast_core::reading::{Flaw, read_part};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::action::{Action, StepName};
use crate::address::Address;
use crate::event::EventName;
use crate::order::{Line, Snapshot, StepData};
use crate::recording::Outcome;
use crate::request::Customer;

/// What another service is asked for. Each kind has fields of its own, by which it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Request {
    /// An invoice.
    Invoice(Box<InvoiceRequest>),
    /// Goods, all of them or none.
    Goods(GoodsRequest),
    /// The undo of what the order was given before.
    Undo(UndoRequest),
}

/// A request for goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoodsRequest {
    /// What is wanted.
    pub items: Vec<Goods>,
    /// What is scripted for it.
    #[serde(default, skip_serializing_if = "is_ok")]
    pub simulate: Fault,
}

/// So many of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goods {
    /// Which product.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
}

/// A request for an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceRequest {
    /// What was bought.
    pub items: Vec<Line>,
    /// What it costs together.
    pub total: Money,
    /// Who buys.
    pub customer: Customer,
    /// Where it goes.
    pub deliver_to: Address,
    /// What is scripted for it.
    #[serde(default, skip_serializing_if = "is_ok")]
    pub simulate: Fault,
}

/// A request to undo what was done before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndoRequest {
    /// What is scripted for it.
    #[serde(default, skip_serializing_if = "is_ok")]
    pub simulate: Fault,
}

fn is_ok(fault: &Fault) -> bool {
    *fault == Fault::Ok
}

/// The event that asks for an action, and what it asks for; nothing for an action that is not asked
/// for over the broker.
pub fn request(snapshot: &Snapshot, action: Action) -> Option<(EventName, Request)> {
    let order = &snapshot.order;
    let simulate = order.simulate.of(action);
    let undo = Request::Undo(UndoRequest { simulate });
    match action {
        Action::RemoveFromStock => {
            let goods = order.items.iter().map(|line| Goods {
                sku: line.sku.clone(),
                quantity: line.quantity,
            });
            let items = goods.collect();
            let goods = Request::Goods(GoodsRequest { items, simulate });
            Some((EventName::StockRequested, goods))
        }
        Action::GenerateInvoice => {
            let invoice = InvoiceRequest {
                items: order.items.clone(),
                total: order.total.clone(),
                customer: order.customer.clone(),
                deliver_to: order.deliver_to.clone(),
                simulate,
            };
            let invoice = Request::Invoice(Box::new(invoice));
            Some((EventName::InvoiceRequested, invoice))
        }
        Action::ReturnStock => Some((EventName::StockReturnRequested, undo)),
        Action::CancelInvoice => Some((EventName::InvoiceCancelRequested, undo)),
        _ => None,
    }
}

/// What another service answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whose order it is about.
    pub order_id: OrderId,
    /// The id of the event that it answers.
    pub request_id: String,
    /// What it says.
    pub said: Said,
}

/// What an answer says of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The step is done or refused.
    Forward(StepName, Outcome),
    /// The step is undone.
    Undone(Action, StepData),
}

/// An answer as it is written. Other fields of its event are of no concern here.
#[derive(Deserialize)]
struct RawAnswer {
    order_id: OrderId,
    request_id: String,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    number: Option<String>,
    #[serde(default)]
    credit_note: Option<String>,
}

/// The events that are answers.
pub const ANSWERS: [&str; 6] = [
    "stock_available",
    "stock_unavailable",
    "stock_returned",
    "invoice_issued",
    "invoice_refused",
    "invoice_cancelled",
];

const LONGEST_NUMBER: usize = 64;

impl Answer {
    /// Reads an event of another service, by its name.
    ///
    /// # Errors
    /// [`Failure::InvalidOrder`] where it makes no sense, however often it comes.
    pub fn read(name: &str, detail: &Value) -> Result<Self, Failure> {
        let raw: RawAnswer = read_part("detail", detail)
            .map_err(|Flaw { field, problem }| Failure::invalid_order(field, problem))?;
        Ok(Self {
            said: raw.said(name)?,
            order_id: raw.order_id,
            request_id: raw.request_id,
        })
    }
}

impl RawAnswer {
    fn said(&self, name: &str) -> Result<Said, Failure> {
        let refused = |step| {
            let why = self.reason.clone().unwrap_or_else(|| name.to_owned());
            Said::Forward(step, Outcome::Refused(bounded(why)))
        };
        let done = |step, data| Said::Forward(step, Outcome::Done(data));
        match name {
            "stock_available" => Ok(done(StepName::RemoveFromStock, StepData::default())),
            "stock_unavailable" => Ok(refused(StepName::RemoveFromStock)),
            "stock_returned" => Ok(Said::Undone(Action::ReturnStock, StepData::default())),
            "invoice_issued" => Ok(done(StepName::GenerateInvoice, self.numbered()?)),
            "invoice_refused" => Ok(refused(StepName::GenerateInvoice)),
            "invoice_cancelled" => Ok(Said::Undone(Action::CancelInvoice, self.credited()?)),
            _ => {
                let problem = format!("must be one of {}", ANSWERS.join(", "));
                Err(Failure::invalid_order("detail-type", problem))
            }
        }
    }

    fn numbered(&self) -> Result<StepData, Failure> {
        let number = number("number", self.number.as_deref())?;
        if number.is_none() {
            let problem = "is missing: an invoice has a number";
            return Err(Failure::invalid_order("detail.number", problem));
        }
        Ok(StepData {
            number,
            ..StepData::default()
        })
    }

    /// An invoice that never was has neither a number nor a credit note.
    fn credited(&self) -> Result<StepData, Failure> {
        Ok(StepData {
            number: number("number", self.number.as_deref())?,
            credit_note: number("credit_note", self.credit_note.as_deref())?,
            ..StepData::default()
        })
    }
}

fn number(field: &str, text: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(text) = text else {
        return Ok(None);
    };
    let plain = text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    if text.is_empty() || text.len() > LONGEST_NUMBER || !plain {
        let problem = format!("must be 1 to {LONGEST_NUMBER} printable ASCII characters");
        return Err(Failure::invalid_order(format!("detail.{field}"), problem));
    }
    Ok(Some(text.to_owned()))
}
