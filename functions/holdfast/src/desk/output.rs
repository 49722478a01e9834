//! Tables and timelines.

use holdfast_core::ids::SagaId;
use holdfast_core::saga::{Became, Happened, StepStatus, StepType, StepView};
use holdfast_kit::desk::Said;
use holdfast_kit::sagas::{Acted, AnySaga, Leftover, Looked, Moment, Waits, word};
use serde_json::Value;

use crate::output::{columns, table};

/// What waits, one saga a line.
pub(crate) fn listed(waiting: &[Waits]) -> String {
    if waiting.is_empty() {
        return "nothing waits".to_owned();
    }
    let rows = waiting.iter().map(|waits| {
        let left = waits.left.iter().map(|left| left.work.as_str());
        vec![
            waits.id.to_string(),
            waits.kind.to_owned(),
            waits.status.clone(),
            waits.since.to_string(),
            left.collect::<Vec<_>>().join(", "),
            waits.reason.clone().unwrap_or_default(),
        ]
    });
    table(&["SAGA", "KIND", "STATUS", "SINCE", "LEFT", "REASON"], rows)
}

/// All that is known of a saga.
pub(crate) fn shown(saga: &AnySaga, looked: &Looked) -> String {
    let waits = &looked.waits;
    let head = [
        (waits.kind, saga.saga_id.to_string()),
        ("status", saga.status.clone()),
        ("since", waits.since.to_string()),
        ("reason", or_dash(waits.reason.clone())),
        ("expires", saga.expires.to_string()),
        ("customer", looked.customer.clone()),
        ("trace", looked.trace_id.clone()),
        ("execution", looked.execution.clone()),
    ];
    let head = head.map(|(name, value)| format!("{name:<10} {value}"));
    let steps = saga.steps.iter().map(|step| {
        vec![
            step.name.clone(),
            step.topic.clone(),
            progress(step),
            step.attempts.to_string(),
            known(&step.data),
        ]
    });
    let steps = table(&["STEP", "BY", "STATUS", "TRIES", "KNOWN"], steps);
    format!("{}\n\n{steps}\n\n{}", head.join("\n"), left(&waits.left))
}

fn left(left: &[Leftover]) -> String {
    if left.is_empty() {
        return "nothing is left to do".to_owned();
    }
    let rows = left.iter().map(|left| {
        vec![
            left.work.clone(),
            left.attempts.to_string(),
            or_dash(left.handed_over.map(|at| at.to_string())),
            or_dash(left.why.clone()),
        ]
    });
    table(&["LEFT", "FAILED CALLS", "HANDED OVER", "LAST ERROR"], rows)
}

/// The steps of a saga that has ended, one a line, with the names that others have for them.
pub(crate) fn steps(saga: &AnySaga) -> String {
    let rows = saga.steps.iter().map(|step| {
        let names = ["reference", "number", "credit_note", "tracking"];
        let known = names.iter().filter_map(|name| step.data[name].as_str());
        vec![
            format!("  {}", step.name),
            progress(step),
            known.collect::<Vec<_>>().join(", "),
        ]
    });
    columns(rows).join("\n")
}

/// A saga's history, one event a line.
pub(crate) fn timeline(events: &[Happened]) -> String {
    let rows = events.iter().map(|event| {
        vec![
            event.at.to_string(),
            event.actor.clone(),
            event.name.clone(),
            changes(&event.changes),
            event.note.clone().unwrap_or_default(),
        ]
    });
    table(&["WHEN", "WHO", "WHAT", "CHANGED", "WHY"], rows)
}

/// A saga after each of its events, one event a line. Steps that have not begun are left out.
pub(crate) fn replayed(moments: &[Moment]) -> String {
    let rows = moments.iter().map(|Moment { event, saga }| {
        let begun = saga.steps.iter();
        let begun = begun.filter(|step| step.status != StepStatus::Pending);
        let steps = begun.map(|step| format!("{} {}", step.name, progress(step)));
        vec![
            event.at.to_string(),
            event.name.clone(),
            saga.status.clone(),
            steps.collect::<Vec<_>>().join(", "),
        ]
    });
    table(&["WHEN", "AFTER", "STATUS", "STEPS"], rows)
}

/// What came of errands.
pub(crate) fn reports(acted: &[(SagaId, Acted)], by_hand: bool) -> String {
    if acted.is_empty() {
        return "nothing waits".to_owned();
    }
    let mut lines = Vec::new();
    for (id, acted) in acted {
        let would = if acted.dry_run {
            ", if all of it succeeds (dry run)"
        } else {
            ""
        };
        lines.push(format!("{id}: {} -> {}{would}", acted.before, acted.after));
        if acted.did.is_empty() {
            lines.push("  nothing is left to do".to_owned());
        }
        for (work, said) in &acted.did {
            let outcome = outcome(said, by_hand);
            lines.push(format!("  {work}: {outcome}"));
        }
    }
    lines.join("\n")
}

fn outcome(said: &Said, by_hand: bool) -> String {
    match said {
        Said::Done if by_hand => "recorded as done by hand; the supplier was not asked".to_owned(),
        Said::Done => "done".to_owned(),
        Said::Asked => "asked for; done once the answer comes".to_owned(),
        Said::WouldBeDone if by_hand => "would be recorded as done by hand".to_owned(),
        Said::WouldBeDone => "would be tried; the supplier may refuse".to_owned(),
        Said::Failed(why) => format!("failed: {why}"),
    }
}

/// What an event changed: `booking unwinding -> failed, hotel held -> released`.
fn changes(changes: &[Became]) -> String {
    let parts = changes.iter().map(|Became { of, before, after }| {
        let before = before.as_ref().map(|before| format!("{before} -> "));
        format!("{of} {}{after}", before.unwrap_or_default())
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// How a step stands. An undo that failed is another thing than a step that was refused.
fn progress(step: &StepView<Value>) -> String {
    match (step.kind, step.status) {
        (StepType::Compensate, StepStatus::Failed) => "compensate failed".to_owned(),
        (_, status) => word(&status),
    }
}

/// What is known of a step: `reference HO-1234, status released`.
fn known(data: &Value) -> String {
    let fields = data.as_object().into_iter().flatten();
    let parts = fields.map(|(name, value)| match value {
        Value::String(text) => format!("{name} {text}"),
        other => format!("{name} {other}"),
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "-".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_stand_below_each_other() {
        let rows = [["a", "bcd"], ["efghi", "j"]].map(|row| row.map(str::to_owned).to_vec());
        let text = table(&["ONE", "TWO"], rows.into_iter());
        assert_eq!(text, "ONE    TWO\na      bcd\nefghi  j");
    }

    fn step(name: &str, kind: &str, status: &str) -> Value {
        json!({"name": name, "topic": "t", "type": kind, "status": status, "attempts": 1,
            "compensate_retries": 0, "data": {"reference": "R-1"}, "started": null, "ended": null})
    }

    fn moment(name: &str, status: &str, steps: &[Value]) -> Moment {
        let at = "2027-01-10T12:00:00.000Z";
        let saga = json!({"saga_id": "o-1", "saga_name": "order", "version": "1", "created": at,
            "updated": at, "expires": at, "status": status, "steps": steps});
        let event = json!({"id": "o-1/order.1", "name": name, "at": at, "actor": "place",
            "note": null, "changes": [
                {"of": "order", "before": null, "after": "pending"},
                {"of": "check_credit", "before": "normal pending", "after": "normal running"}]});
        Moment {
            event: serde_json::from_value(event).unwrap(),
            saga: serde_json::from_value(saga).unwrap(),
        }
    }

    #[test]
    fn a_replay_shows_how_the_saga_stood_after_each_event() {
        let steps = [
            step("check_credit", "normal", "success"),
            step("ship_order", "compensate", "failed"),
            step("capture_payment", "normal", "pending"),
        ];
        let text = replayed(&[moment("undo_failed", "cancelling", &steps)]);
        assert_eq!(
            text.lines().nth(1).unwrap(),
            "2027-01-10T12:00:00.000Z  undo_failed  cancelling  check_credit success, \
             ship_order compensate failed"
        );
    }

    #[test]
    fn a_history_shows_what_each_event_changed() {
        let text = timeline(&[moment("step_started", "pending", &[]).event]);
        let line = text.lines().nth(1).unwrap();
        assert!(
            line.ends_with("order pending, check_credit normal pending -> normal running"),
            "{line}"
        );
    }
}
