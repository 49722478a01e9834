//! Rivals throw random operations at one timer, through the store and as the steps do it: read,
//! decide, write, and decide again if another writer was first.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fastrand::Rng;
use holdfast_booking::store::{Store, Written};
use holdfast_booking_rules::action::Script;
use holdfast_booking_rules::booking::{
    Booking, BookingState, BookingStatus, Payment, PaymentState, Snapshot,
};
use holdfast_booking_rules::event::{Event, EventName};
use holdfast_booking_rules::transition::Transition;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Operation, State, Timer, decide};
use tokio::task::JoinSet;

use crate::order::{Asked, Order, Tally, Tried};
use crate::support::Bench;
use crate::{seed, setting};

const ROUNDS: u64 = 2_000;
/// Rounds that are played at the same time.
const TABLES: u64 = 8;

/// When a round begins, in milliseconds; its deadline is a second later.
const BEGIN: i64 = 1_800_000_000_000;
const DEADLINE_MS: i64 = 1_000;
const TRACE: &str = "00000000000000000000000000000001";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_order_wins_it_is_one_that_the_rules_allow() {
    let bench = Bench::new().await;
    let (rounds, seed, begun) = (
        setting("RACE_ROUNDS").unwrap_or(ROUNDS),
        seed(),
        Instant::now(),
    );
    let mut tables = JoinSet::new();
    for table in 0..TABLES {
        let bench = bench.clone();
        tables.spawn(async move {
            let mut tally = Tally::default();
            for round in (table..rounds).step_by(usize::try_from(TABLES).unwrap()) {
                tally += play(&bench, seed, round).await;
            }
            tally
        });
    }
    let mut tally = Tally::default();
    for played in tables.join_all().await {
        tally += played;
    }
    println!(
        "races of the timer: {rounds} rounds, no disagreement; {} operations won, {} refused, {} \
         found the same done, {} races lost on the way (seed {seed}, {:.1?})",
        tally.won,
        tally.refused,
        tally.same,
        tally.lost,
        begun.elapsed()
    );
    assert!(tally.lost > 0, "nobody met anybody");
}

async fn play(bench: &Bench, seed: u64, round: u64) -> Tally {
    let mut rng = Rng::with_seed(seed ^ round.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let opened = opening(&format!("race-{round}"));
    let written = bench
        .store
        .write(&Transition::opening(&opened, "race"))
        .await;
    assert!(matches!(written, Ok(Written::Applied)), "{written:?}");
    let mut rivals = JoinSet::new();
    for _ in 0..rng.usize(2..=6) {
        let rival = Rival {
            store: bench.store.clone(),
            rng: rng.fork(),
            clock: Timestamp::from_millis(BEGIN + rng.i64(0..2 * DEADLINE_MS)),
        };
        rivals.spawn(rival.run(opened.clone()));
    }
    let tried: Vec<_> = rivals.join_all().await.into_iter().flatten().collect();
    let events = bench.history(&opened.booking.booking_id).await;
    let checked = Order::of(&events).check(&tried);
    checked.unwrap_or_else(|problem| {
        panic!("round {round} of seed {seed}: {problem}\n{events:#?}\n{tried:#?}")
    })
}

/// An actor that wants one thing of the timer, or two things one after the other.
struct Rival {
    store: Store,
    rng: Rng,
    clock: Timestamp,
}

impl Rival {
    async fn run(mut self, opened: Snapshot) -> Vec<Tried> {
        let mut all = Vec::new();
        let id = opened.booking.booking_id.clone();
        let mut known = opened;
        for _ in 0..self.rng.usize(1..=2) {
            if self.rng.u8(0..8) == 0 {
                known = self.store.load(&id).await.expect("the booking");
            }
            let operation = any_operation(&mut self.rng);
            let (tried, seen) = self.try_once(known.clone(), operation).await;
            known = seen.unwrap_or(known);
            all.push(tried);
        }
        all
    }

    async fn try_once(
        &mut self,
        known: Snapshot,
        operation: Operation,
    ) -> (Tried, Option<Snapshot>) {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let clock = Mutex::new((self.clock, self.rng.fork()));
        let end = self
            .store
            .change(known, |snapshot| {
                let asked_now = ask(snapshot, operation, tick(&clock));
                asked.lock().unwrap().push(asked_now.clone());
                transition(snapshot, &asked_now).map(Some)
            })
            .await;
        self.clock = clock.lock().unwrap().0;
        let asked = asked.lock().unwrap().clone();
        let seen = end.as_ref().ok().cloned();
        let end = end.map(|snapshot| (snapshot.booking.version, snapshot.booking.state.timer));
        (Tried { asked, end }, seen)
    }
}

/// Everybody has a clock of their own, which goes on while they try.
fn tick(clock: &Mutex<(Timestamp, Rng)>) -> Timestamp {
    let mut clock = clock.lock().unwrap();
    let passes = Duration::from_millis(clock.1.u64(0..200));
    clock.0 = clock.0 + passes;
    clock.0
}

fn ask(snapshot: &Snapshot, operation: Operation, at: Timestamp) -> Asked {
    let booking = &snapshot.booking;
    let timer = booking.state.timer;
    Asked {
        version: booking.version,
        timer,
        operation,
        at,
        answer: decide(&timer, operation, at),
    }
}

fn transition(snapshot: &Snapshot, asked: &Asked) -> Result<Transition, Failure> {
    let decided = asked.answer;
    let timer = decided.map_err(|refusal| Failure::Conflict(refusal.to_string()))?;
    let booking = &snapshot.booking;
    let name = match (asked.operation, timer.state) {
        (Operation::Tighten { .. }, _) => EventName::TimerTightened,
        (_, State::Paused { .. }) => EventName::PaymentStarted,
        (_, State::Running) => EventName::TimerResumed,
        (_, State::Fired) => EventName::TimerFired,
        (Operation::Commit, _) => EventName::Committed,
        (_, State::Cancelled { .. }) => EventName::UnwindingStarted,
    };
    let state = BookingState {
        timer,
        ..booking.state.clone()
    };
    let change = Transition::new(&booking.booking_id, name, "race", TRACE, asked.at);
    Ok(change.note(asked.note()).booking(booking, state))
}

fn any_operation(rng: &mut Rng) -> Operation {
    match rng.u8(0..10) {
        0 => Operation::Tighten {
            deadline: Timestamp::from_millis(BEGIN + rng.i64(0..DEADLINE_MS)),
        },
        1..=3 => Operation::Pause {
            lease: Duration::from_millis(rng.u64(1..600)),
        },
        4 | 5 => Operation::Fire {
            generation: rng.u32(0..=2),
        },
        6 => Operation::Resume,
        7 | 8 => Operation::Commit,
        _ => Operation::Cancel,
    }
}

fn opening(id: &str) -> Snapshot {
    let now = Timestamp::from_millis(BEGIN);
    let state = BookingState {
        status: BookingStatus::Holding,
        timer: Timer::start(Timestamp::from_millis(BEGIN + DEADLINE_MS)),
        ending: None,
        reason: None,
        amount: None,
        cancellation: None,
    };
    let customer = serde_json::json!({"id": "cus_1", "email": "traveller@example.com"});
    let booking = Booking {
        simulate: Script::default(),
        booking_id: id.parse().unwrap(),
        version: 1,
        state,
        customer: serde_json::from_value(customer).unwrap(),
        max_total: None,
        passengers: Vec::new(),
        execution: "race".to_owned(),
        waiting: None,
        trace_id: TRACE.to_owned(),
        definition: "test".to_owned(),
        created: now,
        updated: now,
    };
    Snapshot {
        booking,
        legs: Vec::new(),
        payment: Payment {
            version: 1,
            state: PaymentState::none(),
            decide_by: None,
            simulate: Script::default(),
            last_error: None,
        },
    }
}

/// A round whose history was tampered with, to see that it would be noticed.
#[tokio::test]
async fn an_order_that_the_rules_forbid_is_noticed() {
    let bench = Bench::new().await;
    let opened = opening("tampered");
    let written = bench
        .store
        .write(&Transition::opening(&opened, "race"))
        .await;
    assert!(matches!(written, Ok(Written::Applied)), "{written:?}");
    let rng = Rng::with_seed(7);
    let clock = Timestamp::from_millis(BEGIN);
    let store = bench.store.clone();
    let mut rival = Rival { store, rng, clock };
    let mut known = opened;
    let mut tried = Vec::new();
    let lease = Duration::from_millis(500);
    let pause = Operation::Pause { lease };
    for operation in [pause, Operation::Resume, Operation::Cancel] {
        let (one, seen) = rival.try_once(known, operation).await;
        known = seen.expect("granted");
        tried.push(one);
    }
    let events = bench.history(&known.booking.booking_id).await;
    Order::of(&events).check(&tried).expect("nothing wrong yet");
    for (what, tampered) in tamperings(&events) {
        let noticed = Order::of(&tampered).check(&tried);
        assert!(noticed.is_err(), "{what}");
    }
}

fn tamperings(events: &[Event]) -> Vec<(&'static str, Vec<Event>)> {
    let missing = events[..events.len() - 1].to_vec();
    let mut unsaid = events.to_vec();
    unsaid[1].note = None;
    let mut otherwise = events.to_vec();
    for change in otherwise
        .iter_mut()
        .filter_map(|event| event.booking.as_mut())
    {
        if change.version == 2 {
            change.after.timer.generation += 7;
        }
    }
    let mut swapped = events.to_vec();
    for change in swapped
        .iter_mut()
        .filter_map(|event| event.booking.as_mut())
    {
        change.version = match change.version {
            2 => 3,
            3 => 2,
            other => other,
        };
    }
    vec![
        ("an event is missing", missing),
        ("a version that nobody wrote", unsaid),
        ("another state than was decided", otherwise),
        ("two events in the other order", swapped),
    ]
}
