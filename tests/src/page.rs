//! A page that is open: it hears that sagas have changed.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::guest::Guest;

/// How long a page waits for a message before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it takes to read what has come.
const AT_ONCE: Duration = Duration::from_millis(10);

/// A page that is open.
#[derive(Debug)]
pub struct Page(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What a page was told, and when.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The message.
    pub message: Value,
    /// When it arrived.
    pub at: Timestamp,
}

/// The address that a ticket is for.
pub async fn ticket(guest: &Guest) -> String {
    let issued = guest.post("/tickets", &json!({})).await.expect(200);
    issued["url"].as_str().expect("an address").to_owned()
}

/// Opens a connection, or tells the status that it was refused with.
///
/// # Errors
/// The status.
pub async fn connect(url: &str) -> Result<Page, u16> {
    match connect_async(url).await {
        Ok((socket, _)) => Ok(Page(socket)),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(problem) => panic!("{problem}"),
    }
}

impl Page {
    /// A page of somebody who is signed in.
    pub async fn of(guest: &Guest) -> Self {
        let url = ticket(guest).await;
        connect(&url).await.expect("a connection")
    }

    /// The next message.
    pub async fn hears(&mut self) -> Heard {
        let next = timeout(PATIENCE, self.0.next()).await;
        let next = next.expect("a message in time").expect("a connection");
        let Message::Text(text) = next.expect("a message") else {
            panic!("a message that is no text");
        };
        Heard {
            message: serde_json::from_str(&text).expect("JSON"),
            at: Clock::system().now(),
        }
    }

    /// A message that has come already.
    pub async fn heard(&mut self) -> Option<Value> {
        let next = timeout(AT_ONCE, self.0.next()).await.ok()?;
        let next = next.expect("a connection").expect("a message");
        Some(serde_json::from_str(next.to_text().expect("text")).expect("JSON"))
    }

    /// Listens until a saga is named.
    pub async fn hears_of(&mut self, id: &str) -> Heard {
        loop {
            let heard = self.hears().await;
            if heard.message["id"] == id {
                return heard;
            }
        }
    }

    /// Sends something, which keeps the connection from being idle.
    pub async fn says(&mut self, text: &str) {
        let sent = self.0.send(Message::text(text)).await;
        sent.expect("a connection");
    }

    /// Ends the connection as a browser does.
    pub async fn closes(mut self) {
        self.0.close(None).await.expect("a connection");
        while let Some(Ok(_)) = self.0.next().await {}
    }
}
