//! What the API refuses, as a line: the problem document (RFC 9457) that came, or what came instead.

use std::fmt;

use serde::Deserialize;

use super::Request;
use super::exchange::Answer;

const LONGEST_TEXT: usize = 200;

/// A field, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct WrongField {
    pub(crate) field: String,
    pub(crate) problem: String,
}

/// A problem document.
#[derive(Debug, Deserialize)]
struct Document {
    title: String,
    detail: String,
    #[serde(default)]
    errors: Vec<WrongField>,
    trace_id: Option<String>,
}

/// What the API would not do, and why.
#[derive(Debug)]
pub(crate) struct Refusal {
    what: String,
    status: u16,
    document: Option<Document>,
    /// What came, as it came.
    pub(crate) body: String,
    /// An earlier try of the same request got no answer, or was told to come again.
    was_repeated: bool,
}

impl std::error::Error for Refusal {}

impl Refusal {
    pub(super) fn read(request: &Request, answer: Answer, tries: u32) -> Self {
        Self {
            what: request.to_string(),
            status: answer.status,
            document: serde_json::from_slice(&answer.body).ok(),
            body: String::from_utf8_lossy(&answer.body).into_owned(),
            was_repeated: tries > 1,
        }
    }

    /// Whether the request itself makes no sense, or names what is not there.
    pub(crate) fn is_misuse(&self) -> bool {
        matches!(self.status, 400 | 404 | 405 | 413 | 415 | 422)
    }

    pub(crate) fn is_conflict(&self) -> bool {
        self.status == 409
    }

    pub(crate) fn is_not_found(&self) -> bool {
        self.status == 404 && self.document.is_some()
    }

    /// The fields that are wrong.
    pub(crate) fn fields(&self) -> &[WrongField] {
        self.document.as_ref().map_or(&[], |known| &known.errors)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, status) = (&self.what, self.status);
        match &self.document {
            Some(Document { title, detail, .. }) => write!(f, "{title}: {detail}")?,
            None if status == 404 => write!(
                f,
                "{what}: 404, there is no such API; is HOLDFAST_API_URL that of this stack? \
                 `source .local/env` again"
            )?,
            None => {
                let text: String = self.body.chars().take(LONGEST_TEXT).collect();
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                write!(f, "{what}: the answer was {status}: {text}")?;
            }
        }
        let trace = self.document.as_ref().and_then(|it| it.trace_id.as_ref());
        if let Some(trace) = trace.filter(|_| status >= 500) {
            write!(f, " (trace {trace})")?;
        }
        if self.was_repeated && self.is_conflict() {
            write!(
                f,
                "; an earlier try may have been taken: look with holdfast show"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use hyper::body::Bytes;

    use super::*;

    fn refused(status: u16, body: &str) -> Refusal {
        let answer = Answer {
            status,
            body: Bytes::copy_from_slice(body.as_bytes()),
            come_again: None,
        };
        Refusal::read(&Request::get("/bookings?limit=1"), answer, 1)
    }

    #[test]
    fn a_problem_document_is_told_in_its_own_words() {
        let body = r#"{"type": "urn:holdfast:problem:invalid-fields", "title": "A field is wrong",
            "status": 422, "detail": "legs[0].spec.date: is missing", "trace_id": "t",
            "errors": [{"field": "legs[0].spec.date", "problem": "is missing"}]}"#;
        let told = refused(422, body);
        assert_eq!(
            told.to_string(),
            "A field is wrong: legs[0].spec.date: is missing"
        );
        assert_eq!(told.fields()[0].field, "legs[0].spec.date");
        assert!(told.is_misuse());
    }

    #[test]
    fn what_is_no_problem_document_is_told_in_one_short_line() {
        let told = refused(502, &format!("<html>\n{}", "x".repeat(2_000))).to_string();
        assert!(told.starts_with("GET /bookings: the answer was 502: <html> xx"));
        assert!(told.lines().count() == 1 && told.len() < 300, "{told}");
        let told = refused(404, r#"{"message": "no such API"}"#).to_string();
        assert!(told.contains("source .local/env"), "{told}");
    }

    #[test]
    fn a_failure_behind_the_api_is_told_with_its_trace() {
        let body = r#"{"title": "Not now", "detail": "try again", "trace_id": "abc"}"#;
        assert_eq!(
            refused(503, body).to_string(),
            "Not now: try again (trace abc)"
        );
    }
}
