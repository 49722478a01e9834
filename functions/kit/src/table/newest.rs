//! The sagas of a status, the newest first. The index that tells them may be a moment behind, and a saga
//! that changes its status meanwhile may be in two places of it, or in none.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use super::item::text;
use super::{Place, Saga, Table};

impl<A: Saga> Table<A> {
    /// Some sagas of this status that began at this time or before, the newest first.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn newest(
        &self,
        status: &str,
        until: Option<Timestamp>,
        most: i32,
    ) -> Result<Vec<Place<A>>, Failure> {
        let asked = self
            .items
            .client()
            .query()
            .table_name(self.items.table())
            .index_name("by-status")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":status", text(status))
            .scan_index_forward(false)
            .limit(most);
        let asked = match until {
            Some(until) => asked
                .key_condition_expression("#status = :status AND created <= :until")
                .expression_attribute_values(":until", text(until.to_string())),
            None => asked.key_condition_expression("#status = :status"),
        };
        let answer = asked.send().await.map_err(|error| {
            let error = DisplayErrorContext(error);
            self.items.unavailable("listing", error)
        })?;
        Ok(answer.items().iter().filter_map(Place::of).collect())
    }
}
