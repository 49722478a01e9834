//! Writing a change: one transaction, each row on the condition of its version.

use std::time::Duration;

use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use holdfast_core::failure::Failure;

use super::aggregate::{Aggregate, Mark, Row};
use super::besides::{Besides, Short, is_refused};
use super::item::{Condition, Item, kept, number, text};
use super::{EVENTS, Table};

/// Two transactions on one row at the same instant: DynamoDB does neither and says so at once.
pub(super) const MOST_CONFLICTS: u32 = 5;
const CONFLICT_PAUSE: Duration = Duration::from_millis(15);

/// The pause after so many conflicts: half of it by chance, so that two that meet do not meet again.
pub(super) fn pause(attempt: u32) -> Duration {
    (CONFLICT_PAUSE * attempt).mul_f64(fastrand::f64().mul_add(0.5, 0.5))
}

/// What came of a write that was not refused. A replay is an outcome, not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// This call did it.
    Applied,
    /// An earlier delivery of the same call had done it.
    AlreadyApplied,
}

/// Why nothing was written.
#[derive(Clone, Debug)]
pub enum Lost<A: Aggregate> {
    /// Another writer was first: decide again, upon these rows, which are not what was decided upon.
    Race(Vec<A::Row>),
    /// The message that it answers had been answered before.
    Answered,
    /// These tallies did not have what was to be drawn: decide again.
    Short(Vec<Short>),
    /// The table did not answer.
    Down(Failure),
}

/// A row to be written, and the item that it is written as.
struct Record<'a, R> {
    row: &'a R,
    item: Item,
}

impl<A: Aggregate> Table<A> {
    /// Writes a change, all of it or nothing.
    ///
    /// # Errors
    /// [`Lost`]: a race, with the rows as they are now, or no answer.
    pub async fn write(&self, transition: &A::Transition) -> Result<Written, Lost<A>> {
        self.write_rows(&A::rows(transition), transition).await
    }

    pub(super) async fn write_rows(
        &self,
        rows: &[A::Row],
        transition: &A::Transition,
    ) -> Result<Written, Lost<A>> {
        let (event, besides) = (A::event(transition), A::besides(transition));
        let mark = A::mark(event);
        let records = self.records(rows, &mark).map_err(Lost::Down)?;
        let mut items = records
            .iter()
            .map(|record| self.put_row(record))
            .collect::<Result<Vec<_>, _>>()
            .map_err(Lost::Down)?;
        items.push(self.put_event(event, &mark).map_err(Lost::Down)?);
        items.extend(self.besides(&besides, mark.at).map_err(Lost::Down)?);
        let mut attempt = 1;
        loop {
            let write = self.items.client().transact_write_items();
            let write = write.set_transact_items(Some(items.clone()));
            let Err(error) = write.send().await else {
                return Ok(Written::Applied);
            };
            match cancelled(&error) {
                Some(reasons) if attempt < MOST_CONFLICTS && is_conflict(reasons) => {
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                Some(reasons) => return self.refused(&records, &besides, reasons),
                None => {
                    let error = DisplayErrorContext(error);
                    return Err(Lost::Down(self.items.unavailable("writing", error)));
                }
            }
        }
    }

    /// Counts a try that came to nothing, and keeps why. The row's state stays as it is, so there is
    /// no event.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn count_attempt(
        &self,
        id: &A::Id,
        sort: &str,
        problem: &str,
    ) -> Result<(), Failure> {
        let noted = self.items.client().update_item();
        let noted = noted
            .table_name(self.items.table())
            .set_key(Some(Self::key(id, sort)))
            .condition_expression("attribute_exists(pk)")
            .update_expression("ADD attempts :one SET last_error = :problem")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":problem", text(problem))
            .send()
            .await;
        noted.map(drop).map_err(|error| {
            let error = DisplayErrorContext(error);
            self.items.unavailable("noting an attempt", error)
        })
    }

    fn records<'a>(
        &self,
        rows: &'a [A::Row],
        mark: &Mark<A>,
    ) -> Result<Vec<Record<'a, A::Row>>, Failure> {
        let record = |row: &'a A::Row| {
            let item = row.to_item(mark.at);
            let mut item = item.map_err(|problem| self.items.not_writable(problem))?;
            item.extend(Self::key(&mark.id, &row.sort()));
            Ok(Record { row, item })
        };
        rows.iter().map(record).collect()
    }

    fn put_row(&self, record: &Record<'_, A::Row>) -> Result<TransactWriteItem, Failure> {
        let condition = Condition::before(record.row.version().into());
        self.put(record.item.clone(), &condition)
    }

    /// History is only added to. An event whose place is taken is refused with its change, which
    /// finds another moment when it is tried again.
    fn put_event(&self, event: &A::Event, mark: &Mark<A>) -> Result<TransactWriteItem, Failure> {
        let sort = format!("{EVENTS}{}#{}", mark.at, mark.unique);
        let item = self.items.item(Self::key(&mark.id, &sort), event)?;
        self.put(kept(item, mark.at, A::KEPT), &Condition::New)
    }

    pub(super) fn put(
        &self,
        item: Item,
        condition: &Condition,
    ) -> Result<TransactWriteItem, Failure> {
        let put = Put::builder()
            .table_name(self.items.table())
            .set_item(Some(item))
            .condition_expression(condition.expression())
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|problem| self.items.unavailable("writing", problem))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Reads the refusal: the same change done before, a race, a tally that falls short, or the table too
    /// busy to say.
    fn refused(
        &self,
        records: &[Record<'_, A::Row>],
        besides: &Besides,
        reasons: &[CancellationReason],
    ) -> Result<Written, Lost<A>> {
        let beside = reasons.get(records.len() + 1..).unwrap_or_default();
        if besides.was_answered(beside) {
            return Err(Lost::Answered);
        }
        let refused = records.iter().zip(reasons);
        let refused: Vec<_> = refused.filter(|(_, reason)| is_refused(reason)).collect();
        let short = besides.short(beside);
        if refused.is_empty() && !short.is_empty() {
            return Err(Lost::Short(short));
        }
        if refused.is_empty() {
            let codes: Vec<_> = reasons
                .iter()
                .filter_map(CancellationReason::code)
                .collect();
            return Err(Lost::Down(
                self.items.unavailable("writing", codes.join(", ")),
            ));
        }
        let is_done = |(record, reason): &(&Record<'_, A::Row>, &CancellationReason)| {
            reason
                .item()
                .is_some_and(|current| is_same(record, current))
        };
        // The answer to another message may leave the same rows behind.
        let may_be_done = besides.answers.is_none();
        if may_be_done && refused.len() == records.len() && refused.iter().all(is_done) {
            return Ok(Written::AlreadyApplied);
        }
        let found = refused.iter().filter_map(|(_, reason)| reason.item());
        let rows = found.map(|item| self.row_of(item.clone()));
        Err(rows
            .collect::<Result<_, _>>()
            .map_or_else(Lost::Down, Lost::Race))
    }
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
    let mut codes = reasons.iter().map(CancellationReason::code);
    codes.any(|code| code == Some("TransactionConflict"))
}

/// Whether what is stored is what was to be written; when it was done does not matter.
fn is_same<R: Row>(record: &Record<'_, R>, current: &Item) -> bool {
    let bookkeeping = record.row.bookkeeping();
    let matters = |item: &Item| -> Item {
        let kept = item
            .iter()
            .filter(|(name, _)| !bookkeeping.contains(&name.as_str()));
        kept.map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    matters(&record.item) == matters(current)
}
