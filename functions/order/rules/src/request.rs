//! The request for an order, checked once, at the edge: what comes out of here is fit to be placed.
//!
//! Every refusal is [`Failure::InvalidOrder`] and names the field and the remedy. What a payment holds
//! is never repeated in a message.

use std::collections::BTreeSet;

use holdfast_core::email::Email;
use holdfast_core::failure::Failure;
use holdfast_core::fault::Script;
use holdfast_core::ids::{CustomerId, Sku};
use holdfast_core::reading::{Flaw, read_part, whole};
use holdfast_core::trace::TraceId;
use holdfast_core::verb::Verb;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::action::Action;
use crate::address::Address;
use crate::catalogue::{self, Product};

/// The most different skus that an order may have.
pub const MOST_ITEMS: usize = 20;
/// The most of one sku that may be ordered.
pub const MOST_OF_ONE: u32 = 99;
const LONGEST_TOKEN: usize = 128;
/// What a customer may think that they have to say, and what the catalogue says.
const PRICES: [&str; 5] = ["price", "amount", "total", "currency", "discount"];

/// Goods to be ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRequest {
    /// Who buys.
    pub customer: Customer,
    /// What they buy.
    pub items: Vec<Item>,
    /// Where it goes.
    pub deliver_to: Address,
    /// How it is paid.
    pub payment: PaymentRequest,
    /// Scripted faults and mishaps.
    pub simulate: Script<Action>,
    /// Follows the order, where the caller has such an id already.
    pub trace_id: Option<TraceId>,
}

/// Who buys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The shop's name for them.
    pub id: CustomerId,
    /// Where to write to.
    pub email: Email,
}

/// So many of one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is ordered.
    pub sku: Sku,
    /// What the catalogue says of it.
    pub product: &'static Product,
    /// How many.
    pub quantity: u32,
}

/// How the customer pays.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentRequest {
    /// A payment supplier's token; never stored, never logged.
    pub token: String,
}

impl std::fmt::Debug for PaymentRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PaymentRequest(…)")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOrder {
    customer: Customer,
    items: Vec<Value>,
    deliver_to: Address,
    payment: Value,
    simulate: Option<Script<Action>>,
    trace_id: Option<TraceId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawItem {
    sku: Sku,
    #[serde(deserialize_with = "whole::<_, _, 1, { MOST_OF_ONE as u64 }>")]
    quantity: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPayment {
    token: String,
}

impl OrderRequest {
    /// Reads and checks a request.
    ///
    /// # Errors
    /// [`Failure::InvalidOrder`], naming the first bad field.
    pub fn read(json: &Value) -> Result<Self, Failure> {
        refuse_prices("", json)?;
        let raw: RawOrder = typed("", json)?;
        let script = raw.simulate.unwrap_or_default();
        check_script(&script)?;
        if let Some((field, problem)) = raw.deliver_to.flaw() {
            return Err(invalid("deliver_to", field, problem));
        }
        Ok(Self {
            customer: raw.customer,
            items: read_items(&raw.items)?,
            deliver_to: raw.deliver_to,
            payment: PaymentRequest::read(&raw.payment)?,
            simulate: script,
            trace_id: raw.trace_id,
        })
    }
}

impl Item {
    fn read(path: &str, json: &Value) -> Result<Self, Failure> {
        refuse_prices(path, json)?;
        let RawItem { sku, quantity } = typed(path, json)?;
        let product = catalogue::find(&sku).ok_or_else(|| {
            let problem = "must be the sku of a product; GET /products lists them";
            invalid(path, "sku", problem)
        })?;
        Ok(Self {
            sku,
            product,
            quantity,
        })
    }
}

impl PaymentRequest {
    /// Reads and checks a payment.
    ///
    /// # Errors
    /// [`Failure::InvalidOrder`], naming the bad field, never what it held.
    pub fn read(json: &Value) -> Result<Self, Failure> {
        let RawPayment { token } = read_part("payment", json).map_err(flaw_of_payment)?;
        let visible = token.chars().all(|c| c.is_ascii_graphic());
        if token.is_empty() || token.len() > LONGEST_TOKEN || !visible {
            let problem = format!("must be 1 to {LONGEST_TOKEN} visible ASCII characters");
            return Err(Failure::invalid_order("payment.token", problem));
        }
        if looks_like_a_card(&token) {
            let problem = "looks like a card number; send the payment supplier's token instead";
            return Err(Failure::invalid_order("payment.token", problem));
        }
        Ok(Self { token })
    }
}

/// The message does not name an unknown field: the caller may have put the token there.
fn flaw_of_payment(flaw: Flaw) -> Failure {
    let shape = r#"must be {"token": "tok_…"}, with no other field"#;
    match flaw.field.as_str() {
        "payment.token" => refused(flaw),
        _ => Failure::invalid_order("payment", shape),
    }
}

fn read_items(items: &[Value]) -> Result<Vec<Item>, Failure> {
    if items.is_empty() || items.len() > MOST_ITEMS {
        let problem = format!("must be a list of 1 to {MOST_ITEMS} items");
        return Err(Failure::invalid_order("items", problem));
    }
    let mut seen = BTreeSet::new();
    let mut read = Vec::with_capacity(items.len());
    for (index, json) in items.iter().enumerate() {
        let path = format!("items[{index}]");
        let item = Item::read(&path, json)?;
        if !seen.insert(item.sku.clone()) {
            let problem = "is ordered twice; add up the quantities";
            return Err(invalid(&path, "sku", problem));
        }
        read.push(item);
    }
    Ok(read)
}

fn check_script(script: &Script<Action>) -> Result<(), Failure> {
    if let Some(action) = script.addressed_to_nobody() {
        let problem =
            format!("no supplier is asked to {action}; use crash_before, crash_after or twice");
        return Err(invalid("simulate", action.as_str(), problem));
    }
    Ok(())
}

fn refuse_prices(path: &str, json: &Value) -> Result<(), Failure> {
    let sent = PRICES.iter().find(|field| json.get(field).is_some());
    match sent {
        Some(field) => {
            let problem = "comes from the catalogue; leave it out";
            Err(invalid(path, field, problem))
        }
        None => Ok(()),
    }
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
    let Flaw { field, problem } = flaw.named("order");
    Failure::invalid_order(field, problem)
}

fn invalid(path: &str, field: &str, problem: impl Into<String>) -> Failure {
    refused(Flaw::at(field, problem).within(path))
}
