//! One-time links that letters bring: `LINK#<id>` / `LINK` holds whose the link is, what it is for, when it
//! ends, and a hash of its token. Using one is a condition of the transaction that it allows.

use std::str::FromStr;
use std::time::Duration;

use aws_sdk_dynamodb::types::TransactWriteItem;
use holdfast_core::failure::Failure;
use holdfast_core::hex::is_hex;
use holdfast_core::ids::CustomerId;
use holdfast_core::time::Timestamp;
use holdfast_kit::table::Put;
use holdfast_kit::table::item::{Condition, Item, keep_until, key, text};
use holdfast_letters::links::Purpose;
use serde::{Deserialize, Serialize};

use super::accounts::{login_key, profile_key};
use super::changes::Changed;
use super::{Customers, NewPassword, Profile, hash};

/// How long a link can be used.
pub const LINK_FOR: Duration = Duration::from_secs(30 * 60);
const PREFIX: &str = "lt_";
const ID_DIGITS: usize = 32;
const ALL_DIGITS: usize = 96;

/// The token of a link, as a letter shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

/// The text is no token of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no token of a link")]
pub struct NotALinkToken;

impl LinkToken {
    /// The id of its link.
    fn id(&self) -> &str {
        &self.0[PREFIX.len()..PREFIX.len() + ID_DIGITS]
    }
}

impl FromStr for LinkToken {
    type Err = NotALinkToken;
    fn from_str(text: &str) -> Result<Self, NotALinkToken> {
        let digits = text.strip_prefix(PREFIX).ok_or(NotALinkToken)?;
        is_hex(digits, ALL_DIGITS)
            .then(|| Self(text.to_owned()))
            .ok_or(NotALinkToken)
    }
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

/// A link, as it lies in the table.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Link {
    customer_id: CustomerId,
    purpose: Purpose,
    token: String,
    ends: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used: Option<Timestamp>,
}

impl Customers {
    /// Keeps a link that a letter is to bring.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn keep_link(
        &self,
        token: &LinkToken,
        purpose: Purpose,
        customer: &CustomerId,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let link = Link {
            customer_id: customer.clone(),
            purpose,
            token: hash(&token.0),
            ends: now + LINK_FOR,
            used: None,
        };
        let mut new = self.items.item(link_key(token), &link)?;
        keep_until(&mut new, link.ends);
        let doing = "keeping a link";
        match self.items.put(doing, new, &Condition::New).await? {
            Put::Done => Ok(()),
            Put::Refused(_) => Err(self.items.unavailable(doing, "there is one of that id")),
        }
    }

    /// Whose link this is; `None` where there is none of this purpose that can still be used.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn link(
        &self,
        token: &LinkToken,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Option<CustomerId>, Failure> {
        let found: Option<Link> = self.items.get(link_key(token)).await?;
        let good = found.filter(|link| {
            let is_open = link.used.is_none() && now < link.ends;
            is_open && link.purpose == purpose && link.token == hash(&token.0)
        });
        Ok(good.map(|link| link.customer_id))
    }

    /// Uses a link to put another password in place, whatever the one before was. All sessions end, and the
    /// address is the customer's.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn reset_password(
        &self,
        token: &LinkToken,
        new: &NewPassword<'_>,
        now: Timestamp,
    ) -> Result<Changed, Failure> {
        let next = new.profile.generation + 1;
        let used = self.used(token, Purpose::ResetPassword, now)?;
        let parts = vec![used, self.password(new)?, self.generation(new.profile)?];
        match self.transact("resetting a password", parts, next).await? {
            Changed::Raced => return Ok(Changed::Raced),
            Changed::Done(_) => {}
        }
        // The letter came to the address. If this is lost, another link confirms it.
        self.confirm(new.profile, now).await?;
        Ok(Changed::Done(next))
    }

    /// Uses a link to confirm the customer's address.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn confirm_by_link(
        &self,
        token: &LinkToken,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<Changed, Failure> {
        let used = self.used(token, Purpose::ConfirmAddress, now)?;
        let parts = vec![used, self.confirmed(profile, now)?];
        let doing = "confirming an address";
        self.transact(doing, parts, profile.generation).await
    }

    async fn confirm(&self, profile: &Profile, now: Timestamp) -> Result<(), Failure> {
        let parts = vec![self.confirmed(profile, now)?];
        let doing = "confirming an address";
        let confirmed = self.transact(doing, parts, profile.generation).await;
        confirmed.map(drop)
    }

    fn confirmed(&self, profile: &Profile, now: Timestamp) -> Result<TransactWriteItem, Failure> {
        let set = "SET confirmed = if_not_exists(confirmed, :now)";
        let values = [(":now", text(now.to_string()))];
        let update = self.update(profile_key(&profile.customer_id), set, &values);
        self.part(update.condition_expression("attribute_exists(pk)"))
    }

    fn used(
        &self,
        token: &LinkToken,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<TransactWriteItem, Failure> {
        let values = [
            (":token", text(hash(&token.0))),
            (":purpose", text(purpose.as_str())),
            (":now", text(now.to_string())),
        ];
        let update = self
            .update(link_key(token), "SET used = :now", &values)
            .expression_attribute_names("#token", "token")
            .expression_attribute_names("#ends", "ends")
            .condition_expression(
                "#token = :token AND purpose = :purpose AND #ends > :now AND attribute_not_exists(used)",
            );
        self.part(update)
    }

    /// The password's hash that is there now, under a customer's address.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn password_of(&self, profile: &Profile) -> Result<Option<String>, Failure> {
        let found: Option<super::Login> = self.items.get(login_key(&profile.email)).await?;
        let own = found.filter(|login| login.customer_id == profile.customer_id);
        Ok(own.map(|login| login.password))
    }
}

fn link_key(token: &LinkToken) -> Item {
    key(format!("LINK#{}", token.id()), "LINK")
}
