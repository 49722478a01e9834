//! How often a client may try to sign in as one account, and how many letters with a link it may ask for. An
//! attempt that loses the race for a count is decided again upon the count as it is now.

use crate::rules::account::{Attempts, MOST_ATTEMPTS, MOST_LETTERS, MOST_OF_A_SOURCE, TooMany};
use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_core::email::Email;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_kit::race::{Try, race};
use holdfast_kit::table::Put;
use holdfast_kit::table::item::{Condition, Item, keep_until, key, number, text};

use super::accounts::email_partition;
use super::{Customers, hash};

/// More than may be counted within one window: a client that loses as often as this is refused anyway.
const MOST_RACES: usize = 20;

/// What is counted. Keys end in logs, so they hold neither addresses nor sources.
#[derive(Clone, Copy, Debug)]
pub enum Counted<'a> {
    /// Attempts to sign in with this address.
    SignIn(&'a Email),
    /// Letters with a link to this address.
    Letters(&'a Email),
    /// Letters with a link that this source asks for.
    Source(&'a str),
}

impl Counted<'_> {
    fn most(self) -> u32 {
        match self {
            Self::SignIn(_) => MOST_ATTEMPTS,
            Self::Letters(_) => MOST_LETTERS,
            Self::Source(_) => MOST_OF_A_SOURCE,
        }
    }

    pub(super) fn key(self) -> Item {
        match self {
            Self::SignIn(email) => key(email_partition(email), "ATTEMPTS"),
            Self::Letters(email) => key(email_partition(email), "LETTERS"),
            Self::Source(source) => key(format!("SOURCE#{}", hash(source)), "LETTERS"),
        }
    }
}

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
        self.count(Counted::SignIn(email), now).await
    }

    /// Counts one more.
    ///
    /// # Errors
    /// As for [`count_attempt`](Self::count_attempt).
    pub async fn count(
        &self,
        counted: Counted<'_>,
        now: Timestamp,
    ) -> Result<Result<(), TooMany>, Failure> {
        let before: Option<Attempts> = self.items.get(counted.key()).await?;
        let attempt = |before: Option<Attempts>| async move {
            match Attempts::one_more(before.as_ref(), counted.most(), now) {
                Ok(next) => self.replace(counted, before.as_ref(), &next).await,
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
        let deleted = deleted
            .set_key(Some(Counted::SignIn(email).key()))
            .send()
            .await;
        deleted.map(drop).map_err(|error| {
            let error = DisplayErrorContext(error);
            self.items.unavailable("forgetting", error)
        })
    }

    /// Writes a count in place of the one it follows; or tells what is there instead.
    async fn replace(
        &self,
        counted: Counted<'_>,
        before: Option<&Attempts>,
        next: &Attempts,
    ) -> Result<Try<Result<(), TooMany>, Option<Attempts>>, Failure> {
        let mut new = self.items.item(counted.key(), next)?;
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
