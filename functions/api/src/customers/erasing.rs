//! The end of a customer: a mark first, that nothing new begins; the customer themselves last of all, so that
//! whoever was stopped in between can sign in and ask again.

use std::time::Duration;

use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use holdfast_core::failure::Failure;
use holdfast_core::ids::{AccountId, CustomerId};
use holdfast_core::time::Timestamp;
use holdfast_kit::table::item::{Condition, Item, key, text, text_of};

use super::accounts::{login_key, profile_key};
use super::attempts::Counted;
use super::requests::{REMEMBERED, REQUESTS};
use super::sessions::session_key;
use super::{Changed, Customers, Profile, Request};

/// What the sort keys of a customer's card accounts begin with.
const ACCOUNTS: &str = "ACCOUNT#";

/// A request that a customer has made of late.
#[derive(Clone, Debug)]
pub struct Recent {
    /// What it was.
    pub request: Request,
    /// How long ago it was remembered.
    pub age: Duration,
}

impl Customers {
    /// Notes that a card account is this customer's.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn note_account(
        &self,
        customer: &CustomerId,
        account: &AccountId,
    ) -> Result<(), Failure> {
        let place = key(partition(customer), format!("{ACCOUNTS}{account}"));
        let noted = self.items.put("noting an account", place, &Condition::New);
        noted.await.map(drop)
    }

    /// The card accounts of a customer.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn accounts_of(&self, customer: &CustomerId) -> Result<Vec<AccountId>, Failure> {
        let noted = self
            .items
            .in_partition(&partition(customer), ACCOUNTS)
            .await?;
        let ids = noted
            .iter()
            .filter_map(|item| text_of(item, "sk")?.strip_prefix(ACCOUNTS)?.parse().ok());
        Ok(ids.collect())
    }

    /// The requests of a customer that are still remembered.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn requests_of(
        &self,
        customer: &CustomerId,
        now: Timestamp,
    ) -> Result<Vec<Recent>, Failure> {
        let found = self
            .items
            .in_partition(&partition(customer), REQUESTS)
            .await?;
        let recent = |item: Item| {
            let ends = item
                .get("expires")
                .and_then(|ends| ends.as_n().ok()?.parse::<i64>().ok());
            let left = ends.map_or(0, |ends| ends - now.as_seconds());
            let left = Duration::from_secs(left.try_into().unwrap_or(0));
            Ok(Recent {
                request: self.items.read(item)?,
                age: REMEMBERED.saturating_sub(left),
            })
        };
        found.into_iter().map(recent).collect()
    }

    /// Marks a customer as being erased, or takes the mark away.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn mark_erasing(
        &self,
        profile: &Profile,
        since: Option<Timestamp>,
    ) -> Result<Changed, Failure> {
        let place = profile_key(&profile.customer_id);
        let update = match since {
            Some(since) => {
                let values = [(":since", text(since.to_string()))];
                self.update(
                    place,
                    "SET erasing = if_not_exists(erasing, :since)",
                    &values,
                )
            }
            None => self.update(place, "REMOVE erasing", &[]),
        };
        let parts = vec![self.part(update.condition_expression("attribute_exists(pk)"))?];
        self.transact("marking a customer", parts, profile.generation)
            .await
    }

    /// Deletes all that is kept of a customer here. The login and the profile go last, and together.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer; the same again goes on from there.
    pub async fn erase(&self, profile: &Profile) -> Result<(), Failure> {
        let customer = &profile.customer_id;
        for beginning in [REQUESTS, ACCOUNTS] {
            for item in self
                .items
                .in_partition(&partition(customer), beginning)
                .await?
            {
                let place = item
                    .into_iter()
                    .filter(|(name, _)| name == "pk" || name == "sk");
                self.delete(place.collect()).await?;
            }
        }
        for session in self.session_ids(customer).await? {
            self.delete(session_key(session.digits())).await?;
        }
        for counted in [
            Counted::SignIn(&profile.email),
            Counted::Letters(&profile.email),
        ] {
            self.delete(counted.key()).await?;
        }
        let gone = [login_key(&profile.email), profile_key(customer)];
        let parts = gone
            .into_iter()
            .map(|place| self.gone(place))
            .collect::<Result<_, _>>()?;
        let written = self.items.client().transact_write_items();
        let written = written.set_transact_items(Some(parts)).send().await;
        written.map(drop).map_err(|error| {
            let error = DisplayErrorContext(error);
            self.items.unavailable("erasing a customer", error)
        })
    }

    async fn delete(&self, place: Item) -> Result<(), Failure> {
        let deleted = self.items.client().delete_item();
        let deleted = deleted.table_name(self.items.table());
        let deleted = deleted.set_key(Some(place)).send().await;
        deleted.map(drop).map_err(|error| {
            let error = DisplayErrorContext(error);
            self.items.unavailable("erasing a customer", error)
        })
    }

    fn gone(&self, place: Item) -> Result<TransactWriteItem, Failure> {
        let delete = Delete::builder()
            .table_name(self.items.table())
            .set_key(Some(place))
            .build()
            .map_err(|problem| self.items.unavailable("writing", problem))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

fn partition(customer: &CustomerId) -> String {
    format!("CUSTOMER#{customer}")
}
