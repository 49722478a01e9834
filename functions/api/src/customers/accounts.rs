//! Registering, and who is who. An address is registered once, by a condition on its hash.

use crate::rules::account::Role;
use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use holdfast_core::email::Email;
use holdfast_core::failure::Failure;
use holdfast_core::ids::CustomerId;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Customers, hash};
use holdfast_kit::table::item::{Condition, Item, key};

/// What a customer signs in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Whose it is.
    pub customer_id: CustomerId,
    /// The hash of the password, with its salt and its parameters.
    pub password: String,
}

/// Who a customer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The customer.
    pub customer_id: CustomerId,
    /// Where to write to.
    pub email: Email,
    /// What they may do.
    pub role: Role,
    /// Since when there is such a customer.
    pub created: Timestamp,
    /// Counts how often all sessions were ended: those of an earlier generation are over.
    #[serde(default, skip_serializing_if = "is_first")]
    pub generation: u32,
    /// When the customer showed that the address is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Timestamp>,
    /// Since when the customer is being erased: they begin nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasing: Option<Timestamp>,
}

impl Profile {
    /// A customer who has just registered.
    pub fn new(customer_id: CustomerId, email: Email, role: Role, created: Timestamp) -> Self {
        Self {
            customer_id,
            email,
            role,
            created,
            generation: 0,
            confirmed: None,
            erasing: None,
        }
    }
}

// By reference, for that is how serde asks.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_first(generation: &u32) -> bool {
    *generation == 0
}

/// What came of registering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Registered {
    /// There is such a customer now.
    Done,
    /// The address was registered before.
    Taken,
}

impl Customers {
    /// Registers a customer, unless the address is taken.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn register(&self, new: &Profile, password: String) -> Result<Registered, Failure> {
        let customer_id = new.customer_id.clone();
        let login = Login {
            customer_id,
            password,
        };
        let puts = vec![
            self.put_new(self.items.item(login_key(&new.email), login)?)?,
            self.put_new(self.items.item(profile_key(&new.customer_id), new)?)?,
        ];
        let written = self.items.client().transact_write_items();
        let written = written.set_transact_items(Some(puts)).send().await;
        let Err(error) = written else {
            return Ok(Registered::Done);
        };
        if is_refused(&error) {
            return Ok(Registered::Taken);
        }
        let error = DisplayErrorContext(error);
        Err(self.items.unavailable("registering", error))
    }

    /// What the customer with this address signs in with, if there is one.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn login(&self, email: &Email) -> Result<Option<Login>, Failure> {
        self.items.get(login_key(email)).await
    }

    /// Who a customer is.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn profile(&self, customer: &CustomerId) -> Result<Option<Profile>, Failure> {
        self.items.get(profile_key(customer)).await
    }

    fn put_new(&self, item: Item) -> Result<TransactWriteItem, Failure> {
        let put = Put::builder()
            .table_name(self.items.table())
            .set_item(Some(item))
            .condition_expression(Condition::New.expression())
            .build()
            .map_err(|problem| self.items.unavailable("registering", problem))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

/// Whether a part of a transaction did not meet its condition.
pub(super) fn is_refused(error: &SdkError<TransactWriteItemsError>) -> bool {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        error.as_service_error()
    else {
        return false;
    };
    let mut reasons = cancelled.cancellation_reasons().iter();
    reasons.any(|reason| reason.code() == Some("ConditionalCheckFailed"))
}

/// The partition of an address. Keys end in logs, so they hold no address.
pub(super) fn email_partition(email: &Email) -> String {
    format!("EMAIL#{}", hash(email.as_str()))
}

pub(super) fn login_key(email: &Email) -> Item {
    key(email_partition(email), "LOGIN")
}

pub(super) fn profile_key(customer: &CustomerId) -> Item {
    key(format!("CUSTOMER#{customer}"), "PROFILE")
}
