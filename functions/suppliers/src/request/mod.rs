//! Reads a call: its address, its `Idempotency-Key` and its body. What cannot be read is answered
//! here, naming the field and the remedy, and never reaches the rules.

mod carrier;
mod credit;
mod leg;
mod payment;

use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use holdfast_core::fault::Fault;
use holdfast_core::money::{MOST_MONEY, Money};
use holdfast_core::reading::{self, Flaw};
use ring::digest::{SHA256, digest};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::carrier::ShipmentOrder;
use crate::credit::CreditOrder;
use crate::leg::LegOrder;
use crate::payment::PaymentOrder;
use crate::who::{Action, Supplier};

const HEADER: &str = "Idempotency-Key";
const LONGEST_KEY: usize = 200;

/// The `Idempotency-Key` of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key(String);

impl Key {
    /// Checks a text from a header or a query.
    pub(crate) fn read(text: &str, whence: &str) -> Result<Self, Answer> {
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.is_empty() || text.len() > LONGEST_KEY || !plain {
            return Err(bad_request(format!(
                "{whence} must be 1 to {LONGEST_KEY} printable ASCII characters without blanks, such as `b-1/out/hold`"
            )));
        }
        Ok(Self(text.to_owned()))
    }

    fn of(headers: &HeaderMap) -> Result<Self, Answer> {
        let value = headers.get(HEADER).ok_or_else(|| {
            bad_request(format!(
                "header {HEADER} is missing; send <booking>/<leg>/<action>, the same on every retry"
            ))
        })?;
        Self::read(
            value.to_str().unwrap_or_default(),
            &format!("header {HEADER}"),
        )
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A call that makes sense.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) key: Key,
    pub(crate) action: Action,
    pub(crate) fault: Option<Fault>,
    pub(crate) order: Order,
}

/// What the call is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Order {
    Leg(LegOrder),
    Payment(PaymentOrder),
    Credit(CreditOrder),
    Shipment(ShipmentOrder),
}

impl Call {
    /// What was asked, in a form in which the same request is the same text. A key that comes back
    /// with something else is a mistake of the caller's.
    pub(crate) fn asked(&self) -> String {
        match &self.order {
            Order::Leg(order) => leg::asked(order, self.action),
            Order::Payment(order) => payment::asked(order, self.action),
            Order::Credit(order) => credit::asked(order, self.action),
            Order::Shipment(order) => carrier::asked(order, self.action),
        }
    }

    /// Who is asked.
    pub(crate) fn supplier(&self) -> Supplier {
        match &self.order {
            Order::Leg(order) => Supplier::Leg(order.kind),
            Order::Payment(_) => Supplier::Payment,
            Order::Credit(_) => Supplier::Credit,
            Order::Shipment(_) => Supplier::Carrier,
        }
    }

    /// The id of the booking that it is about.
    pub(crate) fn of_booking(&self) -> Option<&str> {
        match &self.order {
            Order::Leg(order) => Some(order.booking.as_str()),
            Order::Payment(order) => order.owner.booking(),
            Order::Credit(_) | Order::Shipment(_) => None,
        }
    }

    /// The id of the order that it is about.
    pub(crate) fn of_order(&self) -> Option<&str> {
        match &self.order {
            Order::Leg(_) => None,
            Order::Payment(order) => order.owner.order(),
            Order::Credit(order) => Some(order.order.as_str()),
            Order::Shipment(order) => Some(order.order.as_str()),
        }
    }
}

/// Reads `POST /{supplier}/{action}`.
pub(crate) fn read(
    supplier: &str,
    action: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Call, Answer> {
    let supplier = Supplier::of(supplier).ok_or_else(no_such_supplier)?;
    let action = action_of(action, supplier.actions())?;
    let key = Key::of(headers)?;
    let (order, fault) = match supplier {
        Supplier::Leg(kind) => {
            let (order, fault) = leg::read(kind, action, parsed(body)?)?;
            (Order::Leg(order), fault)
        }
        Supplier::Payment => {
            let (order, fault) = payment::read(action, &key, parsed(body)?)?;
            (Order::Payment(order), fault)
        }
        Supplier::Credit => {
            let (order, fault) = credit::read(parsed(body)?)?;
            (Order::Credit(order), fault)
        }
        Supplier::Carrier => {
            let (order, fault) = carrier::read(action, parsed(body)?)?;
            (Order::Shipment(order), fault)
        }
    };
    Ok(Call {
        key,
        action,
        fault,
        order,
    })
}

pub(crate) fn no_such_supplier() -> Answer {
    let names = Supplier::all().map(Supplier::as_str);
    let names = names.collect::<Vec<_>>().join(", ");
    unknown_address(format!(
        "there is no supplier of that name; the suppliers are {names}"
    ))
}

fn payable(money: Money) -> Result<Money, Answer> {
    if !(1..=MOST_MONEY).contains(&money.amount) {
        return Err(Answer::invalid(format!(
            "`amount.amount`: must be 1 to {MOST_MONEY}"
        )));
    }
    let code = money.currency.as_bytes();
    if code.len() != 3 || !code.iter().all(u8::is_ascii_uppercase) {
        return Err(Answer::invalid(
            "`amount.currency`: must be three capital letters such as BRL",
        ));
    }
    Ok(money)
}

fn action_of(word: &str, allowed: &[Action]) -> Result<Action, Answer> {
    let found = allowed
        .iter()
        .copied()
        .find(|action| action.as_str() == word);
    found.ok_or_else(|| {
        let words: Vec<&str> = allowed.iter().map(|action| action.as_str()).collect();
        unknown_address(format!(
            "this supplier has no such action; use {}",
            words.join(", ")
        ))
    })
}

/// Tells two requests apart, and keeps nothing readable of what they say about a person.
fn fingerprint(terms: &impl Serialize) -> String {
    let hash = digest(&SHA256, json!(terms).to_string().as_bytes());
    BASE64.encode(hash)
}

/// Broken JSON is the wire's fault (400), a field that is missing or wrong the caller's (422).
pub(crate) fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Answer> {
    let json: Value = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        bad_request(format!(
            "the body is not JSON (line {line}, column {column}); send one JSON object"
        ))
    })?;
    reading::read(&json).map_err(|flaw: Flaw| flawed(flaw.named("body")))
}

/// A field is missing or wrong.
pub(crate) fn flawed(flaw: Flaw) -> Answer {
    let Flaw { field, problem } = flaw;
    Answer::invalid(format!("`{field}`: {problem}"))
}

pub(crate) fn bad_request(message: impl Into<String>) -> Answer {
    Answer::problem(StatusCode::BAD_REQUEST, "invalid", message)
}

fn unknown_address(message: impl Into<String>) -> Answer {
    Answer::problem(StatusCode::NOT_FOUND, "not_found", message)
}
