//! The aggregates of a customer, the newest first, page by page. The index that tells them may be a
//! moment behind.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use futures_util::future::try_join_all;
use holdfast_core::failure::Failure;
use holdfast_core::ids::CustomerId;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::item::{Item, text, text_of};
use super::{Aggregate, Table, named};

/// A place in the list: behind this aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<A: Aggregate> {
    /// Which it is.
    pub id: A::Id,
    /// When it was opened.
    pub created: Timestamp,
}

/// Some aggregates, and where the list goes on.
#[derive(Clone, Debug)]
pub struct Page<A: Aggregate> {
    /// The aggregates.
    pub views: Vec<A::View>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Place<A>>,
}

impl<A: Aggregate> Table<A> {
    /// A page of a customer's aggregates.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn list(
        &self,
        customer: &CustomerId,
        after: Option<&Place<A>>,
        most: i32,
    ) -> Result<Page<A>, Failure> {
        let answer = self
            .items
            .client()
            .query()
            .table_name(self.items.table())
            .index_name("by-customer")
            .key_condition_expression("customer_id = :customer")
            .expression_attribute_values(":customer", text(customer.to_string()))
            .scan_index_forward(false)
            .set_exclusive_start_key(after.map(|place| place.key(customer)))
            .limit(most)
            .send()
            .await
            .map_err(|error| {
                let error = DisplayErrorContext(error);
                self.items.unavailable("listing", error)
            })?;
        let next = answer.last_evaluated_key.as_ref().and_then(Place::of);
        let ids: Vec<_> = answer.items().iter().filter_map(Self::id_of).collect();
        let found = try_join_all(ids.iter().map(|id| self.find(id))).await?;
        let views = found.into_iter().flatten().collect();
        Ok(Page { views, next })
    }
}

impl<A: Aggregate> Place<A> {
    fn key(&self, customer: &CustomerId) -> Item {
        let head = A::HEADS.first().copied().unwrap_or_default();
        let mut key = Table::<A>::key(&self.id, head);
        key.insert("customer_id".to_owned(), text(customer.to_string()));
        key.insert("created".to_owned(), text(self.created.to_string()));
        key
    }

    pub(super) fn of(item: &Item) -> Option<Self> {
        let created = text_of(item, "created")?.parse().ok()?;
        let id = Table::<A>::id_of(item)?;
        Some(Self { id, created })
    }
}

/// A place without the id.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rest {
    created: Timestamp,
}

impl<A: Aggregate> Serialize for Place<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let created = self.created;
        named::write::<A, S>(&self.id, &Rest { created }, serializer)
    }
}

impl<'de, A: Aggregate> Deserialize<'de> for Place<A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (id, Rest { created }) = named::read::<A, _, D>(deserializer)?;
        Ok(Self { id, created })
    }
}
