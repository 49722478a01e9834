//! Who may sign in: passwords, roles, and how often a client may try.

use std::fmt;
use std::time::Duration;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use holdfast_core::time::Timestamp;

/// The shortest password that is taken, in characters.
pub const SHORTEST_PASSWORD: usize = 10;
/// The longest password that is taken, in characters.
pub const LONGEST_PASSWORD: usize = 128;

/// What a customer may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Books trips.
    Customer,
    /// Works at the desk.
    Operator,
}

/// A password, as it is typed. It is only ever read, hashed and forgotten.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The password as the bytes that are hashed.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The password as it was typed, to see whether it is a good one.
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Typed)
    }
}

struct Typed;

impl Visitor<'_> for Typed {
    type Value = Password;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a text of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        )
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Password, E> {
        let length = text.chars().count();
        match (SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&length) {
            true => Ok(Password(text.to_owned())),
            false => Err(E::invalid_length(length, &self)),
        }
    }
}

/// Recent attempts of one sort, such as those to sign in as one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// How often.
    pub count: u32,
    /// When the count begins anew.
    pub window_ends: Timestamp,
}

/// The most attempts to sign in as one account, within one window.
pub const MOST_ATTEMPTS: u32 = 10;
/// The most letters with a link to one address, within one window.
pub const MOST_LETTERS: u32 = 3;
/// The most letters with a link that one source asks for, within one window.
pub const MOST_OF_A_SOURCE: u32 = 30;
/// How long a window is.
pub const ATTEMPTS_WINDOW: Duration = Duration::from_secs(15 * 60);

/// Too many attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; try again later")]
pub struct TooMany {
    /// How long until the next attempt may be made.
    pub wait: Duration,
}

impl Attempts {
    /// One attempt more, if there may be one of so many. It is counted before the password is looked at, so
    /// that many at once are not many guesses.
    ///
    /// # Errors
    /// [`TooMany`] until the window ends.
    pub fn one_more(before: Option<&Self>, most: u32, now: Timestamp) -> Result<Self, TooMany> {
        match before {
            Some(known) if now < known.window_ends => {
                if known.count >= most {
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
    use holdfast_core::reading::read;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_password_is_neither_shown_nor_repeated() {
        let read = |json: Value| read::<Password>(&json);
        let password = read(json!("correct horse")).unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
        for bad in [
            json!("short"),
            json!(1_234_567_890_123_u64),
            json!({"a": 1}),
        ] {
            let problem = read(bad).unwrap_err().to_string();
            assert_eq!(problem, "must be a text of 10 to 128 characters");
        }
        assert!(read(json!("ü".repeat(128))).is_ok());
        assert!(read(json!("ü".repeat(129))).is_err());
    }

    #[test]
    fn attempts_are_counted_within_a_window_and_begin_anew_after_it() {
        let start = Timestamp::from_millis(0);
        let mut attempts = None;
        for count in 1..=MOST_ATTEMPTS {
            let next = Attempts::one_more(attempts.as_ref(), MOST_ATTEMPTS, start).unwrap();
            assert_eq!(next.count, count);
            attempts = Some(next);
        }
        let later = start + Duration::from_secs(60);
        let refused = Attempts::one_more(attempts.as_ref(), MOST_ATTEMPTS, later).unwrap_err();
        assert_eq!(refused.wait, ATTEMPTS_WINDOW - Duration::from_secs(60));
        let anew =
            Attempts::one_more(attempts.as_ref(), MOST_ATTEMPTS, start + ATTEMPTS_WINDOW).unwrap();
        assert_eq!(anew.count, 1);
    }
}
