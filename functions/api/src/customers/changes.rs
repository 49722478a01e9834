//! What ends sessions all at once: another password, or the customer's wish. Each is one write, or one
//! transaction, and counts the customer's generation of sessions on.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use holdfast_core::failure::Failure;
use holdfast_core::ids::CustomerId;
use holdfast_kit::table::item::{Item, number, text};

use super::accounts::{is_refused, login_key, profile_key};
use super::sessions::session_key;
use super::{Customers, Profile};
use crate::rules::session::SessionId;

/// The condition on a profile whose generation of sessions is known.
const SAME_GENERATION: &str = "attribute_exists(pk) AND (generation = :known OR \
                               (attribute_not_exists(generation) AND :known = :first))";
const NEXT_GENERATION: &str = "SET generation = :next";

/// Another password of a customer.
#[derive(Clone, Debug)]
pub struct NewPassword<'a> {
    /// Whose it is, as they are known.
    pub profile: &'a Profile,
    /// The hash that is there now.
    pub before: &'a str,
    /// The hash of the new one.
    pub after: &'a str,
    /// The session that goes on; all others end.
    pub session: Option<&'a SessionId>,
}

/// What came of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Changed {
    /// It is written; the customer's sessions are of this generation now.
    Done(u32),
    /// Something else was changed at the same time; nothing is written.
    Raced,
}

impl Customers {
    /// Puts another password in place, and ends all sessions but the one that goes on.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn change_password(&self, new: &NewPassword<'_>) -> Result<Changed, Failure> {
        let next = new.profile.generation + 1;
        let mut parts = vec![self.password(new)?, self.generation(new.profile)?];
        if let Some(session) = new.session {
            parts.push(self.session_goes_on(session, &new.profile.customer_id, next)?);
        }
        self.transact("changing a password", parts, next).await
    }

    /// Ends all sessions of a customer.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn end_all_sessions(&self, profile: &Profile) -> Result<Changed, Failure> {
        let parts = vec![self.generation(profile)?];
        let next = profile.generation + 1;
        self.transact("ending sessions", parts, next).await
    }

    pub(super) async fn transact(
        &self,
        doing: &str,
        parts: Vec<TransactWriteItem>,
        generation: u32,
    ) -> Result<Changed, Failure> {
        let written = self.items.client().transact_write_items();
        match written.set_transact_items(Some(parts)).send().await {
            Ok(_) => Ok(Changed::Done(generation)),
            Err(error) if is_refused(&error) => Ok(Changed::Raced),
            Err(error) => {
                let error = DisplayErrorContext(error);
                Err(self.items.unavailable(doing, error))
            }
        }
    }

    /// The password, in place of the one that is known.
    pub(super) fn password(&self, new: &NewPassword<'_>) -> Result<TransactWriteItem, Failure> {
        let values = [(":before", text(new.before)), (":after", text(new.after))];
        let set = "SET #password = :after";
        let update = self
            .update(login_key(&new.profile.email), set, &values)
            .expression_attribute_names("#password", "password")
            .condition_expression("#password = :before");
        self.part(update)
    }

    /// The next generation of sessions, after the one that is known.
    pub(super) fn generation(&self, profile: &Profile) -> Result<TransactWriteItem, Failure> {
        let values = [
            (":known", number(profile.generation)),
            (":first", number(0)),
            (":next", number(profile.generation + 1)),
        ];
        let update = self.update(profile_key(&profile.customer_id), NEXT_GENERATION, &values);
        self.part(update.condition_expression(SAME_GENERATION))
    }

    fn session_goes_on(
        &self,
        session: &SessionId,
        customer: &CustomerId,
        generation: u32,
    ) -> Result<TransactWriteItem, Failure> {
        let values = [
            (":next", number(generation)),
            (":customer", text(customer.as_str())),
        ];
        let update = self
            .update(session_key(session.digits()), NEXT_GENERATION, &values)
            .condition_expression("customer_id = :customer AND attribute_not_exists(revoked)");
        self.part(update)
    }

    pub(super) fn update(
        &self,
        key: Item,
        set: &str,
        values: &[(&str, aws_sdk_dynamodb::types::AttributeValue)],
    ) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        let values = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        Update::builder()
            .table_name(self.items.table())
            .set_key(Some(key))
            .update_expression(set)
            .set_expression_attribute_values(Some(values.collect()))
    }

    pub(super) fn part(
        &self,
        update: aws_sdk_dynamodb::types::builders::UpdateBuilder,
    ) -> Result<TransactWriteItem, Failure> {
        let update = update
            .build()
            .map_err(|problem| self.items.unavailable("writing", problem))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
