//! Step Functions and SQS, as far as bookings need them: executions that run or do not, tasks that
//! wait to be told something, once, and messages that come when it is time.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::{Json, Router};
use holdfast_booking::desk::DeskItem;
use holdfast_booking::store::WakeUp;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;
use holdfast_kit::task_tokens::Word;
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};

use crate::support::{aws, serve};

pub(crate) const TIMER: &str = "http://localhost/timer";
pub(crate) const ERRANDS: &str = "http://localhost/saga-errors";

/// Step Functions and SQS of one world; clones are the same ones.
#[derive(Clone)]
pub(crate) struct Cloud {
    inner: Arc<Mutex<Inner>>,
    clock: Clock,
    address: Arc<str>,
    stopped: Arc<Notify>,
    pub(crate) sqs: aws_sdk_sqs::Client,
}

#[derive(Default)]
struct Inner {
    running: HashSet<String>,
    names: HashSet<String>,
    started: Vec<String>,
    tasks: HashMap<String, oneshot::Sender<Word>>,
    wake_ups: Vec<(Timestamp, WakeUp)>,
    errands: Vec<DeskItem>,
    heard: HashMap<String, u32>,
}

/// The ARN of an execution.
pub(crate) fn arn(name: &str) -> String {
    format!("execution:{name}")
}

impl Cloud {
    pub(crate) async fn new(clock: Clock) -> Self {
        let (inner, time) = (Arc::<Mutex<Inner>>::default(), clock.clone());
        let router = Router::new().fallback(answer);
        let address = serve(router.with_state((inner.clone(), time))).await;
        Self {
            inner,
            clock,
            stopped: Arc::default(),
            sqs: aws::sqs(&address),
            address: address.into(),
        }
    }

    /// Step Functions, as it is used by this caller.
    pub(crate) fn step_functions(&self, caller: &str) -> aws_sdk_sfn::Client {
        aws::step_functions(&format!("{}/{caller}", self.address))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// An execution is started.
    pub(crate) fn start(&self, name: &str) {
        self.lock().start(name);
    }

    /// The executions that were started since the last time, by name.
    pub(crate) fn take_started(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().started)
    }

    /// An execution ends, or is stopped.
    pub(crate) fn stop(&self, arn: &str) {
        self.lock().running.remove(arn);
        self.stopped.notify_waiters();
    }

    pub(crate) fn runs(&self, arn: &str) -> bool {
        self.lock().running.contains(arn)
    }

    /// Returns when an execution does not run any more.
    pub(crate) async fn stopped(&self, arn: &str) {
        loop {
            let stopped = self.stopped.notified();
            if !self.runs(arn) {
                return;
            }
            stopped.await;
        }
    }

    /// A task waits, and can be told something by its token.
    pub(crate) fn task(&self, token: &str) -> oneshot::Receiver<Word> {
        let (tells, hears) = oneshot::channel();
        self.lock().tasks.insert(token.to_owned(), tells);
        hears
    }

    /// A task waits no longer.
    pub(crate) fn end_task(&self, token: &str) {
        self.lock().tasks.remove(token);
    }

    /// All tasks that wait time out.
    pub(crate) fn time_out(&self) {
        self.lock().tasks.clear();
    }

    /// Whether a task of this booking waits.
    pub(crate) fn listens(&self, id: &BookingId) -> bool {
        let mine = format!("{id}/");
        self.lock()
            .tasks
            .keys()
            .any(|token| token.starts_with(&mine))
    }

    /// How many words of this caller were heard.
    pub(crate) fn heard(&self, caller: &str) -> u32 {
        self.lock().heard.get(caller).copied().unwrap_or(0)
    }

    /// The wake-ups of the timer queue that have come.
    pub(crate) fn due(&self) -> Vec<WakeUp> {
        let (now, mut inner) = (self.clock.now(), self.lock());
        let come = inner.wake_ups.extract_if(.., |(comes, _)| *comes <= now);
        come.map(|(_, wake_up)| wake_up).collect()
    }

    /// A wake-up comes after this time.
    pub(crate) fn wake_after(&self, wake_up: WakeUp, delay: Duration) {
        let comes = self.clock.now() + delay;
        self.lock().wake_ups.push((comes, wake_up));
    }

    /// Takes the messages of the queue `saga-errors`.
    pub(crate) fn take_errands(&self) -> Vec<DeskItem> {
        std::mem::take(&mut self.lock().errands)
    }

    /// Forgets all that is left of a booking which is over.
    pub(crate) fn forget(&self) {
        let mut inner = self.lock();
        let heard = std::mem::take(&mut inner.heard);
        *inner = Inner {
            heard,
            ..Inner::default()
        };
    }
}

impl Inner {
    fn start(&mut self, name: &str) {
        if self.names.insert(name.to_owned()) {
            self.running.insert(arn(name));
            self.started.push(name.to_owned());
        }
    }

    fn tell(&mut self, caller: &str, token: &str, word: Word) -> Answer {
        let told = self.tasks.remove(token).map(|task| task.send(word));
        if told != Some(Ok(())) {
            let gone = json!({"__type": "TaskTimedOut", "message": "it has gone on"});
            return (StatusCode::BAD_REQUEST, Json(gone));
        }
        *self.heard.entry(caller.to_owned()).or_default() += 1;
        (StatusCode::OK, Json(json!({})))
    }
}

type Answer = (StatusCode, Json<Value>);
type Shared = (Arc<Mutex<Inner>>, Clock);

async fn answer(
    State((inner, clock)): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let target = headers["x-amz-target"].to_str().unwrap();
    let asked: Value = serde_json::from_str(&body).unwrap();
    let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
    let caller = uri.path().trim_matches('/');
    let mut inner = inner.lock().unwrap();
    let answer = match target.rsplit('.').next() {
        Some("SendTaskSuccess") => {
            let word = Word::Success(serde_json::from_str(&text("output")).unwrap());
            return inner.tell(caller, &text("taskToken"), word);
        }
        Some("SendTaskFailure") => {
            let word = Word::Failure(failure(&text("error"), &text("cause")));
            return inner.tell(caller, &text("taskToken"), word);
        }
        Some("SendMessage") if text("QueueUrl") == ERRANDS => {
            let item = serde_json::from_str(&text("MessageBody")).unwrap();
            inner.errands.push(item);
            json!({"MessageId": "m"})
        }
        Some("SendMessage") => {
            let delay = Duration::from_secs(asked["DelaySeconds"].as_u64().unwrap_or(0));
            let wake_up = serde_json::from_str(&text("MessageBody")).unwrap();
            inner.wake_ups.push((clock.now() + delay, wake_up));
            json!({"MessageId": "m"})
        }
        Some("ChangeMessageVisibility") => json!({}),
        Some("DescribeExecution") => json!({
            "executionArn": asked["executionArn"], "stateMachineArn": "machine",
            "status": if inner.running.contains(&text("executionArn")) { "RUNNING" } else { "ABORTED" },
            "startDate": 1_799_582_400,
        }),
        Some("StartExecution") => {
            inner.start(&text("name"));
            json!({"executionArn": arn(&text("name")), "startDate": 1_799_582_400})
        }
        other => panic!("{other:?}: {body}"),
    };
    (StatusCode::OK, Json(answer))
}

/// What an execution makes of a failure that it is told.
fn failure(name: &str, cause: &str) -> Failure {
    let cause: Value = serde_json::from_str(cause).unwrap_or_default();
    let message = cause["errorMessage"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    match name {
        "HoldExpired" => Failure::HoldExpired(message),
        "Declined" => Failure::Declined(message),
        "Refused" => Failure::Refused(message),
        "Conflict" => Failure::Conflict(message),
        other => panic!("no service tells an execution {other}"),
    }
}
