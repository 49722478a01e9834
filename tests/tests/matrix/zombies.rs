//! The zombie column: each step of a booking is given up and tried again, and what was given up is
//! delivered once more after each later step.
//!
//! The state machine makes each booking first. What it was seen to ask of which function is asked
//! again for another booking, in the same order and without a state machine, so that the moment at
//! which the zombie acts is exact.

use std::time::Instant;

use futures_util::{FutureExt, StreamExt, stream};
use holdfast_booking_rules::booking::{PaymentStatus, Snapshot};
use holdfast_booking_rules::event::EventName;
use holdfast_tests::{Asked, Stack, fresh_name};

use crate::AT_ONCE;
use crate::stories::{ALL, Left, Story, Word};

/// What the state machine asked for a booking.
struct Recording {
    story: &'static Story,
    name: String,
    asked: Vec<Asked>,
}

/// One step that is given up, and the later step after which it acts.
#[derive(Clone, Copy)]
struct Cell<'a> {
    of: &'a Recording,
    given_up: usize,
    after: usize,
}

impl Cell<'_> {
    fn told(self) -> String {
        let step = |place: usize| self.of.asked[place].told();
        let (story, given_up, after) = (self.of.story.name, self.given_up, self.after);
        format!(
            "{story}: {given_up} {}, acts after {after} {}",
            step(given_up),
            step(after)
        )
    }
}

/// Has the state machine make a booking, and notes what it asks.
async fn record(stack: &Stack, story: &'static Story) -> Recording {
    let name = fresh_name(&format!("zombie-{}", story.name));
    let arn = stack.start(&name, &story.trip().0).await;
    for word in story.words {
        let waits = |snapshot: &Snapshot| word.is_waited_for(snapshot);
        stack.until(&name, "it waits", waits).await;
        say(stack, &name, word).await.expect("the word is taken");
    }
    stack.end_of(&arn).await;
    check(stack, &name, story).await;
    Recording {
        story,
        asked: stack.asked(&arn).await,
        name,
    }
}

/// The execution that waits is told how to go on. In a replay there is none, and the booking remembers.
async fn say(stack: &Stack, name: &str, word: &Word) -> Result<(), String> {
    match word {
        Word::Command(command) => {
            let said = stack.command(name, command()).await;
            said.map(drop).map_err(|refused| refused.message)
        }
        Word::Approve => {
            stack.bank(name, "approve").await;
            let authorized =
                |snapshot: &Snapshot| snapshot.payment.state.status == PaymentStatus::Authorized;
            stack.until(name, "it is authorized", authorized).await;
            Ok(())
        }
    }
}

/// Makes another booking like the recorded one, with one zombie.
async fn play(stack: &Stack, cell: Cell<'_>) {
    let Recording { story, name, asked } = cell.of;
    let other = fresh_name(&format!("zombie-{}", story.name));
    let mut words = story.words.iter();
    for (place, step) in asked.iter().enumerate() {
        drop(stack.ask(&step.of(name, &other)).await);
        if place == cell.given_up {
            // Nobody heard what came of it; it is tried again.
            drop(stack.ask(&step.of(name, &other).again()).await);
        }
        if step.waits {
            let word = words.next().expect("a word for each wait");
            drop(say(stack, &other, word).await);
        }
        if place == cell.after {
            drop(stack.ask(&asked[cell.given_up].of(name, &other)).await);
        }
    }
    check(stack, &other, story).await;
}

async fn check(stack: &Stack, name: &str, story: &Story) {
    let snapshot = stack.booking(name).await;
    assert_eq!(snapshot.booking.state.status, story.end, "{name}");
    let audit = stack.audit(name).await;
    let mut left: Vec<_> = audit
        .iter()
        .map(|item| item["leg"].as_str().unwrap())
        .collect();
    left.sort_unstable();
    match story.left {
        Left::Nothing => assert_eq!(left, [""; 0], "{name}"),
        Left::These(legs) => assert_eq!(left, legs, "{name}"),
    }
    let history = stack.history(name).await;
    let committed = history
        .iter()
        .position(|event| event.name == EventName::Committed);
    let later = committed.map_or(&[][..], |at| &history[at..]);
    let released = later
        .iter()
        .filter(|event| event.name == EventName::LegReleased);
    assert_eq!(released.count(), 0, "{name}");
}

fn cells(recordings: &[Recording]) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    for of in recordings {
        for given_up in 0..of.asked.len() {
            cells.extend((given_up..of.asked.len()).map(|after| Cell {
                of,
                given_up,
                after,
            }));
        }
    }
    cells
}

#[tokio::test]
async fn no_step_that_was_given_up_changes_what_becomes_of_a_trip() {
    let (stack, began) = (Stack::connect().await, Instant::now());
    let mut recordings = Vec::new();
    for story in ALL {
        recordings.push(record(&stack, story).await);
    }
    let cells = cells(&recordings);
    let count = cells.len();
    let broken: Vec<_> = stream::iter(cells)
        .map(|cell| {
            let played = std::panic::AssertUnwindSafe(play(&stack, cell)).catch_unwind();
            async move { played.await.is_err().then(|| cell.told()) }
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(async |broken| broken)
        .collect()
        .await;
    println!(
        "zombies: {count} cells in {:.0?}, {} broken",
        began.elapsed(),
        broken.len()
    );
    assert!(broken.is_empty(), "{broken:#?}");
}
