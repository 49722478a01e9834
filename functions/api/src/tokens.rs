//! Access tokens: JSON Web Tokens signed with HMAC-SHA-256, and with nothing else. What a token says
//! of its own algorithm is compared, never obeyed; its key must be one that is known.

use crate::rules::claims::{Claims, Disbelief};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use holdfast_core::time::Timestamp;
use ring::hmac;
use serde::{Deserialize, Serialize};

const ALGORITHM: &str = "HS256";
/// The shortest secret that is worth something, in bytes: as long as the digest.
const SHORTEST_SECRET: usize = 32;
/// No token of ours is longer.
const LONGEST_TOKEN: usize = 1024;

/// A key that tokens are signed with.
#[derive(Clone, Debug)]
pub struct Key {
    id: String,
    secret: hmac::Key,
}

/// A secret that is no good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing key must have at least {SHORTEST_SECRET} bytes")]
pub struct WeakKey;

impl Key {
    /// A key of this name.
    ///
    /// # Errors
    /// [`WeakKey`] where the secret is too short.
    pub fn new(id: impl Into<String>, secret: &[u8]) -> Result<Self, WeakKey> {
        if secret.len() < SHORTEST_SECRET {
            return Err(WeakKey);
        }
        Ok(Self {
            id: id.into(),
            secret: hmac::Key::new(hmac::HMAC_SHA256, secret),
        })
    }

    /// Its name, as tokens have it in their `kid`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The signature of a message.
    pub(crate) fn sign(&self, message: &[u8]) -> hmac::Tag {
        hmac::sign(&self.secret, message)
    }

    /// The key itself, for what others work out with it.
    pub(crate) fn hmac(&self) -> &hmac::Key {
        &self.secret
    }

    /// Whether a signature is that of a message.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        hmac::verify(&self.secret, message, signature).is_ok()
    }
}

/// Why a token is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// It is no token of ours.
    #[error("the token is malformed")]
    Malformed,
    /// It was signed with a key that is not, or no longer, known.
    #[error("the token was signed with an unknown key")]
    UnknownKey,
    /// Another key signed it, or it was changed.
    #[error("the token's signature is wrong")]
    Forged,
    /// It says something that does not hold.
    #[error("{0}")]
    Disbelieved(#[from] Disbelief),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// Writes and signs a token.
pub fn sign(claims: &Claims, key: &Key) -> String {
    let header = Header {
        alg: ALGORITHM.to_owned(),
        typ: "JWT".to_owned(),
        kid: key.id.clone(),
    };
    let part = |json: Result<Vec<u8>, _>| BASE64.encode(json.unwrap_or_default());
    let signed = format!(
        "{}.{}",
        part(serde_json::to_vec(&header)),
        part(serde_json::to_vec(claims))
    );
    let signature = key.sign(signed.as_bytes());
    format!("{signed}.{}", BASE64.encode(signature))
}

/// The name of the key that a token says it was signed with.
///
/// # Errors
/// [`BadToken::Malformed`]
pub fn key_id(token: &str) -> Result<String, BadToken> {
    if token.len() > LONGEST_TOKEN {
        return Err(BadToken::Malformed);
    }
    let (header, _) = token.split_once('.').ok_or(BadToken::Malformed)?;
    let header: Header = decode(header)?;
    if header.alg != ALGORITHM || header.typ != "JWT" {
        return Err(BadToken::Malformed);
    }
    Ok(header.kid)
}

/// Checks a token's signature with the key that it names, and then what it says.
///
/// # Errors
/// [`BadToken`]
pub fn verify(token: &str, key: &Key, now: Timestamp) -> Result<Claims, BadToken> {
    if key_id(token)? != key.id {
        return Err(BadToken::UnknownKey);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(BadToken::Malformed)?;
    let signature = BASE64.decode(signature).map_err(|_| BadToken::Malformed)?;
    if !key.has_signed(signed.as_bytes(), &signature) {
        return Err(BadToken::Forged);
    }
    let (_, claims) = signed.split_once('.').ok_or(BadToken::Malformed)?;
    let claims: Claims = decode(claims)?;
    claims.check(now)?;
    Ok(claims)
}

fn decode<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, BadToken> {
    let json = BASE64.decode(part).map_err(|_| BadToken::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| BadToken::Malformed)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::rules::account::Role;
    use crate::rules::claims::ACCESS_FOR;
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn key(id: &str) -> Key {
        Key::new(
            id,
            format!("a secret of {id} that is long enough").as_bytes(),
        )
        .unwrap()
    }

    fn claims() -> Claims {
        Claims::new("cus_1".parse().unwrap(), Role::Customer, NOW)
    }

    #[test]
    fn a_token_of_ours_is_believed_until_it_expires() {
        let token = sign(&claims(), &key("a"));
        assert_eq!(verify(&token, &key("a"), NOW), Ok(claims()));
        let later = NOW + ACCESS_FOR + Duration::from_secs(1);
        let expired = BadToken::Disbelieved(Disbelief::Expired);
        assert_eq!(verify(&token, &key("a"), later), Err(expired));
    }

    #[test]
    fn a_token_of_another_key_is_not_believed() {
        let other = Key::new("a", b"another secret that is long enough, too").unwrap();
        let token = sign(&claims(), &other);
        assert_eq!(verify(&token, &key("a"), NOW), Err(BadToken::Forged));
        let token = sign(&claims(), &key("b"));
        assert_eq!(verify(&token, &key("a"), NOW), Err(BadToken::UnknownKey));
    }

    #[test]
    fn a_token_that_was_changed_is_not_believed() {
        let token = sign(&claims(), &key("a"));
        let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
        let operator = Claims {
            role: Role::Operator,
            ..claims()
        };
        parts[1] = BASE64.encode(serde_json::to_vec(&operator).unwrap());
        let changed = parts.join(".");
        assert_eq!(verify(&changed, &key("a"), NOW), Err(BadToken::Forged));
    }

    #[test]
    fn no_other_algorithm_is_obeyed() {
        let token = sign(&claims(), &key("a"));
        let rest = token.split_once('.').unwrap().1;
        for alg in ["none", "None", "HS512", "RS256", "hs256", ""] {
            let header = json!({"alg": alg, "typ": "JWT", "kid": "a"}).to_string();
            let changed = format!("{}.{rest}", BASE64.encode(header));
            assert_eq!(
                verify(&changed, &key("a"), NOW),
                Err(BadToken::Malformed),
                "{alg}"
            );
        }
        let unsigned = token.rsplit_once('.').unwrap().0;
        assert_eq!(
            verify(&format!("{unsigned}."), &key("a"), NOW),
            Err(BadToken::Forged)
        );
    }

    #[test]
    fn what_is_no_token_is_malformed() {
        let long = "a".repeat(2000);
        for text in ["", ".", "..", "a.b.c", &long, "eyJhbGciOiJub25lIn0.e30."] {
            assert_eq!(
                verify(text, &key("a"), NOW),
                Err(BadToken::Malformed),
                "{text}"
            );
        }
    }

    #[test]
    fn a_weak_secret_makes_no_key() {
        assert!(Key::new("a", b"short").is_err());
    }
}
