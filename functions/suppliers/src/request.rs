//! Reads a call: its address, its `Idempotency-Key` and its body. What cannot be read is answered
//! here, naming the field and the remedy, and never reaches the rules.

use axum::http::{HeaderMap, StatusCode};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::spec::{Kind, Spec};
use holdfast_booking_rules::unwinding::Participant;
use holdfast_core::fault::Fault;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::money::Money;
use holdfast_core::verb::Verb;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::leg::{LegOrder, LegStep};
use crate::payment::{Card, PaymentOrder, PaymentStep};

const HEADER: &str = "Idempotency-Key";
const LONGEST_KEY: usize = 200;
const MOST_ATTEMPTS: u32 = 999;
const LONGEST_ADDRESS: usize = 300;
/// A hundred million, in cents: more than any trip costs.
const MOST_MONEY: u64 = 10_000_000_000;

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
}

impl Call {
    /// What was asked, in a form in which the same request is the same text. A key that comes back
    /// with something else is a mistake of the caller's.
    pub(crate) fn asked(&self) -> String {
        let action = self.action;
        match &self.order {
            Order::Leg(order) => {
                let spec = match &order.step {
                    LegStep::Hold(spec) => json!(spec),
                    LegStep::Confirm | LegStep::Release => Value::Null,
                };
                let LegOrder {
                    booking, leg, kind, ..
                } = order;
                format!("{kind}/{action} {booking}/{leg} {spec}")
            }
            Order::Payment(order) => {
                let booking = &order.booking;
                let terms = match &order.step {
                    PaymentStep::Authorize { amount, .. } => json!([order.attempt, amount]),
                    PaymentStep::Capture { amount } => json!(amount),
                    // An undo undoes all there is, whatever else is said.
                    PaymentStep::Void | PaymentStep::Refund { .. } => Value::Null,
                };
                format!("payment/{action} {booking} {terms}")
            }
        }
    }

    /// Who is asked.
    pub(crate) fn supplier(&self) -> Participant {
        match &self.order {
            Order::Leg(order) => Participant::Leg(order.kind),
            Order::Payment(_) => Participant::Payment,
        }
    }

    pub(crate) fn booking(&self) -> &BookingId {
        match &self.order {
            Order::Leg(order) => &order.booking,
            Order::Payment(order) => &order.booking,
        }
    }
}

#[derive(Deserialize)]
struct LegBody {
    booking: BookingId,
    leg: LegId,
    spec: Option<Value>,
    simulate: Option<Fault>,
}

#[derive(Deserialize)]
struct PaymentBody {
    booking: BookingId,
    attempt: Option<u32>,
    token: Option<String>,
    amount: Option<Money>,
    report_to: Option<String>,
    simulate: Option<Fault>,
}

/// Reads `POST /{supplier}/{action}`.
pub(crate) fn read(
    supplier: &str,
    action: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Call, Answer> {
    if supplier == "payment" {
        let action = action_of(action, Action::OF_A_PAYMENT)?;
        return read_payment(action, Key::of(headers)?, parsed(body)?);
    }
    let kind = supplier.parse().map_err(|_| no_such_supplier())?;
    let action = action_of(action, Action::OF_A_LEG)?;
    read_leg(kind, action, Key::of(headers)?, parsed(body)?)
}

pub(crate) fn no_such_supplier() -> Answer {
    let kinds = Kind::ALL.iter().map(|kind| kind.as_str());
    let kinds = kinds.collect::<Vec<_>>().join(", ");
    unknown_address(format!(
        "there is no supplier of that name; use {kinds} or payment"
    ))
}

fn read_leg(kind: Kind, action: Action, key: Key, body: LegBody) -> Result<Call, Answer> {
    let step = match action {
        Action::Hold => LegStep::Hold(spec(kind, body.spec)?),
        Action::Confirm => LegStep::Confirm,
        _ => LegStep::Release,
    };
    Ok(Call {
        key,
        action,
        fault: body.simulate,
        order: Order::Leg(LegOrder {
            booking: body.booking,
            leg: body.leg,
            kind,
            step,
        }),
    })
}

fn spec(kind: Kind, json: Option<Value>) -> Result<Spec, Answer> {
    let json = json.ok_or_else(|| {
        Answer::invalid(format!("`spec` is missing; a hold needs the {kind}'s spec"))
    })?;
    Spec::read(kind, &json).map_err(|(field, problem)| {
        let field = match field.as_str() {
            "" | "." => "spec".to_owned(),
            field => format!("spec.{field}"),
        };
        Answer::invalid(format!("`{field}`: {problem}"))
    })
}

fn read_payment(action: Action, key: Key, body: PaymentBody) -> Result<Call, Answer> {
    let attempt = body.attempt.unwrap_or(1);
    if !(1..=MOST_ATTEMPTS).contains(&attempt) {
        return Err(Answer::invalid(format!(
            "`attempt`: must be 1 to {MOST_ATTEMPTS}"
        )));
    }
    let amount = body.amount.map(payable).transpose()?;
    let step = match action {
        Action::Authorize => {
            let missing =
                |field| Answer::invalid(format!("`{field}` is missing; an authorization needs it"));
            PaymentStep::Authorize {
                card: Card::of(&body.token.ok_or_else(|| missing("token"))?),
                amount: amount.ok_or_else(|| missing("amount"))?,
                report_to: body.report_to.map(reachable).transpose()?,
            }
        }
        Action::Capture => PaymentStep::Capture { amount },
        Action::Refund => PaymentStep::Refund { amount },
        _ => PaymentStep::Void,
    };
    let order = PaymentOrder {
        key: key.clone(),
        booking: body.booking,
        attempt,
        step,
    };
    Ok(Call {
        key,
        action,
        fault: body.simulate,
        order: Order::Payment(order),
    })
}

fn reachable(address: String) -> Result<String, Answer> {
    let is_http = address.starts_with("https://") || address.starts_with("http://");
    if !is_http || address.len() > LONGEST_ADDRESS {
        return Err(Answer::invalid(format!(
            "`report_to`: must be an http or https address of at most {LONGEST_ADDRESS} characters"
        )));
    }
    Ok(address)
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

/// Broken JSON is the wire's fault (400), a field that is missing or wrong the caller's (422).
fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Answer> {
    let json: Value = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        bad_request(format!(
            "the body is not JSON (line {line}, column {column}); send one JSON object"
        ))
    })?;
    serde_path_to_error::deserialize(&json).map_err(|error| {
        let path = error.path().to_string();
        // What was sent is not repeated where it could be a token.
        let problem = if path == "token" {
            "must be a text".to_owned()
        } else {
            error.inner().to_string()
        };
        let field = if path == "." { "body" } else { &path };
        Answer::invalid(format!("`{field}`: {problem}"))
    })
}

pub(crate) fn bad_request(message: impl Into<String>) -> Answer {
    Answer::problem(StatusCode::BAD_REQUEST, "invalid", message)
}

fn unknown_address(message: impl Into<String>) -> Answer {
    Answer::problem(StatusCode::NOT_FOUND, "not_found", message)
}
