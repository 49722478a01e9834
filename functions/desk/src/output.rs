//! Tables and timelines.

use holdfast_booking::desk::{Left, Report, Said, Shown, Waiting};
use holdfast_booking_rules::event::Event;
use serde::Serialize;

use crate::run::Problem;

/// Prints an answer, as JSON or as text.
pub(crate) fn tell(
    as_json: bool,
    answer: &impl Serialize,
    text: impl FnOnce() -> String,
) -> Result<(), Problem> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(answer)?);
    } else {
        println!("{}", text());
    }
    Ok(())
}

/// What waits, one booking a line.
pub(crate) fn listed(waiting: &[Waiting]) -> String {
    if waiting.is_empty() {
        return "nothing waits".to_owned();
    }
    let rows = waiting.iter().map(|waiting| {
        let left = waiting.left.iter().map(work);
        vec![
            waiting.booking_id.to_string(),
            waiting.status.as_str().to_owned(),
            waiting.since.to_string(),
            left.collect::<Vec<_>>().join(", "),
            waiting.reason.clone().unwrap_or_default(),
        ]
    });
    table(&["BOOKING", "STATUS", "SINCE", "LEFT", "REASON"], rows)
}

/// All that is known of a booking.
pub(crate) fn shown(shown: &Shown) -> String {
    let (booking, waiting) = (&shown.booking, &shown.waiting);
    let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let head = [
        ("booking", booking.booking_id.to_string()),
        ("status", booking.status.as_str().to_owned()),
        ("since", waiting.since.to_string()),
        ("reason", word(&booking.reason)),
        ("customer", shown.customer.to_string()),
        ("trace", shown.trace_id.clone()),
        ("execution", shown.execution.clone()),
    ];
    let head = head.map(|(name, value)| format!("{name:<10} {value}"));
    let legs = booking.legs.iter().map(|leg| {
        let name = leg.id.to_string();
        let status = spoken(leg.status);
        vec![name, leg.kind.to_string(), status, word(&leg.reference)]
    });
    let payment = vec![
        "payment".to_owned(),
        "payment".to_owned(),
        spoken(booking.payment.status),
        word(&booking.payment.reference),
    ];
    let parts = table(
        &["PART", "KIND", "STATUS", "REFERENCE"],
        legs.chain([payment]),
    );
    let left = waiting.left.iter().map(|left| {
        let handed = left.handed_over.map(|at| at.to_string());
        let why = left.last_error.clone().or_else(|| left.cause.clone());
        vec![
            work(left),
            left.attempts.to_string(),
            word(&handed),
            word(&why),
        ]
    });
    let left = if waiting.left.is_empty() {
        "nothing is left to do".to_owned()
    } else {
        table(&["LEFT", "FAILED CALLS", "HANDED OVER", "LAST ERROR"], left)
    };
    format!("{}\n\n{parts}\n\n{left}", head.join("\n"))
}

/// A booking's history, one event a line.
pub(crate) fn timeline(events: &[Event]) -> String {
    let rows = events.iter().map(|event| {
        vec![
            event.at.to_string(),
            event.actor.clone(),
            spoken(event.name),
            changes(event),
            event.note.clone().unwrap_or_default(),
        ]
    });
    table(&["WHEN", "WHO", "WHAT", "CHANGED", "WHY"], rows)
}

/// What came of errands.
pub(crate) fn reports(reports: &[Report]) -> String {
    if reports.is_empty() {
        return "nothing waits".to_owned();
    }
    let mut lines = Vec::new();
    for report in reports {
        let (before, after) = (report.before.as_str(), report.after.as_str());
        let would = if report.dry_run { " (dry run)" } else { "" };
        lines.push(format!("{}: {before} -> {after}{would}", report.id));
        if report.did.is_empty() {
            lines.push("  nothing is left to do".to_owned());
        }
        for did in &report.did {
            let outcome = match &did.outcome {
                Said::Done => "done".to_owned(),
                Said::Asked => "asked for; done once the answer comes".to_owned(),
                Said::WouldBeDone => "would be done".to_owned(),
                Said::Failed(why) => format!("failed: {why}"),
            };
            lines.push(format!("  {} {}: {outcome}", did.work.action, did.work.leg));
        }
    }
    lines.join("\n")
}

fn work(left: &Left) -> String {
    format!("{} {}", left.work.action, left.work.leg)
}

/// What an event changed: `booking unwinding -> failed, hotel held -> released`.
fn changes(event: &Event) -> String {
    let mut parts = Vec::new();
    let mut add = |name: &str, before: Option<String>, after: String| {
        if before.as_ref() != Some(&after) {
            let before = before.map(|before| format!("{before} -> "));
            parts.push(format!("{name} {}{after}", before.unwrap_or_default()));
        }
    };
    if let Some(change) = &event.booking {
        let before = change.before.as_ref().map(|state| spoken(state.status));
        add("booking", before, spoken(change.after.status));
    }
    for (leg, change) in &event.legs {
        let before = change.before.as_ref().map(|state| spoken(state.status));
        add(leg.as_str(), before, spoken(change.after.status));
    }
    if let Some(change) = &event.payment {
        let before = change.before.as_ref().map(|state| spoken(state.status));
        add("payment", before, spoken(change.after.status));
    }
    parts.join(", ")
}

/// The word that the table and the answers use.
fn spoken(word: impl Serialize) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(word)) => word,
        _ => "?".to_owned(),
    }
}

/// Columns as wide as their widest cell; the last is not filled up.
pub(crate) fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let head = head.iter().map(|&name| name.to_owned()).collect();
    let rows: Vec<Vec<String>> = [head].into_iter().chain(rows).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..rows[0].len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let cells = cells.map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_stand_below_each_other() {
        let rows = [["a", "bcd"], ["efghi", "j"]].map(|row| row.map(str::to_owned).to_vec());
        let text = table(&["ONE", "TWO"], rows.into_iter());
        assert_eq!(text, "ONE    TWO\na      bcd\nefghi  j");
    }
}
