//! Where pages hear of changes: a ticket opens one connection there.

use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_push::{Connections, Listener, Secret, Ticket};

use crate::random;

/// The WebSocket API, and those who may connect to it.
#[derive(Clone, Debug)]
pub struct Push {
    /// Tickets and connections.
    pub connections: Connections,
    /// Its address, without a ticket: `wss://…`.
    pub url: String,
}

impl Push {
    /// The address that opens one connection for this listener.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub(crate) async fn address(
        &self,
        listener: Listener,
        now: Timestamp,
    ) -> Result<String, Failure> {
        let secret = Secret::of(random::bytes()?);
        let ticket = Ticket::new(listener, now);
        self.connections.issue(&secret, &ticket).await?;
        Ok(format!("{}?ticket={}", self.url, secret.as_str()))
    }
}
