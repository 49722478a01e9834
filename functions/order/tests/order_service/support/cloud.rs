//! Queues and executions, as the test decides upon them: SQS and Step Functions at one address, and a
//! note of what the timer was asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Json, Router};
use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_core::timer::Timer;
use holdfast_kit::queue::{Postpones, Queue};
use holdfast_kit::schedules::Wakes;
use holdfast_kit::task_tokens::{Heard, Tells, Word};
use holdfast_order::store::{Orders, WakeUp};
use serde_json::{Value, json};

use super::bench::serve;

/// What was said to the cloud, by the last word of its target.
pub(crate) type Said = Arc<Mutex<Vec<(String, Value)>>>;

/// SQS and Step Functions. Executions run until they are stopped.
#[derive(Clone)]
pub(crate) struct Cloud {
    pub(crate) address: String,
    pub(crate) said: Said,
    pub(crate) stopped: Arc<Mutex<bool>>,
}

impl Cloud {
    pub(crate) async fn new() -> Self {
        let mut cloud = Self {
            address: String::new(),
            said: Arc::default(),
            stopped: Arc::default(),
        };
        let router = Router::new().fallback(answer).with_state(cloud.clone());
        cloud.address = serve(router).await;
        cloud
    }

    /// The bodies of the messages that were sent to a queue.
    pub(crate) fn messages(&self, queue: &str) -> Vec<String> {
        let said = self.said.lock().unwrap();
        let sent = said.iter().filter(|(target, _)| target == "SendMessage");
        let to = sent.filter(|(_, body)| body["QueueUrl"].as_str().unwrap().ends_with(queue));
        to.map(|(_, body)| body["MessageBody"].as_str().unwrap().to_owned())
            .collect()
    }

    /// What was said under a target.
    pub(crate) fn said(&self, target: &str) -> Vec<Value> {
        let said = self.said.lock().unwrap();
        let said = said.iter().filter(|(named, _)| named == target);
        said.map(|(_, body)| body.clone()).collect()
    }

    pub(crate) fn queue(&self, name: &str) -> Queue {
        use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.address)
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http());
        Queue {
            sqs: aws_sdk_sqs::Client::from_conf(config.build()).into(),
            url: format!("http://localhost/{name}"),
        }
    }

    pub(crate) fn step_functions(&self) -> aws_sdk_sfn::Client {
        use aws_sdk_sfn::config::{BehaviorVersion, Credentials, Region};
        let config = aws_sdk_sfn::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.address)
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http());
        aws_sdk_sfn::Client::from_conf(config.build())
    }
}

async fn answer(State(cloud): State<Cloud>, headers: HeaderMap, body: String) -> Json<Value> {
    let target = headers["x-amz-target"].to_str().unwrap();
    let target = target.rsplit('.').next().unwrap().to_owned();
    let body = serde_json::from_str(&body).unwrap();
    cloud.said.lock().unwrap().push((target.clone(), body));
    let stopped = *cloud.stopped.lock().unwrap();
    Json(match target.as_str() {
        "SendMessage" => json!({"MessageId": "m"}),
        "DescribeExecution" => json!({
            "executionArn": "e", "stateMachineArn": "m", "startDate": 0,
            "status": if stopped { "ABORTED" } else { "RUNNING" },
        }),
        "StartExecution" => json!({"executionArn": "e", "startDate": 0}),
        _ => json!({}),
    })
}

/// Executions that wait. Each takes the first word that it is told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waits(Arc<Mutex<BTreeMap<String, Word>>>);

impl Waits {
    /// What the execution with this token was told.
    pub(crate) fn told(&self, token: &str) -> Option<Word> {
        self.0.lock().unwrap().get(token).cloned()
    }
}

impl Tells for Waits {
    async fn tell(&self, token: &str, word: Word) -> Result<Heard, Failure> {
        let mut told = self.0.lock().unwrap();
        if told.contains_key(token) {
            return Ok(Heard::GoneOn);
        }
        told.insert(token.to_owned(), word);
        Ok(Heard::Now)
    }
}

/// Notes what it was asked to wake and to forget.
#[derive(Clone, Debug, Default)]
pub(crate) struct WakeBook(Arc<Mutex<Vec<Noted>>>);

/// An entry in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Noted {
    /// To be woken.
    Wake(WakeUp),
    /// No longer.
    Forget(OrderId),
}

impl WakeBook {
    pub(crate) fn notes(&self) -> Vec<Noted> {
        self.0.lock().unwrap().clone()
    }
}

impl Wakes<Orders> for WakeBook {
    async fn wake(&self, wake_up: &WakeUp) -> Result<(), Failure> {
        self.0.lock().unwrap().push(Noted::Wake(wake_up.clone()));
        Ok(())
    }

    async fn forget(&self, id: &OrderId, _: &Timer) {
        self.0.lock().unwrap().push(Noted::Forget(id.clone()));
    }
}

/// A queue whose messages come again when the test has them come again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patient(pub(crate) Arc<Mutex<Vec<(String, u64)>>>);

impl Postpones for Patient {
    async fn postpone(&self, receipt: &str, pause: Duration) {
        let noted = (receipt.to_owned(), pause.as_secs());
        self.0.lock().unwrap().push(noted);
    }
}
