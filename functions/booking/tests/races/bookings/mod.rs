//! Whole bookings among random rivals: an execution that may be stopped and taken up, travellers,
//! wake-ups, the desk, and steps that were given up and act later, some after the end.
//!
//! In the end the trip is booked and paid once, or undone, or what is left is named. And whatever
//! order won, it is one that the rules allow: each change, in the order of the table's stream, is just
//! what its rule makes of the state before it.
//!
//! - `trip`: what a round is about; `round`: its course; `rivals`: who acts in it
//! - `machine`: an execution; `hand`: how it has its steps taken; `step`: one of them
//! - `world`: a table, suppliers, a clock; `cloud`: Step Functions and SQS
//! - `outcome`: whether the end is right
//! - `stream`: what was written, in order; `replay`: the same once more; `rules`: the rule behind each
//!   event; `fences`: what must hold before a supplier is asked; `tampering`: orders that the rules forbid are noticed

mod cloud;
mod fences;
mod hand;
mod machine;
mod outcome;
mod replay;
mod rivals;
mod round;
mod rules;
mod step;
mod stream;
mod tampering;
mod trip;
mod world;

use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use holdfast_booking_rules::event::Event;
use tokio::task::JoinSet;

use self::cloud::arn;
use self::replay::{Entry, entries, replay};
use self::round::{Round, Tally, play};
use self::rules::Opening;
use self::trip::Trip;
use self::world::World;
use crate::{seed, setting};

const ROUNDS: u64 = 200;
/// Rounds that are played at the same time.
const WORLDS: u64 = 12;
/// What must have come about in a run, or it proves little.
const NEEDED: [&str; 12] = [
    "end booked",
    "end expired",
    "end cancelled",
    "end failed",
    "end needs_attention",
    "came to the desk",
    "zombie acts after the end",
    "event CommandTaken",
    "event TakenUp",
    "event PaymentWithdrawn",
    "stray release Conflict",
    "command pay Conflict",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_meets_a_booking_every_change_is_one_that_the_rules_make() {
    let rounds = setting("RACE_ROUNDS").unwrap_or(ROUNDS);
    let (seed, begun) = (seed(), Instant::now());
    let mut worlds = JoinSet::new();
    for number in 0..WORLDS {
        worlds.spawn(async move {
            // In some worlds the suppliers hold for so short a time that deadlines come earlier.
            let hold = [10 * 86_400, 600, 86_400][usize::try_from(number % 3).unwrap()];
            let world = World::new(Duration::from_secs(hold)).await;
            let mut tally = Tally::new();
            for round in (number..rounds).step_by(usize::try_from(WORLDS).unwrap()) {
                add(&mut tally, play_and_check(&world, seed, round).await);
            }
            tally
        });
    }
    let mut tally = Tally::new();
    for played in worlds.join_all().await {
        add(&mut tally, played);
    }
    for (what, times) in &tally {
        println!("{times:>7} {what}");
    }
    println!(
        "races of bookings: {rounds} rounds, no disagreement (seed {seed}, {:.1?})",
        begun.elapsed()
    );
    for what in NEEDED.iter().filter(|_| rounds >= ROUNDS) {
        assert!(tally.contains_key(*what), "never: {what}");
    }
}

fn add(tally: &mut Tally, other: Tally) {
    for (what, times) in other {
        *tally.entry(what).or_default() += times;
    }
}

async fn play_and_check(world: &Arc<World>, seed: u64, number: u64) -> Tally {
    let mut rng = Rng::with_seed(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let trip = Trip::any(&mut rng);
    let round = Round::new(world.clone(), &format!("round-{number}"), trip);
    play(&round, &mut rng).await;
    let told = format!("round {number} of seed {seed}");
    check(&round, &told).await;
    round.take_tally()
}

async fn check(round: &Round, told: &str) {
    let (id, bench) = (&round.id, &round.world.bench);
    let entries = entries(id, round.world.stream.lock().await.news().await);
    let events = events(&entries);
    let story = || format!("{told}\n{:#?}\n{}", round.trip, story(&events));
    let (snapshot, audit) = (bench.snapshot(id).await, bench.audit(id).await);

    let replayed = replay(&entries, &opening(round));
    let replayed = replayed.unwrap_or_else(|problem| panic!("{problem}\n{}", story()));
    assert_eq!(replayed.end.as_ref(), Some(&snapshot), "{}", story());
    assert_eq!(bench.history(id).await.len(), events.len(), "{}", story());

    let refused = round.refused.lock().unwrap().clone();
    let problems = outcome::problems(&snapshot, &events, &audit, &refused);
    assert!(
        problems.is_empty(),
        "{problems:#?}\n{audit:?}\n{snapshot:#?}\n{}",
        story()
    );
    let status = snapshot.booking.state.status.as_str();
    round.count(&["end", status]);
    if replayed.attended {
        round.count(&["came to the desk"]);
    }
    for (name, times) in replayed.changes {
        (0..times).for_each(|_| round.count(&["event", &name]));
    }
    for name in replayed.stale {
        round.count(&["decided upon an older row", &name]);
    }
}

fn opening(round: &Round) -> Opening {
    let name = round.id.to_string();
    Opening {
        execution: arn(&name),
        name,
        input: round.trip.input.clone(),
    }
}

fn events(entries: &[Entry]) -> Vec<Event> {
    let changes = entries.iter().filter_map(|entry| match entry {
        Entry::Change(change) => Some(change.event.clone()),
        Entry::Attempt(_) => None,
    });
    changes.collect()
}

fn story(events: &[Event]) -> String {
    let line = |event: &Event| {
        let legs: Vec<_> = event.legs.keys().map(ToString::to_string).collect();
        let (legs, note) = (legs.join(" "), event.note.as_deref().unwrap_or_default());
        format!(
            "{} {:?} {legs} by {} {note}\n",
            event.at, event.name, event.actor
        )
    };
    events.iter().map(line).collect()
}
