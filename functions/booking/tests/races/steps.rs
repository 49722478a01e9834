//! The real steps of one booking, all at once: payments of one and two cards, confirmations, the
//! settling, wake-ups and an unwinding, while time passes in leaps and the suppliers are slow.
//!
//! The state machine would let few of these meet. Whatever meets: in the end the trip is booked and
//! paid once, or everything is undone, and the suppliers say the same.

use std::time::{Duration, Instant};

use fastrand::Rng;
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingState, BookingStatus, PaymentStatus, Snapshot};
use holdfast_booking_rules::event::{Event, EventName};
use holdfast_booking_rules::transition::Transition;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::timer::{Operation, State, decide};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Bench, TOKEN, flight_and_hotel};
use crate::{seed, setting};

const ROUNDS: u64 = 60;
/// Each world has a table, suppliers and a clock of its own.
const WORLDS: u64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_meets_a_trip_is_booked_and_paid_once_or_wholly_undone() {
    let rounds = setting("RACE_ROUNDS").map_or(ROUNDS, |rounds| rounds / 10);
    let (seed, begun) = (seed(), Instant::now());
    let mut worlds = JoinSet::new();
    for world in 0..WORLDS {
        worlds.spawn(async move {
            let bench = Bench::new().await;
            let mut ends = Vec::new();
            for round in (world..rounds).step_by(usize::try_from(WORLDS).unwrap()) {
                ends.push(play(&bench, seed, round).await);
            }
            ends
        });
    }
    let ends: Vec<_> = worlds.join_all().await.into_iter().flatten().collect();
    let count = |wanted| ends.iter().filter(|end| **end == wanted).count();
    println!(
        "races of the steps: {rounds} rounds; {} booked, {} expired, {} cancelled, {} failed \
         (seed {seed}, {:.1?})",
        count(BookingStatus::Booked),
        count(BookingStatus::Expired),
        count(BookingStatus::Cancelled),
        count(BookingStatus::Failed),
        begun.elapsed()
    );
    assert!(count(BookingStatus::Booked) > 0 && count(BookingStatus::Booked) < ends.len());
}

async fn play(bench: &Bench, seed: u64, round: u64) -> BookingStatus {
    let mut rng = Rng::with_seed(seed ^ round.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let opened = bench
        .open(&format!("round-{round}"), slow_legs(&mut rng))
        .await;
    let id = opened.booking_id;
    bench.all_legs(&id, Action::Hold).await.expect("holds");
    let mut rivals = JoinSet::new();
    for _ in 0..rng.u8(1..=3) {
        rivals.spawn(drive(bench.clone(), id.clone(), rng.fork()));
    }
    for _ in 0..rng.u8(0..=2) {
        rivals.spawn(wake(bench.clone(), id.clone(), rng.fork()));
    }
    if rng.u8(0..3) == 0 {
        rivals.spawn(cancel(bench.clone(), id.clone(), rng.fork()));
    }
    rivals.join_all().await;
    // A booking that was left alone is taken up, as a wake-up would see to.
    let closed = bench.unwind_and_close(&id, "").await;
    check(bench, &id, &format!("round {round} of seed {seed}")).await;
    closed.status
}

/// What an execution does, as far as it gets.
async fn drive(bench: Bench, id: BookingId, mut rng: Rng) {
    let first_card = if rng.bool() { TOKEN } else { "tok_declined" };
    linger(&mut rng).await;
    let mut paid = bench.pay(&id, 1, slow_card(&mut rng, first_card)).await;
    if let Err(Failure::Declined(_)) = paid {
        linger(&mut rng).await;
        paid = bench.pay(&id, 2, slow_card(&mut rng, TOKEN)).await;
    }
    linger(&mut rng).await;
    if paid.is_err() || bench.all_legs(&id, Action::Confirm).await.is_err() {
        return;
    }
    linger(&mut rng).await;
    // Refused, late or done: the check looks at what is recorded.
    drop(bench.settle(&id).await);
}

/// Lets time leap, and looks at the timer as the consumer of wake-ups does.
async fn wake(bench: Bench, id: BookingId, mut rng: Rng) {
    for _ in 0..rng.u8(1..=3) {
        linger(&mut rng).await;
        bench.clock.advance(Duration::from_secs(rng.u64(0..500)));
        let snapshot = bench.snapshot(&id).await;
        let generation = snapshot.booking.state.timer.generation;
        let fire = |snapshot: &Snapshot| Ok(fired(&bench, snapshot, generation));
        bench.store.change(snapshot, fire).await.expect("a look");
    }
}

fn fired(bench: &Bench, snapshot: &Snapshot, generation: u32) -> Option<Transition> {
    let (booking, now) = (&snapshot.booking, bench.clock().now());
    let timer = decide(&booking.state.timer, Operation::Fire { generation }, now).ok()?;
    let name = match timer.state {
        State::Fired => EventName::TimerFired,
        _ => EventName::TimerResumed,
    };
    let state = BookingState {
        timer,
        ..booking.state.clone()
    };
    let change = Transition::new(&booking.booking_id, name, "timer", &booking.trace_id, now);
    Some(change.booking(booking, state))
}

/// The traveller changes their mind, or the execution is stopped and another unwinds.
async fn cancel(bench: Bench, id: BookingId, mut rng: Rng) {
    linger(&mut rng).await;
    linger(&mut rng).await;
    bench.unwind_and_close(&id, "Cancelled").await;
}

async fn check(bench: &Bench, id: &BookingId, round: &str) {
    let (snapshot, events) = (bench.snapshot(id).await, bench.history(id).await);
    let audit = bench.audit(id).await;
    let happened = |name: EventName| events.iter().filter(|event| event.name == name).count();
    let told = || format!("{round}\n{audit:?}\n{snapshot:#?}\n{}", story(&events));
    let undone = [EventName::UnwindingStarted, EventName::LegReleased];
    if snapshot.booking.state.status == BookingStatus::Booked {
        let paid = ["hotel confirmed", "out confirmed", "payment captured"];
        assert_eq!(audit, paid, "{}", told());
        assert_eq!(happened(EventName::Committed), 1, "{}", told());
        assert_eq!(happened(EventName::Booked), 1, "{}", told());
        assert_eq!(undone.map(happened), [0, 0], "{}", told());
        assert_eq!(happened(EventName::TimerFired), 0, "{}", told());
        assert_eq!(snapshot.payment.state.status, PaymentStatus::Captured);
        return;
    }
    assert!(snapshot.booking.state.status.is_finished(), "{}", told());
    assert_eq!(audit, [""; 0], "{}", told());
    assert_eq!(happened(EventName::Committed), 0, "{}", told());
    assert_eq!(happened(EventName::UnwindingStarted), 1, "{}", told());
}

fn story(events: &[Event]) -> String {
    let line = |event: &Event| format!("{} {:?} by {}\n", event.at, event.name, event.actor);
    events.iter().map(line).collect()
}

fn slow_legs(rng: &mut Rng) -> Value {
    let mut legs = flight_and_hotel();
    for leg in legs.as_array_mut().unwrap() {
        leg["simulate"] = json!({"confirm": slow(rng), "release": slow(rng)});
    }
    legs
}

fn slow_card(rng: &mut Rng, token: &str) -> Value {
    let simulate = json!({"authorize": slow(rng), "capture": slow(rng), "void": slow(rng)});
    json!({"token": token, "simulate": simulate})
}

fn slow(rng: &mut Rng) -> String {
    format!("slow:{}", rng.u32(0..25))
}

async fn linger(rng: &mut Rng) {
    tokio::time::sleep(Duration::from_millis(rng.u64(0..40))).await;
}
