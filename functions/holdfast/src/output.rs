//! What is printed: lines, tables, amounts; in colours where a person looks and wishes it.

use std::io::{self, IsTerminal, Write};

use holdfast_core::money::Money;
use serde::Serialize;

/// Prints a line, or some.
pub(crate) fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Prints an answer, as JSON or as text.
pub(crate) fn tell(
    as_json: bool,
    answer: &impl Serialize,
    text: impl FnOnce() -> String,
) -> io::Result<()> {
    if as_json {
        line(&serde_json::to_string_pretty(answer)?)
    } else {
        line(&text())
    }
}

/// Whether texts are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Coloured,
}

impl Paint {
    /// Colours are for terminals, unless `NO_COLOR` is set.
    pub(crate) fn of_stdout() -> Self {
        let unwished = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match io::stdout().is_terminal() && !unwished {
            true => Self::Coloured,
            false => Self::Plain,
        }
    }

    pub(crate) fn good(self, text: &str) -> String {
        self.painted("1;32", text)
    }

    pub(crate) fn bad(self, text: &str) -> String {
        self.painted("1;31", text)
    }

    pub(crate) fn notable(self, text: &str) -> String {
        self.painted("1;33", text)
    }

    fn painted(self, colour: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("\u{1b}[{colour}m{text}\u{1b}[0m"),
        }
    }
}

/// An amount as people write it: `BRL 1,729.20`.
pub(crate) fn money(money: &Money) -> String {
    let (whole, cents) = (money.amount / 100, money.amount % 100);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{} {grouped}.{cents:02}", money.currency)
}

/// Minutes and seconds: `13:05`.
pub(crate) fn clock(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// A table with a head.
pub(crate) fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let head = head.iter().map(|&name| name.to_owned()).collect();
    columns([head].into_iter().chain(rows)).join("\n")
}

/// Columns as wide as their widest cell; the last is not filled up.
pub(crate) fn columns(rows: impl Iterator<Item = Vec<String>>) -> Vec<String> {
    let rows: Vec<Vec<String>> = rows.collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let lines = rows.iter().map(|row| {
        let cells = row.iter().enumerate();
        let cells = cells.map(|(column, cell)| format!("{cell:<width$}", width = width(column)));
        let line = cells.collect::<Vec<_>>().join("  ");
        line.trim_end().to_owned()
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped() {
        let brl = |amount| money(&Money::new(amount, "BRL"));
        assert_eq!(brl(1_093_540), "BRL 10,935.40");
        assert_eq!(brl(123_456_789), "BRL 1,234,567.89");
        assert_eq!(brl(5), "BRL 0.05");
        assert_eq!(brl(99_900), "BRL 999.00");
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "bcd", ""], ["efgh", "i", "j"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(columns(rows.into_iter()), ["a     bcd", "efgh  i    j"]);
    }

    #[test]
    fn plain_texts_have_no_colours() {
        assert_eq!(Paint::Plain.good("BOOKED"), "BOOKED");
        assert!(Paint::Coloured.bad("UNDONE").starts_with('\u{1b}'));
    }
}
