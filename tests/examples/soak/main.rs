//! Books trips and places orders at random against the deployed stack, while its suppliers fail by chance
//! and its functions are killed, and then audits every one of them. `make soak` runs it.
//!
//! # Layout
//! - `bookings`, `orders`: what people want, by chance; how it is carried out; what became of it
//! - `report`: progress, and the table of outcomes

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bookings;
mod orders;
mod report;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use fastrand::Rng;
use futures_util::{StreamExt, stream};
use holdfast_tests::shop::Shop;

use report::{Outcome, Progress, Report};

/// How many are on their way at once.
const AT_ONCE: usize = 8;

/// How much of it.
struct Bounds {
    bookings: u32,
    orders: u32,
    longest: Duration,
    seed: u64,
}

impl Bounds {
    fn from_environment() -> Self {
        let number = |name: &str| {
            let text = std::env::var(name).ok()?;
            let number = text.parse::<u64>();
            Some(number.unwrap_or_else(|_| panic!("{name}={text} is no number")))
        };
        let count = |name, usual| number(name).map_or(usual, |count| u32::try_from(count).unwrap());
        Self {
            bookings: count("BOOKINGS", 2000),
            orders: count("ORDERS", 1000),
            longest: Duration::from_secs(60 * number("MINUTES").unwrap_or(40)),
            seed: number("SEED").unwrap_or_else(|| fastrand::u64(..)),
        }
    }
}

/// What somebody wants.
enum Plan {
    Trip(bookings::Plan),
    Goods(orders::Plan),
}

/// What was done about it.
enum Done {
    Trip(bookings::Journey),
    Goods(orders::Bought),
}

impl Plan {
    /// Draws as many as are wanted of each, in an order by chance.
    fn draw(bounds: &Bounds) -> Vec<Self> {
        let mut chance = Rng::with_seed(bounds.seed);
        let mut plans = Vec::new();
        for _ in 0..bounds.bookings {
            plans.push(Self::Trip(bookings::Plan::draw(&mut chance)));
        }
        for _ in 0..bounds.orders {
            plans.push(Self::Goods(orders::Plan::draw(&mut chance)));
        }
        chance.shuffle(&mut plans);
        plans
    }

    async fn carry_out(self, shop: &Shop) -> Done {
        match self {
            Self::Trip(plan) => Done::Trip(bookings::travel(&shop.stack, plan).await),
            Self::Goods(plan) => Done::Goods(orders::buy(shop, plan).await),
        }
    }
}

impl Done {
    fn order(&self) -> Option<String> {
        match self {
            Self::Trip(_) => None,
            Self::Goods(bought) => Some(bought.name.clone()),
        }
    }

    async fn look(self, shop: &Shop) -> Outcome {
        match self {
            Self::Trip(journey) => bookings::look(&shop.stack, journey).await,
            Self::Goods(bought) => orders::look(shop, bought).await,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let bounds = Bounds::from_environment();
    let (minutes, seed) = (bounds.longest.as_secs() / 60, bounds.seed);
    let (trips, goods) = (bounds.bookings, bounds.orders);
    println!(
        "{trips} bookings and {goods} orders, {AT_ONCE} at once, for {minutes} minutes at most; SEED={seed}"
    );
    let shop = Shop::connect().await;
    shop.open().await;
    let (shelves, dead_before) = (shop.shelves().await, shop.stack.dead_letters().await);
    let began = Instant::now();
    let done = carry_out(&shop, &bounds).await;
    let took = began.elapsed();
    println!("All have ended; now looking at each from all sides.");
    let orders: Vec<_> = done.iter().filter_map(Done::order).collect();
    let outcomes = stream::iter(done).map(|done| done.look(&shop));
    let outcomes = outcomes.buffer_unordered(AT_ONCE).collect().await;
    let sums = shop.sums(&orders).await;
    println!("{sums}");
    let mut together = sums.disagreements(&shop.gone_since(&shelves).await);
    together.extend(shop.gaps_in_numbers().await);
    let dead = shop.stack.dead_letters().await - dead_before;
    if dead > 0 {
        together.push(format!("{dead} more messages that nobody could process"));
    }
    let report = Report::new(outcomes, together, took);
    println!("{report}");
    report.verdict()
}

async fn carry_out(shop: &Shop, bounds: &Bounds) -> Vec<Done> {
    let (plans, began) = (Plan::draw(bounds), Instant::now());
    let progress = Progress::new(plans.len());
    stream::iter(plans)
        .take_while(|_| std::future::ready(began.elapsed() < bounds.longest))
        .map(|plan| plan.carry_out(shop))
        .buffer_unordered(AT_ONCE)
        .inspect(|_| progress.one_more())
        .collect()
        .await
}
