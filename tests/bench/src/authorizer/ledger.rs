//! Tables of the measurement, and what is in them afterwards: does every balance agree with its lines?

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use holdfast_authorizer_rules::account::Balances;
use holdfast_authorizer_rules::cents::Cents;

use super::mix;

/// What a table says of all that happened in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    /// What the balances have lost.
    pub(crate) debited: i64,
    /// What the lines say was approved.
    pub(crate) approved: i64,
    /// Lines.
    pub(crate) lines: u64,
    /// Approved lines.
    pub(crate) approvals: u64,
    /// Lines with the number of another line of their account: both were decided on the same state of it,
    /// and where they are about the same balance one debit is overwritten.
    pub(crate) lost_updates: u64,
    /// Accounts whose balance does not agree with their lines.
    pub(crate) wrong_accounts: u64,
}

#[derive(Default)]
struct One {
    debited: i64,
    approved: i64,
    lines: u64,
    approvals: u64,
    numbers: HashSet<u64>,
    lost_updates: u64,
}

/// Makes a table.
pub(crate) async fn create_table(client: &Client, name: &str) -> Result<(), String> {
    let created = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(text("pk")?)
        .attribute_definitions(text("sk")?)
        .key_schema(key("pk", KeyType::Hash)?)
        .key_schema(key("sk", KeyType::Range)?)
        .send()
        .await;
    created.map(drop).map_err(say)
}

/// Deletes a table, so that the engine is as empty as before.
pub(crate) async fn delete_table(client: &Client, name: &str) -> Result<(), String> {
    let deleted = client.delete_table().table_name(name).send().await;
    deleted.map(drop).map_err(say)
}

/// Reads all of a table.
pub(crate) async fn read(client: &Client, table: &str) -> Result<Ledger, String> {
    let pages = client.scan().table_name(table).consistent_read(true);
    let mut pages = pages.into_paginator().items().send();
    let mut accounts: HashMap<String, One> = HashMap::new();
    while let Some(item) = pages.next().await {
        let item = item.map_err(say)?;
        let account = accounts.entry(word(&item, "pk").to_owned()).or_default();
        match word(&item, "sk") {
            "ACCOUNT" => account.debited = debited(&item),
            line if line.starts_with("TXN#") => account.count(&item),
            _ => {}
        }
    }
    Ok(accounts.values().fold(Ledger::default(), Ledger::with))
}

type Item = HashMap<String, AttributeValue>;

impl One {
    fn count(&mut self, line: &Item) {
        if !self.numbers.insert(number(line.get("seq"))) {
            self.lost_updates += 1;
        }
        self.lines += 1;
        if word(line, "kind") == "purchase" && word(line, "code") == "00" {
            self.approved += signed(number(line.get("amount")));
            self.approvals += 1;
        }
    }
}

impl Ledger {
    fn with(self, account: &One) -> Self {
        let wrong = account.debited != account.approved;
        Self {
            debited: self.debited + account.debited,
            approved: self.approved + account.approved,
            lines: self.lines + account.lines,
            approvals: self.approvals + account.approvals,
            lost_updates: self.lost_updates + account.lost_updates,
            wrong_accounts: self.wrong_accounts + u64::from(wrong),
        }
    }

    /// Cents that were approved and not debited, or debited and not approved.
    pub(crate) fn off_by(&self) -> Cents {
        Cents(self.approved.abs_diff(self.debited))
    }
}

/// What the balances of an account have lost.
fn debited(account: &Item) -> i64 {
    let balances = account.get("balances").and_then(|there| there.as_m().ok());
    let balances = balances.into_iter().flatten();
    let balances = balances.filter_map(|(category, cents)| {
        let category = category.parse().ok()?;
        Some((category, Cents(number(Some(cents)))))
    });
    let balances = Balances(balances.collect());
    signed(mix::opening(&balances).0) - signed(balances.sum().0)
}

fn word<'a>(item: &'a Item, name: &str) -> &'a str {
    let text = item.get(name).and_then(|value| value.as_s().ok());
    text.map_or("", String::as_str)
}

fn number(value: Option<&AttributeValue>) -> u64 {
    let text = value.and_then(|value| value.as_n().ok());
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn signed(cents: u64) -> i64 {
    i64::try_from(cents).unwrap_or(i64::MAX)
}

fn text(name: &str) -> Result<AttributeDefinition, String> {
    let attribute = AttributeDefinition::builder().attribute_name(name);
    let attribute = attribute.attribute_type(ScalarAttributeType::S);
    attribute.build().map_err(say)
}

fn key(name: &str, key_type: KeyType) -> Result<KeySchemaElement, String> {
    let key = KeySchemaElement::builder().attribute_name(name);
    key.key_type(key_type).build().map_err(say)
}

fn say(problem: impl std::fmt::Debug) -> String {
    format!("DynamoDB: {problem:?}")
}
