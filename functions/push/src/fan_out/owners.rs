//! Whose a saga is. Events do not say it, but the end of a saga; its head row does, from the first
//! transaction on, and never changes it. So one read for each saga and process is enough.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use holdfast_core::ids::CustomerId;
use holdfast_kit::table::Item;
use holdfast_kit::table::item::{key, text_of};

use crate::rules::News;

/// The attribute of a head row that names the customer, and the only one that is read.
const CUSTOMER: &str = "customer_id";
/// A process that knows so many sagas begins anew.
const MOST_KNOWN: usize = 10_000;

/// Looks up whose a saga is.
#[derive(Clone, Debug)]
pub struct Owners {
    client: Client,
    bookings: String,
    orders: String,
    known: Arc<Mutex<HashMap<News, CustomerId>>>,
}

impl Owners {
    /// The sagas of these two tables.
    pub fn new(client: Client, bookings: String, orders: String) -> Self {
        Self {
            client,
            bookings,
            orders,
            known: Arc::default(),
        }
    }

    /// The customer of a saga; `None` where the saga, or its customer, is not there any more.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn of(&self, saga: &News) -> Result<Option<CustomerId>, Failure> {
        let known = self.known().get(saga).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let found = self.read(saga).await?;
        if let Some(customer) = &found {
            let mut known = self.known();
            if known.len() >= MOST_KNOWN {
                known.clear();
            }
            known.insert(saga.clone(), customer.clone());
        }
        Ok(found)
    }

    async fn read(&self, saga: &News) -> Result<Option<CustomerId>, Failure> {
        let table = match saga {
            News::Booking(_) => &self.bookings,
            News::Order(_) => &self.orders,
        };
        let asked = self.client.get_item().table_name(table);
        let asked = asked.set_key(Some(head(saga))).consistent_read(true);
        let answer = asked.projection_expression(CUSTOMER).send().await;
        let answer = answer.map_err(|error| {
            Failure::unavailable("looking for a customer", DisplayErrorContext(error))
        })?;
        let named = answer.item.as_ref();
        let named = named.and_then(|item| text_of(item, CUSTOMER));
        Ok(named.and_then(|id| id.parse().ok()))
    }

    fn known(&self) -> MutexGuard<'_, HashMap<News, CustomerId>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The key of a saga's head row.
pub fn head(saga: &News) -> Item {
    match saga {
        News::Booking(id) => key(format!("BOOKING#{id}"), "BOOKING"),
        News::Order(id) => key(format!("ORDER#{id}"), "ORDER"),
    }
}
