//! Connections that open and end, as API Gateway tells it. A page says nothing over its socket; what it
//! sends keeps the connection from being idle.

use std::collections::HashMap;

use holdfast_core::failure::Failure;
use holdfast_kit::clock::Clock;
use serde::{Deserialize, Serialize};

use crate::rules::connection::may_open;
use crate::rules::{Connection, ConnectionId, Secret};
use crate::store::Connections;

/// What API Gateway tells. It is never logged: the parameters hold the ticket.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    request_context: Context,
    #[serde(default)]
    query_string_parameters: Option<HashMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    route_key: Route,
    connection_id: ConnectionId,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
enum Route {
    #[serde(rename = "$connect")]
    Connect,
    #[serde(rename = "$disconnect")]
    Disconnect,
    #[serde(other)]
    Default,
}

/// To `$connect` any answer but the first refuses the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Accepted,
    // The ticket is missing, forged, used or too old.
    NoTicket,
    // The listener has too many connections.
    TooMany,
}

/// An answer as API Gateway reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    status_code: u16,
}

/// Opens and ends connections.
#[derive(Clone, Debug)]
pub struct Sockets {
    /// Tickets and connections.
    pub connections: Connections,
    /// The time.
    pub clock: Clock,
}

impl Sockets {
    /// Handles what API Gateway tells.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer; a handshake is then refused.
    pub async fn handle(&self, event: Event) -> Result<Status, Failure> {
        let id = event.request_context.connection_id;
        let answer = match event.request_context.route_key {
            Route::Connect => {
                let given = event.query_string_parameters;
                let ticket = given.and_then(|mut given| given.remove("ticket"));
                self.open(id, ticket).await?
            }
            Route::Disconnect => {
                self.connections.close(&id).await?;
                Answer::Accepted
            }
            Route::Default => Answer::Accepted,
        };
        Ok(answer.into())
    }

    async fn open(&self, id: ConnectionId, ticket: Option<String>) -> Result<Answer, Failure> {
        let now = self.clock.now();
        let Some(secret) = ticket.and_then(|text| Secret::try_from(text).ok()) else {
            return Ok(Answer::NoTicket);
        };
        let Some(ticket) = self.connections.redeem(&secret, now).await? else {
            return Ok(Answer::NoTicket);
        };
        let audience = ticket.listener.audience();
        let open = self.connections.of(&audience, now).await?.len();
        if !may_open(&audience, open) {
            return Ok(Answer::TooMany);
        }
        let connection = Connection {
            connection_id: id,
            listener: ticket.listener,
            opened: now,
        };
        self.connections.open(&connection).await?;
        Ok(Answer::Accepted)
    }
}

impl From<Answer> for Status {
    fn from(answer: Answer) -> Self {
        let status_code = match answer {
            Answer::Accepted => 200,
            Answer::NoTicket => 403,
            Answer::TooMany => 429,
        };
        Self { status_code }
    }
}
