//! Letters and preferences in DynamoDB.
//!
//! | pk | sk | holds |
//! |---|---|---|
//! | `LETTER#<id of the event>` | `LETTER` | a letter, what it says and how far it has come |
//! | `CUSTOMER#<id>` | `PREFERENCES` | what a customer wishes, or that they are erased |
//!
//! Every change of a letter is written on the condition of its version. The index `waiting` holds the letters
//! that have not come to rest, by their status, the index `by-customer` those to customers.

use std::time::Duration;

use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use holdfast_core::ids::CustomerId;
use holdfast_core::time::Timestamp;
use holdfast_kit::subject::Subject;
use holdfast_kit::table::item::{kept, key, text, text_of};
use holdfast_kit::table::{Condition, Item, Items, Put};
use tracing::{Span, info_span};

use crate::rules::{LetterId, Preferences, Record, Status};

/// Stands for what payloads and log lines are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {}

const LETTER: &str = "LETTER";
const PREFERENCES: &str = "PREFERENCES";
/// The index of letters that have not come to rest, and its key.
const WAITING: &str = "waiting";
/// The index of letters by the customer who gets them.
const BY_CUSTOMER: &str = "by-customer";
/// Stands in place of the preferences of a customer who is erased, for as long as a letter may still come.
const IS_ERASED: &str = "erased";
/// A letter, with the address that it went to, is kept no longer than this after its last change.
const KEPT: Duration = Duration::from_secs(90 * 86_400);

impl Subject for Letters {
    const ID_FIELD: &'static str = "letter_id";

    fn span(id: &str, trace_id: Option<&str>) -> Span {
        info_span!("letter", letter_id = id, trace_id)
    }

    fn invalid(field: String, problem: String) -> Failure {
        Failure::invalid_letter(field, problem)
    }
}

/// The letters' table.
#[derive(Clone, Debug)]
pub struct Store {
    items: Items,
}

/// What came of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// It is written.
    Done,
    /// Another was first; this is there now.
    Lost(Box<Record>),
}

impl Store {
    /// Letters in this table.
    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        let items = Items::new(client, table, "letter");
        Self { items }
    }

    /// A letter, if it is known.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn find(&self, id: &LetterId) -> Result<Option<Record>, Failure> {
        self.items.get(key(format!("{LETTER}#{id}"), LETTER)).await
    }

    /// Writes a letter's next version, if nobody has written it before.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn write(&self, record: &Record) -> Result<Written, Failure> {
        let place = key(format!("{LETTER}#{}", record.id()), LETTER);
        let mut item = kept(self.items.item(place, record)?, record.updated, KEPT);
        if Status::OPEN.contains(&record.status) {
            item.insert(WAITING.to_owned(), text(record.status.as_str()));
        }
        if let Some(customer) = record.request.to.customer() {
            item.insert("customer_id".to_owned(), text(customer.id.as_str()));
        }
        let condition = Condition::before(record.version);
        match self.items.put("writing a letter", item, &condition).await? {
            Put::Done => Ok(Written::Done),
            Put::Refused(Some(current)) => {
                let current = self.items.read(current)?;
                Ok(Written::Lost(Box::new(current)))
            }
            Put::Refused(None) => Err(self.items.unavailable("writing a letter", "it is gone")),
        }
    }

    /// The letters that have not come to rest, the oldest of each status first. The index may be a moment
    /// behind.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn open(&self) -> Result<Vec<Record>, Failure> {
        let mut found = Vec::new();
        for status in Status::OPEN {
            for place in self
                .items
                .keys_in(WAITING, WAITING, status.as_str())
                .await?
            {
                let id = text_of(&place, "pk").and_then(|pk| pk.split_once('#'));
                let id = id.and_then(|(_, id)| id.parse().ok());
                if let Some(id) = id {
                    found.extend(self.find(&id).await?);
                }
            }
        }
        Ok(found)
    }

    /// What a customer wishes.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn preferences(&self, customer: &CustomerId) -> Result<Preferences, Failure> {
        Ok(self.wished(customer).await?.unwrap_or_default())
    }

    /// What a customer wishes; `None` for one who is erased.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn wished(&self, customer: &CustomerId) -> Result<Option<Preferences>, Failure> {
        let found = self.items.get_item(preferences(customer)).await?;
        match found {
            None => Ok(Some(Preferences::default())),
            Some(found) if found.contains_key(IS_ERASED) => Ok(None),
            Some(found) => self.items.read(found).map(Some),
        }
    }

    /// Keeps what a customer wishes from now on.
    ///
    /// # Errors
    /// [`Failure::Conflict`] for a customer who is erased, [`Failure::Unavailable`] when the table does not
    /// answer.
    pub async fn prefer(&self, customer: &CustomerId, wished: Preferences) -> Result<(), Failure> {
        let item = self.items.item(preferences(customer), wished)?;
        let put = self.items.client().put_item();
        let put = put.table_name(self.items.table()).set_item(Some(item));
        let put = put.condition_expression(format!("attribute_not_exists({IS_ERASED})"));
        let Err(error) = put.send().await else {
            return Ok(());
        };
        let is_erased = error
            .as_service_error()
            .is_some_and(|error| error.is_conditional_check_failed_exception());
        if is_erased {
            return Err(Failure::Conflict("the customer is erased".to_owned()));
        }
        let error = DisplayErrorContext(error);
        Err(self.items.unavailable("keeping preferences", error))
    }

    /// Forgets a customer: their preferences, and their address in all letters. Letters that come later are
    /// kept without the address, and are not sent.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer; the same again goes on from there.
    pub async fn forget(&self, customer: &CustomerId, now: Timestamp) -> Result<(), Failure> {
        let mut erased = kept(preferences(customer), now, KEPT);
        erased.insert(IS_ERASED.to_owned(), text(now.to_string()));
        let put = self.items.client().put_item();
        let put = put.table_name(self.items.table()).set_item(Some(erased));
        put.send().await.map(drop).map_err(|error| {
            let error = DisplayErrorContext(error);
            self.items.unavailable("forgetting a customer", error)
        })?;
        for place in self.places(customer).await? {
            if let Some(partition) = text_of(&place, "pk") {
                self.items.erase_in(partition).await?;
            }
        }
        Ok(())
    }

    /// The letters to a customer, the oldest first. The index that tells them may be a moment behind.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn places(&self, customer: &CustomerId) -> Result<Vec<Item>, Failure> {
        let found = self
            .items
            .keys_in(BY_CUSTOMER, "customer_id", customer.as_str());
        found.await
    }

    /// The table, whatever is in it.
    pub fn items(&self) -> &Items {
        &self.items
    }
}

fn preferences(customer: &CustomerId) -> Item {
    key(format!("CUSTOMER#{customer}"), PREFERENCES)
}
