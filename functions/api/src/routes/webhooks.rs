//! What suppliers report: so far, that a payment has been decided. A report needs no customer's token.
//! Its signature makes it worth asking the supplier about, and no more.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use holdfast_core::ids::BookingId;
use holdfast_core::reading::whole;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Api;
use crate::body::{RawBody, parse};
use crate::problem::Problem;
use crate::reach::Suppliers;
use crate::signature::{BadSignature, Signed};

/// A payment was decided.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PaymentReport {
    /// Which payment.
    data: ReportedPayment,
}

/// Which payment was decided. How is not read from here: the supplier is asked.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ReportedPayment {
    /// Whose it is.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9._-]{1,60}$")]
    booking: BookingId,
    /// Which of the traveller's attempts to pay, counted from 1.
    #[schema(minimum = 1)]
    #[serde(deserialize_with = "whole::<_, _, 1, { u32::MAX as u64 }>")]
    attempt: u32,
}

/// It was received.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReceivedBody {
    /// Whether it had been received before.
    again: bool,
}

/// Takes a payment supplier's report that it has decided about a payment that was pending.
///
/// Signed as Standard Webhooks has it, with the secret that the stack has made.
#[utoipa::path(post, path = "/webhooks/payments", tag = "webhooks", operation_id = "report_payment",
    params(
        ("webhook-id" = String, Header, description = "Names the message, on every delivery of it",
            min_length = 1, max_length = 128, pattern = "^[!-~]+$"),
        ("webhook-timestamp" = i64, Header, description = "When it was sent, in seconds since 1970"),
        ("webhook-signature" = String, Header,
            description = "`v1,` and the base64 of the HMAC-SHA-256 of `<id>.<timestamp>.<body>`; several with blanks between"),
    ),
    request_body = PaymentReport,
    responses((status = 200, description = "Received", body = ReceivedBody),
        (status = 401, description = "The signature is missing, wrong or too old")))]
pub(crate) async fn payments(
    State(api): State<Api>,
    suppliers: Suppliers,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Json<ReceivedBody>, Problem> {
    let signed = Signed::read(&headers)?;
    check(&api, &signed, &body).await?;
    let PaymentReport { data } = parse(&body)?;
    let (booking_id, attempt) = (&data.booking, data.attempt);
    let again = api.bookings.has_received(signed.id).await?;
    tracing::info!(%booking_id, attempt, again, "a payment was decided, says its supplier");
    // Noted only now: one that could not be handled, or came too early, may be delivered again.
    if !again && suppliers.decisions(&api).learn(booking_id, attempt).await? {
        let now = api.clock.now();
        api.bookings.note_received(signed.id, now).await?;
    }
    Ok(Json(ReceivedBody { again }))
}

/// The supplier reads the secret afresh, so after a rotation it may know a newer one than we do.
async fn check(api: &Api, signed: &Signed<'_>, body: &[u8]) -> Result<(), Problem> {
    let now = api.clock.now();
    let known = api.webhook_keys.keys().await?;
    let checked = match signed.check(body, &known, now) {
        Err(BadSignature::Forged) => {
            let fresh = api.webhook_keys.fresh_keys().await?;
            signed.check(body, &fresh, now)
        }
        checked => checked,
    };
    Ok(checked?)
}

impl From<BadSignature> for Problem {
    fn from(bad: BadSignature) -> Self {
        Self::bad_signature(bad.to_string())
    }
}
