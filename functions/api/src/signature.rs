//! Signed messages from outside, as Standard Webhooks has them: an id, a time and a body under one
//! HMAC-SHA-256. Without the secret a report cannot be made up or changed, and one that was
//! overheard is worth nothing a few minutes later.

use std::time::Duration;

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use holdfast_core::time::Timestamp;

use crate::keys::Keys;

/// How far the clocks of sender and receiver, and the time on the way, may be apart.
const TOLERANCE: Duration = Duration::from_secs(300);
const LONGEST_ID: usize = 128;
/// Each takes work to check; a sender has two secrets at most.
const MOST_SIGNATURES: usize = 4;
const VERSION: &str = "v1,";

/// What a message says of itself, in its headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed<'a> {
    /// Names the message, on every delivery of it.
    pub(crate) id: &'a str,
    seconds: i64,
    signatures: &'a str,
}

/// Why a message is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadSignature {
    #[error("the header {0} is missing or malformed")]
    Header(&'static str),
    #[error("no signature is that of this message under a secret that is known")]
    Forged,
    #[error("the message is more than {} minutes old, or from the future", TOLERANCE.as_secs() / 60)]
    Stale,
}

impl<'a> Signed<'a> {
    /// Reads the headers.
    pub(crate) fn read(headers: &'a HeaderMap) -> Result<Self, BadSignature> {
        let text = |name: &'static str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.ok_or(BadSignature::Header(name))
        };
        let id = text("webhook-id")?;
        let plain = id.bytes().all(|byte| byte.is_ascii_graphic());
        if id.is_empty() || id.len() > LONGEST_ID || !plain {
            return Err(BadSignature::Header("webhook-id"));
        }
        let seconds = text("webhook-timestamp")?.parse();
        Ok(Self {
            id,
            seconds: seconds.map_err(|_| BadSignature::Header("webhook-timestamp"))?,
            signatures: text("webhook-signature")?,
        })
    }

    /// Whether the message is what its sender sent, and was sent just now. During a rotation a sender
    /// signs with two secrets, and either will do.
    pub(crate) fn check(
        &self,
        body: &[u8],
        keys: &Keys,
        now: Timestamp,
    ) -> Result<(), BadSignature> {
        let message = [format!("{}.{}.", self.id, self.seconds).as_bytes(), body].concat();
        let is_signature = |text: &str| {
            let given = text.strip_prefix(VERSION).map(|text| BASE64.decode(text));
            given.is_some_and(|given| given.is_ok_and(|given| keys.any_signed(&message, &given)))
        };
        if !self
            .signatures
            .split(' ')
            .take(MOST_SIGNATURES)
            .any(is_signature)
        {
            return Err(BadSignature::Forged);
        }
        let apart = now.as_seconds().abs_diff(self.seconds);
        if apart > TOLERANCE.as_secs() {
            return Err(BadSignature::Stale);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::Key;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const BODY: &[u8] = br#"{"type":"payment.authorized"}"#;

    fn key(secret: &str) -> Key {
        Key::new("k", secret.repeat(32).as_bytes()).unwrap()
    }

    fn keys() -> Keys {
        Keys::of(key("new"), Some(key("old")))
    }

    /// A message as a sender with this secret sends it.
    fn headers(secret: &str, id: &str, seconds: i64) -> HeaderMap {
        let message = [format!("{id}.{seconds}.").as_bytes(), BODY].concat();
        let signature = BASE64.encode(key(secret).sign(&message));
        let fields = [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", format!("v2,AAAA v1,{signature}")),
        ];
        let fields = fields.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        HeaderMap::from_iter(fields)
    }

    fn check(headers: &HeaderMap, body: &[u8]) -> Result<(), BadSignature> {
        Signed::read(headers)?.check(body, &keys(), NOW)
    }

    #[test]
    fn what_was_signed_just_now_is_believed_under_either_secret() {
        for secret in ["new", "old"] {
            for seconds in [-300, 0, 300] {
                let headers = headers(secret, "m1", NOW.as_seconds() + seconds);
                assert_eq!(check(&headers, BODY), Ok(()), "{secret} {seconds}");
            }
        }
    }

    #[test]
    fn what_is_forged_or_changed_is_not_believed() {
        let good = headers("new", "m1", NOW.as_seconds());
        assert_eq!(check(&good, b"{}"), Err(BadSignature::Forged));
        let stranger = headers("stranger", "m1", NOW.as_seconds());
        assert_eq!(check(&stranger, BODY), Err(BadSignature::Forged));
        for (name, value) in [
            ("webhook-id", "m2"),
            ("webhook-timestamp", "1800000001"),
            ("webhook-signature", "v1,AAAA"),
            ("webhook-signature", "v1,"),
            ("webhook-signature", ""),
        ] {
            let mut changed = good.clone();
            changed.insert(name, value.parse().unwrap());
            assert_eq!(check(&changed, BODY), Err(BadSignature::Forged), "{name}");
        }
    }

    #[test]
    fn what_is_old_or_from_the_future_is_not_believed() {
        for seconds in [-301, 301, -86_400] {
            let headers = headers("new", "m1", NOW.as_seconds() + seconds);
            assert_eq!(check(&headers, BODY), Err(BadSignature::Stale));
        }
        let never = headers("new", "m1", i64::MIN);
        assert_eq!(check(&never, BODY), Err(BadSignature::Stale));
    }

    #[test]
    fn a_header_that_is_missing_or_malformed_is_named() {
        let good = headers("new", "m1", NOW.as_seconds());
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            let mut without = good.clone();
            without.remove(name);
            assert_eq!(check(&without, BODY), Err(BadSignature::Header(name)));
        }
        for (name, value) in [
            ("webhook-id", ""),
            ("webhook-id", "a b"),
            ("webhook-timestamp", "now"),
        ] {
            let mut bad = good.clone();
            bad.insert(name, value.parse().unwrap());
            assert_eq!(check(&bad, BODY), Err(BadSignature::Header(name)));
        }
    }
}
