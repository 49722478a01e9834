//! What can go wrong, by name, with its status and its title.

use axum::http::StatusCode;

/// What went wrong; its name is the last part of the `type`, and stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    BadJson,
    BadRequest,
    IdempotencyKeyRequired,
    Unauthorized,
    WrongCredentials,
    BadSignature,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    EmailTaken,
    IdempotencyConflict,
    BookingConflict,
    OrderConflict,
    SagaConflict,
    AccountConflict,
    CustomerConflict,
    HoldExpired,
    LinkOver,
    TooLarge,
    UnsupportedMediaType,
    InvalidFields,
    TooManyRequests,
    Unavailable,
}

impl ProblemKind {
    /// All of them, in the order of the catalogue in the README.
    #[cfg(test)]
    const ALL: &[Self] = &[
        Self::BadJson,
        Self::BadRequest,
        Self::IdempotencyKeyRequired,
        Self::Unauthorized,
        Self::WrongCredentials,
        Self::BadSignature,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::EmailTaken,
        Self::IdempotencyConflict,
        Self::BookingConflict,
        Self::OrderConflict,
        Self::SagaConflict,
        Self::AccountConflict,
        Self::CustomerConflict,
        Self::HoldExpired,
        Self::LinkOver,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::InvalidFields,
        Self::TooManyRequests,
        Self::Unavailable,
    ];

    pub(super) fn describe(self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::BadJson => (S::BAD_REQUEST, "bad-json", "The body is not JSON"),
            Self::BadRequest => (S::BAD_REQUEST, "bad-request", "The request cannot be read"),
            Self::IdempotencyKeyRequired => (
                S::BAD_REQUEST,
                "idempotency-key-required",
                "The header Idempotency-Key is missing or malformed",
            ),
            Self::Unauthorized => (S::UNAUTHORIZED, "unauthorized", "Not signed in"),
            Self::WrongCredentials => (
                S::UNAUTHORIZED,
                "wrong-credentials",
                "The address or the password is wrong",
            ),
            Self::BadSignature => (
                S::UNAUTHORIZED,
                "bad-signature",
                "The signature is missing, wrong or too old",
            ),
            Self::Forbidden => (S::FORBIDDEN, "forbidden", "Not allowed"),
            Self::NotFound => (S::NOT_FOUND, "not-found", "There is no such thing"),
            Self::MethodNotAllowed => (
                S::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "The method is not allowed here",
            ),
            Self::EmailTaken => (
                S::CONFLICT,
                "email-taken",
                "The address is registered already",
            ),
            Self::IdempotencyConflict => (
                S::CONFLICT,
                "idempotency-conflict",
                "The key was used for another request",
            ),
            Self::BookingConflict => (
                S::CONFLICT,
                "booking-conflict",
                "The booking is in no state for that",
            ),
            Self::OrderConflict => (
                S::CONFLICT,
                "order-conflict",
                "The order is in no state for that",
            ),
            Self::SagaConflict => (
                S::CONFLICT,
                "saga-conflict",
                "The saga is in no state for that",
            ),
            Self::AccountConflict => (
                S::CONFLICT,
                "account-conflict",
                "The account was opened with other contents",
            ),
            Self::CustomerConflict => (
                S::CONFLICT,
                "customer-conflict",
                "The customer's account is in no state for that",
            ),
            Self::HoldExpired => (S::CONFLICT, "hold-expired", "The time to pay is over"),
            Self::LinkOver => (S::GONE, "link-over", "The link is over"),
            Self::TooLarge => (S::PAYLOAD_TOO_LARGE, "too-large", "The body is too large"),
            Self::UnsupportedMediaType => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "The body is of another type than JSON",
            ),
            Self::InvalidFields => (
                S::UNPROCESSABLE_ENTITY,
                "invalid-fields",
                "A field is missing, unknown or wrong",
            ),
            Self::TooManyRequests => (
                S::TOO_MANY_REQUESTS,
                "too-many-requests",
                "Too many requests",
            ),
            Self::Unavailable => (S::SERVICE_UNAVAILABLE, "unavailable", "Not now; try again"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of the README's table of errors: type and status.
    fn catalogue() -> Vec<(String, u16)> {
        let readme = include_str!("../../README.md");
        let (_, errors) = readme.split_once("## Errors").unwrap();
        let errors = errors.split("\n## ").next().unwrap();
        let rows = errors.lines().filter_map(|line| line.strip_prefix("| `"));
        let read = rows.map(|row| {
            let (name, rest) = row.split_once("` | ").unwrap();
            let (status, told) = rest.split_once(" | ").unwrap();
            let cells: Vec<_> = told.trim_end_matches(" |").split(" | ").collect();
            assert_eq!(cells.len(), 2, "{name}: when, and what to do");
            (name.to_owned(), status.parse().unwrap())
        });
        read.collect()
    }

    #[test]
    fn the_catalogue_of_errors_has_each_type_once_and_in_order() {
        let known = ProblemKind::ALL.iter().map(|kind| {
            let (status, name, _) = kind.describe();
            (name.to_owned(), status.as_u16())
        });
        assert_eq!(catalogue(), known.collect::<Vec<_>>());
    }

    #[test]
    fn no_type_is_left_out_of_the_list() {
        let source = include_str!("kind.rs");
        let (_, body) = source.split_once("fn describe").unwrap();
        let (body, _) = body.split_once("\n}\n").unwrap();
        assert_eq!(body.matches("Self::").count(), ProblemKind::ALL.len());
    }
}
