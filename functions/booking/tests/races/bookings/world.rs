//! A world has a table, suppliers, a clock, Step Functions and queues of its own.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use holdfast_booking::commands::Commands;
use holdfast_booking::desk::{AUTOMATIC, Automatic, Clerk, Redriver};
use holdfast_booking::steps::{Decisions, Desk};
use holdfast_booking::store::Bookings;
use holdfast_kit::executions::Executions;
use holdfast_kit::queue::Pauses;
use holdfast_kit::queue::Queue;
use holdfast_kit::schedules::TimerQueue;
use holdfast_kit::suppliers::Endpoint;
use holdfast_kit::sweep::Sweep;
use holdfast_kit::task_tokens::TaskTokens;
use holdfast_kit::timer::Timekeeper;
use lambda_http::Service;
use tokio::sync::Mutex;

use super::cloud::{Cloud, ERRANDS, TIMER};
use super::stream::Stream;
use crate::support::{Bench, LEASE, PATIENCE, serve};

/// The travellers of a world; each is told apart by Step Functions.
pub(crate) const TRAVELLERS: [&str; 3] = ["ana", "ben", "late"];

/// A world.
pub(crate) struct World {
    pub(crate) bench: Bench,
    pub(crate) cloud: Cloud,
    pub(crate) stream: Mutex<Stream>,
    /// Suppliers that do not hear what they are asked for, and suppliers that do it and say nothing.
    pub(crate) mute: [Endpoint; 2],
    timer: TaskTokens,
    travellers: Vec<TaskTokens>,
}

impl World {
    /// A world whose suppliers hold for this long.
    pub(crate) async fn new(hold: Duration) -> Arc<Self> {
        let bench = Bench::holding_for(hold).await;
        let cloud = Cloud::new(bench.clock()).await;
        let tokens = |caller: &str| TaskTokens(cloud.step_functions(caller).into());
        Arc::new(Self {
            stream: Mutex::new(Stream::of(&bench).await),
            mute: [mute(&bench, false).await, mute(&bench, true).await],
            timer: tokens("timer"),
            travellers: TRAVELLERS.map(tokens).into(),
            bench,
            cloud,
        })
    }

    pub(crate) fn timekeeper(&self) -> Timekeeper<Bookings> {
        Timekeeper {
            table: self.bench.store.clone(),
            queue: self.timer_queue(),
            executions: self.executions(),
            task_tokens: self.timer.clone(),
            clock: self.bench.clock(),
        }
    }

    pub(crate) fn sweep(&self) -> Sweep<holdfast_booking::store::Bookings> {
        Sweep {
            table: self.bench.store.clone(),
            queue: self.timer_queue(),
            errands: self.queue(ERRANDS),
            clock: self.bench.clock(),
        }
    }

    fn executions(&self) -> Executions {
        Executions {
            step_functions: self.timer.0.clone(),
            state_machine_arn: "machine".to_owned(),
        }
    }

    fn timer_queue(&self) -> TimerQueue {
        TimerQueue(self.queue(TIMER))
    }

    fn queue(&self, url: &str) -> Queue {
        Queue {
            sqs: self.cloud.sqs.clone().into(),
            url: url.to_owned(),
        }
    }

    /// The function that takes the commands of a traveller, on this bench.
    pub(crate) fn commands(&self, bench: &Bench, traveller: usize) -> Commands {
        Commands {
            store: bench.store.clone(),
            task_tokens: self.travellers[traveller].clone(),
            executions: self.executions(),
            clock: bench.clock(),
            simulation: bench.simulation,
            patience: Duration::from_millis(200),
        }
    }

    pub(crate) fn decisions(&self, bench: &Bench) -> Decisions<TaskTokens> {
        Decisions {
            payments: bench.payments(),
            lease: LEASE,
            task_tokens: self.timer.clone(),
        }
    }

    pub(crate) fn desk(&self, bench: &Bench) -> Desk {
        Desk {
            store: bench.store.clone(),
            queue: self.queue(ERRANDS),
            clock: bench.clock(),
        }
    }

    pub(crate) fn clerk(&self, name: &str) -> Clerk {
        Clerk {
            store: self.bench.store.clone(),
            clock: self.bench.clock(),
            name: name.to_owned(),
        }
    }

    pub(crate) fn automatic(&self) -> Automatic<Queue> {
        Automatic {
            clerk: Redriver {
                clerk: self.clerk(AUTOMATIC),
                supplier: self.bench.supplier.clone(),
            },
            queue: self.queue(ERRANDS),
            pauses: Pauses {
                first: Duration::from_secs(30),
            },
        }
    }
}

/// Suppliers that answer nothing that is understood, whether they hear or not.
async fn mute(bench: &Bench, hears: bool) -> Endpoint {
    let suppliers = bench.suppliers.clone();
    let pass = move |request: Request| {
        let mut suppliers = suppliers.clone();
        async move {
            if hears && *request.method() == Method::POST {
                Service::call(&mut suppliers, request).await.unwrap();
            }
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    let url = serve(Router::new().fallback(pass)).await;
    Endpoint::new(bench.https.clone(), &url, PATIENCE)
}
