//! The deployed stack, from outside.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

use std::collections::HashMap;
use std::env;
use std::time::{Duration, Instant};

use aws_config::BehaviorVersion;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_sfn::types::{ExecutionStatus, HistoryEvent, HistoryEventType};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use holdfast_booking::store::Store;
use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::event::{Event, EventName, Folded, fold};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::{Asked, Trip, fresh_name};

const LONGEST_RUN: Duration = Duration::from_secs(180);
const LONGEST_NAME: usize = 24;
const SHORTEST_STEP: Duration = Duration::from_millis(100);
const LONGEST_STEP: Duration = Duration::from_secs(1);

/// The deployed stack.
#[derive(Clone, Debug)]
pub struct Stack {
    /// Executions.
    pub step_functions: aws_sdk_sfn::Client,
    /// Functions.
    pub lambda: aws_sdk_lambda::Client,
    /// Queues.
    pub sqs: aws_sdk_sqs::Client,
    /// Schedules.
    pub scheduler: aws_sdk_scheduler::Client,
    /// The bus and its rules.
    pub events: aws_sdk_eventbridge::Client,
    /// The tables.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The bookings.
    pub store: Store,
    functions: std::sync::Arc<HashMap<String, String>>,
}

/// How an execution ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its name.
    pub name: String,
    /// Succeeded, failed, …
    pub status: ExecutionStatus,
    /// Its output.
    pub output: Value,
    /// The name of its error.
    pub error: String,
    /// What it says of its error.
    pub cause: String,
}

/// A function's failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvokeError {
    /// The name of the failure.
    pub name: String,
    /// Its message.
    pub message: String,
}

/// How to reach the AWS that the environment names, for a client of it.
pub async fn aws() -> aws_config::SdkConfig {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .load()
        .await
}

/// A setting that `make up` has written to `.local/env`.
pub fn output(name: &str) -> String {
    let name = format!("HOLDFAST_{name}");
    env::var(&name)
        .unwrap_or_else(|_| panic!("{name} is not set: run `make up` and `source .local/env`"))
}

impl Stack {
    /// The stack that the environment names.
    pub async fn connect() -> Self {
        // Each test has a runtime of its own, and a client must not outlive the runtime it was made in.
        static FUNCTIONS: OnceCell<std::sync::Arc<HashMap<String, String>>> = OnceCell::const_new();
        let aws = aws().await;
        let lambda = aws_sdk_lambda::Client::new(&aws);
        let functions = FUNCTIONS.get_or_init(|| functions(&lambda)).await.clone();
        let dynamodb = aws_sdk_dynamodb::Client::new(&aws);
        let store = Store::new(dynamodb.clone(), output("BOOKINGS_TABLE"));
        Self {
            step_functions: aws_sdk_sfn::Client::new(&aws),
            sqs: aws_sdk_sqs::Client::new(&aws),
            scheduler: aws_sdk_scheduler::Client::new(&aws),
            events: aws_sdk_eventbridge::Client::new(&aws),
            lambda,
            dynamodb,
            store,
            functions,
        }
    }

    /// Starts a booking's execution; answers with its ARN.
    pub async fn start(&self, name: &str, input: &Value) -> String {
        let machine = output("STATE_MACHINE_ARN");
        self.start_of(&machine, name, input).await
    }

    /// Starts an execution of a state machine; answers with its ARN.
    pub async fn start_of(&self, machine: &str, name: &str, input: &Value) -> String {
        let start = self.step_functions.start_execution();
        let start = start.state_machine_arn(machine).name(name);
        let started = start.input(input.to_string()).send().await;
        started.expect("the execution starts").execution_arn
    }

    /// Books a trip under a fresh name, and waits for the end.
    pub async fn book(&self, what: &str, trip: &Trip) -> Ended {
        let name = fresh_name(what);
        let arn = self.start(&name, &trip.0).await;
        self.end_of(&arn).await
    }

    /// Waits for an execution to end.
    pub async fn end_of(&self, arn: &str) -> Ended {
        self.end_within(LONGEST_RUN, arn).await
    }

    /// Waits so long for an execution to end.
    pub async fn end_within(&self, longest: Duration, arn: &str) -> Ended {
        let name = arn.rsplit(':').next().unwrap_or_default().to_owned();
        let what = format!("the end of {name}");
        let execution = eventually(&what, longest, async || {
            let described = self
                .step_functions
                .describe_execution()
                .execution_arn(arn)
                .send()
                .await;
            let described = described.expect("the execution can be described");
            (described.status != ExecutionStatus::Running).then_some(described)
        })
        .await;
        let output = execution
            .output()
            .map(|text| serde_json::from_str(text).expect("output is JSON"));
        Ended {
            name,
            status: execution.status.clone(),
            output: output.unwrap_or_default(),
            error: execution.error().unwrap_or_default().to_owned(),
            cause: execution.cause().unwrap_or_default().to_owned(),
        }
    }

    /// How many state transitions an execution took: one for each state entered.
    pub async fn transitions(&self, arn: &str) -> usize {
        let happened = self.execution_history(arn).await;
        happened
            .iter()
            .filter(|event| is_entry(event.r#type()))
            .count()
    }

    /// The task tokens that an execution has given to functions, the oldest first.
    pub async fn tokens(&self, arn: &str) -> Vec<String> {
        let happened = self.execution_history(arn).await;
        let tasks = happened
            .iter()
            .filter_map(|event| event.task_scheduled_event_details());
        let given = tasks.filter_map(|task| {
            let arguments: Value = serde_json::from_str(task.parameters()).ok()?;
            arguments["Payload"]["token"].as_str().map(str::to_owned)
        });
        given.collect()
    }

    /// What an execution asked of functions, in order.
    pub async fn asked(&self, arn: &str) -> Vec<Asked> {
        let happened = self.execution_history(arn).await;
        let tasks = happened
            .iter()
            .filter_map(|event| event.task_scheduled_event_details());
        tasks.map(Asked::read).collect()
    }

    async fn execution_history(&self, arn: &str) -> Vec<HistoryEvent> {
        let read = self.step_functions.get_execution_history();
        let read = read.execution_arn(arn).into_paginator().items().send();
        let happened: Result<Vec<_>, _> = read.collect().await;
        happened.expect("the history can be read")
    }

    /// Invokes a function by its name in the template.
    ///
    /// # Errors
    /// The failure that the function raised.
    pub async fn invoke(&self, function: &str, payload: &Value) -> Result<Value, InvokeError> {
        self.invoke_by_name(self.function(function), payload).await
    }

    /// The name of a function, by its name in the template.
    pub(crate) fn function(&self, function: &str) -> &str {
        let name = self.functions.get(&*as_named(function));
        name.unwrap_or_else(|| panic!("no function {function}"))
    }

    /// Asks of a function what an execution asked of it.
    ///
    /// # Errors
    /// The failure that the function raised.
    pub async fn ask(&self, asked: &Asked) -> Result<Value, InvokeError> {
        self.invoke_by_name(&asked.function, &asked.payload).await
    }

    async fn invoke_by_name(&self, name: &str, payload: &Value) -> Result<Value, InvokeError> {
        let call = self
            .lambda
            .invoke()
            .function_name(name)
            .payload(Blob::new(payload.to_string()));
        let answer = call
            .send()
            .await
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let body = answer
            .payload()
            .map(|blob| blob.clone().into_inner())
            .unwrap_or_default();
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        if answer.function_error().is_none() {
            return Ok(body);
        }
        let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
        Err(InvokeError {
            name: text("errorType"),
            message: text("errorMessage"),
        })
    }

    /// The same, again and again while the function says `Unavailable`, as the state machine would.
    ///
    /// # Errors
    /// Any other failure that the function raised.
    pub async fn invoke_patiently(
        &self,
        function: &str,
        payload: &Value,
    ) -> Result<Value, InvokeError> {
        eventually(function, LONGEST_RUN, async || {
            let answer = self.invoke(function, payload).await;
            let again = answer
                .as_ref()
                .is_err_and(|error| error.name == "Unavailable");
            (!again).then_some(answer)
        })
        .await
    }

    /// A booking as the table has it, which must be what its events tell.
    pub async fn booking(&self, name: &str) -> Snapshot {
        let (snapshot, events) = self.at_one_moment(name).await;
        let told = fold(&events).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert_eq!(
            told,
            Folded::from(&snapshot),
            "{name}: its events tell another story"
        );
        snapshot
    }

    /// A booking and its events, with no change between the two readings.
    async fn at_one_moment(&self, name: &str) -> (Snapshot, Vec<Event>) {
        let id = name.parse().expect("a booking's name");
        let read = async || self.store.load(&id).await.expect("the booking is there");
        eventually("a moment without a change", LONGEST_RUN, async || {
            let (before, events) = (read().await, self.history(name).await);
            (read().await == before).then_some((before, events))
        })
        .await
    }

    /// A booking's events.
    pub async fn history(&self, name: &str) -> Vec<Event> {
        let id = name.parse().expect("a booking's name");
        self.store
            .history(&id)
            .await
            .expect("the history can be read")
    }

    /// The legs that were touched by events of this name, in order.
    pub async fn legs_in_order(&self, name: &str, event: EventName) -> Vec<String> {
        let history = self.history(name).await;
        let matching = history.iter().filter(|happened| happened.name == event);
        matching
            .flat_map(|happened| happened.legs.keys().map(ToString::to_string))
            .collect()
    }

    /// Opens a booking without an execution, for tests of single steps.
    pub async fn open(&self, what: &str, trip: &Trip) -> (String, Value) {
        let name = fresh_name(what);
        let arn = output("STATE_MACHINE_ARN").replace(":stateMachine:", ":execution:");
        let request = json!({"name": name, "execution": format!("{arn}:{name}"), "input": trip.0});
        let opened = self
            .invoke("OpenFunction", &request)
            .await
            .expect("the booking is opened");
        (name, opened)
    }
}

/// Waits, not forever, until something can be seen. It is looked for in small steps at first, and in longer
/// ones the longer it takes: what waits must not keep the machine busy.
pub async fn eventually<T>(
    what: &str,
    longest: Duration,
    mut see: impl AsyncFnMut() -> Option<T>,
) -> T {
    let began = Instant::now();
    loop {
        if let Some(seen) = see().await {
            return seen;
        }
        let waited = began.elapsed();
        assert!(waited < longest, "waited {longest:?} in vain for {what}");
        let step = waited / 2;
        tokio::time::sleep(step.clamp(SHORTEST_STEP, LONGEST_STEP)).await;
    }
}

/// What CloudFormation takes of a function's name in the template for the name that it makes up.
fn as_named(function: &str) -> String {
    function.chars().take(LONGEST_NAME).collect()
}

/// The functions by their names in the template, as [`as_named`] has them.
async fn functions(lambda: &aws_sdk_lambda::Client) -> std::sync::Arc<HashMap<String, String>> {
    let mut pages = lambda.list_functions().into_paginator().items().send();
    let mut found = HashMap::new();
    while let Some(function) = pages.next().await {
        let name = function
            .expect("functions can be listed")
            .function_name
            .unwrap_or_default();
        if let Some(logical) = name
            .strip_prefix("holdfast-")
            .and_then(|rest| rest.split('-').next())
        {
            found.insert(logical.to_owned(), name.clone());
        }
    }
    found.into()
}

fn is_entry(event: &HistoryEventType) -> bool {
    event.as_str().ends_with("StateEntered")
}
