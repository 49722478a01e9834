//! Random histories against a model: whatever orders ask, in whatever order it is delivered and
//! however often, the sums agree, each order has one effect, and each answer is true.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_stock_rules::event::{Event, EventName};
use holdfast_stock_rules::items::Items;
use proptest::collection::{btree_map, vec};
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::shop::{Shop, asks, gives_up, goods};

const SKUS: [&str; 3] = ["A", "B", "C"];
const PIECES: u64 = 7;
const ORDERS: usize = 5;

/// A request of an order.
#[derive(Clone, Debug)]
enum Wish {
    Take(Vec<(usize, u32)>),
    PutBack,
}

/// Requests of orders, and in which order they are delivered: some several times, some never.
#[derive(Clone, Debug)]
struct History {
    requests: Vec<(usize, Wish)>,
    deliveries: Vec<usize>,
}

fn histories() -> impl Strategy<Value = History> {
    let items = btree_map(0..SKUS.len(), 1..4_u32, 1..=SKUS.len());
    let take = items.prop_map(|items| Wish::Take(items.into_iter().collect()));
    let wish = prop_oneof![3 => take, 2 => Just(Wish::PutBack)];
    let requests = vec((0..ORDERS, wish), 1..16);
    (requests, vec(any::<usize>(), 1..30)).prop_map(|(requests, deliveries)| {
        let places = deliveries.into_iter().map(|place| place % requests.len());
        History {
            deliveries: places.collect(),
            requests,
        }
    })
}

/// How it stands with an order.
#[derive(Clone, Debug)]
enum Standing {
    Has(Items),
    HasNothing,
}

/// What the stock should do.
#[derive(Default)]
struct Model {
    taken: BTreeMap<&'static str, u64>,
    orders: BTreeMap<usize, Standing>,
    answered: BTreeSet<usize>,
}

impl Model {
    fn left(&self, sku: &str) -> u64 {
        PIECES - self.taken.get(sku).copied().unwrap_or(0)
    }

    /// What the request of this number is answered; nothing if it was answered before.
    fn answer(&mut self, number: usize, order: usize, wish: &Wish) -> Option<EventName> {
        if !self.answered.insert(number) {
            return None;
        }
        let was = self.orders.get(&order).cloned();
        match (wish, was) {
            (Wish::Take(_), Some(Standing::Has(_))) => Some(EventName::StockAvailable),
            (Wish::Take(_), Some(Standing::HasNothing)) => Some(EventName::StockUnavailable),
            (Wish::Take(items), None) => Some(self.take(order, items)),
            (Wish::PutBack, was) => {
                if let Some(Standing::Has(items)) = was {
                    for sku in SKUS {
                        *self.taken.entry(sku).or_default() -= pieces(&items, sku);
                    }
                }
                self.orders.insert(order, Standing::HasNothing);
                Some(EventName::StockReturned)
            }
        }
    }

    fn take(&mut self, order: usize, wanted: &[(usize, u32)]) -> EventName {
        let items = goods(&named(wanted));
        if SKUS.iter().any(|sku| pieces(&items, sku) > self.left(sku)) {
            self.orders.insert(order, Standing::HasNothing);
            return EventName::StockUnavailable;
        }
        for sku in SKUS {
            *self.taken.entry(sku).or_default() += pieces(&items, sku);
        }
        self.orders.insert(order, Standing::Has(items));
        EventName::StockAvailable
    }
}

fn pieces(items: &Items, sku: &str) -> u64 {
    u64::from(items.quantity(&sku.parse().unwrap()))
}

fn named(wanted: &[(usize, u32)]) -> Vec<(&'static str, u32)> {
    wanted
        .iter()
        .map(|(sku, many)| (SKUS[*sku], *many))
        .collect()
}

/// The event that a request is.
fn event(number: usize, order: usize, wish: &Wish) -> Value {
    let (order, number) = (format!("o-{order}"), u32::try_from(number).unwrap());
    match wish {
        Wish::Take(wanted) => asks(&order, number, &named(wanted)),
        Wish::PutBack => gives_up(&order, number),
    }
}

/// A stock for one history: its orders and products are its own.
async fn shop() -> Shop {
    let shop = Shop::empty().await;
    for sku in SKUS {
        shop.begin(sku, PIECES).await;
    }
    shop
}

async fn play(history: &History) {
    let (shop, mut model) = (shop().await, Model::default());
    let mut told: BTreeMap<usize, Vec<EventName>> = BTreeMap::new();
    for number in &history.deliveries {
        let (order, wish) = &history.requests[*number];
        shop.take(&event(*number, *order, wish)).await.unwrap();
        let answer = model.answer(*number, *order, wish);
        told.entry(*order).or_default().extend(answer);
        for sku in SKUS {
            assert_eq!(shop.available(sku).await, Some(model.left(sku)), "{sku}");
        }
    }
    for (order, names) in told {
        let answers = shop.answers(&format!("o-{order}")).await;
        // Events of one millisecond have no order in time.
        let mut answers: Vec<_> = answers.into_iter().collect();
        answers.sort_by_key(|answer| answer.reservation.version);
        let found: Vec<_> = answers.iter().map(|answer| answer.name).collect();
        assert_eq!(found, names, "order {order}");
        check_one_effect(&answers);
    }
}

/// An order takes goods once at most, and puts back what it has taken.
fn check_one_effect(answers: &[Event]) {
    let states = answers.iter().map(|answer| {
        let change = &answer.reservation;
        (change.before.clone(), change.after.clone())
    });
    let effects = states.filter(|(before, after)| before.as_ref() != Some(after));
    assert!(effects.count() <= 2, "{answers:#?}");
}

#[test]
fn whatever_is_delivered_the_sums_agree_and_every_answer_is_true() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    };
    let played = TestRunner::new(config).run(&histories(), |history| {
        runtime.block_on(play(&history));
        Ok(())
    });
    played.unwrap();
}

#[test]
fn so_it_is_when_all_is_delivered_at_the_same_time() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases: 32,
        failure_persistence: None,
        ..Config::default()
    };
    let played = TestRunner::new(config).run(&histories(), |history| {
        runtime.block_on(play_at_once(&history));
        Ok(())
    });
    played.unwrap();
}

/// Without an order of deliveries there is no one history to compare with; sums and effects must hold.
async fn play_at_once(history: &History) {
    let shop = shop().await;
    let deliveries: Vec<_> = history
        .deliveries
        .iter()
        .map(|number| {
            let (order, wish) = &history.requests[*number];
            let (shop, event) = (shop.clone(), event(*number, *order, wish));
            let requests = crate::shop::process(shop.store().clone());
            tokio::spawn(async move {
                let shop = Shop { requests, ..shop };
                while shop.take(&event).await.is_err() {}
            })
        })
        .collect();
    for delivery in deliveries {
        delivery.await.unwrap();
    }
    for sku in SKUS {
        let left = shop.available(sku).await.unwrap();
        assert_eq!(left + shop.taken(sku).await, PIECES, "{sku}");
    }
    let delivered: BTreeSet<_> = history.deliveries.iter().collect();
    for order in 0..ORDERS {
        let asked = delivered
            .iter()
            .filter(|number| history.requests[***number].0 == order);
        let answers = shop.answers(&format!("o-{order}")).await;
        assert_eq!(answers.len(), asked.count(), "order {order}");
        check_one_effect(&answers);
    }
}
