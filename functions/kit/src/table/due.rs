//! The sagas of a status by what is due of them, the earliest first. The index that tells them may be a
//! moment behind.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use super::item::{text, text_of};
use super::{Saga, Table};

impl<A: Saga> Table<A> {
    /// Some sagas of this status whose next change is due at this time or later, and when it is.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn due(
        &self,
        status: A::Status,
        from: Option<Timestamp>,
        most: i32,
    ) -> Result<Vec<(A::Id, Timestamp)>, Failure> {
        let asked = self
            .items
            .client()
            .query()
            .table_name(self.items.table())
            .index_name("unfinished")
            .expression_attribute_values(":status", text(A::word(status)))
            .limit(most);
        let asked = match from {
            Some(from) => asked
                .key_condition_expression("unfinished = :status AND due >= :from")
                .expression_attribute_values(":from", text(from.to_string())),
            None => asked.key_condition_expression("unfinished = :status"),
        };
        let answer = asked.send().await.map_err(|error| {
            let error = DisplayErrorContext(error);
            self.items.unavailable("looking for what is due", error)
        })?;
        let due = answer.items().iter().filter_map(|item| {
            let due = text_of(item, "due")?.parse().ok()?;
            Some((Self::id_of(item)?, due))
        });
        Ok(due.collect())
    }
}
