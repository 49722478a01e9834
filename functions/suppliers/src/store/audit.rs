//! What is still alive: all of it, or what belongs to one booking or order.
//!
//! The audit of one reads the table and is exact. The audit of all reads the index, which
//! grows with what is alive and not with what ever was, and on AWS trails the table by moments.

use holdfast_core::ids::SagaId;
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use holdfast_kit::table::item::text_of;
use serde::Serialize;

use super::write::{SHARDS, shard};
use super::{ALIVE, Item, PAYMENT, SHIPMENT, Store, StoreError, saga_pk, text};
use crate::carrier::Shipment;
use crate::leg::{self, Reservation};
use crate::payment::{self, Payment};
use crate::verdict::Kept;

/// So many items fit an answer of Lambda's, however long their names are.
const LARGEST_PAGE: usize = 15_000;

/// What is alive, or as much of it as fits an answer.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(crate) struct Audit {
    items: Vec<Alive>,
    /// There is more, `after` this.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// One thing that is held, confirmed, authorized, captured, booked or picked up.
#[derive(Debug, PartialEq, Serialize)]
struct Alive {
    booking: String,
    leg: String,
    kind: &'static str,
    status: &'static str,
    reference: String,
    /// How much money, where it is reserved or taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
}

impl Store {
    /// What is alive of one booking or order.
    pub(crate) async fn audit_of(&self, id: &SagaId, now: Timestamp) -> Result<Audit, StoreError> {
        let mut audit = Audit::default();
        let mut start = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", text(saga_pk(id.as_str())))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(StoreError::of_read)?;
            for item in page.items.unwrap_or_default() {
                audit.items.extend(alive(item, now)?);
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(audit);
            }
        }
    }

    /// What is alive of all bookings and orders, in pages.
    pub(crate) async fn audit(
        &self,
        after: Option<&str>,
        now: Timestamp,
    ) -> Result<Audit, StoreError> {
        let mut audit = Audit::default();
        let (mut number, mut last) = position(after);
        while number < SHARDS {
            let page = self.alive_in(number, last.as_deref()).await?;
            for item in page.items {
                audit.items.extend(alive(item, now)?);
            }
            match page.last {
                Some(reached) if audit.items.len() >= LARGEST_PAGE => {
                    audit.next = Some(format!("{number}:{reached}"));
                    return Ok(audit);
                }
                Some(reached) => last = Some(reached),
                None => (number, last) = (number + 1, None),
            }
        }
        Ok(audit)
    }

    async fn alive_in(&self, number: u64, after: Option<&str>) -> Result<Page, StoreError> {
        // A space comes before everything that an item can be called.
        let after = after.unwrap_or(" ");
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(ALIVE)
            .key_condition_expression("alive = :shard AND alive_sk > :after")
            .expression_attribute_values(":shard", text(shard(number)))
            .expression_attribute_values(":after", text(after))
            .send()
            .await
            .map_err(StoreError::of_read)?;
        let last = page
            .last_evaluated_key
            .and_then(|key| text_of(&key, "alive_sk").map(str::to_owned));
        Ok(Page {
            items: page.items.unwrap_or_default(),
            last,
        })
    }
}

struct Page {
    items: Vec<Item>,
    last: Option<String>,
}

/// Where the last page ended: the shard, and the last item in it.
fn position(after: Option<&str>) -> (u64, Option<String>) {
    let read = after.and_then(|after| {
        let (number, last) = after.split_once(':')?;
        Some((number.parse().ok()?, Some(last.to_owned())))
    });
    read.unwrap_or((0, None))
}

/// The item, if it is alive now: a hold dies of old age without anybody writing it down.
fn alive(item: Item, now: Timestamp) -> Result<Option<Alive>, StoreError> {
    match text_of(&item, "sk") {
        Some(PAYMENT) => read(item).map(alive_payment),
        Some(SHIPMENT) => read(item).map(alive_shipment),
        _ => read(item).map(|leg| alive_leg(leg, now)),
    }
}

fn read<T: Kept>(item: Item) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(StoreError::unreadable)
}

fn alive_shipment(shipment: Shipment) -> Option<Alive> {
    let (status, reference) = shipment.state.alive()?;
    Some(Alive {
        booking: shipment.order.to_string(),
        leg: "carrier".to_owned(),
        kind: "carrier",
        status,
        reference: reference.to_owned(),
        amount: None,
    })
}

fn alive_payment(payment: Payment) -> Option<Alive> {
    let (status, amount) = match payment.state {
        payment::State::Pending { .. } => ("pending", None),
        payment::State::Authorized { amount, .. } => ("authorized", Some(amount)),
        payment::State::Captured { amount, given_back } => {
            let amount = Money {
                amount: amount.amount.saturating_sub(given_back.sum()),
                ..amount
            };
            ("captured", Some(amount))
        }
        payment::State::Declined { .. }
        | payment::State::Withdrawn
        | payment::State::Voided
        | payment::State::Expired
        | payment::State::Refunded { .. } => return None,
    };
    Some(Alive {
        booking: payment.owner.id().to_string(),
        leg: "payment".to_owned(),
        kind: "payment",
        status,
        reference: payment.reference,
        amount,
    })
}

fn alive_leg(leg: Reservation, now: Timestamp) -> Option<Alive> {
    let (status, place) = match leg.state {
        leg::State::Held { place, until } if now < until => ("held", place),
        leg::State::Confirmed { place } => ("confirmed", place),
        leg::State::Held { .. } | leg::State::Expired | leg::State::Released => return None,
    };
    Some(Alive {
        booking: leg.booking.to_string(),
        leg: leg.leg.to_string(),
        kind: leg.kind.as_str(),
        status,
        reference: place.reference,
        amount: None,
    })
}
