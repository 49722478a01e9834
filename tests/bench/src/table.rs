//! Prints rows as a table, words to the left and figures to the right.

use std::time::Duration;

/// A column: its heading, and on which side its cells begin.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    /// Cells begin at the left.
    Words(&'static str),
    /// Cells end at the right.
    Figures(&'static str),
}

/// Prints it.
pub(crate) fn print(columns: &[Column], rows: &[Vec<String>]) {
    let headings = columns.iter().map(|column| match column {
        Column::Words(heading) | Column::Figures(heading) => (*heading).to_owned(),
    });
    let headings: Vec<_> = headings.collect();
    let lines = || std::iter::once(&headings).chain(rows);
    let width = |at: usize| lines().map(|cells| cells[at].chars().count()).max();
    let widths: Vec<_> = (0..columns.len())
        .map(|at| width(at).unwrap_or(0))
        .collect();
    for cells in lines() {
        let padded = cells.iter().zip(columns).zip(&widths);
        let padded = padded.map(|((cell, column), width)| match column {
            Column::Words(_) => format!("{cell:<width$}"),
            Column::Figures(_) => format!("{cell:>width$}"),
        });
        let line: Vec<_> = padded.collect();
        println!("{}", line.join("  ").trim_end());
    }
}

/// The middle one of some durations.
pub(crate) fn p50(durations: &[Duration]) -> Duration {
    let mut sorted = durations.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// Milliseconds with one place.
pub(crate) fn milliseconds(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f64() * 1e3)
}

/// Millions of bytes, or of instructions, with two places.
pub(crate) fn millions(count: u64) -> String {
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    let count = count as f64;
    format!("{:.2}", count / 1e6)
}
