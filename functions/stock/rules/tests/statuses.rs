//! The README says what the rules do: each status with what can follow, each event.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use holdfast_stock_rules::event::EventName;
use holdfast_stock_rules::items::{Items, Line};
use holdfast_stock_rules::request::Request;
use holdfast_stock_rules::reservation::{Happened, State};
use serde::Serialize;

const README: &str = include_str!("../../README.md");
const NOTHING: &str = "nothing";

/// By status: what may come next.
type Table = BTreeMap<String, BTreeSet<String>>;

fn word(value: impl Serialize) -> String {
    let json = serde_json::to_value(value).unwrap();
    json.as_str().unwrap().to_owned()
}

fn all_that_happens() -> Vec<Happened> {
    let sku = "BOOK-001".parse().unwrap();
    let items = Items::try_from(vec![Line { sku, quantity: 1 }]).unwrap();
    let reason = "BOOK-001: 1 wanted, 0 left".to_owned();
    vec![
        Happened::Wanted(items),
        Happened::Refused(reason),
        Happened::GivenUp,
    ]
}

/// All states that can be reached, and what may come next.
fn of_the_rules() -> Table {
    let status = |state: &State| word(state.status());
    let (mut table, mut todo) = (Table::new(), vec![None]);
    while let Some(was) = todo.pop() {
        let name = was.as_ref().map_or(NOTHING.to_owned(), status);
        if table.contains_key(&name) {
            continue;
        }
        let next = all_that_happens();
        let next: Vec<_> = next
            .iter()
            .map(|happened| State::after(was.as_ref(), happened))
            .collect();
        let others = next.iter().map(status).filter(|other| *other != name);
        table.insert(name.clone(), others.collect());
        todo.extend(next.into_iter().map(Some));
    }
    table
}

/// The words in backticks.
fn quoted(cell: &str) -> BTreeSet<String> {
    let words = cell.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

/// The rows of the table that begins with this heading, cell by cell.
fn rows<'a>(text: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let lines = text.lines().skip_while(|line| !line.starts_with(heading));
    let rows = lines.skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

fn of_the_readme(text: &str) -> Table {
    let rows = rows(text, "| status |").into_iter();
    rows.map(|row| {
        let status = quoted(row[0]).pop_first();
        (status.unwrap_or_else(|| row[0].to_owned()), quoted(row[2]))
    })
    .collect()
}

#[test]
fn the_readme_tells_every_status_and_what_comes_next() {
    assert_eq!(of_the_readme(README), of_the_rules());
}

#[test]
fn a_readme_that_says_otherwise_is_noticed() {
    let spoilt = README.replacen("| `returned` |", "| `refused` |", 1);
    assert_ne!(spoilt, README);
    assert_ne!(of_the_readme(&spoilt), of_the_rules());
}

#[test]
fn the_readme_tells_every_request_and_every_answer() {
    let told: BTreeSet<_> = rows(README, "| event |")
        .into_iter()
        .flat_map(|row| quoted(row[0]))
        .collect();
    let answers = EventName::ALL.iter().map(word);
    let requests = Request::NAMES.iter().map(|name| (*name).to_owned());
    assert_eq!(told, answers.chain(requests).collect());
}
