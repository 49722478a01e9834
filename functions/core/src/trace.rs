//! The trace: one id that follows a request through everything that it sets off (W3C trace context).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::hex::{hex, is_hex};

/// A trace's id: 32 small hexadecimal digits, not all of them zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct TraceId(String);

/// The text is no trace id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 small hexadecimal digits, not all zero")]
pub struct NotATrace;

impl TraceId {
    /// An id of these bytes; of all zeros there is none.
    pub fn of(bytes: [u8; 16]) -> Option<Self> {
        hex(&bytes).parse().ok()
    }

    /// The id of what could not be given one.
    pub fn none() -> Self {
        Self("f".repeat(32))
    }

    /// The id in a `traceparent` header, `00-<trace>-<parent>-<flags>`. A later version may have
    /// more fields behind these. What is malformed counts as absent, as the standard has it.
    pub fn from_traceparent(header: &str) -> Option<Self> {
        let fields: Vec<&str> = header.trim().split('-').collect();
        let [version, trace, parent, flags, more @ ..] = fields.as_slice() else {
            return None;
        };
        let known = is_hex(version, 2) && *version != "ff" && (*version != "00" || more.is_empty());
        let parented = is_hex(parent, 16) && parent.bytes().any(|digit| digit != b'0');
        if !known || !parented || !is_hex(flags, 2) {
            return None;
        }
        trace.parse().ok()
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TraceId {
    type Err = NotATrace;
    fn from_str(text: &str) -> Result<Self, NotATrace> {
        if is_hex(text, 32) && text.bytes().any(|digit| digit != b'0') {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotATrace)
        }
    }
}

impl TryFrom<String> for TraceId {
    type Error = NotATrace;
    fn try_from(text: String) -> Result<Self, NotATrace> {
        text.parse()
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn a_trace_is_taken_from_its_header() {
        for header in [
            format!("00-{TRACE}-00f067aa0ba902b7-01"),
            format!("cc-{TRACE}-00f067aa0ba902b7-00-what-will-be"),
        ] {
            let taken = TraceId::from_traceparent(&header).unwrap();
            assert_eq!(taken.as_str(), TRACE);
        }
    }

    #[test]
    fn a_header_that_is_malformed_counts_as_absent() {
        let zeros = "0".repeat(32);
        for header in [
            String::new(),
            TRACE.to_owned(),
            format!("ff-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{TRACE}-00f067aa0ba902b7-01-more"),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{zeros}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-00f067aa0ba902b7"),
        ] {
            assert_eq!(TraceId::from_traceparent(&header), None, "{header}");
        }
    }

    #[test]
    fn zeros_are_no_trace() {
        assert_eq!(TraceId::of([0; 16]), None);
        let trace = TraceId::of([0xab; 16]).unwrap();
        assert_eq!(trace.as_str(), "ab".repeat(16));
    }
}
