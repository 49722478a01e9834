//! DynamoDB's own words: items, keys, and the conditions that writes depend on.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_core::time::Timestamp;

/// An item, or its key.
pub type Item = HashMap<String, AttributeValue>;

/// A text.
pub fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number.
pub fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The key of an item.
pub fn key(pk: impl Into<String>, sk: impl Into<String>) -> Item {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}

/// The key of an item that has a partition to itself: `BREAKER#flight`, `BREAKER`.
pub fn alone(sort: &str, id: &str) -> Item {
    key(format!("{sort}#{id}"), sort)
}

/// Sets an item's time to live.
pub fn keep_until(item: &mut Item, until: Timestamp) {
    item.insert("expires".to_owned(), number(until.as_seconds()));
}

/// An item that is kept for a while after this moment.
#[must_use]
pub fn kept(mut item: Item, at: Timestamp, how_long: Duration) -> Item {
    keep_until(&mut item, at + how_long);
    item
}

/// The text of an attribute, where there is one.
pub fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// What must be there for an item to be written in its place.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Nothing.
    New,
    /// An item with these attributes.
    Has(Vec<(&'static str, AttributeValue)>),
}

impl Condition {
    /// What is there must be the version before this one, and nothing before the first.
    pub fn before(version: u64) -> Self {
        match version {
            0 | 1 => Self::New,
            _ => Self::Has(vec![("version", number(version - 1))]),
        }
    }

    /// The condition as an expression.
    pub fn expression(&self) -> String {
        match self {
            Self::New => "attribute_not_exists(pk)".to_owned(),
            Self::Has(attributes) => {
                let one = |place| format!("#has{place} = :has{place}");
                let all: Vec<_> = (0..attributes.len()).map(one).collect();
                all.join(" AND ")
            }
        }
    }

    /// The names in the expression.
    pub fn names(&self) -> Option<HashMap<String, String>> {
        let Self::Has(attributes) = self else {
            return None;
        };
        let named =
            |(place, (name, _)): (usize, &(&str, _))| (format!("#has{place}"), (*name).to_owned());
        Some(attributes.iter().enumerate().map(named).collect())
    }

    /// The values in the expression.
    pub fn values(&self) -> Option<Item> {
        let Self::Has(attributes) = self else {
            return None;
        };
        let valued = |(place, (_, value)): (usize, &(_, AttributeValue))| {
            (format!(":has{place}"), value.clone())
        };
        Some(attributes.iter().enumerate().map(valued).collect())
    }
}
