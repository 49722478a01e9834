//! Races, replays, and what the loser is handed.

use std::sync::{Arc, Mutex};

use holdfast_core::failure::Failure;
use holdfast_kit::table::{Lost, Written};
use tokio::sync::Barrier;

use crate::parcel::{Move, Packed, Piece, Status};
use crate::rows::ParcelRow;
use crate::{Depot, at};

pub(crate) const MANY: usize = 64;

/// Does the same `MANY` times at once, each on a thread of its own where there are so many.
pub(crate) async fn at_once<F, T>(what: impl Fn(usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let start = Arc::new(Barrier::new(MANY));
    let tasks: Vec<_> = (0..MANY)
        .map(|number| {
            let (start, work) = (start.clone(), what(number));
            tokio::spawn(async move {
                start.wait().await;
                work.await
            })
        })
        .collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_who_take_a_parcel_at_once_one_has_it_and_all_others_see_who() {
    let depot = Depot::new().await;
    let before = depot.send("wanted", at("08:00:00")).await;
    let takers = at_once(|number| {
        let (depot, before) = (depot.clone(), before.clone());
        let taker = format!("taker {number}");
        async move {
            let take = |packed: &Packed| Ok(packed.deliver(&taker, at("09:00:00")));
            depot.store.change(before, take).await.expect("an answer")
        }
    });
    let seen = takers.await;
    let now = depot.parcel(&before).await;
    assert_eq!(now.parcel.state.status, Status::Delivered);
    assert_eq!(now.parcel.version, 2);
    assert!(seen.iter().all(|packed| *packed == now), "{seen:?}");
    assert_eq!(depot.store.history(before.id()).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_pieces_that_are_packed_at_once_none_is_lost() {
    let depot = Depot::new().await;
    let before = depot.send("full", at("08:00:00")).await;
    let packers = at_once(|number| {
        let (depot, id) = (depot.clone(), before.id().clone());
        let name = format!("piece-{number:02}");
        async move {
            let pack = |packed: &Packed| Ok(packed.pack(&name, at("09:00:00")));
            // A change that loses too often is refused, and tried again as a retry would.
            loop {
                let packed = depot.store.load(&id).await.expect("the parcel");
                match depot.store.change(packed, pack).await {
                    Err(Failure::Unavailable(_)) => {}
                    done => return done.expect("packed"),
                }
            }
        }
    });
    packers.await;
    let now = depot.parcel(&before).await;
    let names = now.pieces.iter().map(|piece| piece.name.clone());
    let all: Vec<_> = (0..MANY)
        .map(|number| format!("piece-{number:02}"))
        .collect();
    assert_eq!(names.collect::<Vec<_>>(), all, "in the order of their keys");
    assert_eq!(now.load.pieces as usize, MANY);
    assert_eq!(now.load.version as usize, MANY + 1);
}

#[tokio::test]
async fn a_replay_changes_nothing_and_is_told_apart_from_a_lost_race() {
    let depot = Depot::new().await;
    let before = depot.send("twice", at("08:00:00")).await;
    let delivered = before.deliver("ana", at("09:00:00")).unwrap();
    let written = depot.store.write(&delivered).await;
    assert!(matches!(written, Ok(Written::Applied)), "{written:?}");
    let stored = depot.items().await;
    let later = before.deliver("ana", at("10:00:00")).unwrap();
    for replay in [delivered, later] {
        let again = depot.store.write(&replay).await;
        assert!(matches!(again, Ok(Written::AlreadyApplied)), "{again:?}");
    }
    let other = before.deliver("rui", at("10:00:00")).unwrap();
    let lost = depot.store.write(&other).await;
    assert!(matches!(lost, Err(Lost::Race(_))), "{lost:?}");
    assert_eq!(depot.items().await, stored);
}

#[tokio::test]
async fn a_change_of_which_one_row_is_outdated_is_not_written_at_all() {
    let depot = Depot::new().await;
    let before = depot.send("whole", at("08:00:00")).await;
    let packed = before.pack("book", at("09:00:00")).unwrap();
    let written = depot.store.write(&packed).await;
    assert!(matches!(written, Ok(Written::Applied)), "{written:?}");
    let stored = depot.items().await;
    let outdated = before.pack("lamp", at("10:00:00")).unwrap();
    let Err(Lost::Race(rows)) = depot.store.write(&outdated).await else {
        panic!("a race was lost")
    };
    let [ParcelRow::Load(load)] = &rows[..] else {
        panic!("the load, which is not what it was: {rows:?}")
    };
    assert_eq!((load.version, load.pieces), (2, 1));
    assert_eq!(depot.items().await, stored, "nor is the lamp in it");
}

#[tokio::test]
async fn the_loser_decides_again_upon_what_the_refusal_has_shown() {
    let depot = Depot::new().await;
    let before = depot.send("again", at("08:00:00")).await;
    let first = before.pack("book", at("09:00:00")).unwrap();
    let written = depot.store.write(&first).await;
    assert!(matches!(written, Ok(Written::Applied)), "{written:?}");
    let seen = Mutex::new(Vec::new());
    let pack = |packed: &Packed| {
        seen.lock().unwrap().push(packed.load.clone());
        Ok(packed.pack("lamp", at("10:00:00")))
    };
    let after = depot.store.change(before.clone(), pack).await.unwrap();
    let versions = seen
        .lock()
        .unwrap()
        .iter()
        .map(|load| load.version)
        .collect::<Vec<_>>();
    assert_eq!(versions, [1, 2]);
    assert_eq!(after.load.pieces, 2);
    assert_eq!(depot.parcel(&before).await.load, after.load);
}

#[tokio::test]
async fn what_is_refused_and_what_needs_nothing_writes_nothing() {
    let depot = Depot::new().await;
    let before = depot.send("quiet", at("08:00:00")).await;
    let stored = depot.items().await;
    let unchanged = depot.store.change(before.clone(), |_| Ok(None)).await;
    assert_eq!(unchanged.unwrap(), before);
    let refuse = |_: &Packed| Err(Failure::Refused("it is sealed".to_owned()));
    let refused = depot.store.change(before, refuse).await;
    assert_eq!(refused.unwrap_err().to_string(), "it is sealed");
    assert_eq!(depot.items().await, stored);
}

#[tokio::test]
async fn one_part_is_changed_like_a_whole_aggregate() {
    let depot = Depot::new().await;
    let before = depot.send("sealed", at("08:00:00")).await;
    let pack = |packed: &Packed| Ok(packed.pack("lamp", at("09:00:00")));
    depot.store.change(before.clone(), pack).await.unwrap();
    let lamp = depot.store.row(before.id(), "PIECE#lamp").await.unwrap();
    let Some(ParcelRow::Piece(lamp)) = lamp else {
        panic!("the lamp: {lamp:?}")
    };
    let sealed = |piece: &Piece, seal| {
        let sealed = Move::new(before.id(), "sealed", at("10:00:00"));
        Ok(Some(sealed.seal(piece, seal)))
    };
    let first = |piece: &Piece| sealed(piece, 7);
    let first = depot.store.change(lamp.clone(), first).await.unwrap();
    assert_eq!((first.version, first.seal), (2, 7));
    // The second one starts from what is outdated, loses, and goes on from what it is shown.
    let second = |piece: &Piece| sealed(piece, 9);
    let second = depot.store.change(lamp, second).await.unwrap();
    assert_eq!((second.version, second.seal), (3, 9));
    assert_eq!(depot.parcel(&before).await.pieces, [second]);
}

#[tokio::test]
async fn a_try_is_counted_without_an_event_and_is_no_change() {
    let depot = Depot::new().await;
    let before = depot.send("tried", at("08:00:00")).await;
    let packed = before.pack("lamp", at("09:00:00")).unwrap();
    for written in [Written::Applied, Written::AlreadyApplied] {
        assert_eq!(depot.store.write(&packed).await.unwrap(), written);
        let counted = depot
            .store
            .count_attempt(before.id(), "PIECE#lamp", "too wide");
        counted.await.unwrap();
    }
    let lamp = &depot.parcel(&before).await.pieces[0];
    assert_eq!((lamp.version, lamp.attempts), (1, 2));
    assert_eq!(lamp.last_error.as_deref(), Some("too wide"));
    let missing = depot
        .store
        .count_attempt(before.id(), "PIECE#book", "too wide");
    assert_eq!(missing.await.unwrap_err().name(), "Unavailable");
}
