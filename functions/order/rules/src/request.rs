//! The request for an order, checked once, at the edge: what comes out of here is fit to be placed.
//!
//! Every refusal is [`Failure::InvalidOrder`] and names the field and the remedy. What a payment holds
//! is never repeated in a message.

use std::collections::BTreeSet;

use holdfast_core::email::Email;
use holdfast_core::failure::Failure;
use holdfast_core::fault::Script;
use holdfast_core::ids::{CustomerId, Sku};
use holdfast_core::trace::TraceId;
use holdfast_core::verb::Verb;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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
    // What is left out is named by the check of its own.
    #[serde(default)]
    customer: Value,
    #[serde(default)]
    items: Value,
    #[serde(default)]
    deliver_to: Value,
    #[serde(default)]
    payment: Value,
    #[serde(default)]
    simulate: Option<Value>,
    trace_id: Option<TraceId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCustomer {
    id: CustomerId,
    email: String,
}

impl OrderRequest {
    /// Reads and checks a request.
    ///
    /// # Errors
    /// [`Failure::InvalidOrder`], naming the first bad field.
    pub fn read(json: &Value) -> Result<Self, Failure> {
        refuse_prices("", json)?;
        let raw: RawOrder = typed("", json)?;
        Ok(Self {
            customer: Customer::read(&raw.customer)?,
            items: read_items(&raw.items)?,
            deliver_to: read_address(&raw.deliver_to)?,
            payment: PaymentRequest::read(&raw.payment)?,
            simulate: read_script(raw.simulate.as_ref())?,
            trace_id: raw.trace_id,
        })
    }
}

impl Customer {
    fn read(json: &Value) -> Result<Self, Failure> {
        let raw: RawCustomer = typed("customer", json)?;
        let email = Email::read(&raw.email).map_err(|_| {
            let problem = "must be an e-mail address such as buyer@example.com";
            Failure::invalid_order("customer.email", problem)
        })?;
        Ok(Self { id: raw.id, email })
    }
}

impl Item {
    fn read(path: &str, json: &Value) -> Result<Self, Failure> {
        refuse_prices(path, json)?;
        let fields = object(path, json)?;
        if let Some(stranger) = fields
            .keys()
            .find(|key| *key != "sku" && *key != "quantity")
        {
            let problem = "is no field of an item; use sku and quantity";
            return Err(invalid(path, stranger, problem));
        }
        let sku = fields.get("sku").and_then(Value::as_str);
        let sku = sku.and_then(|sku| sku.parse::<Sku>().ok());
        let known = sku.and_then(|sku| catalogue::find(&sku).map(|product| (sku, product)));
        let Some((sku, product)) = known else {
            let problem = "must be the sku of a product; GET /products lists them";
            return Err(invalid(path, "sku", problem));
        };
        let quantity = fields.get("quantity").and_then(Value::as_u64);
        let quantity = quantity.and_then(|quantity| u32::try_from(quantity).ok());
        let Some(quantity) = quantity.filter(|quantity| (1..=MOST_OF_ONE).contains(quantity))
        else {
            let problem = format!("must be a whole number from 1 to {MOST_OF_ONE}");
            return Err(invalid(path, "quantity", problem));
        };
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
        let fields = json.as_object().filter(|fields| fields.len() == 1);
        let token = fields.and_then(|fields| fields.get("token")?.as_str());
        let Some(token) = token else {
            let problem = r#"must be {"token": "tok_…"}, with no other field"#;
            return Err(Failure::invalid_order("payment", problem));
        };
        let visible = token.chars().all(|c| c.is_ascii_graphic());
        if token.is_empty() || token.len() > LONGEST_TOKEN || !visible {
            let problem = format!("must be 1 to {LONGEST_TOKEN} visible ASCII characters");
            return Err(Failure::invalid_order("payment.token", problem));
        }
        if looks_like_a_card(token) {
            let problem = "looks like a card number; send the payment supplier's token instead";
            return Err(Failure::invalid_order("payment.token", problem));
        }
        Ok(Self {
            token: token.to_owned(),
        })
    }
}

fn read_items(json: &Value) -> Result<Vec<Item>, Failure> {
    let items = json.as_array().map(Vec::as_slice).unwrap_or_default();
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

fn read_address(json: &Value) -> Result<Address, Failure> {
    let address: Address = typed("deliver_to", json)?;
    match address.flaw() {
        Some((field, problem)) => Err(invalid("deliver_to", field, problem)),
        None => Ok(address),
    }
}

fn read_script(json: Option<&Value>) -> Result<Script<Action>, Failure> {
    let Some(json) = json else {
        return Ok(Script::default());
    };
    let script: Script<Action> = typed("simulate", json)?;
    if let Some(action) = script.addressed_to_nobody() {
        let problem =
            format!("no supplier is asked to {action}; use crash_before, crash_after or twice");
        return Err(invalid("simulate", action.as_str(), problem));
    }
    Ok(script)
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

fn object<'a>(path: &str, json: &'a Value) -> Result<&'a Map<String, Value>, Failure> {
    let fields = json.as_object();
    fields.ok_or_else(|| invalid(path, "", "must be a JSON object"))
}

/// Reads JSON into a type; a failure names the path.
fn typed<'de, T: Deserialize<'de>>(path: &str, json: &'de Value) -> Result<T, Failure> {
    object(path, json)?;
    serde_path_to_error::deserialize(json).map_err(|error| {
        let problem = error.inner().to_string();
        invalid(path, &error.path().to_string(), problem)
    })
}

fn invalid(path: &str, field: &str, problem: impl Into<String>) -> Failure {
    let whole = match (path, field) {
        ("", "." | "") => "order".to_owned(),
        (path, "." | "") => path.to_owned(),
        ("", field) => field.to_owned(),
        (path, field) => format!("{path}.{field}"),
    };
    Failure::invalid_order(whole, problem)
}
