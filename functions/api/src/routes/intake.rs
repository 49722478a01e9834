//! A new booking: the request is remembered under its key before its execution is started, so that
//! however often it is sent it makes one booking.

use std::time::Duration;

use holdfast_booking::store::Bookings;
use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::request::BookingRequest;
use holdfast_core::ids::{BookingId, CustomerId};
use holdfast_core::trace::TraceId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::customers::Request;
use crate::executions::unopened;
use crate::problem::{Problem, ProblemKind};
use crate::{Api, random, schemas};

/// How long a request waits for its booking to be opened, and how often it looks.
const OPENS_WITHIN: Duration = Duration::from_secs(3);
const LOOKS_EVERY: Duration = Duration::from_millis(100);

/// A trip to be booked.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBooking {
    /// What to reserve, in order; more can be added later.
    #[schema(schema_with = schemas::legs)]
    legs: Vec<Value>,
    /// How long there is to pay, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 86_400, default = 900)]
    hold_seconds: Option<u32>,
    /// The payment, if it is given up front. Without one the booking waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::payment_or_null, required = false)]
    payment: Option<Value>,
    /// Scripted mishaps of the steps that are about the whole booking, where simulation is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schemas::script_of_a_booking, required = false)]
    simulate: Option<Value>,
}

/// Opens a booking, or finds the one that the same request has opened before.
pub(crate) async fn book(
    api: &Api,
    customer: &CustomerId,
    key: &str,
    new: &NewBooking,
    trace: &TraceId,
) -> Result<Snapshot, Problem> {
    let input = input(api, customer, new, trace).await?;
    let asked = BookingRequest::read(&input)?;
    api.simulation.allow::<Bookings, _>(asked.scripts())?;
    let body = serde_json::to_string(new).unwrap_or_default();
    let request = Request::new(&body, random::booking()?);
    let now = api.clock.now();
    let known = api.customers.remember(customer, key, &request, now).await?;
    let booking_id = match known {
        Some(known) if known.fingerprint != request.fingerprint => {
            let detail = "this Idempotency-Key came with another body before; use a key of its own";
            return Err(Problem::new(ProblemKind::IdempotencyConflict, detail));
        }
        Some(known) => known.booking_id,
        None => request.booking_id,
    };
    tracing::info!(%booking_id, "a booking is asked for");
    api.executions.start(booking_id.as_str(), &input).await?;
    opened(api, &booking_id).await
}

/// The execution's input. Who travels is who is signed in, whatever the body says.
async fn input(
    api: &Api,
    customer: &CustomerId,
    new: &NewBooking,
    trace: &TraceId,
) -> Result<Value, Problem> {
    let profile = api.customers.profile(customer).await?;
    let profile = profile.ok_or_else(|| {
        Problem::unauthorized(Some("invalid_token"), "there is no such customer any more")
    })?;
    let mut input = json!({
        "customer": {"id": customer, "email": profile.email},
        "legs": new.legs,
        "trace_id": trace,
    });
    if let Some(seconds) = new.hold_seconds {
        input["hold_seconds"] = json!(seconds);
    }
    if let Some(payment) = &new.payment {
        input["payment"] = payment.clone();
    }
    if let Some(simulate) = &new.simulate {
        input["simulate"] = simulate.clone();
    }
    Ok(input)
}

/// Waits a moment for the booking to be opened; after that the execution speaks for it.
async fn opened(api: &Api, booking: &BookingId) -> Result<Snapshot, Problem> {
    let until = api.clock.now() + OPENS_WITHIN;
    loop {
        if let Some(snapshot) = api.bookings.find(booking).await? {
            return Ok(snapshot);
        }
        if api.clock.now() >= until {
            let unopened = unopened(&api.executions, booking).await?;
            return unopened.ok_or_else(Problem::not_found);
        }
        tokio::time::sleep(LOOKS_EVERY).await;
    }
}
