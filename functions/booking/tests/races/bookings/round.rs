//! One round: an execution, its rivals, time, and the end.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use holdfast_booking::store::WakeUp;
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_booking_rules::desk::waiting_work;
use holdfast_core::ids::{BookingId, LegId};
use holdfast_kit::sweep::SweepRequest;
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::cloud::arn;
use super::hand::Hand;
use super::machine::Execution;
use super::rivals;
use super::trip::Trip;
use super::world::World;
use crate::support::Noted;
use crate::support::zombie::Zombie;

/// How often what came, by kind.
pub(crate) type Tally = BTreeMap<String, usize>;

/// Longer than any booking takes that is not lost.
const MOST_TURNS: u32 = 600;

/// One booking among its rivals.
pub(crate) struct Round {
    pub(crate) world: Arc<World>,
    pub(crate) id: BookingId,
    pub(crate) trip: Trip,
    /// Legs whose addition was answered with an error.
    pub(crate) refused: Mutex<Vec<LegId>>,
    /// Steps that were given up and have not acted yet.
    graves: Mutex<Vec<Zombie>>,
    tally: Mutex<Tally>,
    busy: AtomicUsize,
    ticks: Notify,
}

/// An execution waits to be told something, as long as this is kept.
pub(crate) struct Rest<'a>(&'a Round);

impl Drop for Rest<'_> {
    fn drop(&mut self) {
        self.0.busy();
    }
}

impl Round {
    pub(crate) fn new(world: Arc<World>, id: &str, trip: Trip) -> Arc<Self> {
        Arc::new(Self {
            world,
            id: id.parse().unwrap(),
            trip,
            refused: Mutex::default(),
            graves: Mutex::default(),
            tally: Mutex::default(),
            busy: AtomicUsize::new(0),
            ticks: Notify::new(),
        })
    }

    /// Notes that something came.
    pub(crate) fn count(&self, what: &[&str]) {
        let mut tally = self.tally.lock().unwrap();
        *tally.entry(what.join(" ")).or_default() += 1;
    }

    pub(crate) fn take_tally(&self) -> Tally {
        std::mem::take(&mut self.tally.lock().unwrap())
    }

    /// A step was given up, and will act some time.
    pub(crate) fn bury(&self, zombie: Zombie) {
        self.graves.lock().unwrap().push(zombie);
    }

    /// One of the steps that were given up.
    pub(crate) fn dig_up(&self, rng: &mut Rng) -> Option<Zombie> {
        let mut graves = self.graves.lock().unwrap();
        let some = !graves.is_empty();
        some.then(|| {
            let place = rng.usize(0..graves.len());
            graves.swap_remove(place)
        })
    }

    pub(crate) fn busy(&self) {
        self.busy.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn idle(&self) {
        self.busy.fetch_sub(1, Ordering::SeqCst);
    }

    pub(crate) fn rests(&self) -> Rest<'_> {
        self.idle();
        Rest(self)
    }

    /// Returns when some time has passed.
    pub(crate) async fn tick(&self) {
        self.ticks.notified().await;
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: u64) {
        self.world.bench.clock.advance(Duration::from_secs(seconds));
        self.ticks.notify_waiters();
    }

    pub(crate) async fn status(&self) -> BookingStatus {
        let found = self.world.bench.store.find(&self.id).await.unwrap();
        found.map_or(BookingStatus::Holding, |found| found.booking.state.status)
    }

    /// Delivers the wake-ups that have come; some come twice.
    pub(crate) async fn wake(&self, rng: &mut Rng) {
        let (cloud, clock) = (&self.world.cloud, self.world.bench.clock());
        for noted in self.world.bench.wakes.take() {
            if let Noted::Wake(wake_up) = noted
                && wake_up.id == self.id
            {
                let delay = clock.now().until(wake_up.due);
                cloud.wake_after(wake_up, delay);
            }
        }
        for wake_up in cloud.due() {
            let again = (rng.u8(0..8) == 0).then(|| wake_up.clone());
            self.deliver(&wake_up).await;
            if let Some(again) = again {
                cloud.wake_after(again, Duration::from_secs(rng.u64(0..60)));
            }
        }
    }

    /// Delivers a wake-up.
    pub(crate) async fn deliver(&self, wake_up: &WakeUp) {
        if wake_up.id == self.id {
            let woken = Box::pin(self.world.timekeeper().wake(wake_up, 1)).await;
            self.count(&["wake-up", if woken.is_ok() { "taken" } else { "failed" }]);
        }
    }

    pub(crate) async fn sweep(&self) {
        let request = SweepRequest { grace_seconds: 120 };
        let swept = self.world.sweep().sweep(&request).await;
        self.count(&["sweep", if swept.is_ok() { "done" } else { "failed" }]);
    }
}

/// Plays a round to its end.
pub(crate) async fn play(round: &Arc<Round>, rng: &mut Rng) {
    let mut executions = JoinSet::new();
    let name = round.id.to_string();
    round.world.cloud.start(&name);
    let mut rivals = rivals::all(round, rng);
    while !rivals.is_empty() {
        start(round, &mut executions, rng);
        let next = tokio::time::timeout(Duration::from_millis(2), rivals.join_next()).await;
        if let Ok(Some(done)) = next {
            done.unwrap();
        }
    }
    until_it_has_ended(round, &mut executions, rng).await;
    rivals::aftermath(round, rng).await;
    until_it_has_ended(round, &mut executions, rng).await;
    conclude(round, rng).await;
    round.world.cloud.forget();
}

/// Runs the executions that were started.
fn start(round: &Arc<Round>, executions: &mut JoinSet<()>, rng: &mut Rng) {
    for name in round.world.cloud.take_started() {
        let hand = Hand {
            round: round.clone(),
            arn: arn(&name),
            rng: rng.fork(),
        };
        let input = match name == round.id.as_str() {
            true => round.trip.input.clone(),
            false => json!({"unwind": round.id}),
        };
        executions.spawn(Execution::new(hand, name, input).run());
    }
}

/// Time goes on, with wake-ups and sweeps, until the booking has ended.
async fn until_it_has_ended(round: &Arc<Round>, executions: &mut JoinSet<()>, rng: &mut Rng) {
    for turn in 0..MOST_TURNS {
        start(round, executions, rng);
        while let Some(done) = executions.try_join_next() {
            done.unwrap();
        }
        let has_ended = round.status().await.has_ended();
        if executions.is_empty() && has_ended {
            return;
        }
        if has_ended && round.busy.load(Ordering::SeqCst) == 0 {
            // An execution that lost its booking to another waits in vain: its wait times out.
            round.world.cloud.time_out();
        }
        if round.busy.load(Ordering::SeqCst) == 0 {
            round.pass(rng.u64(10..60));
            if turn % 16 == 15 {
                round.sweep().await;
            }
        }
        round.wake(rng).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let snapshot = round.world.bench.snapshot(&round.id).await;
    panic!("{} does not end: {snapshot:#?}", round.id);
}

/// What was undone after the end is noticed when the sweep reminds of it.
async fn conclude(round: &Arc<Round>, rng: &mut Rng) {
    for _ in 0..3 {
        let snapshot = round.world.bench.snapshot(&round.id).await;
        let waits = snapshot.booking.state.status == BookingStatus::NeedsAttention;
        if !waits || !waiting_work(&snapshot).is_empty() {
            return;
        }
        round.count(&["concluded by a reminder"]);
        round.pass(30 * 3600);
        round.sweep().await;
        rivals::redrive(round, rng).await;
    }
}
