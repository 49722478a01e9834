//! The state machine of a trip whose steps die.

use holdfast_booking::steps::{
    Close, CloseRequest, LegStep, OpenRequest, PaymentStep, Settle, SettleRequest, Tendered,
    Unwind, UnwindRequest,
};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::unwinding::{Participant, Work};
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use serde_json::Value;

use crate::open;
use crate::support::Bench;

/// Plays the state machine, and counts the deaths.
pub(crate) struct Player {
    bench: Bench,
    id: BookingId,
    request: Value,
    deaths: u32,
}

impl Player {
    pub(crate) fn new(bench: &Bench, id: &str, request: Value) -> Self {
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
            .then(|| serde_json::from_value::<Tendered>(payment).unwrap());
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

    pub(crate) async fn until_confirmed(&mut self) {
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

    pub(crate) async fn settle(&mut self) {
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

    pub(crate) async fn unwind_and_close(&mut self) {
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
    pub(crate) async fn check(
        &self,
        told: &str,
        deaths: u32,
        status: BookingStatus,
        audit: &[&str],
    ) {
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
