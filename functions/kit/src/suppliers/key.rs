//! The key that every call to a supplier carries. Neither logs nor messages ever show it.

use std::fmt;
use std::str::FromStr;

use hyper::header::HeaderValue;

/// The key that every call to a supplier carries, as the header that carries it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(HeaderValue);

/// The text is no key. It is not repeated, because it may be one with a slip in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be visible ASCII characters")]
pub struct NotAKey;

impl Key {
    /// The value of the header `Authorization`.
    pub(super) fn bearer(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        if text.is_empty() || !text.chars().all(|c| c.is_ascii_graphic()) {
            return Err(NotAKey);
        }
        let mut bearer = HeaderValue::try_from(format!("Bearer {text}")).map_err(|_| NotAKey)?;
        bearer.set_sensitive(true);
        Ok(Self(bearer))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_shown_nowhere() {
        let key: Key = "a-secret".parse().unwrap();
        assert_eq!(key.bearer().to_str().unwrap(), "Bearer a-secret");
        for shown in [format!("{key:?}"), format!("{:?}", key.bearer())] {
            assert!(!shown.contains("a-secret"), "{shown}");
        }
    }

    #[test]
    fn a_text_that_no_header_can_carry_is_no_key_and_is_not_repeated() {
        for text in ["", "a b", "a\nb", "ü", "a\u{7f}"] {
            assert_eq!(text.parse::<Key>(), Err(NotAKey), "{text:?}");
        }
        assert_eq!(NotAKey.to_string(), "must be visible ASCII characters");
    }
}
