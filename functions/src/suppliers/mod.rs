//! Calls to the suppliers, over HTTP: one key for each thing asked, a time limit, and the question
//! "did you do it?" whenever an answer does not come.
//!
//! - `answer`: what an answer means, and what silence means
//! - `http`: one request, one answer, within a time
//! - `offers`: what they offer

mod answer;
mod http;
mod offers;

pub use answer::{Answer, Outcome};
pub use http::Endpoint;

use holdfast_domain::fault::Fault;
use holdfast_domain::ids::{BookingId, StepKey};
use holdfast_domain::money::Money;
use serde::Serialize;
use serde_json::Value;

/// Something asked of a supplier.
#[derive(Clone, Debug)]
pub struct Call<'a, B> {
    /// Whom to ask, and for what: `hotel/hold`.
    pub path: String,
    /// Names what is asked, so that it is done once however often it is asked.
    pub key: StepKey,
    /// Follows the booking.
    pub trace_id: &'a str,
    /// The particulars.
    pub body: B,
}

/// The particulars of a call about a leg.
#[derive(Clone, Debug, Serialize)]
pub struct LegBody<'a> {
    /// Whose trip it is.
    pub booking: &'a BookingId,
    /// The leg's name within it.
    pub leg: &'a str,
    /// What to reserve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<&'a Value>,
    /// A scripted fault.
    #[serde(skip_serializing_if = "is_ok")]
    pub simulate: Fault,
}

/// The particulars of a call about money.
#[derive(Clone, Debug, Serialize)]
pub struct PaymentBody<'a> {
    /// Whose trip it is.
    pub booking: &'a BookingId,
    /// Which token of the traveller's it is about, counted from 1.
    pub attempt: u32,
    /// Who pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<&'a str>,
    /// How much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<&'a Money>,
    /// A scripted fault.
    #[serde(skip_serializing_if = "is_ok")]
    pub simulate: Fault,
}

// By reference, for that is how serde asks.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_ok(fault: &Fault) -> bool {
    *fault == Fault::Ok
}

impl Endpoint {
    /// Asks a supplier, and if no answer comes asks what became of it. What comes back as
    /// [`Outcome::Unknown`] may still be done, even later.
    pub async fn ask<B: Serialize>(&self, call: &Call<'_, B>) -> Outcome {
        let outcome = self.call(call).await;
        let Outcome::Unknown(silence) = outcome else {
            return outcome;
        };
        match self.inspect(&call.key, call.trace_id).await {
            Some(known) => known,
            None => Outcome::Unknown(silence),
        }
    }
}
