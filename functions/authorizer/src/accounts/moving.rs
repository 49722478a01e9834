//! A movement as one update of its account: what it does to the sums, the next number, and an entry that
//! stays until the line is known to be there.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::movement::{Key, Movement};
use holdfast_core::failure::Failure;
use holdfast_core::ids::AccountId;
use holdfast_kit::table::item::{Item, number, text};

use super::{Accounts, account_key};

/// Where an entry has the number of the movement before it.
const BEFORE: usize = 7;

/// The update of an account, in DynamoDB's words.
#[derive(Debug, Default)]
pub(super) struct Change {
    sets: Vec<String>,
    removes: Vec<String>,
    conditions: Vec<String>,
    pub(super) names: HashMap<String, String>,
    pub(super) values: Item,
}

/// An entry that goes with an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Closing {
    pub(super) key: Key,
    pub(super) seq: u64,
    /// Whether the update is about this entry: then it must be there.
    pub(super) must_be_there: bool,
}

impl Change {
    /// Does what a movement does.
    pub(super) fn of(movement: &Movement) -> Result<Self, serde_dynamo::Error> {
        let mut change = Self::default();
        change.when("attribute_exists(pk)".to_owned());
        change.name("#open", "open");
        change.name("#key", &movement.key.0);
        change.when("attribute_not_exists(#open.#key)".to_owned());
        change.add_up(movement);
        change.follow(movement)?;
        Ok(change)
    }

    /// Changes the sums; none may become negative.
    fn add_up(&mut self, movement: &Movement) {
        let effect = movement.effect();
        let balance = format!("#balances.#{}", movement.category);
        if effect.balance != 0 {
            self.name_balance(movement.category);
            self.values.insert(":nothing".to_owned(), number(0));
            self.value(":balance", effect.balance);
            self.set(
                &balance,
                &format!("if_not_exists({balance}, :nothing) + :balance"),
            );
        }
        if effect.balance < 0 {
            self.value(":needed", -effect.balance);
            self.when(format!("{balance} >= :needed"));
        }
        let sums = [
            ("credited", effect.credited),
            ("debited", effect.debited),
            ("reserved", effect.reserved),
            ("captured", effect.captured),
        ];
        for (sum, change) in sums.into_iter().filter(|(_, change)| *change != 0) {
            self.value(&format!(":{sum}"), change);
            self.set(sum, &format!("{sum} + :{sum}"));
            if change < 0 {
                self.value(&format!(":least_{sum}"), -change);
                self.when(format!("{sum} >= :least_{sum}"));
            }
        }
    }

    /// Takes the next number. The entry remembers what was the last movement until now.
    fn follow(&mut self, movement: &Movement) -> Result<(), serde_dynamo::Error> {
        self.name("#last", "last");
        self.value(":one", 1);
        self.values.insert(":key".to_owned(), text(&movement.key.0));
        let entry: AttributeValue = serde_dynamo::to_attribute_value(movement.entry())?;
        self.values.insert(":entry".to_owned(), entry);
        self.set("#last[0]", "#last[0] + :one");
        self.set("#last[1]", ":key");
        self.set("#open.#key", "list_append(:entry, #last)");
        Ok(())
    }

    /// Only if these balances cannot pay as much.
    pub(super) fn cannot_pay(&mut self, categories: impl Iterator<Item = Category>, amount: u64) {
        for category in categories {
            self.name_balance(category);
            self.values.insert(":amount".to_owned(), number(amount));
            let balance = format!("#balances.#{category}");
            self.when(format!(
                "(attribute_not_exists({balance}) OR {balance} < :amount)"
            ));
        }
    }

    /// Takes entries away, and none that has another number meanwhile.
    pub(super) fn closing(&mut self, entries: &[Closing]) {
        for (place, entry) in entries.iter().enumerate() {
            self.name(&format!("#closed{place}"), &entry.key.0);
            let path = format!("#open.#closed{place}");
            self.value(&format!(":closed{place}"), entry.seq.saturating_sub(1));
            let same = format!("{path}[{BEFORE}] = :closed{place}");
            self.when(match entry.must_be_there {
                true => same,
                false => format!("(attribute_not_exists({path}) OR {same})"),
            });
            self.removes.push(path);
        }
    }

    /// The update expression.
    pub(super) fn expression(&self) -> String {
        let parts = [("SET", &self.sets), ("REMOVE", &self.removes)].into_iter();
        let parts = parts.filter(|(_, paths)| !paths.is_empty());
        let parts = parts.map(|(word, paths)| format!("{word} {}", paths.join(", ")));
        parts.collect::<Vec<_>>().join(" ")
    }

    /// The condition expression.
    pub(super) fn condition(&self) -> String {
        self.conditions.join(" AND ")
    }

    fn name_balance(&mut self, category: Category) {
        self.name("#balances", "balances");
        self.name(&format!("#{category}"), category.as_str());
    }

    pub(super) fn name(&mut self, placeholder: &str, name: &str) {
        self.names.insert(placeholder.to_owned(), name.to_owned());
    }

    fn value(&mut self, placeholder: &str, value: impl ToString) {
        self.values.insert(placeholder.to_owned(), number(value));
    }

    fn set(&mut self, path: &str, value: &str) {
        self.sets.push(format!("{path} = {value}"));
    }

    fn when(&mut self, condition: String) {
        self.conditions.push(condition);
    }
}

impl Accounts {
    /// A movement of an account, as a part of a transaction: the account is there, nothing becomes
    /// negative, and no movement with this key is under way.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when DynamoDB cannot hold it.
    pub fn moving(
        &self,
        account: &AccountId,
        movement: &Movement,
    ) -> Result<TransactWriteItem, Failure> {
        let change = Change::of(movement);
        let change = change.map_err(|problem| self.items.unavailable("moving", problem))?;
        self.transacted(account, &change)
    }

    /// An update of an account, as a part of a transaction.
    pub(super) fn transacted(
        &self,
        account: &AccountId,
        change: &Change,
    ) -> Result<TransactWriteItem, Failure> {
        let update: UpdateBuilder = Update::builder()
            .table_name(self.items.table())
            .set_key(Some(account_key(account)))
            .update_expression(change.expression())
            .condition_expression(change.condition())
            .set_expression_attribute_names(Some(change.names.clone()))
            .set_expression_attribute_values(Some(change.values.clone()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update = update
            .build()
            .map_err(|problem| self.items.unavailable("moving", problem))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
