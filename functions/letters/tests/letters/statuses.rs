//! The README's table of statuses says what the rules do.

use std::collections::{BTreeSet, HashSet};

use holdfast_letters::rules::{Outcome, Status};

/// What the rules make of a status.
fn next(status: Status) -> BTreeSet<&'static str> {
    let why = || "why".to_owned();
    let outcomes = [
        Outcome::Sent(why()),
        Outcome::NotNow(why()),
        Outcome::Refused(why()),
        Outcome::Unclear(why()),
    ];
    let mut next = HashSet::new();
    for outcome in &outcomes {
        next.extend(
            [false, true]
                .into_iter()
                .filter_map(|last| status.after(outcome, last)),
        );
    }
    next.extend(status.redriven());
    next.extend(status.dropped());
    if status == Status::Due {
        next.extend([Status::Sending, Status::NotSent, Status::NotWanted]);
    }
    next.remove(&status);
    next.into_iter().map(Status::as_str).collect()
}

#[test]
fn the_table_of_statuses_says_what_the_rules_do() {
    let readme = include_str!("../../README.md");
    let table = readme.split("| status | meaning | next |").nth(1).unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), Status::ALL.len());
    for (row, status) in rows.iter().zip(Status::ALL) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        assert_eq!(cells[1], format!("`{}`", status.as_str()));
        let told: BTreeSet<_> = cells[3].split('`').skip(1).step_by(2).collect();
        assert_eq!(told, next(*status), "{row}");
    }
}
