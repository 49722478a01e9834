//! The API on a stage: its customers, its secrets, and Step Functions that start what the test plays.

mod cloud;
mod cut;
mod wiring;

use aws_sdk_dynamodb::Client;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use holdfast_api::customers::{Customers, Profile, Registered};
use holdfast_api::rules::account::Role;
use holdfast_api::rules::claims::Claims;
use holdfast_api::tokens::{Key, sign};
use holdfast_api::{Push, router};
use holdfast_authorizer::accounts::Accounts;
use holdfast_authorizer::openings::Openings;
use holdfast_booking::store::Store as Bookings;
use holdfast_core::email::Email;
use holdfast_invoices::store::Store as Invoices;
use holdfast_letters::Store as Letters;
use holdfast_order::store::Store as Orders;
use holdfast_push::Connections;
use holdfast_testing::create_table;
use lambda_http::Service;
use ring::hmac;
use serde_json::{Value, json};

use crate::support::bench::ORDERS;
use crate::support::{Bench, Machine};
use cloud::Cloud;
pub(crate) use cut::Cut;
use wiring::{INDEXES, api};

pub(crate) const ANA: &str = "ana@example.com";
pub(crate) const PASSWORD: &str = "correct horse battery";
const SECRET: &str = "a secret of more than thirty-two characters";
const KEY: &str = "v1";
/// Where pages hear of changes.
pub(crate) const PUSH_URL: &str = "wss://push.example.com/live";

/// The API, and all that it meets.
pub(crate) struct Stage {
    pub(crate) bench: Bench,
    pub(crate) bookings: Bookings,
    pub(crate) accounts: Accounts,
    pub(crate) connections: Connections,
    router: Router,
    customers: Customers,
    cloud: Cloud,
    address: String,
}

/// A customer or an operator who is signed in.
#[derive(Clone)]
pub(crate) struct Guest {
    pub(crate) id: String,
    token: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let bench = Bench::new().await;
        let client = bench.bus.stock.items().client().clone();
        create_table(&client, "customers", &INDEXES[..1]).await;
        create_table(&client, "letters", &INDEXES[..1]).await;
        create_table(&client, "bookings", &INDEXES).await;
        create_table(&client, "accounts", &[]).await;
        create_table(&client, "connections", &[]).await;
        let (cloud, address) = Cloud::serves(&bench).await;
        let bookings = Bookings::new(client.clone(), "bookings");
        let customers = Customers::new(client.clone(), "customers");
        let openings = Openings::new(client.clone(), "accounts");
        let connections = Connections::new(client.clone(), "connections");
        let letters = Letters::new(client, "letters");
        let stores = (&bookings, &customers, &letters, &openings);
        let push = Push {
            connections: connections.clone(),
            url: PUSH_URL.to_owned(),
        };
        let api = api(&bench, stores, push, &address);
        Self {
            bench,
            bookings,
            accounts: openings.accounts,
            connections,
            router: router(api),
            customers,
            cloud,
            address,
        }
    }

    /// A stage on which Ana has registered.
    pub(crate) async fn with_ana() -> Self {
        let stage = Self::new().await;
        let new = json!({"email": ANA, "password": PASSWORD});
        let registered = stage.post(&Self::nobody(), "/customers", &new).await;
        registered.expect(201);
        stage
    }

    /// From now on the API's writes can be cut off.
    pub(crate) fn cut(&mut self) -> Cut {
        let cut = Cut::default();
        let known = self.bookings.items().client().config().to_builder();
        let client = Client::from_conf(known.interceptor(cut.clone()).build());
        let bookings = Bookings::new(client.clone(), "bookings");
        let customers = Customers::new(client.clone(), "customers");
        let openings = Openings::new(client.clone(), "accounts");
        let letters = Letters::new(client.clone(), "letters");
        let stores = (&bookings, &customers, &letters, &openings);
        let push = Push {
            connections: Connections::new(client.clone(), "connections"),
            url: PUSH_URL.to_owned(),
        };
        let mut api = api(&self.bench, stores, push, &self.address);
        api.shop.orders = Orders::new(client.clone(), ORDERS);
        api.shop.invoices = Invoices::new(client, "invoices");
        self.router = router(api);
        cut
    }

    /// A customer who has this hash of a password.
    pub(crate) async fn customer_with(&self, name: &str, hash: &str) -> Guest {
        self.guest_with(name, Role::Customer, hash).await
    }

    /// From now on executions do not write what they are started for.
    pub(crate) fn nothing_is_written(&self) {
        *self.cloud.writes.lock().unwrap() = false;
    }

    /// A client that has not signed in.
    pub(crate) fn nobody() -> Guest {
        Guest {
            id: String::new(),
            token: "none".to_owned(),
        }
    }

    /// Signs in over HTTP; the answer, and who is signed in by it.
    pub(crate) async fn sign_in(
        &self,
        email: &str,
        password: &str,
        client: &str,
    ) -> (Value, Guest) {
        let who = json!({"email": email, "password": password});
        let headers = [("user-agent", client)];
        let nobody = Self::nobody();
        let asked = self.ask(&nobody, "POST", "/sessions", &headers, Some(&who));
        let session = asked.await.expect(200);
        let guest = Guest::of(&session);
        (session, guest)
    }

    /// What was put into the queue of letters since this was last asked.
    pub(crate) fn letters(&self) -> Vec<Value> {
        std::mem::take(&mut self.cloud.sent.lock().unwrap())
    }

    /// The token of the link that a letter in the queue brings.
    pub(crate) fn token(letter: &Value) -> String {
        let data = &letter["detail"]["data"];
        assert_eq!(data["key"], KEY);
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
        let purpose = serde_json::from_value(data["purpose"].clone()).unwrap();
        holdfast_letters::links::token(&key, purpose, data["link"].as_str().unwrap())
    }

    pub(crate) async fn customer(&self, name: &str) -> Guest {
        self.guest(name, Role::Customer).await
    }

    pub(crate) async fn operator(&self, name: &str) -> Guest {
        self.guest(name, Role::Operator).await
    }

    /// Somebody who is not signed in, and says otherwise.
    pub(crate) fn stranger(&self) -> Guest {
        Guest {
            id: "cus_nobody".to_owned(),
            token: "e30.e30.e30".to_owned(),
        }
    }

    async fn guest(&self, name: &str, role: Role) -> Guest {
        self.guest_with(name, role, "hash").await
    }

    async fn guest_with(&self, name: &str, role: Role, hash: &str) -> Guest {
        let now = self.bench.clock().now();
        let profile = Profile::new(
            format!("cus_{name}").parse().unwrap(),
            Email::read(&format!("{name}@example.com")).unwrap(),
            role,
            now,
        );
        let registered = self.customers.register(&profile, hash.to_owned()).await;
        assert_eq!(registered.unwrap(), Registered::Done);
        let claims = Claims::new(profile.customer_id.clone(), role, now);
        let key = Key::new(KEY, SECRET.as_bytes()).unwrap();
        Guest {
            id: profile.customer_id.to_string(),
            token: sign(&claims, &key),
        }
    }

    /// Asks the API.
    pub(crate) async fn ask(
        &self,
        guest: &Guest,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("authorization", format!("Bearer {}", guest.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).unwrap();
        let response = Service::call(&mut self.router.clone(), request).await;
        let (parts, body) = response.unwrap().into_parts();
        let body = to_bytes(body, 1_000_000).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            json: serde_json::from_str(&text).unwrap_or_default(),
            text,
        }
    }

    pub(crate) async fn get(&self, guest: &Guest, path: &str) -> Answer {
        self.ask(guest, "GET", path, &[], None).await
    }

    pub(crate) async fn delete(&self, guest: &Guest, path: &str) -> Answer {
        self.ask(guest, "DELETE", path, &[], None).await
    }

    pub(crate) async fn post(&self, guest: &Guest, path: &str, body: &Value) -> Answer {
        self.ask(guest, "POST", path, &[], Some(body)).await
    }

    /// Places an order under a key.
    pub(crate) async fn place(&self, guest: &Guest, key: &str, order: &Value) -> Answer {
        let headers = [("idempotency-key", key)];
        self.ask(guest, "POST", "/orders", &headers, Some(order))
            .await
    }

    /// Places an order; tells its id.
    pub(crate) async fn orders(&self, guest: &Guest, key: &str, simulate: Value) -> String {
        let placed = self.place(guest, key, &goods(simulate)).await.expect(202);
        placed["order_id"].as_str().unwrap().to_owned()
    }

    /// The execution of an order that was placed over HTTP.
    pub(crate) fn machine(&self, order: &str) -> Machine {
        let input = self.cloud.started.lock().unwrap()[order].clone();
        Machine::new(&self.bench, order, serde_json::from_str(&input).unwrap())
    }

    /// How many executions were started.
    pub(crate) fn executions(&self) -> usize {
        self.cloud.started.lock().unwrap().len()
    }
}

impl Guest {
    /// Who is signed in by an answer with an access token.
    pub(crate) fn of(session: &Value) -> Self {
        Self {
            id: session["customer_id"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            token: session["access_token"].as_str().unwrap().to_owned(),
        }
    }
}

impl Answer {
    /// The body, if the status is as expected.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json
    }

    /// The body of a problem with this status and this name.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, name: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(problem["type"], format!("urn:holdfast:problem:{name}"));
        problem
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
}

/// Two books and a mug.
pub(crate) fn goods(simulate: Value) -> Value {
    let mut order = crate::support::order(simulate);
    order.as_object_mut().unwrap().remove("customer");
    order
}
