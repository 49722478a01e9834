//! Books trips at random against the deployed stack, while its suppliers fail by chance and its
//! functions are killed, and then audits every one of them. `make soak` runs it.
//!
//! # Layout
//! - `plan`: what a traveller wants, by chance
//! - `travel`: carries a plan out
//! - `report`: progress, and the table of outcomes

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod plan;
mod report;
mod travel;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use holdfast_tests::Stack;
use holdfast_tests::audit::Audited;

use plan::Plan;
use report::{Progress, Report};
use travel::Journey;

/// How many bookings are on their way at once.
const AT_ONCE: usize = 8;

/// How much of it.
struct Bounds {
    bookings: u32,
    longest: Duration,
    seed: u64,
}

impl Bounds {
    fn from_environment() -> Self {
        let number = |name: &str| {
            let text = std::env::var(name).ok()?;
            Some(
                text.parse::<u64>()
                    .unwrap_or_else(|_| panic!("{name}={text} is no number")),
            )
        };
        Self {
            bookings: number("BOOKINGS").map_or(2000, |count| u32::try_from(count).unwrap()),
            longest: Duration::from_secs(60 * number("MINUTES").unwrap_or(40)),
            seed: number("SEED").unwrap_or_else(|| fastrand::u64(..)),
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let bounds = Bounds::from_environment();
    let (count, minutes, seed) = (bounds.bookings, bounds.longest.as_secs() / 60, bounds.seed);
    println!("{count} bookings, {AT_ONCE} at once, for {minutes} minutes at most; SEED={seed}");
    let stack = Stack::connect().await;
    let dead_before = stack.dead_letters().await;
    let began = Instant::now();
    let mut chance = fastrand::Rng::with_seed(seed);
    let plans: Vec<_> = (0..count).map(|_| Plan::draw(&mut chance)).collect();
    let progress = Progress::new(plans.len());
    let travelled: Vec<_> = stream::iter(plans)
        .take_while(|_| std::future::ready(began.elapsed() < bounds.longest))
        .map(|plan| travel::travel(&stack, plan))
        .buffer_unordered(AT_ONCE)
        .inspect(|_| progress.one_more())
        .collect()
        .await;
    let took = began.elapsed();
    println!("All have ended; now looking at each from three sides.");
    let audited = stream::iter(travelled)
        .map(|journey| look(&stack, journey))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let dead = stack.dead_letters().await - dead_before;
    let report = Report::new(audited, dead, took);
    println!("{report}");
    report.verdict()
}

/// What the traveller had in mind, and what came of it.
async fn look(stack: &Stack, journey: Journey) -> (&'static str, Audited) {
    let mut audited = stack.look_from_all_sides(&journey.name).await;
    audited.violations.extend(journey.trouble);
    (journey.plan.name, audited)
}
