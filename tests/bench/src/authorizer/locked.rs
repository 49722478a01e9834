//! The design that is usually chosen: a lock per account in Redis; the account is read, the rules decide,
//! balance and line are written in one transaction, the lock is released.
//!
//! It is made as well as it can be: the line is put only if it is not there, so the same transaction is
//! never debited twice, and it is written together with the balance, so no crash comes between the two.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConsumedCapacity, Put, ReturnConsumedCapacity, TransactWriteItem, Update,
};
use holdfast_authorizer_rules::account::{Account, Balances};
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_authorizer_rules::deciding::{Decision, decide};
use holdfast_authorizer_rules::movement::Code;
use holdfast_core::ids::AccountId;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::design::{Answer, Design};
use super::lock::{Held, Locks};

/// An answer that comes later is none.
pub(crate) const BUDGET: Duration = Duration::from_millis(90);

/// Answers terminals under a lock.
#[derive(Clone, Debug)]
pub(crate) struct Locked {
    client: Client,
    table: String,
    locks: Locks,
    fenced: bool,
    /// Write units so far.
    spent: Arc<AtomicU64>,
}

/// What a terminal asks for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'a> {
    id: String,
    account: AccountId,
    #[serde(borrow)]
    total_amount: &'a RawValue,
    mcc: String,
    merchant: String,
}

/// An account, as it was read.
struct Read {
    balances: Balances,
    seq: u64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("the request makes no sense: {0}")]
    Request(String),
    #[error("DynamoDB: {0}")]
    Table(String),
    #[error(transparent)]
    Redis(#[from] super::resp::Problem),
    #[error("no such account")]
    NoAccount,
    #[error("no answer in time")]
    Late,
}

type Item = HashMap<String, AttributeValue>;

impl Design for Locked {
    async fn open(&self, account: &Account) -> Result<(), String> {
        let mut item = key(&account.account_id, "ACCOUNT".to_owned());
        let balances = account.balances.0.iter();
        let balances = balances.map(|(category, cents)| (category.to_string(), number(cents.0)));
        item.insert("balances".to_owned(), AttributeValue::M(balances.collect()));
        item.insert("seq".to_owned(), number(0));
        let customer = AttributeValue::S(account.customer_id.to_string());
        item.insert("customer_id".to_owned(), customer);
        let put = self.client.put_item().table_name(&self.table);
        let put = put.set_item(Some(item)).send().await;
        put.map(drop).map_err(|problem| format!("{problem:?}"))
    }

    async fn ask(&self, body: &str) -> Answer {
        match self.answer(body).await {
            Ok(code) => Answer {
                code,
                problem: None,
            },
            Err(problem) => Answer {
                code: Code::Refused,
                problem: Some(problem.to_string()),
            },
        }
    }
}

impl Locked {
    /// Answers from this table. Fenced: the write has the condition that nobody has written since the
    /// read.
    pub(crate) fn new(client: Client, table: &str, locks: Locks, fenced: bool) -> Self {
        Self {
            client,
            table: table.to_owned(),
            locks,
            fenced,
            spent: Arc::default(),
        }
    }

    /// Write units so far.
    pub(crate) fn write_units(&self) -> u64 {
        self.spent.load(Ordering::Relaxed)
    }

    async fn answer(&self, body: &str) -> Result<Code, Problem> {
        let until = Instant::now() + BUDGET;
        let asked: Asked<'_> =
            serde_json::from_str(body).map_err(|problem| Problem::Request(problem.to_string()))?;
        let taken = self.locks.take(asked.account.as_str(), until).await?;
        let held: Held = taken.ok_or(Problem::Late)?;
        let answered = self.under_the_lock(&asked, until).await;
        // Awaited: a Lambda does not go on after its answer.
        self.locks.release(held).await?;
        answered
    }

    async fn under_the_lock(&self, asked: &Asked<'_>, until: Instant) -> Result<Code, Problem> {
        let amount: Cents = asked.total_amount.get().parse().map_err(request)?;
        let account = self.read(&asked.account).await?;
        let first = Category::of(&asked.merchant, &asked.mcc);
        let decision = decide(&account.balances, first, amount);
        if Instant::now() >= until {
            return Err(Problem::Late);
        }
        self.write(asked, &account, decision, amount).await?;
        Ok(decision.code)
    }

    async fn read(&self, account: &AccountId) -> Result<Read, Problem> {
        let got = self.client.get_item().table_name(&self.table);
        let got = got
            .set_key(Some(key(account, "ACCOUNT".to_owned())))
            .consistent_read(true)
            .send()
            .await
            .map_err(table)?;
        let item = got.item.ok_or(Problem::NoAccount)?;
        let balances = item.get("balances").and_then(|there| there.as_m().ok());
        let balances = balances.ok_or(Problem::NoAccount)?.iter();
        let balances = balances
            .map(|(category, cents)| Ok((category.parse().map_err(request)?, Cents(count(cents)))));
        Ok(Read {
            balances: Balances(balances.collect::<Result<_, Problem>>()?),
            seq: item.get("seq").map_or(0, count),
        })
    }

    /// Writes the balance and the line, both or neither.
    async fn write(
        &self,
        asked: &Asked<'_>,
        account: &Read,
        decision: Decision,
        amount: Cents,
    ) -> Result<(), Problem> {
        let transaction = self.client.transact_write_items();
        let written = transaction
            .transact_items(self.balance(asked, account, decision, amount)?)
            .transact_items(self.line(asked, account, decision, amount)?)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(table)?;
        let units = written.consumed_capacity().iter();
        let units: f64 = units.filter_map(ConsumedCapacity::capacity_units).sum();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole, and few
        self.spent
            .fetch_add(units.round() as u64, Ordering::Relaxed);
        Ok(())
    }

    fn balance(
        &self,
        asked: &Asked<'_>,
        account: &Read,
        decision: Decision,
        amount: Cents,
    ) -> Result<TransactWriteItem, Problem> {
        let taken = if decision.code == Code::Approved {
            amount.0
        } else {
            0
        };
        let left = account.balances.of(decision.category).0 - taken;
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(&asked.account, "ACCOUNT".to_owned())))
            .update_expression("SET balances.#category = :left, seq = :next")
            .expression_attribute_names("#category", decision.category.as_str())
            .expression_attribute_values(":left", number(left))
            .expression_attribute_values(":next", number(account.seq + 1));
        let update = if self.fenced {
            let read = number(account.seq);
            update
                .condition_expression("seq = :read")
                .expression_attribute_values(":read", read)
        } else {
            update
        };
        let update = update.build().map_err(table)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn line(
        &self,
        asked: &Asked<'_>,
        account: &Read,
        decision: Decision,
        amount: Cents,
    ) -> Result<TransactWriteItem, Problem> {
        let mut line = key(&asked.account, format!("TXN#{}", asked.id));
        let texts = [
            ("kind", "purchase"),
            ("code", decision.code.as_str()),
            ("category", decision.category.as_str()),
            ("mcc", &asked.mcc),
            ("merchant", &asked.merchant),
            ("id", &asked.id),
        ];
        let texts = texts.map(|(name, text)| (name.to_owned(), AttributeValue::S(text.to_owned())));
        line.extend(texts);
        line.insert("amount".to_owned(), number(amount.0));
        line.insert("seq".to_owned(), number(account.seq + 1));
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(line))
            .condition_expression("attribute_not_exists(pk)");
        let put = put.build().map_err(table)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

fn key(account: &AccountId, sort: String) -> Item {
    let pk = AttributeValue::S(format!("ACCOUNT#{account}"));
    let sk = AttributeValue::S(sort);
    Item::from([("pk".to_owned(), pk), ("sk".to_owned(), sk)])
}

fn number(count: u64) -> AttributeValue {
    AttributeValue::N(count.to_string())
}

fn count(value: &AttributeValue) -> u64 {
    let text = value.as_n().map_or("0", String::as_str);
    text.parse().unwrap_or_default()
}

fn request(problem: impl std::fmt::Display) -> Problem {
    Problem::Request(problem.to_string())
}

fn table(problem: impl std::fmt::Debug) -> Problem {
    Problem::Table(format!("{problem:?}"))
}
