//! Reads what terminals send. Whatever it is, the terminal gets a code.

use holdfast_authorizer_rules::cents::Cents;
use holdfast_authorizer_rules::request::{Mcc, Merchant, Purchase, Refusal, TransactionId};
use holdfast_core::ids::AccountId;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// No terminal has more to say.
const LARGEST_BODY: usize = 16 * 1024;

/// What a terminal sent. The parts are looked at one by one, for one that is bad hides none of the others.
#[derive(Deserialize)]
struct Sent<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    account: Option<&'a RawValue>,
    // As text: an amount is exact.
    #[serde(borrow, default, rename = "totalAmount")]
    total_amount: Option<&'a RawValue>,
    #[serde(borrow, default)]
    mcc: Option<&'a RawValue>,
    #[serde(borrow, default)]
    merchant: Option<&'a RawValue>,
}

/// Something that is no transaction, and as much of it as makes sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// What is wrong.
    pub refusal: Refusal,
    /// The account that it names.
    pub account: Option<AccountId>,
    /// What it is called.
    pub id: Option<TransactionId>,
}

/// Reads a body. A transaction without an id gets the one that `make_id` makes.
///
/// # Errors
/// [`Bad`]
pub fn read(body: &str, make_id: impl FnOnce() -> TransactionId) -> Result<Purchase, Bad> {
    let unreadable = || Bad {
        refusal: Refusal::Unreadable,
        account: None,
        id: None,
    };
    if body.len() > LARGEST_BODY || !body.trim_start().starts_with('{') {
        return Err(unreadable());
    }
    let sent: Sent<'_> = serde_json::from_str(body).map_err(|_| unreadable())?;
    let account = account(sent.account);
    let id = id(sent.id);
    let bad = |refusal| Bad {
        refusal,
        account: account.clone().ok(),
        id: id.clone().ok().flatten(),
    };
    let purchase = || {
        Ok(Purchase {
            account: account.clone()?,
            amount: amount(sent.total_amount)?,
            mcc: mcc(sent.mcc)?,
            merchant: text("merchant", sent.merchant)?.parse::<Merchant>()?,
            id: id.clone()?.unwrap_or_else(make_id),
        })
    };
    purchase().map_err(bad)
}

fn account(sent: Option<&RawValue>) -> Result<AccountId, Refusal> {
    let text = text("account", sent)?;
    text.parse()
        .map_err(|problem| field("account", format!("{problem}")))
}

fn id(sent: Option<&RawValue>) -> Result<Option<TransactionId>, Refusal> {
    match sent.map(RawValue::get) {
        None | Some("null") => Ok(None),
        Some(_) => text("id", sent)?.parse().map(Some),
    }
}

fn amount(sent: Option<&RawValue>) -> Result<Cents, Refusal> {
    let sent = sent.ok_or_else(|| missing("totalAmount"))?;
    Ok(sent.get().parse()?)
}

/// Some terminals send the code as a number.
fn mcc(sent: Option<&RawValue>) -> Result<Mcc, Refusal> {
    let sent = sent.ok_or_else(|| missing("mcc"))?;
    match sent.get().parse::<Mcc>() {
        Ok(number) => Ok(number),
        Err(_) => text("mcc", Some(sent))?.parse(),
    }
}

fn text(name: &'static str, sent: Option<&RawValue>) -> Result<String, Refusal> {
    let sent = sent.ok_or_else(|| missing(name))?;
    match serde_json::from_str(sent.get()) {
        Ok(Value::String(text)) => Ok(text),
        _ => Err(field(name, "must be text".to_owned())),
    }
}

fn missing(name: &'static str) -> Refusal {
    field(name, "is missing".to_owned())
}

fn field(name: &'static str, problem: String) -> Refusal {
    Refusal::Field(name, problem)
}
