//! Runs cells, several at a time, and tells which are broken.

use std::fmt::Display;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::{FutureExt, StreamExt, stream};
use holdfast_tests::audit::what_was_said;

use crate::AT_ONCE;

/// What came of some cells: of each that is whole what its run answered with, of each other what is wrong.
pub(crate) struct Outcome<C, T> {
    what: &'static str,
    began: Instant,
    count: usize,
    pub(crate) whole: Vec<(C, T)>,
    pub(crate) broken: Vec<String>,
}

/// Runs the cells, or a part of them by name, such as `MATRIX=release`.
pub(crate) async fn run<C: Display + Copy, T, F: Future<Output = T>>(
    what: &'static str,
    at_once: usize,
    cells: Vec<C>,
    run: impl Fn(C) -> F,
) -> Outcome<C, T> {
    let only = std::env::var("MATRIX").unwrap_or_default();
    let cells: Vec<_> = cells
        .into_iter()
        .filter(|cell| cell.to_string().contains(&only))
        .collect();
    let mut outcome = Outcome {
        what,
        began: Instant::now(),
        count: cells.len(),
        whole: Vec::new(),
        broken: Vec::new(),
    };
    let mut runs = stream::iter(cells)
        .map(|cell| {
            let ran = AssertUnwindSafe(run(cell)).catch_unwind();
            async move { (cell, ran.await) }
        })
        .buffer_unordered(at_once);
    while let Some((cell, ran)) = runs.next().await {
        match ran {
            Ok(answer) => outcome.whole.push((cell, answer)),
            Err(panic) => outcome.is_broken(&cell, &what_was_said(&*panic)),
        }
    }
    drop(runs);
    outcome
}

impl<C: Display + Copy, T: Clone> Outcome<C, T> {
    /// Looks once more at each cell that is whole: what came late must not have changed it.
    pub(crate) async fn look_again<F: Future<Output = ()>>(&mut self, look: impl Fn(C, T) -> F) {
        let whole = self.whole.clone().into_iter();
        let looks = stream::iter(whole).map(|(cell, answer)| {
            let looked = AssertUnwindSafe(look(cell, answer)).catch_unwind();
            async move { (cell, looked.await) }
        });
        let looks: Vec<_> = looks.buffer_unordered(AT_ONCE).collect().await;
        for (cell, looked) in looks {
            if let Err(panic) = looked {
                self.is_broken(&cell, &format!("later: {}", what_was_said(&*panic)));
            }
        }
    }
}

impl<C: Display, T> Outcome<C, T> {
    fn is_broken(&mut self, cell: &C, why: &str) {
        self.broken.push(format!("{cell}: {why}"));
    }

    /// Tells how many there are and how many are broken, and fails if any is.
    pub(crate) fn judge(self) {
        let took = Duration::from_secs(self.began.elapsed().as_secs());
        let (what, count, broken) = (self.what, self.count, self.broken);
        println!("{what}: {count} cells in {took:?}, {} broken", broken.len());
        assert!(broken.is_empty(), "{broken:#?}");
    }
}
