//! The timers of parcels: what a wake-up that is due makes of a parcel and of its execution.

use holdfast_core::timer::State;
use holdfast_kit::clock::Clock;
use holdfast_kit::executions::Executions;
use holdfast_kit::https::Https;
use holdfast_kit::queue::Queue;
use holdfast_kit::schedules::{TimerQueue, WakeUp};
use holdfast_kit::task_tokens::TaskTokens;
use holdfast_kit::timer::Timekeeper;
use serde_json::{Value, json};

use crate::outside::{Asked, Outside};
use crate::parcel::Packed;
use crate::rows::{EXECUTION, Parcels, TOKEN};
use crate::{Depot, at};

const DUE: &str = "09:00:00";

/// AWS, where executions are in this state.
async fn aws(status: &'static str) -> Outside {
    let answers = move |asked: &Asked| match asked.what.as_str() {
        "DescribeExecution" => {
            let named = json!({
                "executionArn": EXECUTION, "stateMachineArn": "machine",
                "status": status, "startDate": 1_799_582_400,
            });
            (200, named)
        }
        "StartExecution" => (
            200,
            json!({"executionArn": "another", "startDate": 1_799_582_400}),
        ),
        "SendMessage" => (200, json!({"MessageId": "m"})),
        _ => (200, json!({})),
    };
    Outside::answering(answers).await
}

fn timekeeper(depot: &Depot, aws: &Outside) -> Timekeeper<Parcels> {
    use aws_sdk_sfn::config::{BehaviorVersion, Credentials, Region};
    let credentials = Credentials::new("test", "test", None, None, "test");
    let config = aws_sdk_sfn::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&aws.address)
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials.clone())
        .http_client(Https::default());
    let step_functions = aws_sdk_sfn::Client::from_conf(config.build());
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&aws.address)
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials)
        .http_client(Https::default());
    Timekeeper {
        table: depot.store.clone(),
        queue: TimerQueue(Queue {
            sqs: aws_sdk_sqs::Client::from_conf(config.build()).into(),
            url: "http://localhost/timer".to_owned(),
        }),
        executions: Executions {
            step_functions: step_functions.clone().into(),
            state_machine_arn: "machine".to_owned(),
        },
        task_tokens: TaskTokens(step_functions.into()),
        clock: Clock::from_fn(|| at(DUE)),
    }
}

/// A wake-up for a parcel's deadline comes when it is due.
async fn wake(depot: &Depot, aws: &Outside, packed: &Packed) -> Packed {
    let wake_up = WakeUp {
        id: packed.id().clone(),
        generation: 1,
        due: at(DUE),
        trace_id: None,
    };
    let woken = timekeeper(depot, aws).wake(&wake_up, 1).await;
    woken.expect("woken");
    depot.parcel(packed).await
}

#[tokio::test]
async fn a_parcel_whose_time_is_over_expires_and_its_execution_is_told() {
    let (depot, aws) = (Depot::new().await, aws("RUNNING").await);
    let sent = depot.send("late", at("08:00:00")).await;
    let late = wake(&depot, &aws, &sent).await;
    assert_eq!(late.parcel.state.timer.state, State::Fired);
    let told = aws.asked_to("SendTaskFailure");
    let told: Vec<_> = told
        .iter()
        .map(|told| (&told["taskToken"], &told["error"]))
        .collect();
    assert_eq!(told, [(&json!(TOKEN), &json!("HoldExpired"))]);
    assert_eq!(aws.asked_to("StartExecution"), [Value::Null; 0]);
    let next: Vec<_> = aws.asked_to("SendMessage");
    let [next] = &next[..] else {
        panic!("one look follows: {next:?}")
    };
    let next: WakeUp<Parcels> =
        serde_json::from_str(next["MessageBody"].as_str().unwrap()).unwrap();
    assert_eq!(next.due, at("09:00:30"));
}

#[tokio::test]
async fn a_parcel_whose_execution_is_gone_is_taken_up_by_another() {
    let (depot, aws) = (Depot::new().await, aws("ABORTED").await);
    let sent = depot.send("lost", at("08:00:00")).await;
    wake(&depot, &aws, &sent).await;
    let started = aws.asked_to("StartExecution");
    let [started] = &started[..] else {
        panic!("one is started: {started:?}")
    };
    assert_eq!(started["name"], format!("lost.{}", at(DUE).as_seconds()));
    assert_eq!(started["input"], json!({"unwind": "lost"}).to_string());
    assert_eq!(aws.asked_to("SendTaskFailure"), [Value::Null; 0]);
}

#[tokio::test]
async fn a_parcel_that_was_delivered_is_left_alone() {
    let (depot, aws) = (Depot::new().await, aws("RUNNING").await);
    let sent = depot.send("there", at("08:00:00")).await;
    let deliver = |packed: &Packed| Ok(packed.deliver("ana", at("08:30:00")));
    let delivered = depot.store.change(sent, deliver).await.unwrap();
    assert_eq!(wake(&depot, &aws, &delivered).await, delivered);
    assert_eq!(aws.asked(), []);
}
