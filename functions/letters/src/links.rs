//! One-time links in letters. A link's token is worked out and never stored: it is an HMAC over the link's id,
//! under a secret that the API and this service share. The queue, the bus and the table know the id alone, the
//! customers' table a hash of the token, so no place where something is kept tells a token that opens anything.

use aws_sdk_secretsmanager::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use holdfast_core::hex::hex;
use holdfast_kit::later::Later;
use ring::hmac;
use serde::{Deserialize, Serialize};

const PREFIX: &str = "lt_";

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Choosing another password.
    ResetPassword,
    /// Showing that the address is one's own.
    ConfirmAddress,
}

impl Purpose {
    /// The word for it in messages, tables, and what is signed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset_password",
            Self::ConfirmAddress => "confirm_address",
        }
    }

    /// The word for it in the address of a link.
    fn fragment(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset",
            Self::ConfirmAddress => "confirm",
        }
    }
}

/// The token of a link: `lt_`, the link's id, and the HMAC, in hexadecimal digits.
pub fn token(key: &hmac::Key, purpose: Purpose, id: &str) -> String {
    let signed = format!("{}/{id}", purpose.as_str());
    let tag = hmac::sign(key, signed.as_bytes());
    format!("{PREFIX}{id}{}", hex(tag.as_ref()))
}

/// Works tokens out, and writes links.
#[derive(Clone, Debug)]
pub struct Links {
    /// Reads the secret.
    pub secrets: Later<aws_sdk_secretsmanager::Client>,
    /// Which secret it is.
    pub secret_id: String,
    /// The address of the page that links lead to.
    pub page: String,
}

/// The address of a link, ready to be written.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened(String);

impl Opened {
    /// The address of a page, with the token behind the `#`, which browsers send to no server.
    pub fn at(page: &str, purpose: Purpose, token: &str) -> Self {
        Self(format!("{page}#{}={token}", purpose.fragment()))
    }

    /// The address as its reader gets it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

// It opens an account.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened(…)")
    }
}

impl Links {
    /// The link with this id, by the version of the secret that was current when it was made.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the secret cannot be read.
    pub async fn open(&self, purpose: Purpose, id: &str, version: &str) -> Result<Opened, Failure> {
        let asked = self.secrets.get_secret_value();
        let asked = asked.secret_id(&self.secret_id).version_id(version);
        let found = asked.send().await.map_err(|error| {
            Failure::unavailable("the links' secret", DisplayErrorContext(error))
        })?;
        let secret = found.secret_string().unwrap_or_default();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let token = token(&key, purpose, id);
        Ok(Opened::at(&self.page, purpose, &token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_depends_on_the_secret_the_purpose_and_the_id() {
        let key = |secret: &[u8]| hmac::Key::new(hmac::HMAC_SHA256, secret);
        let first = token(&key(b"a"), Purpose::ResetPassword, "1");
        assert!(first.starts_with("lt_1"), "{first}");
        assert_eq!(first.len(), 3 + 1 + 64);
        for other in [
            token(&key(b"b"), Purpose::ResetPassword, "1"),
            token(&key(b"a"), Purpose::ConfirmAddress, "1"),
            token(&key(b"a"), Purpose::ResetPassword, "2"),
        ] {
            assert_ne!(first, other);
        }
        let opened = Opened::at(
            "https://trips.example.com/app/",
            Purpose::ResetPassword,
            &first,
        );
        assert!(
            opened
                .reveal()
                .starts_with("https://trips.example.com/app/#reset=lt_1")
        );
        assert_eq!(format!("{opened:?}"), "Opened(…)");
    }
}
