//! The API on a stage: its customers, its secrets, and Step Functions that start what the test plays.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, ConfigBag, Credentials, Intercept, Region, RuntimeComponents,
};
use aws_sdk_dynamodb::error::BoxError;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::{Json, Router};
use holdfast_api::customers::{Customers, Profile, Registered};
use holdfast_api::rules::account::Role;
use holdfast_api::rules::claims::Claims;
use holdfast_api::tokens::{Key, sign};
use holdfast_api::{Api, KeyRing, LastFigures, Mail, Push, Shop, router};
use holdfast_authorizer::accounts::Accounts;
use holdfast_authorizer::openings::Openings;
use holdfast_booking::commands::Commands;
use holdfast_booking::steps::{Decisions, Payments};
use holdfast_booking::store::Store as Bookings;
use holdfast_core::email::Email;
use holdfast_invoices::store::Store as Invoices;
use holdfast_kit::executions::Executions;
use holdfast_kit::queue::Queue;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::task_tokens::TaskTokens;
use holdfast_letters::Store as Letters;
use holdfast_order::store::Store as Orders;
use holdfast_push::Connections;
use holdfast_testing::{Index, create_table};
use lambda_http::Service;
use ring::hmac;
use serde_json::{Value, json};

use crate::support::bench::{LIFETIME, ORDERS, serve};
use crate::support::{Bench, Machine};

const SECRET: &str = "a secret of more than thirty-two characters";
const KEY: &str = "v1";
/// Where pages hear of changes.
pub(crate) const PUSH_URL: &str = "wss://push.example.com/live";

/// The executions that were started, by name, with their inputs.
type Started = Arc<Mutex<BTreeMap<String, String>>>;

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

/// Lets so many more writes through to the tables, and none after them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cut(Arc<Mutex<Option<usize>>>);

impl Cut {
    /// From now on so many writes are done; all of them for `None`.
    pub(crate) fn after(&self, writes: Option<usize>) {
        *self.0.lock().unwrap() = writes;
    }

    /// Whether a write was refused.
    pub(crate) fn has_cut(&self) -> bool {
        *self.0.lock().unwrap() == Some(0)
    }
}

impl Intercept for Cut {
    fn name(&self) -> &'static str {
        "Cut"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let target = context.request().headers().get("x-amz-target");
        let target = target.and_then(|target| target.rsplit('.').next());
        let writes = ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"];
        if !target.is_some_and(|target| writes.contains(&target)) {
            return Ok(());
        }
        let mut left = self.0.lock().unwrap();
        match *left {
            Some(0) => Err("the process has ended".into()),
            Some(more) => {
                *left = Some(more - 1);
                Ok(())
            }
            None => Ok(()),
        }
    }
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

/// Secrets Manager and Step Functions at one address.
#[derive(Clone)]
struct Cloud {
    bench: Bench,
    started: Started,
    /// Whether executions write what they were started for.
    writes: Arc<Mutex<bool>>,
    /// What was put into the queue of letters.
    sent: Arc<Mutex<Vec<Value>>>,
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
        let cloud = Cloud {
            bench: bench.clone(),
            started: Arc::default(),
            writes: Arc::new(Mutex::new(true)),
            sent: Arc::default(),
        };
        let address = serve(Router::new().fallback(answer).with_state(cloud.clone())).await;
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

const INDEXES: [Index<'_>; 3] = [
    Index {
        name: "by-customer",
        hash: "customer_id",
        range: "created",
    },
    Index {
        name: "unfinished",
        hash: "unfinished",
        range: "due",
    },
    Index {
        name: "by-status",
        hash: "status",
        range: "created",
    },
];

fn api(
    bench: &Bench,
    stores: (&Bookings, &Customers, &Letters, &Openings),
    push: Push,
    address: &str,
) -> Api {
    let (bookings, customers, letters, openings) = stores;
    let clock = bench.clock();
    let step_functions = step_functions(address);
    let executions = |machine: &str| Executions {
        step_functions: step_functions.clone().into(),
        state_machine_arn: format!("arn:aws:states:us-east-1:0:stateMachine:{machine}"),
    };
    let tokens = || TaskTokens(step_functions.clone().into());
    let keys = || KeyRing::new(secrets(address).into(), "secret", clock.clone());
    let payments = Payments {
        store: bookings.clone(),
        supplier: bench.supplier.clone(),
        clock: clock.clone(),
        actor: "webhook",
    };
    Api {
        bookings: bookings.clone(),
        customers: customers.clone(),
        letters: letters.clone(),
        mail: Mail {
            queue: Queue {
                sqs: queues(address).into(),
                url: format!("{address}/letters"),
            },
            keys: keys(),
        },
        openings: openings.clone(),
        push,
        commands: Commands {
            store: bookings.clone(),
            task_tokens: tokens(),
            executions: executions("booking"),
            clock: clock.clone(),
            simulation: Simulation::default(),
            patience: Duration::ZERO,
        },
        executions: executions("booking"),
        suppliers: bench.supplier.clone(),
        keys: keys(),
        figures: LastFigures::default(),
        shop: Shop {
            orders: bench.store.clone(),
            executions: executions("order"),
            lifetime: LIFETIME,
            stock: bench.bus.stock.clone(),
            invoices: bench.bus.invoices.clone(),
            task_tokens: tokens(),
        },
        decisions: Decisions {
            payments,
            lease: LIFETIME,
            task_tokens: tokens(),
        },
        webhook_keys: keys(),
        simulation: Simulation::default(),
        clock: clock.clone(),
        cors_origin: None,
    }
}

fn secrets(address: &str) -> aws_sdk_secretsmanager::Client {
    let config = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(address)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    aws_sdk_secretsmanager::Client::from_conf(config.build())
}

fn queues(address: &str) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(address)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    aws_sdk_sqs::Client::from_conf(config.build())
}

fn step_functions(address: &str) -> aws_sdk_sfn::Client {
    let config = aws_sdk_sfn::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(address)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    aws_sdk_sfn::Client::from_conf(config.build())
}

async fn answer(
    State(cloud): State<Cloud>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, Json<Value>) {
    let target = headers["x-amz-target"].to_str().unwrap();
    let target = target.rsplit('.').next().unwrap().to_owned();
    let body: Value = serde_json::from_str(&body).unwrap();
    let refused = |name: &str| (StatusCode::BAD_REQUEST, Json(json!({"__type": name})));
    let said = match target.as_str() {
        "GetSecretValue" if body["VersionStage"] == "AWSPREVIOUS" => {
            return refused("ResourceNotFoundException");
        }
        "GetSecretValue" => json!({"VersionId": KEY, "SecretString": SECRET}),
        "SendMessage" => {
            let message = body["MessageBody"].as_str().unwrap();
            let message: Value = serde_json::from_str(message).unwrap();
            cloud.sent.lock().unwrap().push(message);
            // The digest is that of the message, or the client takes the answer for a mistake.
            json!({"MessageId": "m"})
        }
        "StartExecution" => match cloud.start(&body).await {
            true => json!({"executionArn": "e", "startDate": 0}),
            false => return refused("ExecutionAlreadyExists"),
        },
        "DescribeExecution" => {
            let arn = body["executionArn"].as_str().unwrap();
            let name = arn.rsplit(':').next().unwrap();
            let Some(input) = cloud.started.lock().unwrap().get(name).cloned() else {
                return refused("ExecutionDoesNotExist");
            };
            json!({"executionArn": arn, "stateMachineArn": "m", "status": "RUNNING",
                "startDate": cloud.bench.clock().now().as_seconds(), "input": input})
        }
        "GetExecutionHistory" => match cloud.history(&body) {
            Some(history) => history,
            None => return refused("ExecutionDoesNotExist"),
        },
        "DescribeStateMachine" => described(&body),
        _ => json!({}),
    };
    (StatusCode::OK, Json(said))
}

/// A state machine whose only state tells which it is.
fn described(asked: &Value) -> Value {
    let arn = asked["stateMachineArn"].as_str().unwrap();
    let name = arn.rsplit(':').next().unwrap();
    let definition = json!({"StartAt": name, "States": {name: {"Type": "Succeed"}}});
    json!({"stateMachineArn": arn, "name": name, "definition": definition.to_string(),
        "roleArn": "r", "type": "STANDARD", "creationDate": 0})
}

impl Cloud {
    /// The history of an execution, which waits in the second of its states; a page has so many events that
    /// there are two.
    fn history(&self, asked: &Value) -> Option<Value> {
        assert_eq!(asked["includeExecutionData"], false);
        let name = asked["executionArn"].as_str().unwrap().rsplit(':').next();
        self.started.lock().unwrap().get(name.unwrap())?;
        let at = self.bench.clock().now().as_seconds();
        let event = |id: u32, sort: &str| json!({"id": id, "previousEventId": id - 1, "timestamp": at, "type": sort});
        let state = |id: u32, sort: &str, doing: &str, name: &str| {
            let mut event = event(id, sort);
            event[format!("state{doing}EventDetails")] = json!({"name": name});
            event
        };
        let page = match asked.get("nextToken") {
            None => json!({"nextToken": "more", "events": [
                event(1, "ExecutionStarted"),
                state(2, "TaskStateEntered", "Entered", "Place order"),
                event(3, "TaskFailed")]}),
            Some(_) => json!({"events": [
                state(4, "TaskStateExited", "Exited", "Place order"),
                state(5, "MapStateEntered", "Entered", "Unwind"),
                event(6, "MapIterationStarted"),
                state(7, "TaskStateEntered", "Entered", "Undo")]}),
        };
        Some(page)
    }

    /// Starts an execution, which places its order; false where there is one of this name.
    async fn start(&self, asked: &Value) -> bool {
        let text = |field: &str| asked[field].as_str().unwrap().to_owned();
        let (name, input) = (text("name"), text("input"));
        let order = serde_json::from_str(&input).unwrap();
        let known = self.started.lock().unwrap().insert(name.clone(), input);
        if known.is_some() {
            return false;
        }
        if *self.writes.lock().unwrap() {
            let placed = Machine::new(&self.bench, &name, order).places().await;
            placed.expect("an order");
        }
        true
    }
}
