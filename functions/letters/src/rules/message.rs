//! What the bus delivers, and which letter is due for it. An event tells all that its letter says, so events
//! may come in any order.

use holdfast_core::ids::{AccountId, BookingId, CustomerId, OrderId};
use holdfast_core::money::Money;
use holdfast_core::reading::read_part;
use holdfast_core::time::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::request::{Customer, LetterId, Request, To};
use crate::kinds::attention::{Attention, Saga};
use crate::kinds::booking::{Booking, Part};
use crate::kinds::money::Payment;
use crate::kinds::order::{Line, Order};
use crate::kinds::purchase::Purchase;
use crate::kinds::{Letter, booking, order};

/// What comes from the queue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Delivered")]
pub enum Message {
    /// A letter is due.
    Due(Box<Request>),
    /// An operator has a letter sent once more.
    Redriven(LetterId),
    /// An event for which no letter is due.
    Nothing,
}

/// The detail type of what asks for a letter of any kind.
pub const REQUESTED: &str = "letter_requested";
/// The detail type of a purchase that an account has paid.
pub const PURCHASE: &str = "purchase_approved";
/// The detail type of an operator's message.
pub const REDRIVEN: &str = "letter_redriven";

/// What is read of a message at first.
#[derive(Deserialize)]
struct Delivered {
    #[serde(rename = "detail-type")]
    name: String,
    detail: Value,
}

/// A message that makes no sense. What stands in the bad field may be personal, so only its path is told.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {path} is missing or wrong")]
struct NoSense {
    name: String,
    path: String,
}

impl TryFrom<Delivered> for Message {
    type Error = NoSense;
    fn try_from(delivered: Delivered) -> Result<Self, NoSense> {
        let Delivered { name, detail } = delivered;
        read(&name, detail).map_err(|path| NoSense { name, path })
    }
}

/// Reads an event, or tells which field of it is bad.
fn read(name: &str, detail: Value) -> Result<Message, String> {
    match name {
        REQUESTED => typed(detail).map(|request| Message::Due(Box::new(request))),
        REDRIVEN => typed::<Redriven>(detail).map(|asked| Message::Redriven(asked.id)),
        // An account that was opened without its owner's address.
        PURCHASE if detail["email"].is_null() => typed::<Event>(detail).map(|_| Message::Nothing),
        PURCHASE => typed::<Purchased>(detail).map(Message::from),
        // An event from before events told how a saga ended, or one that does not end it.
        _ if detail["ended"].is_null() => typed::<Event>(detail).map(|_| Message::Nothing),
        _ if detail["order_id"].is_string() => typed::<OrderEnded>(detail).map(Message::from),
        _ => typed::<BookingEnded>(detail).map(Message::from),
    }
}

fn typed<T: DeserializeOwned>(detail: Value) -> Result<T, String> {
    read_part("detail", &detail).map_err(|flaw| flaw.field)
}

/// Any event.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "id")]
    _id: LetterId,
}

#[derive(Deserialize)]
struct Redriven {
    id: LetterId,
}

/// How a record stands since an event.
#[derive(Deserialize)]
struct Since<S> {
    after: S,
}

/// An event that ends a booking.
#[derive(Deserialize)]
struct BookingEnded {
    id: LetterId,
    booking_id: BookingId,
    trace_id: String,
    booking: Since<BookingState>,
    ended: BookingEnd,
}

#[derive(Deserialize)]
struct BookingState {
    status: booking::End,
    reason: Option<String>,
    amount: Option<Money>,
}

#[derive(Deserialize)]
struct BookingEnd {
    customer: Customer,
    payment: Payment,
    #[serde(default)]
    trip: Vec<Part>,
    #[serde(default)]
    passengers: Vec<String>,
    refund: Option<Money>,
}

/// An event that ends an order.
#[derive(Deserialize)]
struct OrderEnded {
    id: LetterId,
    order_id: OrderId,
    trace_id: String,
    order: Since<OrderState>,
    ended: OrderEnd,
}

#[derive(Deserialize)]
struct OrderState {
    status: order::End,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct OrderEnd {
    customer: Customer,
    #[serde(default)]
    items: Vec<Line>,
    total: Money,
    payment: Payment,
    invoice: Option<String>,
    credit_note: Option<String>,
    tracking: Option<String>,
}

/// A purchase that an account has paid.
#[derive(Deserialize)]
struct Purchased {
    id: LetterId,
    customer_id: CustomerId,
    email: String,
    account_id: AccountId,
    category: String,
    amount: Money,
    merchant: Option<String>,
    transaction: Option<String>,
    at: Timestamp,
}

impl From<Purchased> for Message {
    fn from(event: Purchased) -> Self {
        let customer = Customer {
            id: event.customer_id,
            email: event.email,
        };
        let purchase = Purchase {
            account_id: event.account_id,
            category: event.category,
            amount: event.amount,
            merchant: event.merchant,
            transaction: event.transaction,
            at: event.at,
        };
        due(
            event.id,
            None,
            To::Customer(customer),
            Letter::Purchase(purchase),
        )
    }
}

impl From<BookingEnded> for Message {
    fn from(event: BookingEnded) -> Self {
        let (state, ended) = (event.booking.after, event.ended);
        let (to, letter) = if state.status == booking::End::NeedsAttention {
            let attention = Attention {
                saga: Saga::Booking,
                id: event.booking_id.to_string(),
                reason: state.reason,
                payment: ended.payment,
                amount: state.amount,
            };
            (To::Operator, Letter::Attention(attention))
        } else {
            let booking = Booking {
                booking_id: event.booking_id,
                end: state.status,
                payment: ended.payment,
                amount: state.amount,
                trip: ended.trip,
                passengers: ended.passengers,
                refund: ended.refund,
            };
            (To::Customer(ended.customer), Letter::Booking(booking))
        };
        due(event.id, Some(event.trace_id), to, letter)
    }
}

impl From<OrderEnded> for Message {
    fn from(event: OrderEnded) -> Self {
        let (state, ended) = (event.order.after, event.ended);
        let (to, letter) = if state.status == order::End::NeedsAttention {
            let attention = Attention {
                saga: Saga::Order,
                id: event.order_id.to_string(),
                reason: state.reason,
                payment: ended.payment,
                amount: Some(ended.total),
            };
            (To::Operator, Letter::Attention(attention))
        } else {
            let order = Order {
                order_id: event.order_id,
                end: state.status,
                reason: state.reason,
                items: ended.items,
                total: ended.total,
                payment: ended.payment,
                invoice: ended.invoice,
                credit_note: ended.credit_note,
                tracking: ended.tracking,
            };
            (To::Customer(ended.customer), Letter::Order(order))
        };
        due(event.id, Some(event.trace_id), to, letter)
    }
}

fn due(id: LetterId, trace_id: Option<String>, to: To, letter: Letter) -> Message {
    Message::Due(Box::new(Request {
        id,
        trace_id,
        to,
        language: None,
        letter,
    }))
}
