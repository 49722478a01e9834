//! The README says what the code does.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_order_rules::order::{OrderStatus, Progress};
use holdfast_order_rules::status::{
    Happened, InvoiceStatus, PaymentStatus, ShipmentStatus, StepHappened,
};
use serde::Serialize;
use serde_json::json;

use crate::support::{Bench, Machine, order};

const README: &str = include_str!("../../README.md");

/// By status: what may come next.
type Table = BTreeMap<String, BTreeSet<String>>;

fn of_orders() -> Table {
    let rows = OrderStatus::ALL.iter().map(|status| {
        let next = Happened::ALL.iter();
        let next = next.filter_map(|happened| status.after(*happened));
        let others = next.filter(|next| next != status);
        let words = others.map(|next| next.as_str().to_owned());
        (status.as_str().to_owned(), words.collect())
    });
    rows.collect()
}

fn of_steps() -> Table {
    let rows = Progress::ALL.iter().map(|progress| {
        let next = StepHappened::ALL.iter();
        let next = next.filter_map(|happened| progress.after(*happened));
        (word(*progress), next.map(word).collect())
    });
    rows.collect()
}

fn word(progress: Progress) -> String {
    let json = serde_json::to_value(progress).unwrap();
    let [kind, status] = ["type", "status"].map(|field| json[field].as_str().unwrap());
    format!("{kind} {status}")
}

/// The rows of the README's table that are about this.
fn of_the_readme(of: &str) -> Table {
    let rows = README.lines().filter_map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, named, status, _, next, _] = cells[..] else {
            return None;
        };
        let status = quoted(status).into_iter().next()?;
        (named == of).then(|| (status, quoted(next)))
    });
    rows.collect()
}

/// What stands in backticks.
fn quoted(cell: &str) -> BTreeSet<String> {
    let words = cell.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

#[test]
fn the_tables_of_statuses_say_what_the_rules_do() {
    assert_eq!(of_the_readme("order"), of_orders());
    assert_eq!(of_the_readme("step"), of_steps());
}

fn is_named(words: &[impl Serialize]) {
    for word in words {
        let word = serde_json::to_value(word).unwrap();
        let word = word.as_str().unwrap();
        assert!(README.contains(&format!("`{word}`")), "{word}");
    }
}

#[test]
fn what_is_read_off_the_steps_is_named() {
    for capture in Progress::ALL {
        for authorize in Progress::ALL {
            is_named(&[PaymentStatus::of(*authorize, *capture)]);
        }
        is_named(&[InvoiceStatus::from(*capture)]);
        is_named(&[ShipmentStatus::from(*capture)]);
    }
}

#[tokio::test]
async fn every_event_of_an_order_is_named() {
    for script in [
        json!({"ship_order": "unavailable:1"}),
        json!({"capture_payment": "refuse", "cancel_shipment": "refuse"}),
    ] {
        let bench = Bench::new().await;
        let mut machine = Machine::new(&bench, "o-1", order(script));
        machine.runs().await;
        let history = bench.history(&machine.id).await;
        let names: Vec<_> = history.iter().map(|event| event.name).collect();
        is_named(&names);
    }
}
