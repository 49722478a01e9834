//! Writes: an answer, what it says has been done, and the places it takes, in one transaction.

use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem, Update};
use holdfast_core::time::Timestamp;
use holdfast_kit::table::item::{Condition, keep_until};

use super::read::AnswerItem;
use super::transaction::{Outcome, Step};
use super::{
    ALIVE, Address, DUE, Item, PLEDGE, Store, StoreError, answer_address, number, stock_address,
    text,
};
use crate::answer::Answer;
use crate::catalogue::{self, Stock};
use crate::request::Call;
use crate::verdict::{Kept, Move, Pledge};

/// What is counted per key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Calls that met a supplier out of order.
    Outages,
    /// Answers that got lost.
    Losses,
}

const ANSWERS_REMEMBERED: Duration = Duration::from_secs(90 * 24 * 3600);
/// How many shards an index has: each takes a thousand writes a second.
pub(super) const SHARDS: u64 = 8;

/// A hold that has expired: of what was held, only that it was.
const LAPSE: &str = "SET #status = :expired, forget_after = :text, expires = :seconds \
    ADD version :one REMOVE alive, alive_sk, place, #until";

impl Store {
    /// Keeps an answer, unless its key has one.
    pub(crate) async fn keep(
        &self,
        call: &Call,
        answer: &Answer,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let step = self.step_of_answer(call, answer, now)?;
        self.transact(vec![step]).await
    }

    /// Keeps an answer and does what it says, unless its key has one or the thing has changed.
    pub(crate) async fn change<T: Kept>(
        &self,
        call: &Call,
        answer: &Answer,
        address: &Address,
        to: &T,
        moves: &[Move],
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let mut steps = vec![self.step_of_answer(call, answer, now)?];
        steps.extend(self.steps_of_change(address, to, moves)?);
        self.transact(steps).await
    }

    /// Writes what has become of a thing, unless it has changed. No caller waits for an answer.
    pub(crate) async fn settle<T: Kept>(
        &self,
        address: &Address,
        to: &T,
        moves: &[Move],
    ) -> Result<Outcome, StoreError> {
        let steps = self.steps_of_change(address, to, moves)?;
        self.transact(steps).await
    }

    fn steps_of_change<T: Kept>(
        &self,
        address: &Address,
        to: &T,
        moves: &[Move],
    ) -> Result<Vec<Step>, StoreError> {
        let mut steps = vec![self.step_of_state(address, to)?];
        for one in moves {
            steps.push(self.step_of_move(one, to.forget_after())?);
        }
        Ok(steps)
    }

    /// Counts a fault, up to `most`; whether it was still to be counted.
    pub(crate) async fn count(
        &self,
        key: &str,
        what: Counted,
        most: u32,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let address = Address {
            sk: format!("{what:?}").to_uppercase(),
            ..answer_address(key)
        };
        if most == 0 {
            return Ok(false);
        }
        let counted = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(address.key()))
            .update_expression("SET expires = :expires ADD #count :one")
            .condition_expression("attribute_not_exists(pk) OR #count < :most")
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":most", number(most))
            .expression_attribute_values(":expires", seconds(now + ANSWERS_REMEMBERED))
            .send()
            .await;
        if_met(counted)
    }

    fn step_of_answer(
        &self,
        call: &Call,
        answer: &Answer,
        now: Timestamp,
    ) -> Result<Step, StoreError> {
        let kept = AnswerItem {
            asked: call.asked(),
            http_status: answer.http_status.as_u16(),
            body: answer.body.to_string(),
        };
        let mut item: Item = serde_dynamo::to_item(kept).map_err(StoreError::unreadable)?;
        item.extend(answer_address(call.key.as_str()).key());
        item.insert("at".to_owned(), text(now.to_string()));
        keep_until(&mut item, now + ANSWERS_REMEMBERED);
        self.put(item, Some(&Condition::New))
    }

    fn step_of_state<T: Kept>(&self, address: &Address, to: &T) -> Result<Step, StoreError> {
        let mut item: Item = serde_dynamo::to_item(to).map_err(StoreError::unreadable)?;
        item.extend(address.key());
        if let Some(forget_after) = to.forget_after() {
            keep_until(&mut item, forget_after);
        }
        if to.is_alive() {
            item.insert(ALIVE.to_owned(), text(shard(shard_of(address))));
            item.insert(
                "alive_sk".to_owned(),
                text(format!("{}#{}", address.pk, address.sk)),
            );
        }
        if let Some(due_at) = to.due_at() {
            item.insert(DUE.to_owned(), text(due_shard(shard_of(address))));
            item.insert("due_at".to_owned(), text(due_at.to_string()));
        }
        self.put(item, Some(&Condition::before(to.version().into())))
    }

    fn step_of_move(
        &self,
        one: &Move,
        forget_after: Option<Timestamp>,
    ) -> Result<Step, StoreError> {
        match one {
            Move::Take { stock, room } => self.take(stock, *room, forget_after),
            Move::GiveBack(stock) => self.give_back(stock),
            Move::Redeem(pledge) => self.redeem(pledge),
            Move::Amend { key, answer } => self.amend(key, answer),
            Move::Account(moved) => self.move_account(moved),
            Move::Pledge(pledge) => {
                let mut item: Item =
                    serde_dynamo::to_item(&pledge.stock).map_err(StoreError::unreadable)?;
                item.extend(pledge_address(pledge).key());
                item.insert("booking".to_owned(), text(pledge.booking.as_str()));
                item.insert("leg".to_owned(), text(pledge.leg.as_str()));
                item.insert("until".to_owned(), text(pledge.until.to_string()));
                if let Some(forget_after) = forget_after {
                    keep_until(&mut item, forget_after);
                }
                self.put(item, None)
            }
        }
    }

    fn take(
        &self,
        stock: &Stock,
        room: u32,
        forget_after: Option<Timestamp>,
    ) -> Result<Step, StoreError> {
        let update = match forget_after {
            Some(until) => Update::builder()
                .update_expression("SET expires = :expires ADD taken :count")
                .expression_attribute_values(":expires", seconds(until)),
            None => Update::builder().update_expression("ADD taken :count"),
        };
        let update = update
            .table_name(&self.table)
            .set_key(Some(stock_address(&stock.name).key()))
            .condition_expression("attribute_not_exists(taken) OR taken <= :room")
            .expression_attribute_values(":count", number(stock.count))
            .expression_attribute_values(":room", number(room))
            .build()
            .map_err(StoreError::unbuildable)?;
        Ok(Step::of(TransactWriteItem::builder().update(update)).wanting(stock))
    }

    fn give_back(&self, stock: &Stock) -> Result<Step, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(stock_address(&stock.name).key()))
            .update_expression("ADD taken :count")
            .expression_attribute_values(":count", number(-i64::from(stock.count)))
            .build()
            .map_err(StoreError::unbuildable)?;
        Ok(Step::of(TransactWriteItem::builder().update(update)))
    }

    fn amend(&self, key: &str, answer: &Answer) -> Result<Step, StoreError> {
        let status = answer.http_status.as_u16();
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(answer_address(key).key()))
            .update_expression("SET http_status = :status, body = :body")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":status", number(status))
            .expression_attribute_values(":body", text(answer.body.to_string()))
            .build()
            .map_err(StoreError::unbuildable)?;
        Ok(Step::of(TransactWriteItem::builder().update(update)))
    }

    fn redeem(&self, pledge: &Pledge) -> Result<Step, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(pledge_address(pledge).key()))
            .build()
            .map_err(StoreError::unbuildable)?;
        Ok(Step::of(TransactWriteItem::builder().delete(delete)))
    }

    /// Gives back the places of a hold that has expired, unless it has changed since.
    pub(super) async fn expire(
        &self,
        pledge: &Pledge,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let lapse = Update::builder()
            .table_name(&self.table)
            .set_key(Some(Address::leg(&pledge.booking, &pledge.leg).key()))
            .update_expression(LAPSE)
            .condition_expression("#status = :held AND #until = :until")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":expired", text("expired"))
            .expression_attribute_values(":held", text("held"))
            .expression_attribute_values(":until", text(pledge.until.to_string()))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":text", text((now + ANSWERS_REMEMBERED).to_string()))
            .expression_attribute_values(":seconds", seconds(now + ANSWERS_REMEMBERED))
            .build()
            .map_err(StoreError::unbuildable)?;
        let steps = vec![
            Step::of(TransactWriteItem::builder().update(lapse)),
            self.give_back(&pledge.stock)?,
            self.redeem(pledge)?,
        ];
        self.transact(steps).await
    }

    fn put(&self, item: Item, condition: Option<&Condition>) -> Result<Step, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .set_condition_expression(condition.map(Condition::expression))
            .set_expression_attribute_names(condition.and_then(Condition::names))
            .set_expression_attribute_values(condition.and_then(Condition::values))
            .build()
            .map_err(StoreError::unbuildable)?;
        Ok(Step::of(TransactWriteItem::builder().put(put)))
    }
}

/// Whether the condition of a write was met, and it was written.
pub(super) fn if_met<T>(written: Result<T, SdkError<UpdateItemError>>) -> Result<bool, StoreError> {
    match written {
        Ok(_) => Ok(true),
        Err(error) if is_condition(&error) => Ok(false),
        Err(error) => Err(StoreError::of_write(error)),
    }
}

fn is_condition<R>(error: &SdkError<UpdateItemError, R>) -> bool {
    let error = error.as_service_error();
    error.is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

/// The shard of an index where what belongs to a booking is.
fn shard_of(address: &Address) -> u64 {
    catalogue::digest(&address.pk) % SHARDS
}

/// The name of a shard of the index of what is alive.
pub(super) fn shard(number: u64) -> String {
    format!("ALIVE#{number}")
}

/// The name of a shard of the index of reservations.
pub(super) fn due_shard(number: u64) -> String {
    format!("DUE#{number}")
}

fn pledge_address(pledge: &Pledge) -> Address {
    let Pledge {
        booking,
        leg,
        stock,
        until,
    } = pledge;
    Address {
        sk: format!("{PLEDGE}{until}#{booking}#{leg}"),
        ..stock_address(&stock.name)
    }
}

fn seconds(moment: Timestamp) -> AttributeValue {
    number(moment.as_seconds())
}
