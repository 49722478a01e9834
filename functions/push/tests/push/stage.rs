//! The table, the clock, and both Lambdas; events as API Gateway and the queue deliver them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;
use aws_types::region::Region;
use holdfast_core::time::Timestamp;
use holdfast_kit::batch::{Answer, Batch, Message};
use holdfast_kit::clock::Clock;
use holdfast_kit::https::Https;
use holdfast_kit::table::item::text;
use holdfast_push::fan_out::FanOut;
use holdfast_push::fan_out::owners::{Owners, head};
use holdfast_push::fan_out::sender::{Sender, Signer};
use holdfast_push::rules::ticket::BYTES;
use holdfast_push::rules::{Audience, Connection, News};
use holdfast_push::sockets::Sockets;
use holdfast_push::{Connections, Listener, Secret, Ticket};
use holdfast_testing::{Index, create_table, start_database};
use serde_json::{Value, json};

use crate::gateway::Gateway;

/// Both Lambdas, and all that they meet.
pub(crate) struct Stage {
    pub(crate) connections: Connections,
    pub(crate) gateway: Gateway,
    pub(crate) fan_out: FanOut,
    sockets: Sockets,
    client: Client,
    now: Arc<AtomicI64>,
    issued: AtomicU8,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let (client, _) = start_database().await;
        let by_connection = Index {
            name: "by-connection",
            hash: "connection_id",
            range: "pk",
        };
        create_table(&client, "connections", &[by_connection]).await;
        create_table(&client, "bookings", &[]).await;
        create_table(&client, "orders", &[]).await;
        let connections = Connections::new(client.clone(), "connections");
        let now = Arc::new(AtomicI64::new(1_800_000_000_000));
        let gateway = Gateway::start().await;
        let fan_out = fan_out(&client, &connections, &gateway, &now);
        let sockets = Sockets {
            connections: connections.clone(),
            clock: clock(&now),
        };
        Self {
            connections,
            gateway,
            fan_out,
            sockets,
            client,
            now,
            issued: AtomicU8::default(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        clock(&self.now).now()
    }

    pub(crate) fn passes(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.now.fetch_add(millis, Ordering::Relaxed);
    }

    /// A ticket for a listener, as the API issues it.
    pub(crate) async fn ticket(&self, listener: Listener) -> Secret {
        let secret = Secret::of([self.issued.fetch_add(1, Ordering::Relaxed); BYTES]);
        let ticket = Ticket::new(listener, self.now());
        self.connections.issue(&secret, &ticket).await.unwrap();
        secret
    }

    /// What the function says to a handshake.
    pub(crate) async fn handshake(&self, connection: &str, ticket: Option<&str>) -> u64 {
        let parameters = ticket.map(|ticket| json!({"ticket": ticket}));
        self.told("$connect", connection, parameters).await
    }

    pub(crate) async fn disconnect(&self, connection: &str) {
        assert_eq!(self.told("$disconnect", connection, None).await, 200);
    }

    /// Hands an event of API Gateway to the function.
    pub(crate) async fn told(&self, route: &str, connection: &str, query: Option<Value>) -> u64 {
        let event = json!({
            "headers": {"Host": "push.example.com"},
            "queryStringParameters": query,
            "requestContext": {
                "routeKey": route,
                "eventType": "any",
                "connectionId": connection,
                "connectedAt": 1,
                "domainName": "push.example.com",
                "stage": "live",
                "apiId": "a1",
                "identity": {"sourceIp": "127.0.0.1"},
            },
            "isBase64Encoded": false,
        });
        let answer = self.sockets.handle(serde_json::from_value(event).unwrap());
        let answer = serde_json::to_value(answer.await.unwrap()).unwrap();
        answer["statusCode"].as_u64().unwrap()
    }

    /// Opens a connection, at API Gateway too.
    pub(crate) async fn connects(&self, connection: &str, listener: Listener) {
        let ticket = self.ticket(listener).await;
        let status = self.handshake(connection, Some(ticket.as_str())).await;
        assert_eq!(status, 200);
        self.gateway.opens(connection);
    }

    /// A saga of a customer, as its service stores it.
    pub(crate) async fn stored(&self, saga: &News, customer: &str) {
        let table = match saga {
            News::Booking(_) => "bookings",
            News::Order(_) => "orders",
        };
        let mut item = head(saga);
        item.insert("customer_id".to_owned(), text(customer));
        let put = self.client.put_item().table_name(table);
        put.set_item(Some(item)).send().await.unwrap();
    }

    /// Has the queue deliver messages.
    pub(crate) async fn deliver(&self, bodies: &[String]) -> Answer {
        let messages = bodies.iter().enumerate().map(|(number, body)| {
            let message = json!({
                "messageId": format!("m-{number}"),
                "receiptHandle": "r",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1"},
            });
            serde_json::from_value::<Message>(message).unwrap()
        });
        let records = messages.collect();
        self.fan_out.consume(Batch { records }).await.unwrap()
    }

    /// Has the queue deliver one event of each saga.
    pub(crate) async fn happens(&self, sagas: &[&News]) {
        let bodies: Vec<_> = sagas.iter().map(|saga| event(saga)).collect();
        assert_eq!(self.deliver(&bodies).await, Answer::default());
    }

    /// The connections of an audience.
    pub(crate) async fn open(&self, audience: &Audience) -> Vec<Connection> {
        self.connections.of(audience, self.now()).await.unwrap()
    }

    /// Another process of the same service, in which nothing is known yet.
    pub(crate) fn fan_out_at(&self, url: &str) -> FanOut {
        let mut other = fan_out(&self.client, &self.connections, &self.gateway, &self.now);
        url.clone_into(&mut other.sender.url);
        other
    }
}

fn fan_out(
    client: &Client,
    connections: &Connections,
    gateway: &Gateway,
    now: &Arc<AtomicI64>,
) -> FanOut {
    let credentials = Credentials::new("key", "secret", Some("session".into()), None, "test");
    let aws = SdkConfig::builder()
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    FanOut {
        connections: connections.clone(),
        owners: Owners::new(client.clone(), "bookings".into(), "orders".into()),
        sender: Sender {
            https: Https::default(),
            signer: Signer::new(&aws).into(),
            url: gateway.url.clone(),
        },
        clock: clock(now),
    }
}

fn clock(now: &Arc<AtomicI64>) -> Clock {
    let now = Arc::clone(now);
    Clock::from_fn(move || Timestamp::from_millis(now.load(Ordering::Relaxed)))
}

/// An event of a saga, as the rule puts it into the queue.
pub(crate) fn event(saga: &News) -> String {
    let named = match saga {
        News::Booking(id) => json!({"booking_id": id, "name": "leg_held", "legs": {}}),
        News::Order(id) => json!({"order_id": id, "order": {"version": 2}}),
    };
    let event = json!({"source": "holdfast", "detail-type": "any", "detail": named});
    event.to_string()
}

pub(crate) fn booking(id: &str) -> News {
    News::Booking(id.parse().unwrap())
}

pub(crate) fn order(id: &str) -> News {
    News::Order(id.parse().unwrap())
}

pub(crate) fn customer(id: &str) -> Listener {
    Listener {
        customer_id: id.parse().unwrap(),
        is_operator: false,
    }
}

pub(crate) fn operator(id: &str) -> Listener {
    Listener {
        is_operator: true,
        ..customer(id)
    }
}
