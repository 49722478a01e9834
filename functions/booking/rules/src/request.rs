//! The request for a booking, checked once, at the edge: what comes out of here is fit to be booked.
//!
//! Every refusal is [`Failure::InvalidBooking`] and names the field and the remedy. What a payment
//! holds is never repeated in a message.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::action::{Action, PAYMENT, Script};
use crate::passenger::{MOST_PASSENGERS, Passenger};
use crate::spec::{Kind, Spec};
use holdfast_core::email::LONGEST_EMAIL;
use holdfast_core::failure::Failure;
use holdfast_core::ids::{CustomerId, LegId, OfferId};
use holdfast_core::money::{Money, perhaps_money};
use holdfast_core::reading::{Flaw, perhaps_whole, read_part};
use holdfast_core::time::Timestamp;
use holdfast_core::trace::TraceId;
use holdfast_core::verb::{self, Verb};

/// The most legs a trip may have.
pub const MOST_LEGS: usize = 20;
const DEFAULT_HOLD_SECONDS: u32 = 900;
const LONGEST_HOLD: u64 = 86_400;
const LONGEST_TOKEN: usize = 128;
const AMOUNT: &str = r#"must be {"amount": 172920, "currency": "BRL"}, in minor units"#;

/// A trip to be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingRequest {
    /// Who travels.
    pub customer: Customer,
    /// What to reserve, in order.
    pub legs: Vec<LegRequest>,
    /// How long the traveller has to pay.
    pub hold: Duration,
    /// The payment, if it is given up front.
    pub payment: Option<PaymentRequest>,
    /// What the traveller pays at most.
    pub max_total: Option<Money>,
    /// Those who travel, where the traveller names them.
    pub passengers: Vec<Passenger>,
    /// Scripted mishaps of the steps that are about the whole booking.
    pub simulate: Script,
    /// Follows the booking, where the caller has such an id already.
    pub trace_id: Option<TraceId>,
}

/// Who travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The agency's name for them.
    pub id: CustomerId,
    /// Where to write to.
    pub email: String,
}

/// One thing to reserve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegRequest {
    /// Its name within the booking.
    pub id: LegId,
    /// What to reserve.
    pub spec: Spec,
    /// The supplier's offer whose price it has, where the traveller names one.
    pub offer: Option<OfferId>,
    /// Scripted faults.
    pub simulate: Script,
}

/// How the traveller pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRequest {
    /// A payment supplier's token; never stored, never logged.
    pub token: String,
    /// The total that the traveller agrees to, where they name it.
    pub amount: Option<Money>,
    /// Scripted faults.
    pub simulate: Script,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBooking {
    customer: Customer,
    legs: Vec<Value>,
    #[serde(default, deserialize_with = "perhaps_whole::<_, _, 1, LONGEST_HOLD>")]
    hold_seconds: Option<u32>,
    payment: Option<Value>,
    #[serde(default, deserialize_with = "perhaps_money")]
    max_total: Option<Money>,
    passengers: Option<Vec<Passenger>>,
    simulate: Option<Script>,
    trace_id: Option<TraceId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLeg {
    id: LegId,
    kind: Kind,
    spec: Value,
    offer: Option<OfferId>,
    simulate: Option<Script>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPayment {
    token: String,
    #[serde(default, deserialize_with = "perhaps_money")]
    amount: Option<Money>,
    simulate: Option<Script>,
}

impl BookingRequest {
    /// All scripts in the request, each with the path where it stands.
    pub fn scripts(&self) -> impl Iterator<Item = (String, &Script)> {
        let legs = self.legs.iter().enumerate();
        let legs = legs.map(|(index, leg)| (format!("legs[{index}].simulate"), &leg.simulate));
        let payment = self.payment.iter();
        let payment = payment.map(|payment| ("payment.simulate".to_owned(), &payment.simulate));
        let whole = ("simulate".to_owned(), &self.simulate);
        legs.chain(payment).chain([whole])
    }

    /// Reads and checks a request that came at `now`.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`], naming the first bad field.
    pub fn read(json: &Value, now: Timestamp) -> Result<Self, Failure> {
        let raw: RawBooking = typed("", json)?;
        check_email(&raw.customer.email)?;
        let simulate = checked("", raw.simulate, Action::OF_A_BOOKING)?;
        let seconds = raw.hold_seconds.unwrap_or(DEFAULT_HOLD_SECONDS);
        Ok(Self {
            customer: raw.customer,
            legs: read_legs(&raw.legs, now)?,
            hold: Duration::from_secs(seconds.into()),
            payment: raw.payment.as_ref().map(PaymentRequest::read).transpose()?,
            max_total: raw.max_total,
            passengers: named(raw.passengers)?,
            simulate,
            trace_id: raw.trace_id,
        })
    }
}

impl LegRequest {
    /// Reads and checks one leg of a request that came at `now`; `path` is where it stands in there.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`], naming the bad field.
    pub fn read(path: &str, json: &Value, now: Timestamp) -> Result<Self, Failure> {
        let raw: RawLeg = typed(path, json)?;
        if raw.id.as_str().split('.').next() == Some(PAYMENT) {
            return Err(invalid(path, "id", "`payment` is taken; choose another id"));
        }
        let spec = Spec::read_ahead(raw.kind, &raw.spec, now);
        let spec = spec.map_err(|flaw| refused(flaw.within("spec").within(path)))?;
        let simulate = checked(path, raw.simulate, Action::OF_A_LEG)?;
        Ok(Self {
            id: raw.id,
            spec,
            offer: raw.offer,
            simulate,
        })
    }
}

impl PaymentRequest {
    /// Reads and checks a payment.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`], naming the bad field, never what it held.
    pub fn read(json: &Value) -> Result<Self, Failure> {
        let raw: RawPayment = read_part(PAYMENT, json).map_err(flaw_of_payment)?;
        let token = raw.token;
        if token.is_empty()
            || token.len() > LONGEST_TOKEN
            || !token.chars().all(|c| c.is_ascii_graphic())
        {
            let problem = format!("must be 1 to {LONGEST_TOKEN} visible ASCII characters");
            return Err(Failure::invalid("payment.token", problem));
        }
        if looks_like_a_card(&token) {
            let problem = "looks like a card number; send the payment supplier's token instead";
            return Err(Failure::invalid("payment.token", problem));
        }
        let simulate = checked(PAYMENT, raw.simulate, Action::OF_A_PAYMENT)?;
        Ok(Self {
            token,
            amount: raw.amount,
            simulate,
        })
    }
}

/// Those who travel: some, or not named at all.
fn named(passengers: Option<Vec<Passenger>>) -> Result<Vec<Passenger>, Failure> {
    match passengers {
        None => Ok(Vec::new()),
        Some(named) if (1..=MOST_PASSENGERS).contains(&named.len()) => Ok(named),
        Some(_) => {
            let problem = format!("must be 1 to {MOST_PASSENGERS} names, or left out");
            Err(Failure::invalid("passengers", problem))
        }
    }
}

/// The message does not name an unknown field: the caller may have put the token there.
fn flaw_of_payment(flaw: Flaw) -> Failure {
    let shape = r#"must be {"token": "tok_…"}, with no other fields than `amount` and `simulate`"#;
    let path: Vec<_> = flaw.field.split('.').collect();
    match path[..] {
        [PAYMENT, "token"] | [PAYMENT, "simulate"] | [PAYMENT, "amount"] => refused(flaw),
        [PAYMENT, "amount", "amount" | "currency"] => refused(flaw),
        [PAYMENT, "amount", ..] => Failure::invalid("payment.amount", AMOUNT),
        [PAYMENT, list] if list.starts_with("amount[") => {
            Failure::invalid("payment.amount", AMOUNT)
        }
        [PAYMENT, "simulate", action] if verb::named::<Action>(action).is_some() => refused(flaw),
        [PAYMENT, "simulate", ..] => Failure::invalid("payment.simulate", flaw.problem),
        _ => Failure::invalid(PAYMENT, shape),
    }
}

fn read_legs(legs: &[Value], now: Timestamp) -> Result<Vec<LegRequest>, Failure> {
    if legs.is_empty() || legs.len() > MOST_LEGS {
        let problem = format!("must be 1 to {MOST_LEGS} legs, not {}", legs.len());
        return Err(Failure::invalid("legs", problem));
    }
    let mut seen = BTreeSet::new();
    let mut read = Vec::with_capacity(legs.len());
    for (index, json) in legs.iter().enumerate() {
        let path = format!("legs[{index}]");
        let leg = LegRequest::read(&path, json, now)?;
        if !seen.insert(leg.id.clone()) {
            return Err(invalid(
                &path,
                "id",
                "is used twice; give each leg an id of its own",
            ));
        }
        read.push(leg);
    }
    Ok(read)
}

fn check_email(email: &str) -> Result<(), Failure> {
    let plain =
        email.len() <= LONGEST_EMAIL && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    let parts = email.split_once('@');
    match parts {
        Some((name, host))
            if plain && !name.is_empty() && host.contains('.') && !host.contains('@') =>
        {
            Ok(())
        }
        _ => Err(Failure::invalid(
            "customer.email",
            "must be an e-mail address such as traveller@example.com",
        )),
    }
}

/// A script that fits what is done there; an empty one where none is given.
fn checked(path: &str, script: Option<Script>, allowed: &[Action]) -> Result<Script, Failure> {
    let script = script.unwrap_or_default();
    if let Some(stranger) = script.stranger(allowed) {
        let names: Vec<_> = allowed.iter().map(|action| action.as_str()).collect();
        let problem = format!("`{stranger}` is not done here; use {}", names.join(", "));
        return Err(invalid(path, "simulate", problem));
    }
    if let Some(action) = script.addressed_to_nobody() {
        let problem =
            format!("no supplier is asked to {action}; use crash_before, crash_after or twice");
        return Err(invalid(path, &format!("simulate.{action}"), problem));
    }
    Ok(script)
}

fn looks_like_a_card(token: &str) -> bool {
    let digits = token.chars().filter(char::is_ascii_digit).count();
    digits >= 12 && token.chars().all(|c| c.is_ascii_digit() || c == '-')
}

/// Reads JSON into a type; a failure names the path.
fn typed<'de, T: Deserialize<'de>>(path: &str, json: &'de Value) -> Result<T, Failure> {
    read_part(path, json).map_err(refused)
}

fn refused(flaw: Flaw) -> Failure {
    let Flaw { field, problem } = flaw.named("booking");
    Failure::invalid(field, problem)
}

fn invalid(path: &str, field: &str, problem: impl Into<String>) -> Failure {
    refused(Flaw::at(field, problem).within(path))
}
