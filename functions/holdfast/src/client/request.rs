//! What is asked of the API.

use std::fmt;

use holdfast_core::hex::hex;
use hyper::Method;
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::Value;

use crate::problem::Problem;

/// A request, which may be sent more than once.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<String>,
    pub(crate) key: Option<String>,
}

impl Request {
    /// Any request.
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            body: None,
            key: None,
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// With a body.
    pub(crate) fn json(self, body: Value) -> Self {
        self.text(body.to_string())
    }

    /// With a body that is JSON already.
    pub(crate) fn text(self, body: String) -> Self {
        let body = Some(body);
        Self { body, ..self }
    }

    /// With an `Idempotency-Key`, the same on every try.
    pub(crate) fn keyed(self, key: String) -> Self {
        let key = Some(key);
        Self { key, ..self }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.split('?').next().unwrap_or_default();
        write!(f, "{} {path}", self.method)
    }
}

/// A name for a request, which no other has.
pub(crate) fn key() -> Result<String, Problem> {
    let mut bytes = [0; 16];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Problem::NoChance)?;
    Ok(format!("holdfast-{}", hex(&bytes)))
}

/// A text as a part of an address.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_a_part_of_an_address() {
        assert_eq!(encoded("2027-03-01"), "2027-03-01");
        assert_eq!(encoded("a b&c=é"), "a%20b%26c%3D%C3%A9");
    }

    #[test]
    fn keys_are_visible_and_differ() {
        let (one, other) = (key().unwrap(), key().unwrap());
        assert_ne!(one, other);
        assert!(one.bytes().all(|byte| byte.is_ascii_graphic()) && one.len() <= 128);
    }

    #[test]
    fn a_request_is_told_without_its_parameters() {
        let request = Request::get("/bookings/b-1/events?after=x");
        assert_eq!(request.to_string(), "GET /bookings/b-1/events");
    }
}
