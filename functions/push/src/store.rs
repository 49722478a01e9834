//! Tickets and connections in DynamoDB.
//!
//! | pk | sk | holds |
//! |---|---|---|
//! | `TICKET#<hash>` | `TICKET` | who may open a connection, and until when |
//! | `CUSTOMER#<id>` or `OPERATORS` | `CONNECTION#<id>` | an open connection |
//!
//! The connections of an audience are read consistently: a page that has opened one hears of every event
//! after that. The index `by-connection` finds a connection that ends.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_kit::subject::Subject;
use holdfast_kit::table::item::{alone, keep_until, key};
use holdfast_kit::table::{Condition, Item, Items, Put};
use tracing::{Span, info_span};

use crate::rules::{Audience, Connection, ConnectionId, Secret, Ticket};

/// Stands for what payloads and log lines are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {}

const TICKET: &str = "TICKET";
const CONNECTION: &str = "CONNECTION#";
/// The index that finds a connection, and its key.
const BY_CONNECTION: &str = "by-connection";
const CONNECTION_ID: &str = "connection_id";

impl Subject for Pushed {
    const ID_FIELD: &'static str = "connection_id";

    fn span(id: &str, trace_id: Option<&str>) -> Span {
        info_span!("connection", connection_id = id, trace_id)
    }

    fn invalid(field: String, problem: String) -> Failure {
        Failure::unavailable(field, problem)
    }
}

/// The table of tickets and connections.
#[derive(Clone, Debug)]
pub struct Connections {
    items: Items,
}

impl Connections {
    /// Tickets and connections in this table.
    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        let items = Items::new(client, table, "connection");
        Self { items }
    }

    /// Keeps a ticket until it is used or worth nothing.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn issue(&self, secret: &Secret, ticket: &Ticket) -> Result<(), Failure> {
        let place = alone(TICKET, &secret.hash());
        let mut item = self.items.item(place, ticket)?;
        keep_until(&mut item, ticket.until);
        let doing = "issuing a ticket";
        match self.items.put(doing, item, &Condition::New).await? {
            Put::Done => Ok(()),
            Put::Refused(_) => Err(self.items.unavailable(doing, "it is there")),
        }
    }

    /// Takes a ticket, if it is known, still good, and not taken by another. A forged one costs a read.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn redeem(&self, secret: &Secret, now: Timestamp) -> Result<Option<Ticket>, Failure> {
        let place = alone(TICKET, &secret.hash());
        let found: Option<Ticket> = self.items.get(place.clone()).await?;
        let Some(ticket) = found.filter(|ticket| ticket.is_good(now)) else {
            return Ok(None);
        };
        let is_taken = self.delete("taking a ticket", place).await?;
        Ok(is_taken.then_some(ticket))
    }

    /// Keeps an open connection until it is over.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn open(&self, connection: &Connection) -> Result<(), Failure> {
        let mut item = self.items.item(place(connection), connection)?;
        keep_until(&mut item, connection.ends());
        let put = self.items.client().put_item();
        let put = put.table_name(self.items.table()).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| {
            let error = DisplayErrorContext(error);
            self.items.unavailable("opening", error)
        })
    }

    /// The connections of an audience that are not over.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn of(
        &self,
        audience: &Audience,
        now: Timestamp,
    ) -> Result<Vec<Connection>, Failure> {
        let partition = audience.to_string();
        let found = self.items.in_partition(&partition, CONNECTION).await?;
        let found = found.into_iter().map(|item| self.items.read(item));
        let mut open: Vec<Connection> = found.collect::<Result<_, _>>()?;
        open.retain(|connection| !connection.is_over(now));
        Ok(open)
    }

    /// Forgets a connection that has ended.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn close(&self, id: &ConnectionId) -> Result<(), Failure> {
        let items = &self.items;
        let found = items.keys_in(BY_CONNECTION, CONNECTION_ID, id.as_str());
        for mut place in found.await? {
            place.retain(|name, _| name == "pk" || name == "sk");
            self.delete("closing", place).await?;
        }
        Ok(())
    }

    /// Forgets a connection that API Gateway does not know any more.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn forget(&self, connection: &Connection) -> Result<(), Failure> {
        let place = place(connection);
        self.delete("forgetting", place).await.map(drop)
    }

    /// Deletes an item; false if there is none.
    async fn delete(&self, doing: &str, place: Item) -> Result<bool, Failure> {
        let delete = self.items.client().delete_item();
        let deleted = delete
            .table_name(self.items.table())
            .set_key(Some(place))
            .condition_expression("attribute_exists(pk)")
            .send()
            .await;
        let Err(error) = deleted else {
            return Ok(true);
        };
        let is_gone = error
            .as_service_error()
            .is_some_and(|error| error.is_conditional_check_failed_exception());
        match is_gone {
            true => Ok(false),
            false => Err(self.items.unavailable(doing, DisplayErrorContext(error))),
        }
    }
}

fn place(connection: &Connection) -> Item {
    let audience = connection.listener.audience();
    let id = &connection.connection_id;
    key(audience.to_string(), format!("{CONNECTION}{id}"))
}
