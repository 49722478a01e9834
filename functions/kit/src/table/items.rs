//! One DynamoDB table, whatever is in it: consistent reads, writes on a condition, and failures that
//! name the table.

use std::fmt::Display;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use holdfast_core::failure::Failure;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::item::{Condition, Item, text};

/// A table.
#[derive(Clone, Debug)]
pub struct Items {
    client: Client,
    table: String,
    /// What is in it, for its failures: `booking`.
    kind: &'static str,
}

/// What came of a write on a condition.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Put {
    /// It is written.
    Done,
    /// Nothing is written; this is there instead, if anything.
    Refused(Option<Item>),
}

impl Items {
    /// A table of this name. `kind` is the word for what is in it.
    pub fn new(client: Client, table: impl Into<String>, kind: &'static str) -> Self {
        Self {
            client,
            table: table.into(),
            kind,
        }
    }

    /// Talks to DynamoDB.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The table's name.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The table did not answer, or not with what was put there. Trying again is harmless.
    pub fn unavailable(&self, doing: &str, problem: impl Display) -> Failure {
        Failure::unavailable(format_args!("{}s table, {doing}", self.kind), problem)
    }

    /// An item with this key, read consistently: a stale read would decide on the past.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn get_item(&self, key: Item) -> Result<Option<Item>, Failure> {
        let asked = self.client.get_item().table_name(&self.table);
        let asked = asked.set_key(Some(key)).consistent_read(true);
        let answer = asked.send().await;
        let answer =
            answer.map_err(|error| self.unavailable("reading", DisplayErrorContext(error)))?;
        Ok(answer.item)
    }

    /// The record with this key, read consistently.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer, or holds something else there.
    pub async fn get<T: DeserializeOwned>(&self, key: Item) -> Result<Option<T>, Failure> {
        let found = self.get_item(key).await?;
        found.map(|item| self.read(item)).transpose()
    }

    /// All items of a partition whose sort keys begin like this, or all where that is empty, page by page and
    /// consistently.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn in_partition(&self, pk: &str, beginning: &str) -> Result<Vec<Item>, Failure> {
        let asked = self.client.query().table_name(&self.table);
        let asked = match beginning {
            "" => asked.key_condition_expression("pk = :pk"),
            beginning => asked
                .key_condition_expression("pk = :pk AND begins_with(sk, :beginning)")
                .expression_attribute_values(":beginning", text(beginning)),
        };
        let pages = asked
            .expression_attribute_values(":pk", text(pk))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let items: Result<Vec<Item>, _> = pages.collect().await;
        items.map_err(|error| self.unavailable("reading", DisplayErrorContext(error)))
    }

    /// The keys that an index holds under a text, in the order of the index. It may be a moment behind.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn keys_in(
        &self,
        index: &str,
        attribute: &str,
        value: &str,
    ) -> Result<Vec<Item>, Failure> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(index)
            .key_condition_expression("#attribute = :value")
            .expression_attribute_names("#attribute", attribute)
            .expression_attribute_values(":value", text(value))
            .into_paginator()
            .items()
            .send();
        let mut keys = Vec::new();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|error| {
                self.unavailable("looking things up", DisplayErrorContext(error))
            })?;
            keys.push(item);
        }
        Ok(keys)
    }

    /// An item as a record.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when it is another.
    pub fn read<T: DeserializeOwned>(&self, item: Item) -> Result<T, Failure> {
        serde_dynamo::from_item(item).map_err(|problem| self.not_understood(problem))
    }

    /// A record as an item.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when DynamoDB cannot hold it.
    pub fn item(&self, key: Item, record: impl Serialize) -> Result<Item, Failure> {
        let item = serde_dynamo::to_item(record);
        let mut item: Item = item.map_err(|problem| self.not_writable(problem))?;
        item.extend(key);
        Ok(item)
    }

    /// Writes an item if the condition is met.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn put(
        &self,
        doing: &str,
        item: Item,
        condition: &Condition,
    ) -> Result<Put, Failure> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(condition.expression())
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = put.send().await else {
            return Ok(Put::Done);
        };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                Ok(Put::Refused(refused.item().cloned()))
            }
            _ => Err(self.unavailable(doing, DisplayErrorContext(error))),
        }
    }

    pub(super) fn not_understood(&self, problem: impl Display) -> Failure {
        self.unavailable("understanding an item", problem)
    }

    pub(super) fn not_writable(&self, problem: impl Display) -> Failure {
        self.unavailable("writing an item", problem)
    }
}
