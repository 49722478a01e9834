//! What the participants outside are told of an order, and what is kept of their answers. How they are
//! asked is the kit's: [`holdfast_kit::suppliers`].

use holdfast_core::failure::Failure;
use holdfast_core::ids::{OrderId, Sku};
use holdfast_core::money::Money;
use holdfast_kit::suppliers::Answer;
use holdfast_order_rules::action::Action;
use holdfast_order_rules::address::Address;
use holdfast_order_rules::order::{Line, Order, StepData};
use holdfast_order_rules::request::Customer;
use serde::Serialize;

/// An order is paid with one token, in one attempt.
const ATTEMPT: u32 = 1;

/// The particulars of a call.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Body<'a> {
    /// To the credit bureau.
    Credit {
        order: &'a OrderId,
        customer: &'a Customer,
        amount: &'a Money,
    },
    /// To the payment supplier, for money.
    Authorization {
        order: &'a OrderId,
        attempt: u32,
        token: &'a str,
        amount: &'a Money,
    },
    /// To the payment supplier, about money that it has reserved.
    Payment {
        order: &'a OrderId,
        attempt: u32,
        amount: &'a Money,
    },
    /// To the carrier.
    Shipment {
        order: &'a OrderId,
        deliver_to: &'a Address,
        items: Vec<Parcel<'a>>,
    },
    /// To the carrier, not to ship it after all.
    Cancellation { order: &'a OrderId },
}

/// So many of one product, as the carrier is told: not what they cost.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Parcel<'a> {
    sku: &'a Sku,
    quantity: u32,
}

impl<'a> Body<'a> {
    /// What a participant is told when it is asked for an action. `token` is what is paid with.
    ///
    /// # Errors
    /// [`Failure::InvalidOrder`] where nobody outside is asked for it, or the token is missing.
    pub(super) fn of(
        order: &'a Order,
        action: Action,
        token: Option<&'a str>,
    ) -> Result<Self, Failure> {
        let (id, amount) = (&order.order_id, &order.total);
        Ok(match action {
            Action::CheckCredit => Self::Credit {
                order: id,
                customer: &order.customer,
                amount,
            },
            Action::AuthorizePayment => Self::Authorization {
                order: id,
                attempt: ATTEMPT,
                token: token.ok_or_else(no_token)?,
                amount,
            },
            Action::CapturePayment | Action::VoidPayment | Action::RefundPayment => Self::Payment {
                order: id,
                attempt: ATTEMPT,
                amount,
            },
            Action::ShipOrder => Self::Shipment {
                order: id,
                deliver_to: &order.deliver_to,
                items: order.items.iter().map(Parcel::from).collect(),
            },
            Action::CancelShipment => Self::Cancellation { order: id },
            _ => return Err(not_outside(action)),
        })
    }
}

impl<'a> From<&'a Line> for Parcel<'a> {
    fn from(line: &'a Line) -> Self {
        Self {
            sku: &line.sku,
            quantity: line.quantity,
        }
    }
}

fn no_token() -> Failure {
    Failure::invalid_order("payment", r#"must be {"token": "tok_…"}"#)
}

fn not_outside(action: Action) -> Failure {
    let problem = format!("{action} is asked of nobody outside");
    Failure::invalid_order("action", problem)
}

/// What is kept of an answer. A carrier's reference is its tracking code.
pub(super) fn known(action: Action, answer: Answer) -> StepData {
    match action {
        Action::ShipOrder => StepData {
            tracking: answer.reference,
            ..StepData::default()
        },
        Action::CancelShipment => StepData::default(),
        _ => StepData {
            reference: answer.reference,
            ..StepData::default()
        },
    }
}
