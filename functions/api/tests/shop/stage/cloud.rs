//! Secrets Manager, SQS and Step Functions at one address, and the clients that ask them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{KEY, SECRET};
use crate::support::bench::serve;
use crate::support::{Bench, Machine};

/// The executions that were started, by name, with their inputs.
type Started = Arc<Mutex<BTreeMap<String, String>>>;

/// What it was asked for.
#[derive(Clone)]
pub(super) struct Cloud {
    bench: Bench,
    pub(super) started: Started,
    /// Whether executions write what they were started for.
    pub(super) writes: Arc<Mutex<bool>>,
    /// What was put into the queue of letters.
    pub(super) sent: Arc<Mutex<Vec<Value>>>,
}

pub(super) fn secrets(address: &str) -> aws_sdk_secretsmanager::Client {
    let config = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(address)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    aws_sdk_secretsmanager::Client::from_conf(config.build())
}

pub(super) fn queues(address: &str) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(address)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    aws_sdk_sqs::Client::from_conf(config.build())
}

pub(super) fn step_functions(address: &str) -> aws_sdk_sfn::Client {
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
    /// Answers requests; also tells the address.
    pub(super) async fn serves(bench: &Bench) -> (Self, String) {
        let cloud = Self {
            bench: bench.clone(),
            started: Arc::default(),
            writes: Arc::new(Mutex::new(true)),
            sent: Arc::default(),
        };
        let address = serve(Router::new().fallback(answer).with_state(cloud.clone())).await;
        (cloud, address)
    }

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
