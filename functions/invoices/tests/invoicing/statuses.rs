//! The table of statuses in the README says what the rules do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use holdfast_core::fault::Fault;
use holdfast_invoices::rules::decide::Case;
use holdfast_invoices::rules::{Record, State, decide};

use crate::stage::{at, id, unwants, wants};

/// By status: what may come next.
type Table = BTreeMap<String, BTreeSet<String>>;

fn word(state: &State) -> String {
    let json = serde_json::to_value(state).unwrap();
    json["status"].as_str().unwrap().to_owned()
}

/// All that the rules lead to, whatever is asked how often.
fn of_the_rules() -> Table {
    let mut table = Table::new();
    let mut todo: Vec<Option<Record>> = vec![None];
    while let Some(record) = todo.pop() {
        let case = Case {
            order_id: id("o-1"),
            record,
            last: 0,
        };
        let is = case
            .record
            .as_ref()
            .map_or("none".to_owned(), |it| word(&it.state));
        let messages = [wants("o-1", "order.5"), unwants("o-1", "order.9")];
        let faults = [Fault::Ok, Fault::Refuse, Fault::Lost(None)];
        let asked = messages
            .iter()
            .flat_map(|message| faults.map(|fault| (message, fault)));
        let next: Vec<_> = asked
            .map(|(message, fault)| decide(&case, message, at("12:00:00"), fault).record)
            .filter(|next| word(&next.state) != is)
            .collect();
        let words = next.iter().map(|next| word(&next.state)).collect();
        table.insert(is, words);
        let new = next.into_iter();
        todo.extend(
            new.filter(|it| !table.contains_key(&word(&it.state)))
                .map(Some),
        );
    }
    table
}

/// The words in backticks.
fn quoted(cell: &str) -> BTreeSet<String> {
    let words = cell.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

fn of_the_readme(text: &str) -> Table {
    let section = text.split("## Statuses").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [status, _meaning, next] = cells.as_slice() else {
            return None;
        };
        let status = quoted(status).into_iter().next()?;
        Some((status, quoted(next)))
    });
    rows.collect()
}

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    std::fs::read_to_string(path).expect("functions/invoices/README.md")
}

#[test]
fn the_readme_tells_every_status_and_what_comes_next() {
    assert_eq!(of_the_readme(&readme()), of_the_rules());
}

#[test]
fn a_readme_that_says_otherwise_is_noticed() {
    let spoilt = readme().replacen("| `cancelled` |", "| |", 1);
    assert_ne!(of_the_readme(&spoilt), of_the_rules());
}
