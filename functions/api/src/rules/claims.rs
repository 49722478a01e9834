//! What an access token says, and when it is to be believed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::rules::account::Role;
use crate::rules::session::SessionId;
use holdfast_core::ids::CustomerId;
use holdfast_core::time::Timestamp;

/// Who makes the tokens.
const ISSUER: &str = "holdfast";
/// How long a token is good for.
pub const ACCESS_FOR: Duration = Duration::from_secs(15 * 60);
/// How far the clocks of two functions may differ.
const LEEWAY_SECONDS: i64 = 60;

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who made the token.
    pub iss: String,
    /// Whose it is.
    pub sub: CustomerId,
    /// What they may do.
    pub role: Role,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// The session that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<SessionId>,
    /// How often the customer had ended all sessions when it was made.
    #[serde(default, rename = "gen", skip_serializing_if = "is_first")]
    pub generation: u32,
}

// By reference, for that is how serde asks.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_first(generation: &u32) -> bool {
    *generation == 0
}

/// A token that is not, or no longer, to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Disbelief {
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Another issuer made it, or it will be made later.
    #[error("the token is not one of ours")]
    Foreign,
}

impl Claims {
    /// What a token that is made now says.
    pub fn new(sub: CustomerId, role: Role, now: Timestamp) -> Self {
        Self {
            iss: ISSUER.to_owned(),
            sub,
            role,
            iat: now.as_seconds(),
            exp: (now + ACCESS_FOR).as_seconds(),
            sid: None,
            generation: 0,
        }
    }

    /// The same for a token of this session, of the customer's generation of sessions.
    #[must_use]
    pub fn of_session(self, sid: SessionId, generation: u32) -> Self {
        let sid = Some(sid);
        Self {
            sid,
            generation,
            ..self
        }
    }

    /// Whether it is to be believed now.
    ///
    /// # Errors
    /// [`Disbelief`] where it is not.
    pub fn check(&self, now: Timestamp) -> Result<(), Disbelief> {
        let now = now.as_seconds();
        if self.iss != ISSUER || self.iat > now.saturating_add(LEEWAY_SECONDS) {
            return Err(Disbelief::Foreign);
        }
        if now >= self.exp {
            return Err(Disbelief::Expired);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_believed_for_a_quarter_of_an_hour() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let claims = Claims::new("cus_1".parse().unwrap(), Role::Customer, now);
        assert_eq!(claims.check(now), Ok(()));
        let last = now + ACCESS_FOR - Duration::from_secs(1);
        assert_eq!(claims.check(last), Ok(()));
        assert_eq!(claims.check(now + ACCESS_FOR), Err(Disbelief::Expired));
        let before = now - Duration::from_secs(3600);
        assert_eq!(claims.check(before), Err(Disbelief::Foreign));
    }

    #[test]
    fn a_token_of_another_issuer_is_not_believed() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let claims = Claims::new("cus_1".parse().unwrap(), Role::Customer, now);
        let iss = "somebody".to_owned();
        let foreign = Claims { iss, ..claims };
        assert_eq!(foreign.check(now), Err(Disbelief::Foreign));
    }
}
