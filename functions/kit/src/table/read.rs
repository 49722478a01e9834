//! Reading aggregates: always consistently, for a stale read would decide on the past.

use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::types::{Get, TransactGetItem};
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use super::aggregate::{Aggregate, Row, Saga};
use super::item::{Item, key, text, text_of};
use super::write::{MOST_CONFLICTS, pause};
use super::{EVENTS, Table};

/// More than a sweep can look at; the rest comes with the next one.
const MOST_OVERDUE: i32 = 200;

impl<A: Aggregate> Table<A> {
    /// An aggregate with all its rows, or nothing where there is none.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn find(&self, id: &A::Id) -> Result<Option<A::View>, Failure> {
        let (heads, parts) = match A::IN_ONE_ORDER {
            true => (self.heads(id).await, self.parts(id).await),
            false => tokio::join!(self.heads(id), self.parts(id)),
        };
        let Some(mut rows) = heads? else {
            return Ok(None);
        };
        rows.extend(parts?);
        Ok(A::assemble(rows))
    }

    /// An aggregate that must be there.
    ///
    /// # Errors
    /// [`Failure::NoSuch`] when there is none, [`Failure::Unavailable`] when the table does not answer.
    pub async fn load(&self, id: &A::Id) -> Result<A::View, Failure> {
        let found = self.find(id).await?;
        found.ok_or_else(|| Failure::no_such(A::NAME, id))
    }

    /// One row, or nothing where there is none.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn row(&self, id: &A::Id, sort: &str) -> Result<Option<A::Row>, Failure> {
        let found = self.items.get_item(Self::key(id, sort)).await?;
        found.map(|item| self.row_of(item)).transpose()
    }

    /// All events of an aggregate, in order of time.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn history(&self, id: &A::Id) -> Result<Vec<A::Event>, Failure> {
        let items = self
            .items
            .in_partition(&Self::partition(id), EVENTS)
            .await?;
        items
            .into_iter()
            .map(|item| self.items.read(item))
            .collect()
    }

    /// Whether the table can be reached.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn ping(&self) -> Result<(), Failure> {
        let sort = A::HEADS.first().copied().unwrap_or(EVENTS);
        let key = key(format!("{}ping", A::PARTITION), sort);
        self.items.get_item(key).await.map(drop)
    }

    /// The heads, which change together and so are read together: to decide upon one from before and
    /// one from after a change would be to decide upon what never was.
    async fn heads(&self, id: &A::Id) -> Result<Option<Vec<A::Row>>, Failure> {
        let gets = A::HEADS.iter().map(|sort| self.get(id, sort));
        let gets: Vec<_> = gets.collect::<Result<_, _>>()?;
        let mut attempt = 1;
        let answer = loop {
            let asked = self.items.client().transact_get_items();
            let asked = asked.set_transact_items(Some(gets.clone()));
            match asked.send().await {
                Ok(answer) => break answer,
                // A writer is at it at this instant.
                Err(error) if attempt < MOST_CONFLICTS && is_conflict(&error) => {
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                Err(error) => {
                    let error = DisplayErrorContext(error);
                    return Err(self.items.unavailable("reading", error));
                }
            }
        };
        let found = answer.responses.unwrap_or_default().into_iter();
        let Some(items) = found.map(|one| one.item).collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        let rows = items.into_iter().map(|item| self.row_of(item));
        rows.collect::<Result<_, _>>().map(Some)
    }

    fn get(&self, id: &A::Id, sort: &str) -> Result<TransactGetItem, Failure> {
        let get = Get::builder()
            .table_name(self.items.table())
            .set_key(Some(Self::key(id, sort)))
            .build()
            .map_err(|problem| self.items.unavailable("reading", problem))?;
        Ok(TransactGetItem::builder().get(get).build())
    }

    async fn parts(&self, id: &A::Id) -> Result<Vec<A::Row>, Failure> {
        let Some(beginning) = A::PARTS else {
            return Ok(Vec::new());
        };
        let items = self
            .items
            .in_partition(&Self::partition(id), beginning)
            .await?;
        items.into_iter().map(|item| self.row_of(item)).collect()
    }

    /// An item as a row.
    pub(super) fn row_of(&self, item: Item) -> Result<A::Row, Failure> {
        let sort = text_of(&item, "sk").unwrap_or_default().to_owned();
        A::Row::from_item(&sort, item).map_err(|problem| self.items.not_understood(problem))
    }
}

impl<A: Saga> Table<A> {
    /// Some of the sagas of this status that should have gone on before a time, the longest overdue
    /// first.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn overdue(
        &self,
        status: A::Status,
        before: Timestamp,
    ) -> Result<Vec<A::Id>, Failure> {
        let page = self
            .items
            .client()
            .query()
            .table_name(self.items.table())
            .index_name("unfinished")
            .key_condition_expression("unfinished = :status AND due < :before")
            .expression_attribute_values(":status", text(A::word(status)))
            .expression_attribute_values(":before", text(before.to_string()))
            .limit(MOST_OVERDUE)
            .send()
            .await
            .map_err(|error| {
                let doing = format!("looking for overdue {}s", A::NAME);
                self.items.unavailable(&doing, DisplayErrorContext(error))
            })?;
        let ids = page.items().iter().filter_map(Self::id_of);
        Ok(ids.collect())
    }
}

fn is_conflict(error: &SdkError<TransactGetItemsError>) -> bool {
    error
        .as_service_error()
        .is_some_and(TransactGetItemsError::is_transaction_canceled_exception)
}
