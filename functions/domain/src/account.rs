//! Who may sign in: e-mail addresses, passwords, roles, and how often somebody may try.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use crate::time::Timestamp;

/// The longest e-mail address there is.
pub const LONGEST_EMAIL: usize = 254;
/// The shortest password that is taken, in characters.
pub const SHORTEST_PASSWORD: usize = 10;
/// The longest password that is taken, in characters.
pub const LONGEST_PASSWORD: usize = 128;

/// What a customer may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Books trips.
    Customer,
    /// Works at the desk.
    Operator,
}

/// An e-mail address, in small letters: the same in whatever case it is typed. It is never shown by
/// `Debug`, for it would end in a log.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Email(String);

/// The text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address such as traveller@example.com")]
pub struct NotAnEmail;

impl Email {
    /// Reads an address: visible ASCII characters, one `@`, a dot behind it.
    ///
    /// # Errors
    /// [`NotAnEmail`], which does not repeat the text.
    pub fn read(text: &str) -> Result<Self, NotAnEmail> {
        let (name, host) = text.split_once('@').ok_or(NotAnEmail)?;
        let dotted = host
            .split_once('.')
            .is_some_and(|(domain, top)| !domain.is_empty() && !top.is_empty());
        let plain = text.chars().all(|c| c.is_ascii_graphic());
        if name.is_empty() || !dotted || !plain || host.contains('@') || text.len() > LONGEST_EMAIL
        {
            return Err(NotAnEmail);
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).map_err(serde::de::Error::custom)
    }
}

/// A password, as it is typed. It is only ever read, hashed and forgotten.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The password as the bytes that are hashed.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let problem = || {
            serde::de::Error::custom(format!(
                "must be {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
            ))
        };
        // Not even what was sent in place of a text is repeated.
        let text = String::deserialize(deserializer).map_err(|_| problem())?;
        let length = text.chars().count();
        if (SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&length) {
            Ok(Self(text))
        } else {
            Err(problem())
        }
    }
}

/// How often somebody has tried to sign in as one account of late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// How often.
    pub count: u32,
    /// When the count begins anew.
    pub window_ends: Timestamp,
}

/// The most attempts within one window.
pub const MOST_ATTEMPTS: u32 = 10;
/// How long a window is.
pub const ATTEMPTS_WINDOW: Duration = Duration::from_secs(15 * 60);

/// Somebody has tried too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; try again later")]
pub struct TooMany {
    /// How long until the next attempt may be made.
    pub wait: Duration,
}

impl Attempts {
    /// One attempt more, if there may be one. It is counted before the password is looked at, so
    /// that many at once are not many guesses.
    ///
    /// # Errors
    /// [`TooMany`] until the window ends.
    pub fn one_more(before: Option<&Self>, now: Timestamp) -> Result<Self, TooMany> {
        match before {
            Some(known) if now < known.window_ends => {
                if known.count >= MOST_ATTEMPTS {
                    let wait = now.until(known.window_ends);
                    return Err(TooMany { wait });
                }
                Ok(Self {
                    count: known.count + 1,
                    ..*known
                })
            }
            _ => Ok(Self {
                count: 1,
                window_ends: now + ATTEMPTS_WINDOW,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_in_whatever_case() {
        let read = |text| Email::read(text).unwrap();
        assert_eq!(read("Ana@Example.COM").as_str(), "ana@example.com");
        assert_eq!(read("ana@example.com"), read("ANA@EXAMPLE.COM"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "x".repeat(250));
        for bad in [
            "", "@", "a@b", "a@.c", "a@b.", "a b@c.d", "a@b@c.d", "ü@c.d", &long,
        ] {
            assert!(Email::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_is_neither_shown_nor_repeated() {
        let read = |json: &str| serde_json::from_str::<Password>(json);
        let password = read("\"correct horse\"").unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
        for bad in ["\"short\"", "1234567890123", "{\"a\":1}"] {
            let problem = read(bad).unwrap_err().to_string();
            assert!(problem.starts_with("must be 10 to 128"), "{problem}");
        }
        assert!(read(&format!("\"{}\"", "ü".repeat(128))).is_ok());
        assert!(read(&format!("\"{}\"", "ü".repeat(129))).is_err());
    }

    #[test]
    fn attempts_are_counted_within_a_window_and_begin_anew_after_it() {
        let start = Timestamp::from_millis(0);
        let mut attempts = None;
        for count in 1..=MOST_ATTEMPTS {
            let next = Attempts::one_more(attempts.as_ref(), start).unwrap();
            assert_eq!(next.count, count);
            attempts = Some(next);
        }
        let later = start + Duration::from_secs(60);
        let refused = Attempts::one_more(attempts.as_ref(), later).unwrap_err();
        assert_eq!(refused.wait, ATTEMPTS_WINDOW - Duration::from_secs(60));
        let anew = Attempts::one_more(attempts.as_ref(), start + ATTEMPTS_WINDOW).unwrap();
        assert_eq!(anew.count, 1);
    }
}
