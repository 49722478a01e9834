//! What there is to choose from: the suppliers' offers, passed on.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::{Extension, Json};
use holdfast_booking::suppliers;
use holdfast_booking_rules::offer::{Offer, candidates};
use holdfast_core::trace::TraceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Api;
use crate::auth::Traveller;
use crate::body::Parameters;
use crate::problem::Problem;
use crate::schemas::Question;

/// Offers.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct OffersBody {
    /// The offers; `kind` and `spec` of each can be posted as a leg's.
    offers: Vec<Offer>,
}

/// Offers something to choose from.
///
/// The parameters are the fields of the kind's spec. Without a place to go to there is an offer for
/// each of a dozen places; without a number of persons it is for one.
#[utoipa::path(get, path = "/offers", tag = "offers", operation_id = "offers",
    params(Question),
    responses((status = 200, description = "The offers", body = OffersBody)),
    security(("bearer" = [])))]
pub(crate) async fn offers(
    State(api): State<Api>,
    _: Traveller,
    Extension(trace): Extension<TraceId>,
    Parameters(question): Parameters<BTreeMap<String, String>>,
) -> Result<Json<OffersBody>, Problem> {
    candidates(&question, api.clock.now())?;
    let offers = suppliers::offers(&api.suppliers, &question, trace.as_str()).await?;
    Ok(Json(OffersBody { offers }))
}
