//! Terminals that ask again and again, each a moment after its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use fastrand::Rng;
use holdfast_authorizer_rules::movement::Code;
use holdfast_core::ids::AccountId;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::design::{Answer, Design};
use super::mishap::{Before, Mishap, befall};

/// A terminal has hung up after so long.
pub(crate) const TOO_LATE: Duration = Duration::from_millis(100);

/// A terminal asks again after up to so long. Without a pause a worker that has just released a lock would
/// take it again, before any waiter could be told: that would be unfair to the lock.
const MOST_PAUSE_MS: u64 = 4;

/// What befalls workers, and how many transactions there are for each mishap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mishaps {
    /// What.
    pub(crate) mishap: Mishap,
    /// Where.
    pub(crate) before: Before,
    /// Once in so many transactions.
    pub(crate) one_in: u64,
}

/// Terminals.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// How many there are.
    pub(crate) clients: u64,
    /// Whose accounts they ask for.
    pub(crate) accounts: Arc<[AccountId]>,
    /// For so long they ask before it counts.
    pub(crate) warm_up: Duration,
    /// For so long it counts.
    pub(crate) time: Duration,
    /// What befalls the workers.
    pub(crate) mishaps: Option<Mishaps>,
}

/// What terminals were told, and when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// How long answers took that were not 07, sorted.
    pub(crate) took: Vec<Duration>,
    /// Answers 07.
    pub(crate) refused: u64,
    /// Answers of any kind after the terminal had hung up.
    pub(crate) late: u64,
    /// Mishaps.
    pub(crate) mishaps: u64,
    /// Approvals that came in time, those of the warm-up too.
    pub(crate) approvals: u64,
    /// Why the last 07 was one.
    pub(crate) problem: Option<String>,
    /// How long it counted.
    pub(crate) time: Duration,
}

struct Terminal<D> {
    design: D,
    load: Load,
    number: u64,
    counts: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
    asked: Arc<AtomicU64>,
}

/// Lets all terminals ask.
pub(crate) async fn run<D: Design>(design: &D, load: &Load) -> Told {
    let (counts, over) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
    let asked = Arc::<AtomicU64>::default();
    let mut terminals = JoinSet::new();
    for number in 0..load.clients {
        let terminal = Terminal {
            design: design.clone(),
            load: load.clone(),
            number,
            counts: Arc::clone(&counts),
            over: Arc::clone(&over),
            asked: Arc::clone(&asked),
        };
        terminals.spawn(terminal.ask_until_over());
    }
    tokio::time::sleep(load.warm_up).await;
    counts.store(true, Ordering::Relaxed);
    let began = Instant::now();
    tokio::time::sleep(load.time).await;
    over.store(true, Ordering::Relaxed);
    let time = began.elapsed();
    let mut told = Told::default();
    for one in terminals.join_all().await {
        told.add(one);
    }
    told.took.sort_unstable();
    told.time = time;
    told
}

impl<D: Design> Terminal<D> {
    async fn ask_until_over(self) -> Told {
        let mut told = Told::default();
        let mut random = Rng::with_seed(self.number);
        for turn in 0_u64.. {
            if self.over.load(Ordering::Relaxed) {
                break;
            }
            let account = &self.load.accounts[random.usize(0..self.load.accounts.len())];
            let id = format!("{}-{turn}", self.number);
            let body = super::mix::body(&mut random, account, &id);
            let began = Instant::now();
            let (answer, spared) = self.ask(&body).await;
            let took = began.elapsed();
            let counts = self.counts.load(Ordering::Relaxed);
            told.count(answer, spared, took, counts);
            let pause = Duration::from_millis(random.u64(0..=MOST_PAUSE_MS));
            tokio::time::sleep(pause).await;
        }
        told
    }

    /// The answer, if there is one, and whether nothing befell the worker.
    async fn ask(&self, body: &str) -> (Option<Answer>, bool) {
        let ask = self.design.ask(body);
        match self.load.mishaps {
            Some(mishaps) if self.is_next(mishaps) => {
                (befall(mishaps.mishap, mishaps.before, ask).await, false)
            }
            _ => (Some(ask.await), true),
        }
    }

    fn is_next(&self, mishaps: Mishaps) -> bool {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        asked % mishaps.one_in == mishaps.one_in - 1
    }
}

impl Told {
    fn count(&mut self, answer: Option<Answer>, spared: bool, took: Duration, counts: bool) {
        let in_time = took <= TOO_LATE;
        self.mishaps += u64::from(!spared);
        let Some(answer) = answer else {
            return;
        };
        self.approvals += u64::from(answer.code == Code::Approved && in_time);
        // The worker that something befell is not what is measured: the others are.
        if !counts || !spared {
            return;
        }
        self.late += u64::from(!in_time);
        if answer.code == Code::Refused {
            self.refused += 1;
            self.problem = answer.problem.or(self.problem.take());
        } else {
            self.took.push(took);
        }
    }

    fn add(&mut self, other: Self) {
        self.took.extend(other.took);
        self.refused += other.refused;
        self.late += other.late;
        self.mishaps += other.mishaps;
        self.approvals += other.approvals;
        self.problem = other.problem.or(self.problem.take());
    }

    /// What so many of a hundred answers did not take longer than.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let last = self.took.len().saturating_sub(1);
        let at = last.min(self.took.len() * percent / 100);
        self.took.get(at).copied().unwrap_or_default()
    }

    /// Answers other than 07, by the second.
    pub(crate) fn rate(&self) -> f64 {
        #[allow(clippy::cast_precision_loss)] // some thousands
        let answers = self.took.len() as f64;
        answers / self.time.as_secs_f64()
    }
}
