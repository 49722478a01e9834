//! The timekeeper and the sweep on a bench, with queues and executions that the test decides upon.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Json, Router};
use holdfast_booking::commands::{Commands, PATIENCE};
use holdfast_booking::desk::DeskItem;
use holdfast_booking::steps::Desk;
use holdfast_booking::store::{Bookings, WakeUp};
use holdfast_core::ids::BookingId;
use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;
use holdfast_kit::executions::Executions;
use holdfast_kit::later::Later;
use holdfast_kit::queue::Queue;
use holdfast_kit::schedules::TimerQueue;
use holdfast_kit::sweep::{Sweep, SweepRequest, Swept};
use holdfast_kit::task_tokens::TaskTokens;
use holdfast_kit::timer::Timekeeper;
use serde_json::{Value, json};

use crate::support::{self, Bench, aws};

const TIMER: &str = "http://localhost/timer";
const ERRANDS: &str = "http://localhost/saga-errors";

/// A message of the timer queue, and when it comes.
#[derive(Clone, Debug)]
struct Delayed {
    comes: Timestamp,
    wake_up: WakeUp,
}

/// What the queues and the executions have been told.
#[derive(Default)]
struct World {
    timer: Vec<Delayed>,
    errands: Vec<DeskItem>,
    told: Vec<String>,
    started: Vec<String>,
    /// Executions that are asked for do not run.
    stopped: bool,
}

/// A bench with a timekeeper.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) bench: Bench,
    world: Arc<Mutex<World>>,
    address: String,
    clock: Clock,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let bench = Bench::new().await;
        let (world, clock) = (Arc::default(), bench.clock());
        let router = Router::new().fallback(answer);
        let router = router.with_state((Arc::clone(&world), clock.clone()));
        Self {
            address: support::serve(router).await,
            bench,
            world,
            clock,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.bench.clock.advance(Duration::from_secs(seconds));
    }

    /// Every execution is stopped from now on, or none is.
    pub(crate) fn stop_executions(&self, stopped: bool) {
        self.world.lock().unwrap().stopped = stopped;
    }

    /// The names of the executions that were started.
    pub(crate) fn started(&self) -> Vec<String> {
        self.world.lock().unwrap().started.clone()
    }

    /// What executions that wait were told.
    pub(crate) fn told(&self) -> Vec<String> {
        self.world.lock().unwrap().told.clone()
    }

    /// When the messages of the timer queue come.
    pub(crate) fn to_come(&self) -> Vec<Timestamp> {
        let world = self.world.lock().unwrap();
        let mut times: Vec<_> = world.timer.iter().map(|delayed| delayed.comes).collect();
        times.sort();
        times
    }

    fn timekeeper(&self) -> Timekeeper<Bookings> {
        Timekeeper {
            table: self.bench.store.clone(),
            queue: self.timer_queue(),
            executions: Executions {
                step_functions: self.step_functions(),
                state_machine_arn: "machine".to_owned(),
            },
            task_tokens: TaskTokens(self.step_functions()),
            clock: self.clock.clone(),
        }
    }

    /// Takes the traveller's commands.
    pub(crate) fn commands(&self) -> Commands {
        Commands {
            store: self.bench.store.clone(),
            task_tokens: TaskTokens(self.step_functions()),
            executions: Executions {
                step_functions: self.step_functions(),
                state_machine_arn: "machine".to_owned(),
            },
            clock: self.clock.clone(),
            simulation: self.bench.simulation,
            patience: PATIENCE,
        }
    }

    pub(crate) fn timer_queue(&self) -> TimerQueue {
        TimerQueue(self.queue(TIMER))
    }

    pub(crate) fn errand_queue(&self) -> Queue {
        self.queue(ERRANDS)
    }

    /// Hands over to the queue `saga-errors`.
    pub(crate) fn desk(&self) -> Desk {
        Desk {
            store: self.bench.store.clone(),
            queue: self.errand_queue(),
            clock: self.clock.clone(),
        }
    }

    /// The messages of the queue `saga-errors` are lost.
    pub(crate) fn lose_errands(&self) {
        self.world.lock().unwrap().errands.clear();
    }

    /// The messages that were sent to the queue `saga-errors`.
    pub(crate) fn errands(&self) -> Vec<DeskItem> {
        self.world.lock().unwrap().errands.clone()
    }

    fn queue(&self, url: &str) -> Queue {
        Queue {
            sqs: self.sqs(),
            url: url.to_owned(),
        }
    }

    /// A wake-up for now.
    pub(crate) fn wake_up(&self, id: &BookingId, generation: u32) -> WakeUp {
        WakeUp {
            id: id.clone(),
            generation,
            due: self.now(),
            trace_id: None,
        }
    }

    /// A wake-up is put into the timer queue.
    pub(crate) async fn send(&self, wake_up: &WakeUp) {
        let sent = self.timer_queue().send(wake_up, self.now()).await;
        sent.expect("sent");
    }

    /// A wake-up is delivered for the first time.
    pub(crate) async fn deliver(&self, wake_up: &WakeUp) {
        self.deliver_again(wake_up, 1).await;
    }

    /// A wake-up is delivered for the nth time.
    pub(crate) async fn deliver_again(&self, wake_up: &WakeUp, tries: u32) {
        let looked = Box::pin(self.timekeeper().wake(wake_up, tries)).await;
        looked.expect("looked at");
    }

    /// The sweep comes by.
    pub(crate) async fn sweep(&self) -> Swept {
        let sweep = Sweep {
            table: self.bench.store.clone(),
            queue: self.timer_queue(),
            errands: self.errand_queue(),
            clock: self.clock.clone(),
        };
        let request = SweepRequest { grace_seconds: 120 };
        sweep.sweep(&request).await.expect("swept")
    }

    /// The messages of the timer queue are lost.
    pub(crate) fn lose_wake_ups(&self) {
        self.world.lock().unwrap().timer.clear();
    }

    /// Delivers all that comes within this time, in the order in which it comes, and tells when
    /// each was.
    pub(crate) async fn run(&self, time: Duration) -> Vec<Timestamp> {
        let (end, mut looks) = (self.now() + time, Vec::new());
        while let Some(next) = self.next_before(end) {
            self.bench.clock.advance(self.now().until(next.comes));
            looks.push(self.now());
            self.deliver(&next.wake_up).await;
        }
        self.bench.clock.advance(self.now().until(end));
        looks
    }

    fn next_before(&self, end: Timestamp) -> Option<Delayed> {
        let timer = &mut self.world.lock().unwrap().timer;
        timer.sort_by_key(|delayed| delayed.comes);
        (timer.first()?.comes <= end).then(|| timer.remove(0))
    }

    fn sqs(&self) -> Later<aws_sdk_sqs::Client> {
        aws::sqs(&self.address).into()
    }

    fn step_functions(&self) -> Later<aws_sdk_sfn::Client> {
        aws::step_functions(&self.address).into()
    }
}

type Shared = (Arc<Mutex<World>>, Clock);

async fn answer(
    State((world, clock)): State<Shared>,
    headers: HeaderMap,
    body: String,
) -> Json<Value> {
    let target = headers["x-amz-target"].to_str().unwrap();
    let asked: Value = serde_json::from_str(&body).unwrap();
    let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
    let mut world = world.lock().unwrap();
    Json(match target.rsplit('.').next() {
        Some("ChangeMessageVisibility") => json!({}),
        Some("SendMessage") if text("QueueUrl") == ERRANDS => {
            let item = serde_json::from_str(&text("MessageBody")).unwrap();
            world.errands.push(item);
            json!({"MessageId": "m"})
        }
        Some("SendMessage") => {
            let delay = Duration::from_secs(asked["DelaySeconds"].as_u64().unwrap_or(0));
            let wake_up = serde_json::from_str(&text("MessageBody")).unwrap();
            let comes = clock.now() + delay;
            world.timer.push(Delayed { comes, wake_up });
            json!({"MessageId": "m"})
        }
        Some("DescribeExecution") => json!({
            "executionArn": asked["executionArn"], "stateMachineArn": "machine",
            "status": if world.stopped { "ABORTED" } else { "RUNNING" },
            "startDate": 1_799_582_400,
        }),
        Some("StartExecution") => {
            world.started.push(text("name"));
            json!({"executionArn": "execution", "startDate": 1_799_582_400})
        }
        Some("SendTaskFailure") => {
            world.told.push(text("error"));
            json!({})
        }
        other => panic!("{other:?}: {body}"),
    })
}
