//! How often a client may try to sign in as one account. An attempt that
//! loses the race for a count is decided again upon the count as it is now.

use crate::rules::account::{Attempts, TooMany};
use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_core::email::Email;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_kit::race::{Try, race};
use holdfast_kit::table::Put;
use holdfast_kit::table::item::{Condition, Item, keep_until, key, number, text};

use super::Customers;
use super::accounts::email_partition;

/// More than may be counted within one window: a client that loses as often as this is refused anyway.
const MOST_RACES: usize = 20;

impl Customers {
    /// Counts an attempt to sign in with this address, whether anybody has it or not.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer; within, [`TooMany`] when there were
    /// too many.
    pub async fn count_attempt(
        &self,
        email: &Email,
        now: Timestamp,
    ) -> Result<Result<(), TooMany>, Failure> {
        let before: Option<Attempts> = self.items.get(attempts_key(email)).await?;
        let attempt = |before: Option<Attempts>| async move {
            match Attempts::one_more(before.as_ref(), now) {
                Ok(next) => self.replace(email, before.as_ref(), &next).await,
                Err(too_many) => Ok(Try::Done(Err(too_many))),
            }
        };
        let busy = || self.items.unavailable("counting", "too many at once");
        race(before, MOST_RACES, attempt, busy).await
    }

    /// Forgets the attempts that failed: the client knows the password.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn forget_attempts(&self, email: &Email) -> Result<(), Failure> {
        let deleted = self.items.client().delete_item();
        let deleted = deleted.table_name(self.items.table());
        let deleted = deleted.set_key(Some(attempts_key(email))).send().await;
        deleted.map(drop).map_err(|error| {
            let error = DisplayErrorContext(error);
            self.items.unavailable("forgetting", error)
        })
    }

    /// Writes a count in place of the one it follows; or tells what is there instead.
    async fn replace(
        &self,
        email: &Email,
        before: Option<&Attempts>,
        next: &Attempts,
    ) -> Result<Try<Result<(), TooMany>, Option<Attempts>>, Failure> {
        let mut new = self.items.item(attempts_key(email), next)?;
        keep_until(&mut new, next.window_ends);
        let condition = before.map_or(Condition::New, |known| {
            let window = text(known.window_ends.to_string());
            Condition::Has(vec![
                ("count", number(known.count)),
                ("window_ends", window),
            ])
        });
        match self.items.put("counting", new, &condition).await? {
            Put::Done => Ok(Try::Done(Ok(()))),
            Put::Refused(current) => {
                let current = current.map(|item| self.items.read(item));
                Ok(Try::Lost(current.transpose()?))
            }
        }
    }
}

fn attempts_key(email: &Email) -> Item {
    key(email_partition(email), "ATTEMPTS")
}
