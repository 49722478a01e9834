//! The table of statuses in the service's README says what the rules do: every status is in it, and
//! next to it stands every status that something can make of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use holdfast_booking_rules::status::{
    BookingStatus, Happened, LegHappened, LegStatus, PaymentHappened, PaymentStatus,
};
use serde::Serialize;

/// By record and status: what may come next.
type Table = BTreeMap<(String, String), BTreeSet<String>>;

fn word(status: impl Serialize) -> String {
    let json = serde_json::to_value(status).unwrap();
    json.as_str().unwrap().to_owned()
}

fn add<S: Copy + PartialEq + Serialize>(
    table: &mut Table,
    of: &str,
    status: S,
    next: impl Iterator<Item = Option<S>>,
) {
    let next = next.flatten().filter(|next| *next != status);
    let row = (of.to_owned(), word(status));
    table.insert(row, next.map(word).collect());
}

fn of_the_rules() -> Table {
    let mut table = Table::new();
    for status in BookingStatus::ALL {
        let next = Happened::ALL.iter().map(|happened| status.after(*happened));
        add(&mut table, "booking", *status, next);
    }
    for status in LegStatus::ALL {
        let next = LegHappened::ALL
            .iter()
            .map(|happened| status.after(*happened));
        add(&mut table, "leg", *status, next);
    }
    for status in PaymentStatus::ALL {
        let next = PaymentHappened::ALL
            .iter()
            .map(|happened| status.after(*happened));
        add(&mut table, "payment", *status, next);
    }
    table
}

/// The words in backticks.
fn quoted(cell: &str) -> BTreeSet<String> {
    let words = cell.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

fn of_the_readme(text: &str) -> Table {
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [of, status, _meaning, next] = cells.as_slice() else {
            return None;
        };
        let known = ["booking", "leg", "payment"].contains(of);
        let status = quoted(status).into_iter().next()?;
        known.then(|| (((*of).to_owned(), status), quoted(next)))
    });
    rows.collect()
}

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    std::fs::read_to_string(path).expect("functions/booking/README.md")
}

#[test]
fn the_readme_tells_every_status_and_what_comes_next() {
    let (rules, told) = (of_the_rules(), of_the_readme(&readme()));
    for (row, next) in &rules {
        assert_eq!(
            told.get(row),
            Some(next),
            "{row:?} in functions/booking/README.md"
        );
    }
    let strangers: Vec<_> = told
        .keys()
        .filter(|row| !rules.contains_key(*row))
        .collect();
    assert!(strangers.is_empty(), "no such status: {strangers:?}");
}

#[test]
fn a_readme_that_says_otherwise_is_noticed() {
    let spoilt = readme().replacen("`paying`, `unwinding`", "`unwinding`", 1);
    assert_ne!(of_the_readme(&spoilt), of_the_rules());
}

#[test]
fn nothing_happens_to_what_has_ended_but_that_a_booked_trip_is_given_back() {
    for status in BookingStatus::ALL
        .iter()
        .filter(|status| status.is_finished())
    {
        for happened in Happened::ALL {
            let is_given_back =
                (*status, *happened) == (BookingStatus::Booked, Happened::GivingBack);
            let next = is_given_back.then_some(BookingStatus::Cancelling);
            assert_eq!(status.after(*happened), next, "{status:?} {happened:?}");
        }
    }
}
