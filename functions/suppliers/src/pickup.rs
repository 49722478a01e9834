//! The carrier comes for a parcel: a switch for tests and demonstrations, beyond which an order's
//! shipment cannot be undone.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use holdfast_core::ids::SagaId;
use serde::Deserialize;

use crate::Supplies;
use crate::answer::Answer;
use crate::carrier;
use crate::http::readable;
use crate::request::parsed;
use crate::store::Address;

#[derive(Deserialize)]
struct Body {
    order: SagaId,
}

/// `POST /carrier/pickup`
pub(crate) async fn pick_up(
    State(supplies): State<Supplies>,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let order = match readable(body).and_then(|body| parsed::<Body>(&body)) {
        Ok(body) => body.order,
        Err(problem) => return problem,
    };
    let address = Address::shipment(&order);
    match supplies.switch(&address, carrier::pick_up).await {
        Ok(Ok(shipment)) => {
            tracing::info!(%order, "the carrier has come for it");
            shipment.answer()
        }
        Ok(Err(refusal)) => refusal,
        Err(trouble) => Answer::unavailable(trouble.to_string()),
    }
}
