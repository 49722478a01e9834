//! Sessions: their ids, and the names of the clients that began them.

use std::fmt;
use std::str::FromStr;

use holdfast_core::hex::{hex, is_hex};
use serde::{Deserialize, Serialize};

const PREFIX: &str = "ses_";
const DIGITS: usize = 32;
const LONGEST_CLIENT: usize = 100;

/// The id of a session. It opens nothing: the secret in the refresh token does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionId(String);

/// The text is no id of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the id of a session")]
pub struct NotASessionId;

impl SessionId {
    /// The id that these bytes make.
    pub fn of_bytes(bytes: [u8; 16]) -> Self {
        Self(hex(&bytes))
    }

    /// The id of the session whose digits these are.
    ///
    /// # Errors
    /// [`NotASessionId`]
    pub fn of_digits(digits: &str) -> Result<Self, NotASessionId> {
        is_hex(digits, DIGITS)
            .then(|| Self(digits.to_owned()))
            .ok_or(NotASessionId)
    }

    /// Its digits alone.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl FromStr for SessionId {
    type Err = NotASessionId;
    fn from_str(text: &str) -> Result<Self, NotASessionId> {
        Self::of_digits(text.strip_prefix(PREFIX).ok_or(NotASessionId)?)
    }
}

impl TryFrom<String> for SessionId {
    type Error = NotASessionId;
    fn try_from(text: String) -> Result<Self, NotASessionId> {
        text.parse()
    }
}

impl From<SessionId> for String {
    fn from(id: SessionId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0)
    }
}

/// What a client calls itself, as it is shown: on one line, without signs that a page or a terminal might
/// obey, and cut. `None` where nothing is left.
pub fn client_name(said: &str) -> Option<String> {
    let harmless = |c: char| !c.is_control() && !is_invisible(c) && !matches!(c, '<' | '>');
    let plain: String = said
        .chars()
        .map(|c| if harmless(c) { c } else { ' ' })
        .collect();
    let words: Vec<_> = plain.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(LONGEST_CLIENT).collect();
    let name = name.trim_end().to_owned();
    (!name.is_empty()).then_some(name)
}

/// Signs that turn the direction of text, or hide in it.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_is_shown() {
        let shown = format!("ses_{}", "0a".repeat(16));
        let id: SessionId = shown.parse().unwrap();
        assert_eq!(id.to_string(), shown);
        assert_eq!(SessionId::of_digits(id.digits()), Ok(id));
        for bad in [
            "",
            "ses_",
            &shown[1..],
            &shown.to_uppercase(),
            &format!("{shown}0"),
        ] {
            assert_eq!(bad.parse::<SessionId>(), Err(NotASessionId), "{bad}");
        }
    }

    #[test]
    fn the_name_of_a_client_is_one_harmless_line() {
        assert_eq!(client_name("curl/8.5.0").as_deref(), Some("curl/8.5.0"));
        assert_eq!(
            client_name(" a\u{1b}[31m\r\nb\u{202e}c ").as_deref(),
            Some("a [31m b c")
        );
        assert_eq!(client_name("<b>x</b>").as_deref(), Some("b x /b"));
        assert_eq!(client_name(" \u{200b}\n"), None);
        let long = client_name(&"ü".repeat(5_000)).unwrap();
        assert_eq!(long.chars().count(), 100);
    }
}
