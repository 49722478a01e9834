//! The tables, and what must hold.

use std::io::{self, Write};
use std::time::Duration;

use super::cells::{Cell, Outcome, Which};
use super::engine::NO_REDIS;
use super::load::TOO_LATE;
use crate::table::{self, Column, milliseconds};

/// The claim is about so many terminals on one account.
const CLAIMED: (usize, u64) = (1, 64);
/// Write units of a transaction: two, but for the few that find the account's item above 1 KB.
const MOST_WRITE_UNITS: f64 = 2.1;
/// With so many terminals at most: DynamoDB lets no more be at one account at once.
const FEW: u64 = 8;
const NOTHING: &str = "-";

/// A measurement.
pub(crate) struct Row {
    /// Of what.
    pub(crate) cell: Cell,
    /// What came of it.
    pub(crate) outcome: Outcome,
}

/// A measurement while something befalls workers.
pub(crate) struct Befallen {
    /// What.
    pub(crate) what: &'static str,
    /// Of what.
    pub(crate) cell: Cell,
    /// What came of it.
    pub(crate) outcome: Outcome,
}

/// Says what is measured, and how long that usually takes.
pub(crate) fn begin(has_redis: bool, seconds: usize) {
    if !has_redis {
        println!("{NO_REDIS}: the comparison is left out");
    }
    println!(
        "Terminals ask again 0 to 4 ms after each answer; 90 of 100 transactions fit, 5 are paid by CASH, 5 are too much  (usually {seconds} s)"
    );
    // A failure to print is no reason not to measure.
    let _ = io::stdout().flush();
}

/// Prints the measurements.
pub(crate) fn rows(rows: &[Row]) {
    let columns = [
        Column::Words("design"),
        Column::Figures("accounts"),
        Column::Figures("terminals"),
        Column::Figures("answers a second"),
        Column::Figures("p50 ms"),
        Column::Figures("p99 ms"),
        Column::Figures("07"),
        Column::Figures("late"),
        Column::Figures("lost updates"),
        Column::Figures("balance off by"),
        Column::Figures("never told"),
        Column::Figures("write units"),
    ];
    let cells = rows.iter().map(|Row { cell, outcome }| {
        let Outcome { told, ledger, .. } = outcome;
        vec![
            name(cell.which),
            cell.accounts.to_string(),
            cell.clients.to_string(),
            format!("{:.0}", told.rate()),
            milliseconds(told.percentile(50)),
            milliseconds(told.percentile(99)),
            told.refused.to_string(),
            told.late.to_string(),
            ledger.lost_updates.to_string(),
            ledger.off_by().to_string(),
            never_told(cell, outcome),
            format!("{:.2}", write_units(outcome)),
        ]
    });
    println!();
    table::print(&columns, &cells.collect::<Vec<_>>());
    println!();
    println!(
        "answers a second, p50, p99: of answers 00 and 51; 07: the worker was not done within its time"
    );
    println!("late: answers after 100 ms, when the terminal has hung up");
    println!(
        "lost updates: lines decided on a state of the account that another line was decided on, too"
    );
    println!(
        "never told: waiters that found the lock free, and no notification was even on its way"
    );
    println!("write units: of each line in the statement, without what was given back");
}

/// Prints the measurements while something befell workers.
pub(crate) fn befallen(rows: &[Befallen]) {
    let columns = [
        Column::Words("design"),
        Column::Words("the worker, before its last write"),
        Column::Figures("times"),
        Column::Figures("answers a second"),
        Column::Figures("p99 ms"),
        Column::Figures("07"),
        Column::Figures("late"),
        Column::Figures("lost updates"),
        Column::Figures("balance off by"),
        Column::Figures("debited, not told"),
        Column::Figures("never told"),
    ];
    let cells = rows.iter().map(|row| {
        let Outcome { told, ledger, .. } = &row.outcome;
        vec![
            name(row.cell.which),
            row.what.to_owned(),
            row.cell
                .mishaps
                .map_or_else(|| NOTHING.to_owned(), |_| told.mishaps.to_string()),
            format!("{:.0}", told.rate()),
            milliseconds(told.percentile(99)),
            told.refused.to_string(),
            told.late.to_string(),
            ledger.lost_updates.to_string(),
            ledger.off_by().to_string(),
            row.outcome.untold().to_string(),
            never_told(&row.cell, &row.outcome),
        ]
    });
    println!();
    table::print(&columns, &cells.collect::<Vec<_>>());
    println!();
    println!(
        "8 terminals on one account; all figures but the last four are those of the workers that nothing befell"
    );
    println!("balance off by: what was approved and not debited, or debited and not approved");
    println!(
        "debited, not told: approved in the table, and the terminal had no answer within 100 ms, or another one"
    );
}

/// Says whether what must hold does.
pub(crate) fn verdict(rows: &[Row], befallen: &[Befallen]) -> Result<(), String> {
    let ours = || rows.iter().filter(|row| row.cell.which == Which::Ours);
    let claimed = ours().find(|row| (row.cell.accounts, row.cell.clients) == CLAIMED);
    let claimed = claimed.ok_or("64 terminals on one account were not measured")?;
    let p99 = claimed.outcome.told.percentile(99);
    let answered = !claimed.outcome.told.took.is_empty();
    let refused = claimed.outcome.told.refused;
    let few = ours().filter(|row| row.cell.clients <= FEW);
    let units = few.map(|row| write_units(&row.outcome)).fold(0.0, f64::max);
    let measured = ours().map(|row| &row.outcome);
    let survived = befallen.iter().filter(|row| row.cell.which == Which::Ours);
    let survived: Vec<_> = survived.map(|row| &row.outcome).collect();
    let off_by = |outcomes: &[&Outcome]| {
        sum(outcomes, |one| {
            one.ledger.wrong_accounts + one.ledger.lost_updates
        })
    };
    let wrong = off_by(&measured.collect::<Vec<_>>());
    let wrong_after = off_by(&survived);
    let untold = sum(&survived, Outcome::untold);
    println!();
    let claims = [
        check(
            answered && p99 < TOO_LATE,
            format!(
                "p99 with 64 terminals on one account: {} ms, at most 100",
                milliseconds(p99)
            ),
        ),
        check(
            refused == 0,
            format!("07 with 64 terminals on one account: {refused}, at most 0"),
        ),
        check(
            units <= MOST_WRITE_UNITS,
            format!(
                "write units of a transaction, with up to {FEW} terminals: {units:.2}, at most {MOST_WRITE_UNITS}"
            ),
        ),
        check(
            wrong == 0,
            format!(
                "accounts whose balance and lines disagree, and lost updates: {wrong}, at most 0"
            ),
        ),
        check(
            wrong_after == 0,
            format!("the same after workers were paused and killed: {wrong_after}, at most 0"),
        ),
        check(
            untold == 0,
            format!("debits then that their terminals were not told of: {untold}, at most 0"),
        ),
    ];
    let broken = claims.iter().filter(|holds| !**holds).count();
    if broken == 0 {
        return Ok(());
    }
    Err(format!("{broken} of {} claims do not hold", claims.len()))
}

fn check(holds: bool, claim: String) -> bool {
    println!("{}  ours: {claim}", if holds { "holds" } else { "FAILS" });
    holds
}

fn sum(outcomes: &[&Outcome], of: impl Fn(&Outcome) -> u64) -> u64 {
    outcomes.iter().map(|outcome| of(outcome)).sum()
}

fn name(which: Which) -> String {
    let words = |lease: Duration| format!("lock, lease {} ms", lease.as_millis());
    match which {
        Which::Ours => "conditional writes".to_owned(),
        Which::Lock {
            lease,
            fenced: false,
        } => words(lease),
        Which::Lock {
            lease,
            fenced: true,
        } => format!("{}, fenced", words(lease)),
    }
}

fn never_told(cell: &Cell, outcome: &Outcome) -> String {
    match cell.which {
        Which::Ours => NOTHING.to_owned(),
        Which::Lock { .. } => outcome.never_told.to_string(),
    }
}

/// Of each line.
fn write_units(outcome: &Outcome) -> f64 {
    #[allow(clippy::cast_precision_loss)] // some thousands
    let (units, lines) = (outcome.write_units as f64, outcome.ledger.lines as f64);
    if lines == 0.0 { 0.0 } else { units / lines }
}
