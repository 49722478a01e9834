//! The API on a stage: its customers, its secrets, and Step Functions that start what the test plays.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::{Json, Router};
use holdfast_api::customers::{Customers, Profile, Registered};
use holdfast_api::rules::account::Role;
use holdfast_api::rules::claims::Claims;
use holdfast_api::tokens::{Key, sign};
use holdfast_api::{Api, KeyRing, Push, Shop, router};
use holdfast_authorizer::accounts::Accounts;
use holdfast_authorizer::openings::Openings;
use holdfast_booking::commands::Commands;
use holdfast_booking::steps::{Decisions, Payments};
use holdfast_booking::store::Store as Bookings;
use holdfast_core::email::Email;
use holdfast_kit::executions::Executions;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::task_tokens::TaskTokens;
use holdfast_letters::Store as Letters;
use holdfast_push::Connections;
use holdfast_testing::{Index, create_table};
use lambda_http::Service;
use serde_json::{Value, json};

use crate::support::bench::{LIFETIME, serve};
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
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let bench = Bench::new().await;
        let client = bench.bus.stock.items().client().clone();
        create_table(&client, "customers", &[]).await;
        create_table(&client, "letters", &[]).await;
        create_table(&client, "bookings", &INDEXES).await;
        create_table(&client, "accounts", &[]).await;
        create_table(&client, "connections", &[]).await;
        let cloud = Cloud {
            bench: bench.clone(),
            started: Arc::default(),
            writes: Arc::new(Mutex::new(true)),
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
        }
    }

    /// From now on executions do not write what they are started for.
    pub(crate) fn nothing_is_written(&self) {
        *self.cloud.writes.lock().unwrap() = false;
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
        let now = self.bench.clock().now();
        let profile = Profile {
            customer_id: format!("cus_{name}").parse().unwrap(),
            email: Email::read(&format!("{name}@example.com")).unwrap(),
            role,
            created: now,
        };
        let registered = self.customers.register(&profile, "hash".to_owned()).await;
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
