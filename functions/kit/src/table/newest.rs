//! The sagas of a status or of a customer, the newest first. The index that tells them may be a moment
//! behind, and a saga that changes its status meanwhile may be in two places of it, or in none.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use holdfast_core::ids::CustomerId;
use holdfast_core::time::Timestamp;

use super::item::text;
use super::{Aggregate, Place, Saga, Table};

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

/// The sagas that began within a time, as many of them as may be read.
#[derive(Clone, Debug)]
pub struct Begun<A: Aggregate> {
    /// The sagas, the newest first.
    pub places: Vec<Place<A>>,
    /// Whether that is all of them.
    pub is_complete: bool,
}

impl<A: Saga> Table<A> {
    /// The sagas of this status that began at this time or later, and not more than so many.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn begun(
        &self,
        status: &str,
        from: Timestamp,
        most: usize,
    ) -> Result<Begun<A>, Failure> {
        let (mut places, mut after) = (Vec::new(), None);
        loop {
            let room = most.saturating_sub(places.len());
            let asked = self
                .items
                .client()
                .query()
                .table_name(self.items.table())
                .index_name("by-status")
                .key_condition_expression("#status = :status AND created >= :from")
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":status", text(status))
                .expression_attribute_values(":from", text(from.to_string()))
                .scan_index_forward(false)
                .set_exclusive_start_key(after)
                .limit(i32::try_from(room).unwrap_or(i32::MAX));
            let answer = asked.send().await.map_err(|error| {
                let error = DisplayErrorContext(error);
                self.items.unavailable("counting", error)
            })?;
            places.extend(answer.items().iter().filter_map(Place::of));
            after = answer.last_evaluated_key;
            let is_complete = after.is_none();
            if is_complete || places.len() >= most {
                return Ok(Begun {
                    places,
                    is_complete,
                });
            }
        }
    }

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
