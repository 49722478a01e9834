//! What is asked of this service, as the bus delivers it.

use std::fmt;

use holdfast_core::email::Email;
use holdfast_core::fault::Fault;
use holdfast_core::ids::{CustomerId, OrderId, Sku};
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use holdfast_core::trace::TraceId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An invoice has no more lines: they fit on one sheet.
pub const MOST_LINES: usize = 20;
const LONGEST_ID: usize = 200;

/// The id of an event that asks for something: `<order>/<what it made>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct RequestId(String);

/// The text is no id of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the id of an event such as order-1/order.5, with up to {LONGEST_ID} characters")]
pub struct NotARequestId;

impl TryFrom<String> for RequestId {
    type Error = NotARequestId;
    fn try_from(text: String) -> Result<Self, NotARequestId> {
        let plain = text.chars().all(|c| c.is_ascii_graphic());
        let parted = text
            .split_once('/')
            .is_some_and(|(order, made)| order.parse::<OrderId>().is_ok() && !made.is_empty());
        if !plain || !parted || text.len() > LONGEST_ID {
            return Err(NotARequestId);
        }
        Ok(Self(text))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An event of an order that asks for something.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "detail-type", content = "detail", rename_all = "snake_case")]
pub enum Message {
    /// The order wants its invoice.
    InvoiceRequested(Asked<Wanted>),
    /// The order does not want it any more.
    InvoiceCancelRequested(Asked<Unwanted>),
}

/// A request, and what every request tells.
#[derive(Clone, Debug, Deserialize)]
pub struct Asked<R> {
    /// The event that asks: it is answered once.
    pub id: RequestId,
    /// Whose invoice is meant.
    pub order_id: OrderId,
    /// Follows the order.
    pub trace_id: TraceId,
    /// When it was asked.
    pub at: Timestamp,
    /// What is asked.
    pub request: R,
}

/// What an invoice is to say.
#[derive(Clone, Debug, Deserialize)]
pub struct Wanted {
    /// What it says.
    #[serde(flatten)]
    pub contents: Contents,
    /// Scripted faults.
    #[serde(default)]
    pub simulate: Simulate,
}

/// That an invoice is to be cancelled.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Unwanted {
    /// Scripted faults.
    #[serde(default)]
    pub simulate: Simulate,
}

/// What an invoice says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// What was sold.
    #[serde(rename = "items")]
    pub lines: Vec<Line>,
    /// What all of it costs.
    pub total: Money,
    /// Who pays.
    pub customer: Customer,
    /// Where it goes.
    pub deliver_to: DeliverTo,
}

/// A product that was sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which product.
    pub sku: Sku,
    /// What the customer knows it as.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// What one costs.
    pub price: Money,
    /// What all of them cost.
    pub amount: Money,
}

/// Who pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Who it is: only they may see the invoice.
    pub id: CustomerId,
    /// Their address.
    pub email: Email,
}

/// Where the goods go.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliverTo {
    /// To whom.
    pub name: String,
    /// The postcode.
    pub postcode: String,
    /// The city.
    pub city: String,
    /// The country.
    pub country: String,
}

// Personal data does not belong in a log.
impl fmt::Debug for DeliverTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeliverTo(…)")
    }
}

/// Why no invoice may say this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongAmounts {
    /// There is nothing to pay for, or more than fits on a sheet.
    #[error("an invoice has 1 to {MOST_LINES} lines, not {0}")]
    Lines(usize),
    /// A line's amount is not its price times its quantity.
    #[error("{0}: the amount is not the price times the quantity")]
    Line(Sku),
    /// The lines do not add up to the total.
    #[error("the lines do not add up to the total")]
    Total,
}

impl Contents {
    /// Whether all amounts agree.
    ///
    /// # Errors
    /// [`WrongAmounts`], naming the first that does not.
    pub fn check(&self) -> Result<(), WrongAmounts> {
        if self.lines.is_empty() || self.lines.len() > MOST_LINES {
            return Err(WrongAmounts::Lines(self.lines.len()));
        }
        if let Some(wrong) = self.lines.iter().find(|line| !line.agrees()) {
            return Err(WrongAmounts::Line(wrong.sku.clone()));
        }
        let sum = Money::sum(self.lines.iter().map(|line| &line.amount));
        match sum {
            Ok(Some(sum)) if sum == self.total => Ok(()),
            _ => Err(WrongAmounts::Total),
        }
    }
}

impl Line {
    fn agrees(&self) -> bool {
        let amount = self.price.amount.checked_mul(self.quantity.into());
        self.quantity > 0
            && amount == Some(self.amount.amount)
            && self.price.currency == self.amount.currency
    }
}

/// What an order scripts: the fault of what it asks, or the faults of its steps by name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Simulate(Value);

impl Simulate {
    /// The fault scripted for a step. What is none of them is another service's affair.
    fn of(&self, step: &str) -> Fault {
        let Self(scripted) = self;
        let named = scripted.get(step).unwrap_or(scripted);
        named
            .as_str()
            .and_then(|fault| fault.parse().ok())
            .unwrap_or_default()
    }
}

impl Message {
    /// The event that asks.
    pub fn id(&self) -> &RequestId {
        match self {
            Self::InvoiceRequested(asked) => &asked.id,
            Self::InvoiceCancelRequested(asked) => &asked.id,
        }
    }

    /// Whose invoice is meant.
    pub fn order_id(&self) -> &OrderId {
        match self {
            Self::InvoiceRequested(asked) => &asked.order_id,
            Self::InvoiceCancelRequested(asked) => &asked.order_id,
        }
    }

    /// The trace that the order follows.
    pub fn trace_id(&self) -> &TraceId {
        match self {
            Self::InvoiceRequested(asked) => &asked.trace_id,
            Self::InvoiceCancelRequested(asked) => &asked.trace_id,
        }
    }

    /// When it was asked.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::InvoiceRequested(asked) => asked.at,
            Self::InvoiceCancelRequested(asked) => asked.at,
        }
    }

    /// The fault scripted for it.
    pub fn fault(&self) -> Fault {
        match self {
            Self::InvoiceRequested(asked) => asked.request.simulate.of("generate_invoice"),
            Self::InvoiceCancelRequested(asked) => asked.request.simulate.of("cancel_invoice"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wanted(amount: u64, total: u64) -> Contents {
        let brl = |amount| json!({"amount": amount, "currency": "BRL"});
        serde_json::from_value(json!({
            "items": [
                {"sku": "BOOK-001", "name": "A book", "quantity": 2, "price": brl(4990), "amount": brl(amount)},
                {"sku": "MUG-001", "name": "A mug", "quantity": 1, "price": brl(2500), "amount": brl(2500)},
            ],
            "total": brl(total),
            "customer": {"id": "cus_1", "email": "buyer@example.com"},
            "deliver_to": {"name": "Example Buyer", "postcode": "01310-100", "city": "São Paulo", "country": "BR"},
        }))
        .unwrap()
    }

    #[test]
    fn amounts_agree_or_what_is_wrong_is_named() {
        assert_eq!(wanted(9980, 12_480).check(), Ok(()));
        let wrong = wanted(9981, 12_481).check();
        assert_eq!(wrong, Err(WrongAmounts::Line("BOOK-001".parse().unwrap())));
        assert_eq!(wanted(9980, 12_481).check(), Err(WrongAmounts::Total));
        let mut other = wanted(9980, 12_480);
        other.total.currency = "EUR".to_owned();
        assert_eq!(other.check(), Err(WrongAmounts::Total));
        other.lines[0].amount.currency = "EUR".to_owned();
        assert!(matches!(other.check(), Err(WrongAmounts::Line(_))));
    }

    #[test]
    fn an_invoice_has_lines_each_of_something_and_no_more_than_fit() {
        let mut contents = wanted(9980, 12_480);
        let line = contents.lines[0].clone();
        contents.lines = vec![line.clone(); MOST_LINES + 1];
        assert_eq!(contents.check(), Err(WrongAmounts::Lines(21)));
        contents.lines.clear();
        assert_eq!(contents.check(), Err(WrongAmounts::Lines(0)));
        let nothing = Line {
            quantity: 0,
            amount: Money::new(0, "BRL"),
            ..line.clone()
        };
        contents.lines = vec![nothing];
        assert!(matches!(contents.check(), Err(WrongAmounts::Line(_))));
        let endless = Line {
            price: Money::new(u64::MAX, "BRL"),
            ..line
        };
        contents.lines = vec![endless];
        assert!(matches!(contents.check(), Err(WrongAmounts::Line(_))));
    }

    #[test]
    fn a_script_of_other_steps_is_no_business_of_this_service() {
        let simulate = json!({"generate_invoice": "lost:2", "cancel_invoice": "crash_before", "ship_order": 7});
        let simulate: Simulate = serde_json::from_value(simulate).unwrap();
        assert_eq!(simulate.of("generate_invoice"), Fault::Lost(Some(2)));
        assert_eq!(simulate.of("cancel_invoice"), Fault::Ok);
        let alone: Simulate = serde_json::from_value(json!("refuse")).unwrap();
        assert_eq!(alone.of("cancel_invoice"), Fault::Refuse);
        for nothing in [json!(null), json!({}), json!(7), json!("twice")] {
            let simulate: Simulate = serde_json::from_value(nothing).unwrap();
            assert_eq!(simulate.of("generate_invoice"), Fault::Ok);
        }
    }

    #[test]
    fn the_id_of_a_request_names_its_order_and_is_plain() {
        let read = |text: &str| RequestId::try_from(text.to_owned());
        assert!(read("o-1/order.5").is_ok());
        let long = format!("o/{}", "x".repeat(LONGEST_ID));
        for bad in ["", "o-1", "/order.5", "o-1/", "o 1/order.5", "o-1/ö", &long] {
            assert_eq!(read(bad), Err(NotARequestId), "{bad}");
        }
    }
}
