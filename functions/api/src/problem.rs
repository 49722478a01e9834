//! What goes wrong, as RFC 9457 has it: a problem document with a stable `type`. It says what its
//! reader can do about it, and nothing of what is inside.

mod kind;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use holdfast_booking_rules::cancelling::Quote;
use holdfast_core::failure::Failure;
use holdfast_core::reading::Flaw;
use holdfast_core::trace::TraceId;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use kind::ProblemKind;

use crate::routes::orders::OrderStanding;
use crate::views::Standing;

/// A field, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// Its path, such as `legs[0].spec.date`.
    pub(crate) field: String,
    /// What is wrong with it, and the remedy.
    pub(crate) problem: String,
}

/// Where a text stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Position {
    /// Counted from 1.
    pub(crate) line: usize,
    /// Counted from 1; 0 for an empty line.
    pub(crate) column: usize,
}

/// Something that went wrong, on its way out. The outermost layer writes the document, for it knows
/// the trace.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    kind: ProblemKind,
    detail: String,
    errors: Vec<FieldProblem>,
    position: Option<Position>,
    about: Box<About>,
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

/// What a problem is about.
#[derive(Clone, Debug, Default)]
struct About {
    booking: Option<Standing>,
    order: Option<OrderStanding>,
    cancellation: Option<Quote>,
}

/// A problem document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProblemDocument {
    /// What went wrong, for programs: `urn:holdfast:problem:<name>`.
    #[serde(rename = "type")]
    #[schema(pattern = "^urn:holdfast:problem:[a-z-]+$")]
    kind: String,
    /// What went wrong, for people.
    title: String,
    /// The HTTP status.
    status: u16,
    /// This very case of it.
    detail: String,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldProblem>,
    /// Where the body stops being JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    /// How the booking stands that could not be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking: Option<Standing>,
    /// How the order stands that could not be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<OrderStanding>,
    /// What would come back for what was to be given back.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation: Option<Quote>,
    /// Names the request in logs; quote it when asking for help.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    trace_id: String,
}

impl Problem {
    /// Something went wrong, and this is the case.
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            position: None,
            about: Box::default(),
            headers: Vec::new(),
        }
    }

    /// There is no such thing, or it is another customer's: the answer does not tell which.
    pub(crate) fn not_found() -> Self {
        Self::new(
            ProblemKind::NotFound,
            "there is nothing here, or it is not yours",
        )
    }

    /// A field is wrong.
    pub(crate) fn field(field: impl Into<String>, problem: impl Into<String>) -> Self {
        let (field, problem) = (field.into(), problem.into());
        let mut wrong = Self::new(ProblemKind::InvalidFields, format!("{field}: {problem}"));
        wrong.errors.push(FieldProblem { field, problem });
        wrong
    }

    /// The body stops being JSON here.
    pub(crate) fn bad_json(line: usize, column: usize) -> Self {
        let detail = format!("the body is not JSON from line {line}, column {column} on");
        let mut bad = Self::new(ProblemKind::BadJson, detail);
        bad.position = Some(Position { line, column });
        bad
    }

    /// Whether it is of this kind.
    pub(crate) fn is(&self, kind: ProblemKind) -> bool {
        self.kind == kind
    }

    /// The client must sign in first; `error` is what RFC 6750 calls the trouble with its token.
    pub(crate) fn unauthorized(error: Option<&'static str>, detail: impl Into<String>) -> Self {
        let challenge = match error {
            Some("invalid_token") => r#"Bearer realm="holdfast", error="invalid_token""#,
            _ => r#"Bearer realm="holdfast""#,
        };
        let challenge = HeaderValue::from_static(challenge);
        Self::new(ProblemKind::Unauthorized, detail).header(header::WWW_AUTHENTICATE, challenge)
    }

    /// The client must sign in with another address or password.
    pub(crate) fn wrong_credentials(detail: impl Into<String>) -> Self {
        let challenge = HeaderValue::from_static(r#"Bearer realm="holdfast""#);
        Self::new(ProblemKind::WrongCredentials, detail).header(header::WWW_AUTHENTICATE, challenge)
    }

    /// A report must be signed.
    pub(crate) fn bad_signature(detail: impl Into<String>) -> Self {
        let challenge = HeaderValue::from_static(r#"Signature realm="holdfast""#);
        Self::new(ProblemKind::BadSignature, detail).header(header::WWW_AUTHENTICATE, challenge)
    }

    /// It may be tried again after so many seconds.
    #[must_use]
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// The booking that could not be changed stands like this.
    #[must_use]
    pub(crate) fn about(mut self, booking: Standing) -> Self {
        self.about.booking = Some(booking);
        self
    }

    /// The order that could not be changed stands like this.
    #[must_use]
    pub(crate) fn about_order(mut self, order: OrderStanding) -> Self {
        self.about.order = Some(order);
        self
    }

    /// This would come back for what was to be given back.
    #[must_use]
    pub(crate) fn quoting(mut self, cancellation: Quote) -> Self {
        self.about.cancellation = Some(cancellation);
        self
    }

    /// What was asked of a saga of any kind cannot be.
    pub(crate) fn of_a_saga(failure: Failure) -> Self {
        match failure {
            Failure::Conflict(detail) => Self::new(ProblemKind::SagaConflict, detail),
            other => other.into(),
        }
    }

    fn header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Writes the document.
    pub(crate) fn document(self, trace: &TraceId) -> Response {
        let (status, name, title) = self.kind.describe();
        let document = ProblemDocument {
            kind: format!("urn:holdfast:problem:{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: self.detail,
            errors: self.errors,
            position: self.position,
            booking: self.about.booking,
            order: self.about.order,
            cancellation: self.about.cancellation,
            trace_id: trace.to_string(),
        };
        let json = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = (status, json).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.extend(self.headers);
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, _, _) = self.kind.describe();
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Flaw> for Problem {
    fn from(flaw: Flaw) -> Self {
        Self::field(flaw.field, flaw.problem)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::InvalidBooking { field, problem }
            | Failure::InvalidOrder { field, problem }
            | Failure::InvalidLetter { field, problem } => Self::field(field, problem),
            Failure::Conflict(detail) | Failure::Cancelled(detail) => {
                Self::new(ProblemKind::BookingConflict, detail)
            }
            Failure::HoldExpired(detail) => Self::new(ProblemKind::HoldExpired, detail),
            Failure::NoSuch(detail) => Self::new(ProblemKind::NotFound, detail),
            // What is inside is for the log.
            Failure::Refused(problem)
            | Failure::Declined(problem)
            | Failure::Pending(problem)
            | Failure::SupplierDown(problem)
            | Failure::Unavailable(problem) => {
                tracing::error!(problem, "unavailable");
                let detail = "something behind the API did not answer; try again, with the same Idempotency-Key if there was one";
                Self::new(ProblemKind::Unavailable, detail).retry_after(1)
            }
        }
    }
}
