//! A worker, or the unwinding, is held up at the worst moment, and goes on when others have been
//! there meanwhile.

use std::time::Duration;

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingStatus, PaymentStatus};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::waiting::Since;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::timer::State;
use tokio::task::JoinHandle;

use crate::support::gate::{Gate, Held};
use crate::support::spoiler::{Nonsense, Spoiler};
use crate::support::{Bench, LEASE, PATIENCE, TOKEN};
use holdfast_booking::steps::WaitRequest;

type Paying = JoinHandle<Result<(), Failure>>;

/// Starts an attempt to pay that is held up in its first write; returns when it is.
async fn held_up(bench: &Bench, id: &BookingId, attempt: u32, held: Held) -> (Paying, Gate) {
    let (store, gate) = Gate::shut(&bench.address, held).await;
    let (bench, id) = (bench.with_store(store), id.clone());
    let paying = tokio::spawn(async move { bench.authorize(&id, attempt, TOKEN).await.map(drop) });
    gate.reached().await;
    (paying, gate)
}

async fn end_of(paying: Paying, gate: &Gate) -> Result<(), Failure> {
    gate.open();
    paying.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_worker_of_the_first_attempt_does_not_end_the_pause_of_the_second() {
    let bench = Bench::new().await;
    // Begun together, both pauses are over when the first worker wakes; apart, the second lasts.
    for (apart, asleep, second_ends) in [(0, 305, Err("Refused")), (10, 295, Ok(()))] {
        let id = bench.held(&format!("apart-{apart}")).await;
        let (first, first_gate) = held_up(&bench, &id, 1, Held::Answer).await;
        let declined = bench.authorize(&id, 1, "tok_declined").await.unwrap_err();
        assert_eq!(declined.name(), "Declined");
        bench.clock.advance(Duration::from_secs(apart));
        let (second, second_gate) = held_up(&bench, &id, 2, Held::Answer).await;
        let paused = bench.snapshot(&id).await.booking;
        assert!(matches!(paused.state.timer.state, State::Paused { .. }));

        bench.clock.advance(Duration::from_secs(asleep));
        let late = end_of(first, &first_gate).await.unwrap_err();
        assert_eq!(late.name(), "Refused", "{late}");
        assert_eq!(bench.snapshot(&id).await.booking, paused, "{apart} s apart");

        let second = end_of(second, &second_gate).await;
        assert_eq!(second.map_err(|failure| failure.name()), second_ends);
        bench.history(&id).await;
        let paid = bench
            .suppliers_know(&format!("{id}/payment.2/authorize"))
            .await;
        assert_eq!(paid, second_ends.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_sleeps_past_its_lease_does_not_call_the_supplier() {
    let bench = Bench::new().await;
    for (slept, error, state, told) in [
        (LEASE, "Refused", State::Running, EventName::TimerResumed),
        (
            Duration::from_secs(900),
            "HoldExpired",
            State::Fired,
            EventName::TimerFired,
        ),
    ] {
        let id = bench.held(&format!("slept-{}", slept.as_secs())).await;
        let (paying, gate) = held_up(&bench, &id, 1, Held::Answer).await;
        bench.clock.advance(slept);
        let late = end_of(paying, &gate).await.unwrap_err();
        assert_eq!(late.name(), error, "{late}");
        assert!(
            !bench
                .suppliers_know(&format!("{id}/payment/authorize"))
                .await
        );
        assert_eq!(bench.snapshot(&id).await.booking.state.timer.state, state);
        assert_eq!(bench.history(&id).await.last().unwrap().name, told);

        let retried = bench.authorize(&id, 1, TOKEN).await.unwrap_err();
        assert_eq!(retried.name(), error, "{retried}");
        assert_eq!(bench.audit(&id).await, ["hotel held", "out held"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_that_comes_after_the_deadline_is_none() {
    let bench = Bench::new().await;
    let id = bench.held("too-late").await;
    bench.clock.advance(Duration::from_secs(900));
    let late = bench.authorize(&id, 1, TOKEN).await.unwrap_err();
    assert_eq!(late.name(), "HoldExpired", "{late}");
    let booking = bench.snapshot(&id).await.booking;
    assert_eq!(booking.state.timer.state, State::Fired);
    assert_eq!(bench.audit(&id).await, ["hotel held", "out held"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unwinding_that_a_payment_overtakes_undoes_the_payment_too() {
    let bench = Bench::new().await;
    let id = bench.held("overtaken").await;
    let (store, gate) = Gate::shut(&bench.address, Held::Request).await;
    let (slow, of) = (bench.with_store(store), id.clone());
    let unwinding = tokio::spawn(async move { slow.unwind_and_close(&of, "Cancelled").await });
    gate.reached().await;
    bench.authorize(&id, 1, TOKEN).await.expect("authorized");
    gate.open();
    let closed = unwinding.await.unwrap();
    assert_eq!(closed.status, BookingStatus::Cancelled);
    assert!(bench.audit(&id).await.is_empty());
    bench.history(&id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_worker_of_the_first_attempt_does_not_put_the_second_in_doubt() {
    let bench = Bench::new().await;
    let id = bench.held("in-doubt").await;
    let (first, first_gate) = held_up(&bench, &id, 1, Held::Answer).await;

    let spoiler = Spoiler::before(&bench.suppliers).await;
    spoiler.spoil(Nonsense::Closed, false);
    let (store, gate) = Gate::shut(&bench.address, Held::Request).await;
    let twin = bench
        .with_store(store)
        .with_supplier(spoiler.endpoint(PATIENCE));
    let of = id.clone();
    let twin = tokio::spawn(async move { twin.authorize(&of, 1, TOKEN).await.map(drop) });
    gate.reached().await;

    let declined = bench.authorize(&id, 1, "tok_declined").await.unwrap_err();
    assert_eq!(declined.name(), "Declined");
    bench.authorize(&id, 2, TOKEN).await.expect("authorized");
    let late = end_of(twin, &gate).await.unwrap_err();
    assert_eq!(late.name(), "Unavailable", "{late}");
    let payment = bench.snapshot(&id).await.payment.state;
    assert_eq!(
        (payment.status, payment.attempts),
        (PaymentStatus::Authorized, 2)
    );
    end_of(first, &first_gate)
        .await
        .expect_err("declined before");
    bench.history(&id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_settling_finds_the_first_one_done() {
    let bench = Bench::new().await;
    let id = bench.confirmed("settled-twice").await;
    let (store, gate) = Gate::shut(&bench.address, Held::Request).await;
    let (slow, of) = (bench.with_store(store), id.clone());
    let settling = tokio::spawn(async move { slow.settle(&of).await });
    gate.reached().await;
    let first = bench.settle(&id).await.expect("booked");
    gate.open();
    assert_eq!(settling.await.unwrap().as_ref(), Ok(&first));
    assert_eq!(first.status, BookingStatus::Booked);
    let events = bench.history(&id).await;
    for name in [EventName::Committed, EventName::Booked] {
        assert_eq!(events.iter().filter(|event| event.name == name).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmation_that_comes_after_the_release_confirms_nothing() {
    let bench = Bench::new().await;
    let id = bench.held("released-first").await;
    bench.authorize(&id, 1, TOKEN).await.expect("authorized");
    let (store, gate) = Gate::shut(&bench.address, Held::Request).await;
    let (slow, of) = (bench.with_store(store), id.clone());
    let confirming = tokio::spawn(async move { slow.all_legs(&of, Action::Confirm).await });
    gate.reached().await;
    let closed = bench.unwind_and_close(&id, "Cancelled").await;
    assert_eq!(closed.status, BookingStatus::Cancelled);
    gate.open();
    let late = confirming.await.unwrap().unwrap_err();
    assert_eq!(late.name(), "Refused", "{late}");
    assert!(bench.audit(&id).await.is_empty());
    bench.history(&id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_to_wait_while_a_payment_is_under_way_is_sent_off() {
    let bench = Bench::new().await;
    let id = bench.held("nobody-waits").await;
    let (paying, gate) = held_up(&bench, &id, 1, Held::Answer).await;
    for lease_is_over in [false, true] {
        if lease_is_over {
            bench.clock.advance(LEASE);
        }
        let before = bench.snapshot(&id).await;
        let request = WaitRequest {
            booking_id: id.clone(),
            token: "late".to_owned(),
            since: Since::default(),
        };
        let sent_off = bench.wait_step().wait(&request).await.unwrap_err();
        assert_eq!(sent_off.name(), "Conflict", "{sent_off}");
        assert_eq!(bench.snapshot(&id).await, before);
    }
    end_of(paying, &gate).await.expect_err("its lease is over");
}
