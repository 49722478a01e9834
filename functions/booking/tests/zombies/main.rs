//! Every step of a booking, given up and acting all the same, after each later step: nothing of it
//! changes how the trip ends, or what the suppliers have.
//!
//! - `stories`: bookings, step by step, and their ends
//! - `steps`: one step, as its function takes it
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod steps;
mod stories;
#[path = "../support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use holdfast_booking_rules::event::{Event, EventName};
use holdfast_core::ids::BookingId;
use tokio::task::JoinSet;

use crate::steps::take;
use crate::stories::{ALL, Story};
use crate::support::Bench;
use crate::support::zombie::{Late, Zombie};

/// Each world has a table, suppliers and a clock of its own.
const WORLDS: usize = 4;

/// One way for one step to come late.
#[derive(Clone, Copy, Debug)]
struct Cell {
    story: usize,
    /// The step that is given up.
    step: usize,
    /// It acts after this one.
    after: usize,
    late: Late,
}

impl Cell {
    fn all() -> Vec<Self> {
        let mut cells = Vec::new();
        for (story, Story { steps, .. }) in ALL.iter().enumerate() {
            let given_up = (0..steps.len()).filter(|step| !steps[*step].is_a_command());
            for (step, late) in given_up.flat_map(|step| Late::ALL.map(|late| (step, late))) {
                // A step that makes no call has nothing that could be late: it is over at once.
                let is_over = late == Late::Call && !steps[step].calls();
                let later = step..if is_over { step + 1 } else { steps.len() };
                cells.extend(later.map(|after| Self {
                    story,
                    step,
                    after,
                    late,
                }));
            }
        }
        cells
    }

    fn id(self) -> String {
        let name = ALL[self.story].name;
        format!("{name}-{}-{}-{:?}", self.step, self.after, self.late)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_step_that_was_given_up_changes_what_becomes_of_a_trip() {
    let (cells, begun) = (Cell::all(), Instant::now());
    let count = cells.len();
    let mut worlds = JoinSet::new();
    for world in 0..WORLDS {
        let cells: Vec<_> = cells.iter().copied().skip(world).step_by(WORLDS).collect();
        worlds.spawn(async move {
            let bench = Bench::new().await;
            for cell in cells {
                play(&bench, cell).await;
            }
        });
    }
    worlds.join_all().await;
    println!(
        "zombies: {count} cells, none broken ({:.1?})",
        begun.elapsed()
    );
}

async fn play(bench: &Bench, cell: Cell) {
    let story = &ALL[cell.story];
    let id = bench.open(&cell.id(), stories::legs()).await.booking_id;
    let mut zombie = None;
    for (place, step) in story.steps.iter().enumerate() {
        if place == cell.step {
            let (id, step) = (id.clone(), *step);
            let act = move |bench: Bench| async move { drop(take(&bench, &id, step).await) };
            zombie = Some(Zombie::of(bench, cell.late, act).await);
        }
        bench.clock.advance(Duration::from_millis(5));
        let taken = take(bench, &id, *step).await;
        assert_eq!(
            taken.is_ok(),
            story.goes_well(place),
            "{cell:?}: {step:?}: {taken:?}"
        );
        if place == cell.after
            && let Some(zombie) = zombie.take()
        {
            bench.clock.advance(Duration::from_millis(5));
            zombie.acts().await;
        }
    }
    check(bench, &id, story, cell).await;
}

async fn check(bench: &Bench, id: &BookingId, story: &Story, cell: Cell) {
    let snapshot = bench.snapshot(id).await;
    let history = bench.history(id).await;
    let told = || format!("{cell:?} {:?}\n{}", story.steps[cell.step], tell(&history));
    assert_eq!(snapshot.booking.state.status, story.end, "{}", told());
    assert_eq!(bench.audit(id).await, story.left, "{}", told());
    let committed = history
        .iter()
        .position(|event| event.name == EventName::Committed);
    let later = committed.map_or(&[][..], |at| &history[at..]);
    let released = later
        .iter()
        .find(|event| event.name == EventName::LegReleased);
    assert!(released.is_none(), "{}", told());
}

fn tell(history: &[Event]) -> String {
    let line = |event: &Event| format!("{} {:?} by {}\n", event.at, event.name, event.actor);
    history.iter().map(line).collect()
}
