//! Requests as API Gateway passes them on, and answers as it wants them: the few parts that are used.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// A request.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    headers: Option<BTreeMap<String, Option<String>>>,
    body: Option<String>,
    is_base64_encoded: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The HTTP status.
    pub status_code: u16,
    /// What goes with it.
    pub headers: BTreeMap<&'static str, &'static str>,
    /// What it says.
    pub body: String,
}

impl Request {
    /// What was sent; nothing where it is no text.
    pub fn body(&self) -> String {
        let body = self.body.clone().unwrap_or_default();
        if !self.is_base64_encoded {
            return body;
        }
        let bytes = STANDARD.decode(body).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }

    /// Whether it comes with this key, as its bearer.
    pub fn has_key(&self, key: &str) -> bool {
        let headers = self.headers.iter().flatten();
        let mut sent = headers.filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let sent = sent.next().and_then(|(_, value)| value.as_deref());
        let Some((scheme, sent)) = sent.and_then(|sent| sent.split_once(' ')) else {
            return false;
        };
        scheme.eq_ignore_ascii_case("bearer") && same(sent.trim(), key)
    }
}

/// Takes as long for a wrong key as for the right one.
fn same(sent: &str, key: &str) -> bool {
    let differences = sent.bytes().zip(key.bytes());
    let different = differences.fold(0, |found, (one, other)| found | (one ^ other));
    sent.len() == key.len() && different == 0 && !key.is_empty()
}

impl Response {
    /// An answer in JSON.
    pub fn json(status_code: u16, body: &impl Serialize) -> Self {
        let headers = [
            ("Content-Type", "application/json"),
            ("Cache-Control", "no-store"),
        ];
        Self {
            status_code,
            headers: headers.into(),
            body: serde_json::to_string(body).unwrap_or_default(),
        }
    }
}
