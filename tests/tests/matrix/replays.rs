//! The zombie column: each step of a saga is given up and tried again, and what was given up is delivered
//! once more after each later step.
//!
//! The state machine plays each saga first. What it was seen to ask of which function is asked again for
//! another saga, in the same order and without a state machine, so that the moment at which the zombie
//! acts is exact.

use std::fmt::{Display, Formatter, Result};

use futures_util::future::join_all;
use holdfast_tests::{Asked, Stack, fresh_name};

use crate::cells;

/// How often a step is taken that cannot be taken now.
const MOST_TRIES: usize = 6;

/// A saga that can be played again without its state machine.
pub(crate) trait Plays {
    /// How many are played at the same time.
    const AT_ONCE: usize;

    /// What it is called.
    fn name(&self) -> &'static str;
    /// Has the state machine play it under this name, to its end; answers with the execution's ARN.
    async fn is_played(&self, name: &str) -> String;
    /// What comes between a step and the next one where the execution waits: a word, or an answer. It is
    /// the so manieth wait.
    async fn goes_on(&self, name: &str, step: &Asked, wait: usize);
    /// Asserts that it has come to its end, and to no other.
    async fn check(&self, name: &str);
}

/// What the state machine asked for a saga.
struct Recording<S> {
    story: S,
    name: String,
    asked: Vec<Asked>,
}

/// One step that is given up, and the later step after which it acts.
struct Cell<'a, S> {
    of: &'a Recording<S>,
    given_up: usize,
    after: usize,
}

impl<S> Clone for Cell<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Cell<'_, S> {}

impl<S: Plays> Display for Cell<'_, S> {
    fn fmt(&self, to: &mut Formatter<'_>) -> Result {
        let step = |place: usize| self.of.asked[place].told();
        let (story, given_up, after) = (self.of.story.name(), self.given_up, self.after);
        write!(
            to,
            "{story}: {given_up} {}, acts after {after} {}",
            step(given_up),
            step(after)
        )
    }
}

/// Plays each saga with each zombie, and looks at the end of each, at once and when all are played; answers
/// with their names.
pub(crate) async fn haunt<S: Plays>(
    what: &'static str,
    stack: &Stack,
    stories: Vec<S>,
) -> Vec<String> {
    let recordings = stories.into_iter().map(|story| record(stack, story));
    let recordings = join_all(recordings).await;
    let cells: Vec<_> = recordings.iter().flat_map(haunted).collect();
    let play = |cell| play(stack, cell);
    let mut outcome = cells::run(what, S::AT_ONCE, cells, play).await;
    let check = async |cell: Cell<'_, S>, name: String| cell.of.story.check(&name).await;
    outcome.look_again(check).await;
    let played = outcome.whole.iter().map(|(_, name)| name.clone());
    let recorded = recordings.iter().map(|recording| recording.name.clone());
    let names = played.chain(recorded).collect();
    outcome.judge();
    names
}

/// Has the state machine play a saga, and notes what it asks.
async fn record<S: Plays>(stack: &Stack, story: S) -> Recording<S> {
    let name = fresh_name(&format!("zombie-{}", story.name()));
    let arn = story.is_played(&name).await;
    story.check(&name).await;
    let asked = stack.asked(&arn).await;
    Recording { story, name, asked }
}

fn haunted<S>(of: &Recording<S>) -> Vec<Cell<'_, S>> {
    let steps = of.asked.len();
    let each =
        (0..steps).flat_map(|given_up| (given_up..steps).map(move |after| (given_up, after)));
    let cell = |(given_up, after)| Cell {
        of,
        given_up,
        after,
    };
    each.map(cell).collect()
}

/// Plays another saga like the recorded one, with one zombie; answers with its name.
async fn play<S: Plays>(stack: &Stack, cell: Cell<'_, S>) -> String {
    let Recording { story, name, asked } = cell.of;
    let other = fresh_name(&format!("zombie-{}", story.name()));
    let mut waits = 0..;
    for (place, recorded) in asked.iter().enumerate() {
        let step = recorded.of(name, &other);
        if place == cell.given_up {
            // Nobody hears what comes of it; it is tried again.
            drop(stack.ask(&step).await);
            take(stack, step.clone().again()).await;
        } else {
            take(stack, step.clone()).await;
        }
        if step.waits {
            let wait = waits.next().unwrap_or_default();
            story.goes_on(&other, &step, wait).await;
        }
        if place == cell.after {
            drop(stack.ask(&asked[cell.given_up].of(name, &other)).await);
        }
    }
    story.check(&other).await;
    other
}

/// Takes a step as the state machine does: again, where it cannot be taken now.
async fn take(stack: &Stack, mut step: Asked) {
    for _ in 0..MOST_TRIES {
        match stack.ask(&step).await {
            Err(failed) if ["Unavailable", "SupplierDown"].contains(&&*failed.name) => {
                step = step.again();
            }
            _ => return,
        }
    }
}
