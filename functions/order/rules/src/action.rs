//! The steps of an order, what is done for each and what undoes it, and who does it.

use std::fmt;

use holdfast_core::ids::{OrderId, StepKey};
use holdfast_core::verb::Verb;
use serde::{Deserialize, Serialize};

/// A step of an order. They are taken in this order, and undone in reverse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    /// The order is written.
    PlaceOrder,
    /// The credit bureau is asked.
    CheckCredit,
    /// The money is reserved.
    AuthorizePayment,
    /// The goods are taken out of stock, all of them or none.
    RemoveFromStock,
    /// The invoice gets its number.
    GenerateInvoice,
    /// The carrier is booked.
    ShipOrder,
    /// The commit point, then the money is taken.
    CapturePayment,
}

/// Who takes part in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The order service itself.
    Order,
    /// The credit bureau.
    Credit,
    /// The payment supplier.
    Payment,
    /// The stock service.
    Stock,
    /// The invoice service.
    Invoices,
    /// The carrier.
    Carrier,
}

/// What is done for an order, or undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Write the order.
    PlaceOrder,
    /// Ask the credit bureau.
    CheckCredit,
    /// Reserve the money.
    AuthorizePayment,
    /// Take the goods out of stock.
    RemoveFromStock,
    /// Have an invoice made.
    GenerateInvoice,
    /// Book the carrier.
    ShipOrder,
    /// Commit to the order and take its money.
    CapturePayment,
    /// Undo the authorization.
    VoidPayment,
    /// Give the money back.
    RefundPayment,
    /// Put the goods back.
    ReturnStock,
    /// Have a credit note made.
    CancelInvoice,
    /// Cancel the shipment.
    CancelShipment,
    /// Turn the order to the way back.
    TurnBack,
    /// End an order that is not completed.
    CloseOrder,
}

impl StepName {
    /// All of them, in order.
    pub const ALL: &[Self] = &[
        Self::PlaceOrder,
        Self::CheckCredit,
        Self::AuthorizePayment,
        Self::RemoveFromStock,
        Self::GenerateInvoice,
        Self::ShipOrder,
        Self::CapturePayment,
    ];

    /// The word used in the table, in answers and in keys.
    pub fn as_str(self) -> &'static str {
        self.action().as_str()
    }

    /// Its place among the steps.
    pub fn place(self) -> u32 {
        self as u32
    }

    /// The step that must be done before it.
    pub fn before(self) -> Option<Self> {
        Self::ALL.iter().rev().copied().find(|step| *step < self)
    }

    /// Who takes part in it.
    pub fn topic(self) -> Topic {
        match self {
            Self::PlaceOrder => Topic::Order,
            Self::CheckCredit => Topic::Credit,
            Self::AuthorizePayment | Self::CapturePayment => Topic::Payment,
            Self::RemoveFromStock => Topic::Stock,
            Self::GenerateInvoice => Topic::Invoices,
            Self::ShipOrder => Topic::Carrier,
        }
    }

    /// What does it.
    pub fn action(self) -> Action {
        match self {
            Self::PlaceOrder => Action::PlaceOrder,
            Self::CheckCredit => Action::CheckCredit,
            Self::AuthorizePayment => Action::AuthorizePayment,
            Self::RemoveFromStock => Action::RemoveFromStock,
            Self::GenerateInvoice => Action::GenerateInvoice,
            Self::ShipOrder => Action::ShipOrder,
            Self::CapturePayment => Action::CapturePayment,
        }
    }

    /// What undoes it; nothing for a step that leaves nothing behind.
    pub fn undo(self) -> Option<Action> {
        match self {
            Self::PlaceOrder | Self::CheckCredit => None,
            Self::AuthorizePayment => Some(Action::VoidPayment),
            Self::RemoveFromStock => Some(Action::ReturnStock),
            Self::GenerateInvoice => Some(Action::CancelInvoice),
            Self::ShipOrder => Some(Action::CancelShipment),
            Self::CapturePayment => Some(Action::RefundPayment),
        }
    }
}

impl Topic {
    /// The word used in the table and in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Credit => "credit",
            Self::Payment => "payment",
            Self::Stock => "stock",
            Self::Invoices => "invoices",
            Self::Carrier => "carrier",
        }
    }

    /// Whether it is asked over the broker, while the execution waits; the others are called.
    pub fn is_asked_over_the_broker(self) -> bool {
        matches!(self, Self::Stock | Self::Invoices)
    }
}

impl Action {
    /// The step that it does or undoes; nothing for what is done to the order as a whole.
    pub fn step(self) -> Option<StepName> {
        let mut steps = StepName::ALL.iter().copied();
        steps.find(|step| step.action() == self || step.undo() == Some(self))
    }

    /// Whether it undoes a step.
    pub fn is_undo(self) -> bool {
        self.step().is_some_and(|step| step.undo() == Some(self))
    }

    /// Who is asked for it.
    pub fn topic(self) -> Topic {
        self.step().map_or(Topic::Order, StepName::topic)
    }

    /// The `Idempotency-Key` of its call: `<order>/carrier/book`.
    pub fn key(self, order: &OrderId) -> StepKey {
        StepKey::of(&[order, &self.topic(), &self.asked_as()])
    }

    /// What is done to the order as a whole; nobody else is asked for it.
    const OWN: &[Self] = &[Self::PlaceOrder, Self::TurnBack, Self::CloseOrder];
}

impl Verb for Action {
    const ALL: &[Self] = &[
        Self::CheckCredit,
        Self::AuthorizePayment,
        Self::RemoveFromStock,
        Self::GenerateInvoice,
        Self::ShipOrder,
        Self::CapturePayment,
        Self::VoidPayment,
        Self::RefundPayment,
        Self::ReturnStock,
        Self::CancelInvoice,
        Self::CancelShipment,
        Self::PlaceOrder,
        Self::TurnBack,
        Self::CloseOrder,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::PlaceOrder => "place_order",
            Self::CheckCredit => "check_credit",
            Self::AuthorizePayment => "authorize_payment",
            Self::RemoveFromStock => "remove_from_stock",
            Self::GenerateInvoice => "generate_invoice",
            Self::ShipOrder => "ship_order",
            Self::CapturePayment => "capture_payment",
            Self::VoidPayment => "void_payment",
            Self::RefundPayment => "refund_payment",
            Self::ReturnStock => "return_stock",
            Self::CancelInvoice => "cancel_invoice",
            Self::CancelShipment => "cancel_shipment",
            Self::TurnBack => "turn_back",
            Self::CloseOrder => "close_order",
        }
    }

    fn asked_as(self) -> &'static str {
        match self {
            Self::CheckCredit => "check",
            Self::AuthorizePayment => "authorize",
            Self::CapturePayment => "capture",
            Self::VoidPayment => "void",
            Self::RefundPayment => "refund",
            Self::ShipOrder => "book",
            Self::CancelShipment => "cancel",
            other => other.as_str(),
        }
    }

    fn is_asked(self) -> bool {
        !Self::OWN.contains(&self)
    }

    fn is_guarded(self) -> bool {
        matches!(
            self,
            Self::CheckCredit | Self::AuthorizePayment | Self::ShipOrder
        )
    }
}

impl fmt::Display for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_what_is_written() {
        for action in Action::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
        }
        for step in StepName::ALL {
            assert_eq!(serde_json::to_value(step).unwrap(), step.as_str());
            let topic = step.topic();
            assert_eq!(serde_json::to_value(topic).unwrap(), topic.as_str());
        }
    }

    #[test]
    fn every_undo_is_of_one_step_and_every_other_action_is_none() {
        let undos = Action::ALL.iter().filter(|action| action.is_undo());
        assert_eq!(undos.count(), 5);
        for step in StepName::ALL {
            assert_eq!(step.action().step(), Some(*step));
            assert!(!step.action().is_undo());
        }
        assert_eq!(Action::TurnBack.step(), None);
    }

    #[test]
    fn steps_follow_each_other() {
        assert_eq!(StepName::PlaceOrder.before(), None);
        let ship = StepName::ShipOrder;
        assert_eq!(ship.before(), Some(StepName::GenerateInvoice));
        for (place, step) in (0..).zip(StepName::ALL) {
            assert_eq!(step.place(), place, "{step}");
        }
    }
}
