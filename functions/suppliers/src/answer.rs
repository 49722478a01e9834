//! What a supplier answers. Every answer has a status and a JSON body, except the one that is lost.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use holdfast_core::money::Money;
use holdfast_core::refund::Refund;
use holdfast_core::time::Timestamp;
use serde_json::{Value, json};

/// An answer to a call, as it is kept under the call's key and given again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) http_status: StatusCode,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self {
            http_status: StatusCode::OK,
            body,
        }
    }

    pub(crate) fn held(
        reference: &str,
        price: &Money,
        refund: &Refund,
        expires_at: Timestamp,
    ) -> Self {
        Self::ok(json!({
            "status": "held", "reference": reference, "price": price, "refund": refund,
            "expires_at": expires_at,
        }))
    }

    pub(crate) fn released() -> Self {
        Self::ok(json!({ "status": "released" }))
    }

    pub(crate) fn cancelled() -> Self {
        Self::ok(json!({ "status": "cancelled" }))
    }

    /// `confirmed`, `authorized`, `captured`, `voided`, `refunded`, `booked` or `picked_up`.
    pub(crate) fn done(status: &str, reference: &str) -> Self {
        Self::ok(json!({ "status": status, "reference": reference }))
    }

    /// The customer is good for it.
    pub(crate) fn approved(reference: &str, score: u64, limit: &Money) -> Self {
        Self::ok(json!({
            "status": "approved", "reference": reference, "score": score, "limit": limit,
        }))
    }

    /// Taken, and not decided yet.
    pub(crate) fn pending(reference: &str) -> Self {
        Self {
            http_status: StatusCode::ACCEPTED,
            body: json!({ "status": "pending", "reference": reference }),
        }
    }

    /// Something is wrong: a word for programs and a sentence for people.
    pub(crate) fn problem(
        http_status: StatusCode,
        error: &str,
        message: impl Into<String>,
    ) -> Self {
        let message: String = message.into();
        Self {
            http_status,
            body: json!({ "error": error, "message": message }),
        }
    }

    /// Definitely not done, and never will be under this key.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::problem(StatusCode::CONFLICT, "refused", message)
    }

    /// The money is not given.
    pub(crate) fn declined(message: impl Into<String>) -> Self {
        Self::problem(StatusCode::PAYMENT_REQUIRED, "declined", message)
    }

    /// The call says something that makes no sense.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message)
    }

    /// Nothing was done; another time perhaps.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.http_status, Json(self.body)).into_response()
    }
}

/// What a gateway says when the answer of the service behind it got lost: nothing a program could
/// read, and no word on whether the work was done.
pub(crate) fn lost() -> Response {
    const PAGE: &str = "<html>\n<head><title>504 Gateway Time-out</title></head>\n\
        <body><center><h1>504 Gateway Time-out</h1></center></body>\n</html>\n";
    let html = [(header::CONTENT_TYPE, "text/html")];
    (StatusCode::GATEWAY_TIMEOUT, html, PAGE).into_response()
}
