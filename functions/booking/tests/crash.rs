//! Every step of a trip may die before or after its work, or be delivered three times: the trip
//! ends as it would have ended, and everything is done once.
//!
//! To die is to panic here, in a task of its own; what the state machine does about it is to try
//! the step again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use holdfast_booking::commands::{CommandRequest, Commands};
use holdfast_booking::steps::{
    Close, CloseRequest, LegStep, Open, OpenRequest, Opened, PaymentStep, Settle, SettleRequest,
    Unwind, UnwindRequest,
};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::unwinding::{Participant, Work};
use holdfast_core::failure::Failure;
use holdfast_core::fault::Mishap;
use holdfast_core::ids::BookingId;
use holdfast_core::verb::Verb;
use holdfast_kit::executions::Executions;
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::task_tokens::TaskTokens;
use serde_json::{Value, json};
use support::{Bench, TOKEN, flight_and_hotel};

/// The actions of a trip that is booked, and of one that is undone after it was confirmed.
const FORWARD: &[Action] = &[
    Action::Open,
    Action::Hold,
    Action::Authorize,
    Action::Confirm,
    Action::Settle,
    Action::Capture,
];
const BACK: &[Action] = &[Action::Unwind, Action::Release, Action::Void, Action::Close];

fn die() -> ! {
    panic!("dies, as scripted")
}

async fn stage() -> Bench {
    let simulation = Simulation::dying_by(die);
    Bench {
        simulation,
        ..Bench::new().await
    }
}

/// A request in which one mishap is scripted, wherever its action belongs.
fn trip(action: Action, mishap: Mishap) -> Value {
    let script = json!({ action.as_str(): mishap.as_str() });
    let mut trip = json!({
        "customer": {"id": "cus_1", "email": "traveller@example.com"},
        "legs": flight_and_hotel(),
        "payment": {"token": TOKEN},
    });
    if Action::OF_A_LEG.contains(&action) {
        trip["legs"][1]["simulate"] = script;
    } else if Action::OF_A_PAYMENT.contains(&action) {
        trip["payment"]["simulate"] = script;
    } else {
        trip["simulate"] = script;
    }
    trip
}

/// Plays the state machine, and counts the deaths.
struct Player {
    bench: Bench,
    id: BookingId,
    request: Value,
    deaths: u32,
}

impl Player {
    fn new(bench: &Bench, id: &str, request: Value) -> Self {
        Self {
            bench: bench.clone(),
            id: id.parse().unwrap(),
            request,
            deaths: 0,
        }
    }

    /// Tries a step until it does not die.
    async fn step<A, F>(&mut self, step: impl Fn(Bench, u32) -> F) -> A
    where
        A: Send + 'static,
        F: Future<Output = Result<A, Failure>> + Send + 'static,
    {
        for retry in 0..3 {
            match tokio::spawn(step(self.bench.clone(), retry)).await {
                Ok(answer) => return answer.expect("the step"),
                Err(death) => assert!(death.is_panic()),
            }
            self.deaths += 1;
        }
        panic!("it dies again and again");
    }

    async fn open(&mut self) {
        let (name, input) = (self.id.to_string(), self.request.clone());
        self.step(move |bench, retry| {
            let request = OpenRequest {
                execution: format!("execution:{name}"),
                name: name.clone(),
                started: None,
                input: input.clone(),
                retry,
            };
            async move { open(&bench, &request).await }
        })
        .await;
    }

    async fn legs(&mut self, action: Action) {
        for leg in self.bench.snapshot(&self.id).await.legs {
            let kind = Participant::Leg(leg.kind);
            let (leg, order) = (leg.id.to_string(), leg.order);
            self.work(Work {
                kind,
                leg,
                order,
                action,
            })
            .await;
        }
    }

    async fn work(&mut self, work: Work) {
        let payment = self.request["payment"].clone();
        let tendered = (work.action == Action::Authorize)
            .then(|| serde_json::from_value::<holdfast_booking::steps::Tendered>(payment).unwrap());
        let id = self.id.clone();
        self.step(move |bench, retry| {
            let (id, trace_id, work) = (id.clone(), "0".repeat(32), work.clone());
            let (booking_id, action, payment) = (id, work.action, tendered.clone());
            async move {
                let Participant::Leg(kind) = work.kind else {
                    let step = PaymentStep {
                        booking_id,
                        trace_id,
                        action,
                        attempt: 1,
                        payment,
                        token: None,
                        entered: None,
                        retry,
                    };
                    let taken = bench.rehearsed();
                    return taken.payment(&step, || bench.take(&step)).await.map(drop);
                };
                let step = LegStep {
                    booking_id,
                    trace_id,
                    leg: work.leg,
                    order: work.order,
                    action,
                    retry,
                };
                let (legs, taken) = (bench.legs(kind), bench.rehearsed());
                taken.leg(&step, || legs.take(&step)).await.map(drop)
            }
        })
        .await;
    }

    async fn until_confirmed(&mut self) {
        self.open().await;
        self.legs(Action::Hold).await;
        self.work(Work {
            kind: Participant::Payment,
            leg: "payment".to_owned(),
            order: 0,
            action: Action::Authorize,
        })
        .await;
        self.legs(Action::Confirm).await;
    }

    async fn settle(&mut self) {
        let id = self.id.clone();
        self.step(move |bench, retry| {
            let booking_id = id.clone();
            let settle = Settle {
                payments: bench.payments(),
                waker: bench.wakes.clone(),
            };
            async move {
                let request = SettleRequest { booking_id, retry };
                let (id, step) = (&request.booking_id, || settle.settle(&request));
                let taken = bench.rehearsed();
                taken.whole(id, Action::Settle, retry, step).await
            }
        })
        .await;
    }

    async fn unwind_and_close(&mut self) {
        let id = self.id.clone();
        let plan = self.step(move |bench, retry| {
            let unwind = Unwind {
                store: bench.store.clone(),
                clock: bench.clock(),
            };
            let request = UnwindRequest {
                booking_id: id.clone(),
                causes: Vec::new(),
                retry,
            };
            async move {
                let (id, step) = (&request.booking_id, || unwind.unwind(&request));
                let taken = bench.rehearsed();
                taken.whole(id, Action::Unwind, retry, step).await
            }
        });
        let plan = plan.await;
        let cancellation = plan.cancellation;
        for work in plan.work {
            self.work(work).await;
        }
        let id = self.id.clone();
        self.step(move |bench, retry| {
            let close = Close {
                store: bench.store.clone(),
                waker: bench.wakes.clone(),
                clock: bench.clock(),
            };
            let booking_id = id.clone();
            async move {
                let request = CloseRequest {
                    booking_id,
                    cancellation,
                    retry,
                };
                let (id, step) = (&request.booking_id, || close.close(&request));
                let taken = bench.rehearsed();
                taken.whole(id, Action::Close, retry, step).await
            }
        })
        .await;
    }

    /// How the trip ended, what the suppliers have of it, and what happened more than once.
    async fn check(&self, told: &str, deaths: u32, status: BookingStatus, audit: &[&str]) {
        assert_eq!(self.deaths, deaths, "{told}");
        let snapshot = self.bench.snapshot(&self.id).await;
        assert_eq!(snapshot.booking.state.status, status, "{told}");
        assert_eq!(self.bench.audit(&self.id).await, audit, "{told}");
        let events = self.bench.history(&self.id).await;
        let count = |name| events.iter().filter(|event| event.name == name).count();
        for (name, most) in [
            (EventName::BookingOpened, 1),
            (EventName::LegHeld, 2),
            (EventName::PaymentAuthorized, 1),
            (EventName::LegConfirmed, 2),
            (EventName::Committed, 1),
            (EventName::Booked, 1),
            (EventName::UnwindingStarted, 1),
            (EventName::LegReleased, 2),
            (EventName::PaymentVoided, 1),
            (EventName::BookingClosed, 1),
        ] {
            assert!(count(name) <= most, "{told}: {name:?} {}", count(name));
        }
    }
}

async fn open(bench: &Bench, request: &OpenRequest) -> Result<Opened, Failure> {
    let open = Open {
        store: bench.store.clone(),
        waker: bench.wakes.clone(),
        clock: bench.clock(),
        definition: "test",
    };
    let now = open.clock.now();
    bench
        .rehearsed()
        .open(request, now, || open.open(request))
        .await
}

fn deaths_of(mishap: Mishap) -> u32 {
    u32::from(mishap != Mishap::Twice)
}

#[tokio::test]
async fn whatever_dies_or_is_doubled_on_the_way_forward_the_trip_is_booked_once() {
    let bench = stage().await;
    for (action, mishap) in cases(FORWARD) {
        let told = format!("{action}-{mishap}");
        let mut player = Player::new(&bench, &told, trip(action, mishap));
        player.until_confirmed().await;
        player.settle().await;
        let paid = ["hotel confirmed", "out confirmed", "payment captured"];
        let deaths = deaths_of(mishap);
        player
            .check(&told, deaths, BookingStatus::Booked, &paid)
            .await;
    }
}

#[tokio::test]
async fn whatever_dies_or_is_doubled_on_the_way_back_nothing_is_left_behind() {
    let bench = stage().await;
    for (action, mishap) in cases(BACK) {
        let told = format!("{action}-{mishap}");
        let mut player = Player::new(&bench, &told, trip(action, mishap));
        player.until_confirmed().await;
        player.unwind_and_close().await;
        let deaths = deaths_of(mishap);
        player
            .check(&told, deaths, BookingStatus::Failed, &[])
            .await;
    }
}

fn cases(actions: &'static [Action]) -> impl Iterator<Item = (Action, Mishap)> {
    let mishaps = |action: Action| Mishap::ALL.iter().map(move |mishap| (action, *mishap));
    actions.iter().copied().flat_map(mishaps)
}

#[tokio::test]
async fn where_simulation_is_off_a_mishap_is_refused_by_name_and_nothing_is_written() {
    let bench = Bench::new().await;
    for (action, mishap) in cases(Action::ALL) {
        let told = format!("{action}-{mishap}");
        let request = OpenRequest {
            name: told.clone(),
            execution: told.clone(),
            started: None,
            input: trip(action, mishap),
            retry: 0,
        };
        let refused = open(&bench, &request).await;
        let Err(Failure::InvalidBooking { field, problem }) = refused else {
            panic!("{told}: {refused:?}");
        };
        assert!(field.ends_with(&format!("simulate.{action}")), "{field}");
        assert!(problem.contains(mishap.as_str()), "{problem}");
        assert!(problem.contains("Simulation=on"), "{problem}");
        let found = bench.store.find(&told.parse().unwrap()).await;
        assert_eq!(found, Ok(None), "{told}");
    }
    assert!(bench.wakes.notes().is_empty());
}

#[tokio::test]
async fn where_simulation_is_off_a_command_with_a_mishap_is_refused_by_name() {
    let bench = Bench::new().await;
    let nowhere = aws_sdk_sfn::Config::builder().behavior_version_latest();
    let nowhere = aws_sdk_sfn::Client::from_conf(nowhere.build());
    let commands = Commands {
        store: bench.store.clone(),
        task_tokens: TaskTokens(nowhere.clone().into()),
        executions: Executions {
            step_functions: nowhere.into(),
            state_machine_arn: "machine".to_owned(),
        },
        clock: bench.clock(),
        simulation: Simulation::default(),
        patience: std::time::Duration::ZERO,
    };
    let payment = json!({"token": "tok_visa", "simulate": {"authorize": "crash_after"}});
    let mut leg = trip(Action::Hold, Mishap::Twice)["legs"][0].clone();
    leg["simulate"] = json!({"hold": "twice"});
    for (command, field) in [
        (
            json!({"command": "pay", "payment": payment}),
            "payment.simulate.authorize",
        ),
        (
            json!({"command": "add_leg", "leg": leg}),
            "leg.simulate.hold",
        ),
    ] {
        let mut command = command;
        command["booking_id"] = json!("b-1");
        let command = CommandRequest::read(&command).unwrap();
        match commands.take(&command).await {
            Err(Failure::InvalidBooking { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{field}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_suppliers_fault_for_a_step_without_a_supplier_is_refused_by_name() {
    let bench = stage().await;
    for fault in ["refuse", "unavailable:2", "slow:5"] {
        let mut input = trip(Action::Settle, Mishap::Twice);
        input["simulate"]["settle"] = json!(fault);
        let request = OpenRequest {
            name: "odd".to_owned(),
            execution: "odd".to_owned(),
            started: None,
            input,
            retry: 0,
        };
        let refused = open(&bench, &request).await.unwrap_err();
        let told = refused.to_string();
        assert!(told.starts_with("simulate.settle: "), "{told}");
    }
}
