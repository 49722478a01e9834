//! What many parcels draw upon, in the transactions that change them: a van with so many places, and
//! numbers of which none is left out. Beside it, messages that are answered once.

use holdfast_core::failure::Failure;
use holdfast_kit::table::{Besides, Draw, Put, Short, Tally, View, Written};

use crate::parcel::{Move, Packed};
use crate::rows::{ParcelRow, Parcels};
use crate::writing::{MANY, at_once};
use crate::{Depot, at};

fn van() -> Tally {
    Tally {
        kind: "VAN",
        name: "north".to_owned(),
        attribute: "places",
    }
}

fn receipts() -> Tally {
    Tally {
        kind: "SERIES",
        name: "receipts".to_owned(),
        attribute: "last",
    }
}

/// A parcel, and what was found short for it.
#[derive(Clone, Debug)]
struct Loading {
    packed: Packed,
    short: Vec<Short>,
}

impl View<Parcels> for Loading {
    fn absorb(&mut self, rows: Vec<ParcelRow>) {
        self.packed.absorb(rows);
    }

    fn fall_short(&mut self, short: Vec<Short>) {
        self.short = short;
    }
}

impl Depot {
    /// A parcel takes a place in the van, or learns what is left.
    async fn load_van(&self, id: &str) -> Loading {
        let packed = self.send(id, at("08:00:00")).await;
        let short = Vec::new();
        let load = |loading: &Loading| Ok(loading.load());
        let change = || {
            self.store.change(
                Loading {
                    packed: packed.clone(),
                    short: short.clone(),
                },
                load,
            )
        };
        loop {
            match change().await {
                Err(Failure::Unavailable(_)) => {}
                done => return done.expect("loaded, or no place left"),
            }
        }
    }
}

impl Loading {
    fn load(&self) -> Option<Move> {
        let taken = Besides {
            draws: vec![(van(), Draw::Take(1))],
            answers: None,
        };
        let loaded = self.packed.deliver("the van", at("09:00:00"))?;
        self.short.is_empty().then(|| loaded.besides(taken))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_parcels_ten_find_a_place_and_all_others_learn_that_none_is_left() {
    let depot = Depot::new().await;
    let begun = depot.store.begin_tally(&van(), 10).await;
    assert_eq!(begun, Ok(Put::Done));
    let loaded = at_once(|number| {
        let depot = depot.clone();
        async move { depot.load_van(&format!("parcel-{number}")).await }
    });
    let loaded = loaded.await;
    let (left, gone): (Vec<_>, Vec<_>) = loaded
        .iter()
        .partition(|loading| loading.packed.parcel.version == 1);
    assert_eq!((left.len(), gone.len()), (MANY - 10, 10));
    let none = Short {
        tally: van(),
        holds: Some(0),
    };
    assert!(
        left.iter().all(|loading| loading.short == [none.clone()]),
        "{left:?}"
    );
    assert_eq!(depot.store.tally(&van()).await, Ok(Some(0)));
    for loading in loaded {
        depot.parcel(&loading.packed).await;
    }
}

#[tokio::test]
async fn what_was_taken_is_given_back_and_a_tally_is_begun_once() {
    let depot = Depot::new().await;
    assert_eq!(depot.store.tally(&van()).await, Ok(None));
    let unknown = depot.load_van("nowhere").await;
    let no_van = Short {
        tally: van(),
        holds: None,
    };
    assert_eq!(unknown.short, [no_van]);

    assert_eq!(depot.store.begin_tally(&van(), 1).await, Ok(Put::Done));
    let loaded = depot.load_van("first").await;
    let again = depot.store.begin_tally(&van(), 7).await;
    assert!(matches!(again, Ok(Put::Refused(Some(_)))), "{again:?}");
    assert_eq!(depot.store.tally(&van()).await, Ok(Some(0)));

    let given = Besides {
        draws: vec![(van(), Draw::Give(1))],
        answers: None,
    };
    let packed = loaded
        .packed
        .pack("label", at("10:00:00"))
        .expect("a change");
    let unloaded = depot.store.write(&packed.besides(given)).await;
    assert!(matches!(unloaded, Ok(Written::Applied)), "{unloaded:?}");
    assert_eq!(depot.store.tally(&van()).await, Ok(Some(1)));
}

/// A parcel that wants the number after the last one.
#[derive(Clone, Debug)]
struct Numbered {
    packed: Packed,
    last: u64,
}

impl View<Parcels> for Numbered {
    fn absorb(&mut self, rows: Vec<ParcelRow>) {
        self.packed.absorb(rows);
    }

    fn fall_short(&mut self, short: Vec<Short>) {
        self.last = short[0].holds.unwrap_or(0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_who_want_a_number_each_gets_one_and_none_is_left_out() {
    let depot = Depot::new().await;
    let numbers = at_once(|number| {
        let depot = depot.clone();
        async move {
            let packed = depot
                .send(&format!("receipt-{number}"), at("08:00:00"))
                .await;
            let next = |numbered: &Numbered| {
                let next = Besides {
                    draws: vec![(receipts(), Draw::Next(numbered.last + 1))],
                    answers: None,
                };
                let given = numbered.packed.deliver("the clerk", at("09:00:00"));
                Ok(given.map(|given| given.besides(next)))
            };
            loop {
                let last = depot.store.tally(&receipts()).await.expect("a tally");
                let numbered = Numbered {
                    packed: packed.clone(),
                    last: last.unwrap_or(0),
                };
                match depot.store.change(numbered, next).await {
                    Err(Failure::Unavailable(_)) => {}
                    done => break done.expect("numbered").last + 1,
                }
            }
        }
    });
    let mut numbers = numbers.await;
    numbers.sort_unstable();
    let all: Vec<_> = (1..).take(MANY).collect();
    assert_eq!(numbers, all);
    let last = depot.store.tally(&receipts()).await;
    assert_eq!(last, Ok(u64::try_from(MANY).ok()));
}

#[tokio::test]
async fn a_message_is_answered_once_however_often_it_comes() {
    let depot = Depot::new().await;
    let packed = depot.send("asked", at("08:00:00")).await;
    let answer = |name: &'static str, message: &str| {
        let answers = Some(message.to_owned());
        let besides = Besides {
            draws: Vec::new(),
            answers,
        };
        move |packed: &Packed| {
            let change = packed.pack(name, at("09:00:00"));
            Ok(change.map(|change| change.besides(besides.clone())))
        }
    };
    let first = depot.store.change(packed, answer("one", "m1")).await;
    let first = first.expect("answered");
    assert_eq!(first.load.pieces, 1);
    assert_eq!(depot.store.has_received("m1").await, Ok(true));
    let again = depot.store.change(first, answer("two", "m1")).await;
    let again = again.expect("answered before");
    assert_eq!(again.load.pieces, 1);
    let other = depot.store.change(again, answer("two", "m2")).await;
    assert_eq!(other.expect("answered").load.pieces, 2);
}

#[tokio::test]
async fn two_messages_that_lead_to_the_same_rows_are_both_answered() {
    let depot = Depot::new().await;
    let packed = depot.send("asked", at("08:00:00")).await;
    let load = |message: &str, time: &str| {
        let answers = Some(message.to_owned());
        let besides = Besides {
            draws: Vec::new(),
            answers,
        };
        let time = at(time);
        move |packed: &Packed| {
            let counted = Move::new(packed.id(), "counted", time);
            let counted = counted.load(&packed.load, packed.load.pieces);
            Ok(Some(counted.besides(besides.clone())))
        }
    };
    // Both decide upon the same version.
    let first = load("m1", "09:00:00");
    depot.store.change(packed.clone(), first).await.unwrap();
    let second = load("m2", "09:00:01");
    let after = depot.store.change(packed, second).await.unwrap();
    assert_eq!(after.load.version, 3);
    assert_eq!(depot.store.has_received("m2").await, Ok(true));
    let events = depot.store.history(after.id()).await.unwrap();
    assert_eq!(events.len(), 3, "{events:?}");
}
