//! Reading a booking: always consistently, for a stale read would decide on the past.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::AttributeValue;
use holdfast_domain::booking::{Booking, BookingStatus, Leg, Snapshot};
use holdfast_domain::event::Event;
use holdfast_domain::failure::Failure;
use holdfast_domain::ids::BookingId;
use holdfast_domain::time::Timestamp;
use serde::de::DeserializeOwned;

use super::{Store, keys, unavailable};

/// More than a sweep can look at; the rest comes with the next one.
const MOST_OVERDUE: i32 = 200;

impl Store {
    /// A booking with its legs and its payment, or nothing where there is none.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn find(&self, booking: &BookingId) -> Result<Option<Snapshot>, Failure> {
        let (head, rest) = tokio::join!(
            self.get::<Booking>(booking, keys::BOOKING),
            self.query(booking, keys::LEGS, keys::PAYMENT),
        );
        let Some(head) = head? else { return Ok(None) };
        let mut items = rest?;
        let payment = items
            .pop()
            .ok_or_else(|| unavailable("reading", "a booking without payment"))?;
        let legs = items
            .into_iter()
            .map(read::<Leg>)
            .collect::<Result<_, _>>()?;
        Ok(Some(Snapshot {
            booking: head,
            legs,
            payment: read(payment)?,
        }))
    }

    /// A booking that must be there.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`] when there is none, [`Failure::Unavailable`] when the table does not answer.
    pub async fn load(&self, booking: &BookingId) -> Result<Snapshot, Failure> {
        let found = self.find(booking).await?;
        found
            .ok_or_else(|| Failure::invalid("booking_id", format!("there is no booking {booking}")))
    }

    /// One leg, or nothing where there is none.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn leg(
        &self,
        booking: &BookingId,
        order: u32,
        id: &str,
    ) -> Result<Option<Leg>, Failure> {
        self.get(booking, &keys::leg(order, id)).await
    }

    /// All events of a booking, in order of time.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn history(&self, booking: &BookingId) -> Result<Vec<Event>, Failure> {
        let last = format!("{}~", keys::EVENTS);
        let items = self.query(booking, keys::EVENTS, &last).await?;
        items.into_iter().map(read).collect()
    }

    /// Some of the bookings of this status that somebody should have gone on with before a time,
    /// the longest overdue first.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn overdue(
        &self,
        status: BookingStatus,
        before: Timestamp,
    ) -> Result<Vec<BookingId>, Failure> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("unfinished")
            .key_condition_expression("unfinished = :status AND due < :before")
            .expression_attribute_values(":status", AttributeValue::S(status.as_str().to_owned()))
            .expression_attribute_values(":before", AttributeValue::S(before.to_string()))
            .limit(MOST_OVERDUE)
            .send()
            .await
            .map_err(|error| {
                unavailable("looking for overdue bookings", DisplayErrorContext(error))
            })?;
        let ids = page
            .items()
            .iter()
            .filter_map(keys::booking_of);
        Ok(ids.collect())
    }

    /// Whether the table can be reached.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn ping(&self) -> Result<(), Failure> {
        let nobody = "ping"
            .parse()
            .map_err(|problem| unavailable("pinging", problem))?;
        self.get::<Booking>(&nobody, keys::BOOKING).await.map(drop)
    }

    async fn get<T: DeserializeOwned>(
        &self,
        booking: &BookingId,
        sort: &str,
    ) -> Result<Option<T>, Failure> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::key(booking, sort)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| unavailable("reading", DisplayErrorContext(error)))?;
        answer.item.map(read).transpose()
    }

    /// All items of a booking between two sort keys, page by page.
    async fn query(
        &self,
        booking: &BookingId,
        from: &str,
        to: &str,
    ) -> Result<Vec<keys::Item>, Failure> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", keys::partition(booking))
            .expression_attribute_values(":from", AttributeValue::S(from.to_owned()))
            .expression_attribute_values(":to", AttributeValue::S(to.to_owned()))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.map_err(|error| unavailable("reading", DisplayErrorContext(error)))?);
        }
        Ok(items)
    }
}

/// An item as a record.
pub(super) fn read<T: DeserializeOwned>(item: keys::Item) -> Result<T, Failure> {
    serde_dynamo::from_item(item).map_err(|problem| unavailable("understanding an item", problem))
}
