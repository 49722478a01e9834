//! Gives places back that expired holds still take, when a hold wants them.

use holdfast_core::ids::{BookingId, LegId};
use holdfast_core::time::Timestamp;
use serde::Deserialize;

use super::transaction::Outcome;
use super::{Item, PLEDGE, Store, StoreError, stock_address, text};
use crate::catalogue::Stock;
use crate::verdict::Pledge;

/// How many expired holds are looked at for one call.
const AT_ONCE: i32 = 25;

#[derive(Deserialize)]
struct PledgeItem {
    name: String,
    count: u32,
    booking: BookingId,
    leg: LegId,
    until: Timestamp,
}

impl From<PledgeItem> for Pledge {
    fn from(item: PledgeItem) -> Self {
        Self {
            booking: item.booking,
            leg: item.leg,
            stock: Stock {
                name: item.name,
                count: item.count,
            },
            until: item.until,
        }
    }
}

impl Store {
    /// Gives back what expired holds take of a resource, enough for `wanted` if there is enough;
    /// whether it is worth trying again.
    pub(crate) async fn reclaim(&self, wanted: &Stock, now: Timestamp) -> Result<bool, StoreError> {
        let mut freed = 0;
        let mut found_any = false;
        for pledge in self.expired_pledges(&wanted.name, now).await? {
            found_any = true;
            // A writer that overtakes gives the same places back, or has confirmed them in time.
            if self.expire(&pledge, now).await? == Outcome::Written {
                freed += pledge.stock.count;
            }
            if freed >= wanted.count {
                break;
            }
        }
        Ok(found_any)
    }

    async fn expired_pledges(
        &self,
        resource: &str,
        now: Timestamp,
    ) -> Result<Vec<Pledge>, StoreError> {
        let pk = stock_address(resource).pk;
        let found = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", text(pk))
            .expression_attribute_values(":first", text(PLEDGE))
            .expression_attribute_values(":last", text(format!("{PLEDGE}{now}~")))
            .limit(AT_ONCE)
            .send()
            .await
            .map_err(StoreError::of_read)?;
        let items: Vec<Item> = found.items.unwrap_or_default();
        let items: Vec<PledgeItem> =
            serde_dynamo::from_items(items).map_err(StoreError::unreadable)?;
        Ok(items.into_iter().map(Pledge::from).collect())
    }
}
