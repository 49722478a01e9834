//! The sagas of a status or of a customer, the newest first. The index that tells them may be a moment
//! behind, and a saga that changes its status meanwhile may be in two places of it, or in none.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use holdfast_core::ids::CustomerId;
use holdfast_core::time::Timestamp;

use super::item::text;
use super::{Place, Saga, Table};

/// What the sagas of a list have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alike<'a> {
    /// Their status.
    Status(&'a str),
    /// Their customer.
    Customer(&'a CustomerId),
}

impl Alike<'_> {
    /// The index that tells them, and what it is hashed by.
    fn index(self) -> (&'static str, &'static str) {
        match self {
            Self::Status(_) => ("by-status", "status"),
            Self::Customer(_) => ("by-customer", "customer_id"),
        }
    }

    fn value(self) -> String {
        match self {
            Self::Status(status) => status.to_owned(),
            Self::Customer(customer) => customer.to_string(),
        }
    }
}

impl<A: Saga> Table<A> {
    /// Some of these sagas that began at this time or before, the newest first.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn newest(
        &self,
        alike: Alike<'_>,
        until: Option<Timestamp>,
        most: i32,
    ) -> Result<Vec<Place<A>>, Failure> {
        let (index, hash) = alike.index();
        let asked = self
            .items
            .client()
            .query()
            .table_name(self.items.table())
            .index_name(index)
            .expression_attribute_names("#alike", hash)
            .expression_attribute_values(":alike", text(alike.value()))
            .scan_index_forward(false)
            .limit(most);
        let asked = match until {
            Some(until) => asked
                .key_condition_expression("#alike = :alike AND created <= :until")
                .expression_attribute_values(":until", text(until.to_string())),
            None => asked.key_condition_expression("#alike = :alike"),
        };
        let answer = asked.send().await.map_err(|error| {
            let error = DisplayErrorContext(error);
            self.items.unavailable("listing", error)
        })?;
        Ok(answer.items().iter().filter_map(Place::of).collect())
    }
}
