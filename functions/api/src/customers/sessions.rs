//! Refresh tokens, each good once. A session knows the hash of the one token that is good next: one
//! that was used before gives the thief away, or its victim, and ends the session for both.
//!
//! All sessions of a customer end by one write: a session belongs to a generation of them, and is over once
//! the customer's profile says a later one.

use std::str::FromStr;
use std::time::Duration;

use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use holdfast_core::failure::Failure;
use holdfast_core::hex::{hex, is_hex};
use holdfast_core::ids::CustomerId;
use holdfast_core::time::Timestamp;
use holdfast_kit::table::Put;
use holdfast_kit::table::item::{Condition, Item, keep_until, key, text, text_of};
use serde::{Deserialize, Serialize};

use super::{Customers, hash};
use crate::rules::session::SessionId;

/// How long a session lasts, however often it is refreshed.
pub const SESSION_FOR: Duration = Duration::from_secs(30 * 86_400);
/// How long after its use a browser's token is good once more: its page may have been left before the answer.
pub const LOST_WITHIN: Duration = Duration::from_secs(10);
/// What the partition keys of sessions begin with.
const SESSIONS: &str = "SESSION#";
/// The index of a customer's sessions, by when they began.
const BY_CUSTOMER: &str = "by-customer";
const PREFIX: &str = "rt_";
/// A session that has not ended.
const GOES_ON: &str = "#ends > :now AND attribute_not_exists(revoked)";
const PART_DIGITS: usize = 32;

/// A refresh token: the session's name, and a secret. It is shown once, to its owner.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    session: SessionId,
    secret: String,
}

impl RefreshToken {
    /// The first token of a session, or the next.
    pub fn new(session: [u8; 16], secret: [u8; 16]) -> Self {
        let session = SessionId::of_bytes(session);
        let secret = hex(&secret);
        Self { session, secret }
    }

    /// The token that comes after this one.
    #[must_use]
    pub fn next(&self, secret: [u8; 16]) -> Self {
        Self {
            session: self.session.clone(),
            secret: hex(&secret),
        }
    }

    /// The session that it belongs to.
    pub fn session_id(&self) -> &SessionId {
        &self.session
    }

    /// The token as its owner gets it.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}{}", self.session.digits(), self.secret)
    }
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

/// The text is no refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no refresh token")]
pub struct NotAToken;

impl FromStr for RefreshToken {
    type Err = NotAToken;
    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let parts = text.strip_prefix(PREFIX).ok_or(NotAToken)?;
        if !is_hex(parts, 2 * PART_DIGITS) {
            return Err(NotAToken);
        }
        let (session, secret) = parts.split_at(PART_DIGITS);
        Ok(Self {
            session: SessionId::of_digits(session).map_err(|_| NotAToken)?,
            secret: secret.to_owned(),
        })
    }
}

/// A session, as it lies in the table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Whose it is.
    pub customer_id: CustomerId,
    /// The hash of the secret that is good next.
    current: String,
    /// The hash of the one before it, whose successor may have been lost on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    /// When it began.
    pub created: Timestamp,
    /// When it ends at the latest.
    pub ends: Timestamp,
    /// When it was ended before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked: Option<Timestamp>,
    /// When it was refreshed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Timestamp>,
    /// What the client calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The customer's generation of sessions that it belongs to.
    #[serde(default, skip_serializing_if = "is_first")]
    generation: u32,
}

// By reference, for that is how serde asks.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_first(generation: &u32) -> bool {
    *generation == 0
}

impl Session {
    /// Whether it goes on, for a customer of this generation of sessions.
    pub fn goes_on(&self, generation: u32, now: Timestamp) -> bool {
        self.revoked.is_none() && now < self.ends && self.generation == generation
    }
}

/// What came of a refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Rotated {
    /// It was good, and is no longer; its owner.
    Done(CustomerId),
    /// It was used before: its session is over.
    Reused,
    /// There is no such session, or no longer.
    Unknown,
}

impl Customers {
    /// Begins a session of a customer of this generation of sessions; `client` is what the client calls
    /// itself.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn begin_session(
        &self,
        (customer, generation): (&CustomerId, u32),
        token: &RefreshToken,
        client: Option<String>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let ends = now + SESSION_FOR;
        let session = Session {
            customer_id: customer.clone(),
            current: hash(&token.secret),
            previous: None,
            created: now,
            ends,
            revoked: None,
            used: None,
            client,
            generation,
        };
        let mut new = self
            .items
            .item(session_key(token.session.digits()), session)?;
        keep_until(&mut new, ends);
        let doing = "beginning a session";
        match self.items.put(doing, new, &Condition::New).await? {
            Put::Done => Ok(()),
            Put::Refused(_) => Err(self.items.unavailable(doing, "there is one of that name")),
        }
    }

    /// The session that a token belongs to, if there is one.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn session(&self, token: &RefreshToken) -> Result<Option<Session>, Failure> {
        self.items.get(session_key(token.session.digits())).await
    }

    /// A session by its id, if there is one.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn session_of(&self, id: &SessionId) -> Result<Option<Session>, Failure> {
        self.items.get(session_key(id.digits())).await
    }

    /// Takes a token and puts the next one in its place, in one conditional write. For `lost_within` after its
    /// use a token is good again: its successor may have been lost on its way.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn rotate(
        &self,
        token: &RefreshToken,
        next: &RefreshToken,
        now: Timestamp,
        lost_within: Duration,
    ) -> Result<Rotated, Failure> {
        let mut rotation = self.items.client().update_item();
        rotation = match lost_within {
            Duration::ZERO => rotation
                .update_expression("SET #current = :next, used = :now")
                .condition_expression(format!("#current = :given AND {GOES_ON}")),
            _ => rotation
                .update_expression("SET #current = :next, previous = :given, used = :now")
                .condition_expression(format!(
                    "(#current = :given OR (previous = :given AND used > :since)) AND {GOES_ON}"
                ))
                .expression_attribute_values(":since", text((now - lost_within).to_string())),
        };
        let rotated = rotation
            .table_name(self.items.table())
            .set_key(Some(session_key(token.session.digits())))
            .expression_attribute_names("#current", "current")
            .expression_attribute_names("#ends", "ends")
            .expression_attribute_values(":given", text(hash(&token.secret)))
            .expression_attribute_values(":next", text(hash(&next.secret)))
            .expression_attribute_values(":now", text(now.to_string()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let error = match rotated {
            Ok(done) => {
                let session: Session = self.items.read(done.attributes.unwrap_or_default())?;
                return Ok(Rotated::Done(session.customer_id));
            }
            Err(error) => error,
        };
        if !is_refusal(&error) {
            let error = DisplayErrorContext(error);
            return Err(self.items.unavailable("rotating", error));
        }
        let Some(found) = error.as_service_error().and_then(found_instead) else {
            return Ok(Rotated::Unknown);
        };
        self.judge(token, &self.items.read(found.clone())?, now)
            .await
    }

    /// A token that was not good, and the session that it belongs to.
    async fn judge(
        &self,
        token: &RefreshToken,
        session: &Session,
        now: Timestamp,
    ) -> Result<Rotated, Failure> {
        if session.revoked.is_some() || session.ends <= now {
            return Ok(Rotated::Unknown);
        }
        self.revoke(token, now).await?;
        Ok(Rotated::Reused)
    }

    /// Ends the session of a token.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn revoke(&self, token: &RefreshToken, now: Timestamp) -> Result<(), Failure> {
        self.end_session(&token.session, now).await
    }

    /// Ends a session. One that there is not, or that is over, is left as it is.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn end_session(&self, session: &SessionId, now: Timestamp) -> Result<(), Failure> {
        let revoked = self
            .items
            .client()
            .update_item()
            .table_name(self.items.table())
            .set_key(Some(session_key(session.digits())))
            .update_expression("SET revoked = if_not_exists(revoked, :now)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":now", text(now.to_string()))
            .send()
            .await;
        match revoked {
            Err(error) if is_refusal(&error) => Ok(()),
            other => other.map(drop).map_err(|error| {
                let error = DisplayErrorContext(error);
                self.items.unavailable("revoking", error)
            }),
        }
    }
}

impl Customers {
    /// The ids of a customer's sessions, whether or not they go on. The index that tells them may be a
    /// moment behind.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn session_ids(&self, customer: &CustomerId) -> Result<Vec<SessionId>, Failure> {
        let found = self
            .items
            .keys_in(BY_CUSTOMER, "customer_id", customer.as_str())
            .await?;
        let digits = found
            .iter()
            .filter_map(|place| text_of(place, "pk")?.strip_prefix(SESSIONS));
        let ids = digits.filter_map(|digits| SessionId::of_digits(digits).ok());
        Ok(ids.collect())
    }
}

fn is_refusal(error: &SdkError<UpdateItemError>) -> bool {
    error
        .as_service_error()
        .is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

/// What is in the table instead, where a condition was not met.
fn found_instead(error: &UpdateItemError) -> Option<&Item> {
    match error {
        UpdateItemError::ConditionalCheckFailedException(refused) => refused.item(),
        _ => None,
    }
}

pub(super) fn session_key(digits: &str) -> Item {
    key(format!("{SESSIONS}{digits}"), "SESSION")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_as_it_was_shown_and_is_never_in_a_log() {
        let token = RefreshToken::new([1; 16], [2; 16]);
        let shown = token.reveal();
        assert_eq!(shown.parse::<RefreshToken>().unwrap(), token);
        assert_eq!(format!("{token:?}"), "RefreshToken(…)");
        for bad in [
            "",
            "rt_",
            &shown[1..],
            &format!("{shown}0"),
            &shown.to_uppercase(),
        ] {
            assert_eq!(bad.parse::<RefreshToken>(), Err(NotAToken), "{bad}");
        }
    }

    #[test]
    fn the_next_token_belongs_to_the_same_session() {
        let token = RefreshToken::new([1; 16], [2; 16]);
        let next = token.next([3; 16]);
        assert_eq!(next.session, token.session);
        assert_ne!(next.secret, token.secret);
    }
}
