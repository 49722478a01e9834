//! Writing a transition: one transaction, each record on the condition of its version.

use std::time::Duration;

use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use holdfast_booking_rules::booking::{Booking, Leg, Payment};
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::time::Timestamp;
use serde::Serialize;

use super::keys::{self, Item};
use super::read::read;
use super::{Store, unavailable};
use holdfast_booking_rules::transition::Transition;

/// How long a booking is kept after its last change.
const KEPT_SECONDS: i64 = 2 * 365 * 86_400;

/// Two transactions on one record at the same instant: DynamoDB does neither and says so at once.
pub(super) const MOST_CONFLICTS: u32 = 5;
pub(super) const CONFLICT_PAUSE: Duration = Duration::from_millis(15);

/// What came of a write that was not refused. A replay is an outcome, not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// This call did it.
    Applied,
    /// An earlier delivery of the same call had done it.
    AlreadyApplied,
}

/// The records as they are now, where they differ from what was decided upon.
#[derive(Clone, Debug, Default)]
pub struct Current {
    /// The booking itself.
    pub booking: Option<Booking>,
    /// Its legs.
    pub legs: Vec<Leg>,
    /// Its payment.
    pub payment: Option<Payment>,
}

/// Why nothing was written.
#[derive(Clone, Debug)]
pub enum Lost {
    /// Somebody else was first: decide again, upon this.
    Race(Box<Current>),
    /// The table did not answer.
    Down(Failure),
}

/// One record to be written: what it is now called, and the version it must have had.
struct Record {
    sort: String,
    item: Item,
    version: u32,
}

impl Store {
    /// Writes a transition, all of it or nothing.
    ///
    /// # Errors
    /// [`Lost`]: a race, with the records as they are now, or no answer.
    pub async fn write(&self, transition: &Transition) -> Result<Written, Lost> {
        let records = records(transition).map_err(Lost::Down)?;
        let event = event_item(transition).map_err(Lost::Down)?;
        let mut items = records
            .iter()
            .map(|record| self.put(record))
            .collect::<Result<Vec<_>, _>>()?;
        items.push(self.put_event(event)?);
        let mut attempt = 1;
        loop {
            let write = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()));
            let Err(error) = write.send().await else {
                return Ok(Written::Applied);
            };
            match cancelled(&error) {
                Some(reasons) if attempt < MOST_CONFLICTS && is_conflict(reasons) => {
                    tokio::time::sleep(CONFLICT_PAUSE * attempt).await;
                    attempt += 1;
                }
                Some(reasons) => return refused(&records, reasons),
                None => {
                    return Err(Lost::Down(unavailable(
                        "writing",
                        DisplayErrorContext(error),
                    )));
                }
            }
        }
    }

    /// Notes a try that came to nothing. The leg's state stays as it is, so there is no event.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn note_attempt(
        &self,
        booking: &BookingId,
        leg: &Leg,
        problem: &str,
    ) -> Result<(), Failure> {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::key(
                booking,
                &keys::leg(leg.order, leg.id.as_str()),
            )))
            .condition_expression("attribute_exists(pk)")
            .update_expression("ADD attempts :one SET last_error = :problem")
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":problem", AttributeValue::S(problem.to_owned()))
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable("noting an attempt", DisplayErrorContext(error)))
    }

    fn put(&self, record: &Record) -> Result<TransactWriteItem, Lost> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(record.item.clone()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let put = match record.version {
            1 => put.condition_expression("attribute_not_exists(pk)"),
            version => put
                .condition_expression("version = :before")
                .expression_attribute_values(
                    ":before",
                    AttributeValue::N((version - 1).to_string()),
                ),
        };
        transact(put)
    }

    /// History is only added to. An event whose place is taken is refused with its transition, which
    /// finds another moment when it is tried again.
    fn put_event(&self, item: Item) -> Result<TransactWriteItem, Lost> {
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        transact(put.condition_expression("attribute_not_exists(pk)"))
    }
}

fn transact(put: aws_sdk_dynamodb::types::builders::PutBuilder) -> Result<TransactWriteItem, Lost> {
    let put = put
        .build()
        .map_err(|problem| Lost::Down(unavailable("writing", problem)))?;
    Ok(TransactWriteItem::builder().put(put).build())
}

fn cancelled(error: &SdkError<TransactWriteItemsError>) -> Option<&[CancellationReason]> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            Some(cancelled.cancellation_reasons())
        }
        _ => None,
    }
}

fn is_conflict(reasons: &[CancellationReason]) -> bool {
    reasons
        .iter()
        .any(|reason| reason.code() == Some("TransactionConflict"))
}

/// Reads the refusal: the same change done before, a race, or the table too busy to say.
fn refused(records: &[Record], reasons: &[CancellationReason]) -> Result<Written, Lost> {
    let failed: Vec<_> = records
        .iter()
        .zip(reasons)
        .filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"))
        .collect();
    if failed.is_empty() {
        let codes: Vec<_> = reasons
            .iter()
            .filter_map(CancellationReason::code)
            .collect();
        return Err(Lost::Down(unavailable("writing", codes.join(", "))));
    }
    let same = |(record, reason): &(&Record, &CancellationReason)| {
        reason
            .item()
            .is_some_and(|current| is_same(&record.sort, &record.item, current))
    };
    if failed.len() == records.len() && failed.iter().all(same) {
        return Ok(Written::AlreadyApplied);
    }
    let mut current = Current::default();
    for (record, reason) in failed {
        if let Some(item) = reason.item() {
            current
                .take(&record.sort, item.clone())
                .map_err(Lost::Down)?;
        }
    }
    Err(Lost::Race(Box::new(current)))
}

/// Whether what is stored is what was to be written; when it was done does not matter.
fn is_same(sort: &str, wanted: &Item, current: &Item) -> bool {
    // How often a leg was tried is bookkeeping; how often a payment was, tells which one it is.
    let bookkeeping: &[&str] = match sort {
        keys::BOOKING => &["updated", "due", "expires"],
        keys::PAYMENT => &["expires", "last_error"],
        _ => &["expires", "attempts", "last_error"],
    };
    let matters = |item: &Item| -> Item {
        let kept = item
            .iter()
            .filter(|(name, _)| !bookkeeping.contains(&name.as_str()));
        kept.map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    matters(wanted) == matters(current)
}

impl Current {
    fn take(&mut self, sort: &str, item: Item) -> Result<(), Failure> {
        match sort {
            keys::BOOKING => self.booking = Some(read(item)?),
            keys::PAYMENT => self.payment = Some(read(item)?),
            _ => self.legs.push(read(item)?),
        }
        Ok(())
    }
}

fn records(transition: &Transition) -> Result<Vec<Record>, Failure> {
    let (id, at) = (&transition.event.booking_id, transition.event.at);
    let mut records = Vec::new();
    if let Some(booking) = &transition.booking {
        let item = indexed(item(id, keys::BOOKING, booking)?, booking);
        records.push(Record {
            sort: keys::BOOKING.to_owned(),
            item,
            version: booking.version,
        });
    }
    for leg in &transition.legs {
        let sort = keys::leg(leg.order, leg.id.as_str());
        let item = kept(item(id, &sort, leg)?, at);
        records.push(Record {
            sort,
            item,
            version: leg.version,
        });
    }
    if let Some(payment) = &transition.payment {
        let item = kept(item(id, keys::PAYMENT, payment)?, at);
        records.push(Record {
            sort: keys::PAYMENT.to_owned(),
            item,
            version: payment.version,
        });
    }
    Ok(records)
}

fn event_item(transition: &Transition) -> Result<Item, Failure> {
    let event = &transition.event;
    Ok(kept(
        item(&event.booking_id, &keys::event(event), event)?,
        event.at,
    ))
}

fn item(booking: &BookingId, sort: &str, record: impl Serialize) -> Result<Item, Failure> {
    let mut item: Item =
        serde_dynamo::to_item(record).map_err(|problem| unavailable("writing an item", problem))?;
    item.extend(keys::key(booking, sort));
    Ok(item)
}

/// Sets the time to live. A booking has none before it is finished.
fn kept(mut item: Item, at: Timestamp) -> Item {
    let expires = at.as_seconds() + KEPT_SECONDS;
    item.insert("expires".to_owned(), AttributeValue::N(expires.to_string()));
    item
}

/// The attributes that the indexes are made of: by customer, and by status as long as it is unfinished.
fn indexed(mut item: Item, booking: &Booking) -> Item {
    let customer = AttributeValue::S(booking.customer.id.to_string());
    item.insert("customer_id".to_owned(), customer);
    let status = booking.state.status;
    if status.is_finished() {
        return kept(item, booking.updated);
    }
    item.insert(
        "unfinished".to_owned(),
        AttributeValue::S(status.as_str().to_owned()),
    );
    let due = AttributeValue::S(booking.due().to_string());
    item.insert("due".to_owned(), due);
    item
}
