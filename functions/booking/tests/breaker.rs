//! The circuit breaker before a supplier, shared by functions that know nothing of each other but the
//! table: real steps, real suppliers and a real DynamoDB engine in process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use futures_util::future::join_all;
use holdfast_booking::store::Store;
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::PaymentStatus;
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::unwinding::Participant;
use holdfast_core::breaker::{Breaker, Rules};
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_kit::breakers::Breakers;
use holdfast_kit::table::breaker::KeptBreaker;
use lambda_http::Service;
use serde_json::{Value, json};

use support::gate::{Gate, Held};
use support::spoiler::{Nonsense, Spoiler};
use support::{Bench, PATIENCE, TOKEN, flight_and_hotel, payment_step, table};

const FAILURES: u32 = 3;
const RULES: Rules = Rules {
    failures: NonZeroU32::new(FAILURES).unwrap(),
    memory: Duration::from_secs(60),
    open: Duration::from_secs(30),
    lease: Duration::from_secs(9),
};
const FLIGHT: Participant = Participant::Leg(Kind::Flight);
const HOTEL: Participant = Participant::Leg(Kind::Hotel);

impl Bench {
    /// The bench as another process has it, which has not seen any breaker yet.
    fn guarded(&self) -> Self {
        self.guarded_by(self.store.clone())
    }

    fn guarded_by(&self, store: Store) -> Self {
        let breakers = Breakers::new(store, RULES, self.clock());
        self.with_supplier(self.supplier.clone().with_breakers(breakers))
    }

    async fn switch(&self, method: Method, supplier: Participant) -> Value {
        let request = Request::builder().method(method);
        let request = request.uri(format!("/outage/{supplier}"));
        let request = request.body(Body::empty()).unwrap();
        let response = Service::call(&mut self.suppliers.clone(), request).await;
        let body = to_bytes(response.unwrap().into_body(), 10_000).await;
        serde_json::from_slice(&body.unwrap()).unwrap()
    }

    /// How often the flights were asked for a hold since they are out of order.
    async fn holds_asked(&self) -> u64 {
        let outage = self.switch(Method::GET, FLIGHT).await;
        outage["calls"]["hold"].as_u64().unwrap_or_default()
    }

    async fn breaker(&self, supplier: Participant) -> KeptBreaker {
        self.store
            .items()
            .breaker(supplier.as_str())
            .await
            .expect("the breaker")
    }

    async fn is_open(&self, supplier: Participant) -> bool {
        let breaker = self.breaker(supplier).await.breaker;
        matches!(breaker, Breaker::Open { .. })
    }

    async fn is_untouched(&self, supplier: Participant) -> bool {
        self.breaker(supplier).await == KeptBreaker::default()
    }

    /// Opens a breaker, for a long time.
    async fn stop(&self, supplier: Participant) {
        let until = self.clock().now() + Duration::from_secs(3600);
        let before = self.breaker(supplier).await;
        let opened =
            self.store
                .items()
                .change_breaker(supplier.as_str(), &before, Breaker::Open { until });
        opened.await.expect("opened");
    }

    /// A booking of one flight, of which nothing is held yet.
    async fn flight(&self, id: &str) -> BookingId {
        let legs = json!([flight_and_hotel()[0]]);
        self.open(id, legs).await.booking_id
    }

    async fn hold(&self, id: &BookingId) -> Result<(), Failure> {
        self.all_legs(id, Action::Hold).await
    }

    /// Puts the flights out of order, and has so many holds fail.
    async fn fail(&self, id: &BookingId, times: u32) {
        self.switch(Method::PUT, FLIGHT).await;
        for _ in 0..times {
            let failed = self.hold(id).await.unwrap_err().to_string();
            assert_eq!(failed, "out of order; nothing was done");
        }
    }
}

fn seconds(bench: &Bench, seconds: u64) {
    bench.clock.advance(Duration::from_secs(seconds));
}

/// Whether it is the breaker that refused.
fn is_held_up(result: &Result<(), Failure>) -> bool {
    let failure = result.as_ref().err();
    failure.is_some_and(|failure| failure.to_string().contains("keeps failing"))
}

// ---------------------------------------------------------------- opening

#[tokio::test]
async fn after_a_run_of_failures_no_function_asks_and_all_say_when_they_will() {
    let bench = Bench::new().await.guarded();
    let id = bench.flight("run").await;
    bench.fail(&id, FAILURES).await;
    assert!(bench.is_open(FLIGHT).await);
    for process in [bench.clone(), bench.guarded(), bench.guarded()] {
        let refused = process.hold(&id).await.unwrap_err();
        assert_eq!(refused.name(), "SupplierDown");
        assert_eq!(
            refused.to_string(),
            "the flight supplier keeps failing; it is not asked again before 2027-01-10T12:00:30.000Z"
        );
    }
    assert_eq!(bench.holds_asked().await, u64::from(FAILURES));
}

#[tokio::test]
async fn failures_seen_by_different_functions_make_one_run() {
    let bench = Bench::new().await;
    let id = bench.flight("together").await;
    for _ in 0..FAILURES {
        bench.guarded().fail(&id, 1).await;
    }
    assert!(is_held_up(&bench.guarded().hold(&id).await));
}

#[tokio::test]
async fn failures_at_the_same_instant_all_count() {
    let bench = Bench::new().await;
    let id = bench.flight("instant").await;
    bench.switch(Method::PUT, FLIGHT).await;
    let processes: Vec<_> = (0..FAILURES).map(|_| bench.guarded()).collect();
    join_all(processes.iter().map(|process| process.hold(&id))).await;
    assert!(bench.is_open(FLIGHT).await);
}

#[tokio::test]
async fn silence_and_nonsense_count_as_failures() {
    let bench = Bench::new().await;
    let spoiler = Spoiler::before(&bench.suppliers).await;
    spoiler.spoil(Nonsense::Html, false);
    let bench = bench.with_supplier(spoiler.endpoint(PATIENCE)).guarded();
    let id = bench.flight("nonsense").await;
    for _ in 0..FAILURES {
        assert!(!is_held_up(&bench.hold(&id).await));
    }
    assert!(is_held_up(&bench.hold(&id).await));
}

#[tokio::test]
async fn a_refusal_is_a_healthy_answer() {
    let bench = Bench::new().await.guarded();
    for n in 0..=FAILURES {
        let mut legs = json!([flight_and_hotel()[1]]);
        legs[0]["spec"]["city"] = "XXX".into();
        let id = bench.open(&format!("sold-out-{n}"), legs).await.booking_id;
        let refused = bench.hold(&id).await.unwrap_err();
        assert_eq!(refused.name(), "Refused");
        let held = bench.held(&format!("declined-{n}")).await;
        let declined = bench.authorize(&held, 1, "tok_declined").await.unwrap_err();
        assert_eq!(declined.name(), "Declined");
    }
    assert!(bench.is_untouched(HOTEL).await);
    assert!(bench.is_untouched(Participant::Payment).await);
}

#[tokio::test]
async fn a_success_ends_a_run_and_so_does_a_long_time() {
    let bench = Bench::new().await.guarded();
    let (id, other) = (bench.flight("ends").await, bench.flight("other").await);
    bench.fail(&id, FAILURES - 1).await;
    bench.switch(Method::DELETE, FLIGHT).await;
    bench.hold(&other).await.expect("held");
    assert_eq!(bench.breaker(FLIGHT).await.breaker, Breaker::CLOSED);
    for _ in 0..2 {
        bench.fail(&id, FAILURES - 1).await;
        seconds(&bench, 61);
    }
    assert!(!bench.is_open(FLIGHT).await);
}

// ---------------------------------------------------------------- the probe

#[tokio::test]
async fn of_many_who_come_when_the_time_is_over_one_asks_and_if_that_fails_it_opens_again() {
    let bench = Bench::new().await.guarded();
    let id = bench.flight("many").await;
    bench.fail(&id, FAILURES).await;
    for round in 1..=3 {
        seconds(&bench, 30);
        let processes: Vec<_> = (0..8).map(|_| bench.guarded()).collect();
        let results = join_all(processes.iter().map(|process| process.hold(&id))).await;
        let held_up = results.iter().filter(|result| is_held_up(result)).count();
        assert_eq!(held_up, 7, "{results:?}");
        assert_eq!(bench.holds_asked().await, u64::from(FAILURES + round));
        assert!(bench.is_open(FLIGHT).await);
    }
}

#[tokio::test]
async fn a_probe_that_goes_well_closes_it() {
    let bench = Bench::new().await.guarded();
    let id = bench.flight("well").await;
    bench.fail(&id, FAILURES).await;
    bench.switch(Method::DELETE, FLIGHT).await;
    assert!(is_held_up(&bench.hold(&id).await));
    seconds(&bench, 30);
    bench.hold(&id).await.expect("held by the probe");
    assert_eq!(bench.breaker(FLIGHT).await.breaker, Breaker::CLOSED);
    let next = bench.flight("next").await;
    bench.guarded().hold(&next).await.expect("held");
}

#[tokio::test]
async fn a_probe_whose_worker_died_is_followed_by_another_when_its_lease_ends() {
    let bench = Bench::new().await;
    let spoiler = Spoiler::before(&bench.suppliers).await;
    let bench = bench.with_supplier(spoiler.endpoint(PATIENCE)).guarded();
    let id = bench.flight("died").await;
    bench.fail(&id, FAILURES).await;
    bench.switch(Method::DELETE, FLIGHT).await;
    seconds(&bench, 30);
    spoiler.spoil(Nonsense::Slow, false);
    let (process, slow) = (bench.clone(), id.clone());
    let probe = tokio::spawn(async move { process.hold(&slow).await });
    while !matches!(
        bench.breaker(FLIGHT).await.breaker,
        Breaker::HalfOpen { .. }
    ) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    probe.abort();
    spoiler.spoil_calls(Nonsense::Html, false);
    assert!(is_held_up(&bench.guarded().hold(&id).await));
    seconds(&bench, 9);
    let second = bench.guarded().hold(&id).await;
    assert!(!is_held_up(&second), "{second:?}");
    assert!(bench.is_open(FLIGHT).await);
}

// ---------------------------------------------------------------- whom it leaves alone

#[tokio::test]
async fn undos_go_through_while_it_is_open() {
    let bench = Bench::new().await.guarded();
    let id = bench.confirmed("undo").await;
    for supplier in [FLIGHT, HOTEL, Participant::Payment] {
        bench.stop(supplier).await;
    }
    let closed = bench.guarded().unwind_and_close(&id, "Cancelled").await;
    assert!(closed.status.is_finished(), "{closed:?}");
    assert_eq!(bench.audit(&id).await, [""; 0]);
    assert!(bench.is_open(FLIGHT).await, "an undo does not close it");
}

#[tokio::test]
async fn the_capture_goes_through_while_it_is_open_and_an_authorization_does_not() {
    let bench = Bench::new().await.guarded();
    let (paid, unpaid) = (bench.confirmed("paid").await, bench.held("unpaid").await);
    bench.stop(Participant::Payment).await;
    let bench = bench.guarded();
    bench.settle(&paid).await.expect("captured");
    let captured = bench.snapshot(&paid).await.payment.state.status;
    assert_eq!(captured, PaymentStatus::Captured);
    let authorized = bench.authorize(&unpaid, 1, TOKEN).await.map(drop);
    assert!(is_held_up(&authorized), "{authorized:?}");
    assert!(
        !bench
            .suppliers_know(&format!("{unpaid}/payment/authorize"))
            .await
    );
}

#[tokio::test]
async fn undos_that_fail_open_nothing() {
    let bench = Bench::new().await.guarded();
    let id = bench.confirmed("undo-fails").await;
    bench.unwind(&id, "Cancelled").await.expect("a plan");
    for supplier in [FLIGHT, Participant::Payment] {
        bench.switch(Method::PUT, supplier).await;
    }
    for _ in 0..=FAILURES {
        let released = bench.leg(&id, Kind::Flight, "out", 0, Action::Release);
        assert_eq!(released.await.unwrap_err().name(), "Unavailable");
        let void = payment_step(&id, Action::Void, 0, None);
        let voided = bench.payments().take(&void).await;
        assert_eq!(voided.unwrap_err().name(), "Unavailable");
    }
    assert!(bench.is_untouched(FLIGHT).await);
    assert!(bench.is_untouched(Participant::Payment).await);
}

#[tokio::test]
async fn what_is_scripted_is_neither_counted_nor_held_up() {
    let bench = Bench::new().await.guarded();
    let scripted = |fault: &str| {
        let mut legs = json!([flight_and_hotel()[0]]);
        legs[0]["simulate"] = json!({ "hold": fault });
        legs
    };
    let failing = bench.open("failing", scripted("unavailable")).await;
    for _ in 0..=FAILURES {
        let failed = bench.hold(&failing.booking_id).await;
        assert!(failed.is_err() && !is_held_up(&failed), "{failed:?}");
    }
    assert!(bench.is_untouched(FLIGHT).await);
    bench.stop(FLIGHT).await;
    let slow = bench.open("slow", scripted("slow:1")).await;
    let held = bench.guarded().hold(&slow.booking_id).await;
    assert_eq!(held, Ok(()));
}

#[tokio::test]
async fn the_other_suppliers_are_asked_as_ever() {
    let bench = Bench::new().await.guarded();
    let flight = bench.flight("alone").await;
    bench.fail(&flight, FAILURES).await;
    let legs = json!([flight_and_hotel()[1]]);
    let id = bench.open("hotel", legs).await.booking_id;
    bench.hold(&id).await.expect("held");
    bench.authorize(&id, 1, TOKEN).await.expect("authorized");
    bench
        .all_legs(&id, Action::Confirm)
        .await
        .expect("confirmed");
    bench.settle(&id).await.expect("booked");
}

// ---------------------------------------------------------------- the table

#[tokio::test]
async fn while_nothing_goes_wrong_a_second_of_calls_costs_one_read_and_no_write() {
    let bench = Bench::new().await;
    let (store, gate) = Gate::shut(&bench.address, Held::Request).await;
    let guarded = bench.guarded_by(store);
    for n in 0..5 {
        let id = bench.flight(&format!("cheap-{n}")).await;
        guarded.hold(&id).await.expect("held");
    }
    assert_eq!(gate.calls(), 1);
    assert!(bench.is_untouched(FLIGHT).await);
    seconds(&bench, 1);
    let id = bench.flight("later").await;
    guarded.hold(&id).await.expect("held");
    assert_eq!(gate.calls(), 2);
}

#[tokio::test]
async fn where_the_table_does_not_answer_the_call_is_made() {
    let bench = Bench::new().await;
    // The one takes connections and says nothing; the other is not there.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addresses = [silent.local_addr().unwrap(), gone.local_addr().unwrap()];
    drop(gone);
    for (n, address) in addresses.into_iter().enumerate() {
        let client = table::client(&format!("http://{address}"));
        let guarded = bench.guarded_by(Store::new(client, table::BOOKINGS));
        let id = bench.flight(&format!("down-{n}")).await;
        let began = Instant::now();
        guarded.hold(&id).await.expect("held");
        assert!(began.elapsed() < Duration::from_secs(3), "held up for long");
    }
}
