//! Tickets that open a connection, over which a page hears of changes.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use holdfast_push::Listener;
use holdfast_push::rules::ticket::WORTH;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Api;
use crate::auth::Traveller;
use crate::body::parse;
use crate::problem::Problem;
use crate::rules::account::Role;

/// Nothing is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoParticulars {}

/// A ticket.
#[derive(Serialize, ToSchema)]
pub(crate) struct TicketBody {
    /// Where to open a WebSocket, once. The ticket is in it.
    url: String,
    /// How many seconds the ticket is good for.
    expires_in: u64,
}

/// Issues a ticket for one WebSocket. Its messages name sagas that have changed, `{"kind": "booking", "id":
/// "b-…"}`: a customer's own, or all of them for an operator. What has changed is told by the other routes.
#[utoipa::path(post, path = "/tickets", tag = "customers", operation_id = "issue_ticket",
    request_body = Option<NoParticulars>,
    responses((status = 200, description = "The address to connect to", body = TicketBody)),
    security(("bearer" = [])))]
pub(crate) async fn issue(
    State(api): State<Api>,
    traveller: Traveller,
    body: Bytes,
) -> Result<Json<TicketBody>, Problem> {
    if !body.is_empty() {
        let NoParticulars {} = parse(&body)?;
    }
    let listener = Listener {
        is_operator: traveller.role == Role::Operator,
        customer_id: traveller.id,
    };
    let url = api.push.address(listener, api.clock.now()).await?;
    let expires_in = WORTH.as_secs();
    Ok(Json(TicketBody { url, expires_in }))
}
