//! Descriptions of what no type of ours describes by itself: legs, whose spec depends on their kind,
//! and scripts. A test holds them against the rules that they describe.

use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::MOST;
use holdfast_booking_rules::passenger::{LETTERS, LONGEST_NAME, MOST_PASSENGERS};
use holdfast_booking_rules::spec::Kind;
use holdfast_core::money::MOST_MONEY;
use holdfast_core::verb::Verb;
use holdfast_order_rules::action::Action;
use holdfast_order_rules::catalogue::PRODUCTS;
use holdfast_order_rules::request::{MOST_ITEMS, MOST_OF_ONE};
use serde_json::{Map, Value, json};
use utoipa::openapi::schema::{ArrayBuilder, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema};
use utoipa::{IntoParams, ToSchema};

const ID: &str = r"^[A-Za-z0-9._-]{1,32}$";
const OFFER: &str = r"^[A-Za-z0-9._-]{1,160}$";
const FAULT: &str = "^(ok|refuse|decline|unavailable(:[0-9]{1,3})?|lost(:[0-9]{1,3})?|slow:[0-9]{1,3}\
    |crash_before|crash_after|twice)$";
const MISHAP: &str = "^(crash_before|crash_after|twice)$";

/// One thing to reserve; described by [`components`].
#[derive(ToSchema)]
pub(crate) struct NewLeg;

/// A payment; described by [`components`].
#[derive(ToSchema)]
pub(crate) struct NewPayment;

/// Goods to be ordered; described by [`components`].
#[derive(ToSchema)]
pub(crate) struct NewOrder;

/// What the traveller wants to choose from: the fields of a kind's spec.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // It is only described; the rules read the parameters as they come.
pub(crate) struct Question {
    /// What sort of thing.
    #[param(inline)]
    kind: Kind,
    /// Flight and train: where to start from. Insurance: the first day.
    #[param(pattern = "^([A-Z]{3}|[0-9]{4}-[0-9]{2}-[0-9]{2})$")]
    from: Option<String>,
    /// Flight and train: where to go to; every place without one. Insurance: the last day.
    #[param(pattern = "^([A-Z]{3}|[0-9]{4}-[0-9]{2}-[0-9]{2})$")]
    to: Option<String>,
    /// Flight and train: the day.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<String>,
    /// Flight and train: how many seats.
    #[param(minimum = 1, maximum = 9)]
    passengers: Option<u32>,
    /// Hotel and car: the city; all without one.
    #[param(pattern = "^[A-Z]{3}$")]
    city: Option<String>,
    /// Hotel: the first night.
    #[param(value_type = Option<String>, format = Date)]
    check_in: Option<String>,
    /// Hotel: the day of leaving.
    #[param(value_type = Option<String>, format = Date)]
    check_out: Option<String>,
    /// Hotel: how many persons.
    #[param(minimum = 1, maximum = 9)]
    guests: Option<u32>,
    /// Car: the first day.
    #[param(value_type = Option<String>, format = Date)]
    pick_up: Option<String>,
    /// Car: the last day.
    #[param(value_type = Option<String>, format = Date)]
    drop_off: Option<String>,
    /// Insurance: how many persons.
    #[param(minimum = 1, maximum = 9)]
    travellers: Option<u32>,
}

/// The legs of a new booking.
pub(crate) fn legs() -> RefOr<Schema> {
    ArrayBuilder::new()
        .items(Ref::from_schema_name("NewLeg"))
        .min_items(Some(1))
        .max_items(Some(holdfast_booking_rules::request::MOST_LEGS))
        .into()
}

/// A payment, or none.
pub(crate) fn payment_or_null() -> RefOr<Schema> {
    or_null("NewPayment")
}

fn or_null(schema: &str) -> RefOr<Schema> {
    let none = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null));
    let either = utoipa::openapi::OneOfBuilder::new()
        .item(Ref::from_schema_name(schema))
        .item(none);
    RefOr::T(Schema::OneOf(either.build()))
}

/// An amount that the traveller names, or none.
pub(crate) fn amount_or_null() -> RefOr<Schema> {
    or_null("Amount")
}

/// Those who travel, or none.
pub(crate) fn passengers_or_null() -> RefOr<Schema> {
    or_null("Passengers")
}

/// A script of the steps that are about a whole booking.
pub(crate) fn script_of_a_booking() -> RefOr<Schema> {
    Ref::from_schema_name("BookingScript").into()
}

/// A spec of any kind.
pub(crate) fn any_spec() -> RefOr<Schema> {
    Ref::from_schema_name("Spec").into()
}

/// Amounts in cents by category.
pub(crate) fn balances() -> RefOr<Schema> {
    Ref::from_schema_name("Balances").into()
}

/// One of the categories.
pub(crate) fn category() -> RefOr<Schema> {
    Ref::from_schema_name("Category").into()
}

/// The descriptions, by name.
pub(crate) fn components() -> Map<String, Value> {
    let legs: Vec<Value> = Kind::ALL.iter().map(|kind| leg(*kind)).collect();
    let named = json!({
        "NewLeg": {
            "description": "One thing to reserve.",
            "oneOf": legs,
        },
        "NewPayment": {
            "type": "object",
            "description": "What to pay with. The token is the payment supplier's; a card number is refused.",
            "required": ["token"],
            "additionalProperties": false,
            "properties": {
                "token": token(),
                "amount": {"anyOf": [{"$ref": "#/components/schemas/Amount"}, {"type": "null"}],
                    "description": "The total that the traveller agrees to. If the trip costs another amount, nothing is paid."},
                "simulate": {"$ref": "#/components/schemas/PaymentScript"},
            },
        },
        "Amount": amount(),
        "Passengers": {
            "type": "array",
            "description": "Those who travel, by name and nothing else.",
            "minItems": 1,
            "maxItems": MOST_PASSENGERS,
            "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME, "pattern": name()},
            "example": ["Ana Souza", "Rui O'Neill"],
        },
        "NewOrder": new_order(),
        "Balances": of_each_category(),
        "Category": {
            "type": "string",
            "description": "One of an account's balances.",
            "enum": Category::all().collect::<Vec<_>>(),
        },
        "LegScript": script(&["hold", "confirm", "release"], FAULT),
        "PaymentScript": script(&["authorize", "capture", "void", "refund", "withdraw"], FAULT),
        "BookingScript": script(&["open", "settle", "unwind", "close"], MISHAP),
        "OrderScript": script_of(Action::ALL.iter().map(|action| {
            let pattern = if action.is_asked() { FAULT } else { MISHAP };
            (action.as_str(), pattern)
        })),
    });
    match named {
        Value::Object(named) => named,
        _ => Map::new(),
    }
}

/// A name, as the rules read it.
fn name() -> String {
    let letters: String = LETTERS
        .iter()
        .map(|(from, to)| format!("{from}-{to}"))
        .collect();
    format!("^[{letters}]([{letters} ,.'-]*[{letters}.'])?$")
}

fn amount() -> Value {
    json!({
        "type": "object",
        "description": "An amount in the minor unit of its currency (cents).",
        "required": ["amount", "currency"],
        "additionalProperties": false,
        "properties": {
            "amount": {"type": "integer", "minimum": 1, "maximum": MOST_MONEY},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        },
        "example": {"amount": 660_120, "currency": "BRL"},
    })
}

fn of_each_category() -> Value {
    let cents = json!({"type": "integer", "minimum": 0, "maximum": MOST.0});
    let each = Category::all().map(|name| (name.as_str().to_owned(), cents.clone()));
    json!({
        "type": "object",
        "description": "Cents, by category.",
        "additionalProperties": false,
        "properties": each.collect::<Map<_, _>>(),
    })
}

fn new_order() -> Value {
    json!({
        "type": "object",
        "description": "Goods to be ordered. Prices come from the catalogue.",
        "required": ["items", "deliver_to", "payment"],
        "additionalProperties": false,
        "properties": {
            "items": {"type": "array", "minItems": 1, "maxItems": MOST_ITEMS, "items": new_item()},
            "deliver_to": {"$ref": "#/components/schemas/Address"},
            "payment": {
                "type": "object",
                "description": "What to pay with. The token is the payment supplier's; a card number is refused.",
                "required": ["token"],
                "additionalProperties": false,
                "properties": {"token": token()},
            },
            "simulate": {"anyOf": [{"$ref": "#/components/schemas/OrderScript"}, {"type": "null"}]},
        },
    })
}

fn new_item() -> Value {
    let skus: Vec<_> = PRODUCTS.iter().map(|product| product.sku).collect();
    json!({
        "type": "object",
        "description": "So many of one product. Each product comes once.",
        "required": ["sku", "quantity"],
        "additionalProperties": false,
        "properties": {
            "sku": {"type": "string", "enum": skus},
            "quantity": {"type": "integer", "minimum": 1, "maximum": MOST_OF_ONE},
        },
    })
}

/// Letters first: digits alone look like a card.
fn token() -> Value {
    json!({"type": "string", "pattern": "^[A-Za-z][!-~]{0,127}$", "example": "tok_visa",
        "description": "A token of the payment supplier's, or `acct_` and the id of an account."})
}

fn leg(kind: Kind) -> Value {
    let (first, rest) = kind.as_str().split_at(1);
    let spec = format!("{}{rest}Spec", first.to_ascii_uppercase());
    json!({
        "type": "object",
        "required": ["id", "kind", "spec"],
        "additionalProperties": false,
        "properties": {
            "id": {"type": "string", "pattern": ID, "not": {"pattern": r"^payment(\.|$)"},
                "description": "Its name within the booking, never used twice."},
            "kind": {"type": "string", "enum": [kind]},
            "spec": {"$ref": format!("#/components/schemas/{spec}")},
            "offer": {"type": ["string", "null"], "pattern": OFFER,
                "example": "BRL.172920.1800000000.6f1c0d2a9b8e4f7350412c6d8e9fa0b1",
                "description": "The `id` of an offer of the same spec: the leg has its price, until its `price_until`."},
            "simulate": {"$ref": "#/components/schemas/LegScript"},
        },
    })
}

fn script(actions: &[&str], pattern: &str) -> Value {
    script_of(actions.iter().map(|action| (*action, pattern)))
}

fn script_of<'a>(actions: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let fault = |pattern: &str| json!({"type": "string", "pattern": pattern});
    let properties: Map<_, _> = actions
        .map(|(action, pattern)| (action.to_owned(), fault(pattern)))
        .collect();
    json!({
        "type": "object",
        "description": "Scripted faults, for the simulated suppliers.",
        "additionalProperties": false,
        "properties": properties,
    })
}
