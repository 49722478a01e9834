//! Reading a booking: always consistently, for a stale read would decide on the past.

use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Get, TransactGetItem};
use holdfast_booking_rules::booking::{Booking, BookingStatus, Leg, Payment, Snapshot};
use holdfast_booking_rules::event::Event;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::time::Timestamp;
use serde::de::DeserializeOwned;

use super::write::{CONFLICT_PAUSE, MOST_CONFLICTS};
use super::{Store, keys, unavailable};

/// More than a sweep can look at; the rest comes with the next one.
const MOST_OVERDUE: i32 = 200;

impl Store {
    /// A booking with its legs and its payment, or nothing where there is none.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn find(&self, booking: &BookingId) -> Result<Option<Snapshot>, Failure> {
        let (head, legs) = tokio::join!(self.head(booking), self.query(booking, keys::LEGS),);
        let Some((head, payment)) = head? else {
            return Ok(None);
        };
        let legs = legs?
            .into_iter()
            .map(read::<Leg>)
            .collect::<Result<_, _>>()?;
        Ok(Some(Snapshot {
            booking: head,
            legs,
            payment,
        }))
    }

    /// The booking and its payment, which change together and so are read together: to decide upon
    /// one from before and one from after a change would be to decide upon what never was.
    async fn head(&self, booking: &BookingId) -> Result<Option<(Booking, Payment)>, Failure> {
        let get = |sort| -> Result<TransactGetItem, Failure> {
            let get = Get::builder()
                .table_name(&self.table)
                .set_key(Some(keys::key(booking, sort)));
            let get = get
                .build()
                .map_err(|problem| unavailable("reading", problem))?;
            Ok(TransactGetItem::builder().get(get).build())
        };
        let items = vec![get(keys::BOOKING)?, get(keys::PAYMENT)?];
        let mut attempt = 1;
        let answer = loop {
            let asked = self
                .client
                .transact_get_items()
                .set_transact_items(Some(items.clone()));
            match asked.send().await {
                Ok(answer) => break answer,
                // Somebody is writing it at this instant.
                Err(error) if attempt < MOST_CONFLICTS && is_conflict(&error) => {
                    tokio::time::sleep(CONFLICT_PAUSE * attempt).await;
                    attempt += 1;
                }
                Err(error) => return Err(unavailable("reading", DisplayErrorContext(error))),
            }
        };
        let mut found = answer.responses.unwrap_or_default().into_iter();
        let mut next = || found.next().and_then(|response| response.item);
        match (next(), next()) {
            (Some(head), Some(payment)) => Ok(Some((read(head)?, read(payment)?))),
            _ => Ok(None),
        }
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
        let items = self.query(booking, keys::EVENTS).await?;
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
        let ids = page.items().iter().filter_map(keys::booking_of);
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

    /// All items of a booking whose sort keys begin like this, page by page.
    async fn query(
        &self,
        booking: &BookingId,
        beginning: &str,
    ) -> Result<Vec<keys::Item>, Failure> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :beginning)")
            .expression_attribute_values(":pk", keys::partition(booking))
            .expression_attribute_values(":beginning", AttributeValue::S(beginning.to_owned()))
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

fn is_conflict(error: &SdkError<TransactGetItemsError>) -> bool {
    error
        .as_service_error()
        .is_some_and(TransactGetItemsError::is_transaction_canceled_exception)
}

/// An item as a record.
pub(super) fn read<T: DeserializeOwned>(item: keys::Item) -> Result<T, Failure> {
    serde_dynamo::from_item(item).map_err(|problem| unavailable("understanding an item", problem))
}
