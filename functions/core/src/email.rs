//! Addresses of customers.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// The longest e-mail address there is.
pub const LONGEST_EMAIL: usize = 254;

/// Stands where an address was before its customer was erased. No mail can be sent there: the domain is one of
/// those that never exist (RFC 2606).
pub const ERASED: &str = "erased@erased.invalid";

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

    /// Whether the customer who had it was erased.
    pub fn is_erased(&self) -> bool {
        self.0 == ERASED
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
    fn what_stands_for_an_erased_address_reads_as_one() {
        assert!(Email::read(ERASED).unwrap().is_erased());
        assert!(!Email::read("ana@example.com").unwrap().is_erased());
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
}
