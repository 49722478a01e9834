//! Finds the reservations whose time is over.

use holdfast_core::time::Timestamp;
use holdfast_kit::table::item::text_of;

use super::write::{SHARDS, due_shard};
use super::{Address, DUE, Item, Store, StoreError, text};

/// Some of what is due, and where the rest begins.
pub(crate) struct Due {
    pub(crate) payments: Vec<Address>,
    pub(crate) next: Option<Item>,
}

impl Store {
    /// The shards of the index.
    pub(crate) fn due_shards() -> impl Iterator<Item = String> {
        (0..SHARDS).map(due_shard)
    }

    /// What is due in a shard, the oldest first. On AWS the index trails the table by moments.
    pub(crate) async fn due(
        &self,
        shard: &str,
        now: Timestamp,
        start: Option<Item>,
    ) -> Result<Due, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(DUE)
            .key_condition_expression("due = :shard AND due_at <= :now")
            .expression_attribute_values(":shard", text(shard))
            .expression_attribute_values(":now", text(now.to_string()))
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(StoreError::of_read)?;
        let found = page.items.unwrap_or_default().into_iter();
        Ok(Due {
            payments: found.filter_map(|item| address(&item)).collect(),
            next: page.last_evaluated_key,
        })
    }
}

fn address(item: &Item) -> Option<Address> {
    let (pk, sk) = (text_of(item, "pk")?, text_of(item, "sk")?);
    Some(Address {
        pk: pk.to_owned(),
        sk: sk.to_owned(),
    })
}
