//! The operator's switches: which supplier is out of order, and what it was asked for meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::ReturnValue;
use holdfast_core::time::Timestamp;
use holdfast_kit::table::item::keep_until;
use serde::{Deserialize, Serialize};

use super::write::if_met;
use super::{Address, Item, Store, StoreError, number};
use crate::who::{Action, Supplier};

/// An outage that everybody has forgotten ends by itself.
const LONGEST_OUTAGE: Duration = Duration::from_secs(24 * 3600);

/// A supplier that is out of order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outage {
    /// How often it was asked for what.
    #[serde(flatten)]
    pub(crate) calls: BTreeMap<Action, u64>,
}

impl Store {
    /// Puts a supplier out of order. Nothing has been asked of it yet.
    pub(crate) async fn begin_outage(
        &self,
        supplier: Supplier,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut item = address(supplier).key();
        keep_until(&mut item, now + LONGEST_OUTAGE);
        let put = self.client.put_item().table_name(&self.table);
        let put = put.set_item(Some(item)).send().await;
        put.map(drop).map_err(StoreError::of_write)
    }

    /// The outage of a supplier, or nothing where it works.
    pub(crate) async fn outage(&self, supplier: Supplier) -> Result<Option<Outage>, StoreError> {
        let found = self.client.get_item().table_name(&self.table);
        let found = found
            .set_key(Some(address(supplier).key()))
            .send()
            .await
            .map_err(StoreError::of_read)?;
        found.item.map(read).transpose()
    }

    /// Counts a call to a supplier that is out of order; false if it works.
    pub(crate) async fn count_in_outage(
        &self,
        supplier: Supplier,
        action: Action,
    ) -> Result<bool, StoreError> {
        let counted = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(address(supplier).key()))
            .update_expression("ADD #action :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#action", action.as_str())
            .expression_attribute_values(":one", number(1))
            .send()
            .await;
        if_met(counted)
    }

    /// Puts a supplier in order again; what its outage was, if there was one.
    pub(crate) async fn end_outage(
        &self,
        supplier: Supplier,
    ) -> Result<Option<Outage>, StoreError> {
        let deleted = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(address(supplier).key()))
            .return_values(ReturnValue::AllOld)
            .send()
            .await
            .map_err(StoreError::of_write)?;
        deleted.attributes.map(read).transpose()
    }
}

fn address(supplier: Supplier) -> Address {
    Address {
        pk: format!("OUTAGE#{supplier}"),
        sk: "OUTAGE".to_owned(),
    }
}

fn read(mut item: Item) -> Result<Outage, StoreError> {
    for other in ["pk", "sk", "expires"] {
        item.remove(other);
    }
    serde_dynamo::from_item(item).map_err(StoreError::unreadable)
}
