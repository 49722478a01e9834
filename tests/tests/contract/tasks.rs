//! Every Task ends in time, is tried again when that may help, and never fails the execution by itself.

use holdfast_core::failure::Failure;
use serde_json::Value;

use crate::document::items;
use crate::machine::{Machine, State};
use crate::template::words;

/// What trying again cannot mend. `States.ALL` and `States.TaskFailed` would include them.
const FINAL: &[&str] = &[
    "Refused",
    "Declined",
    "Pending",
    "HoldExpired",
    "InvalidBooking",
    "Conflict",
    "States.ALL",
    "States.TaskFailed",
];
const PLATFORM: &[&str] = &["States.", "Lambda.", "Runtime.", "Sandbox."];
const LONGEST_PAUSE: u64 = 60;
/// What passes by itself: a step that could not be done now, and the platform's own troubles.
const PASSING: &[&str] = &[
    "Unavailable",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
];
/// The template's default, which the machine is read with.
const BREAKER_OPEN_SECONDS: u64 = 30;
const PENDING_POLL_SECONDS: u64 = 60;

/// Complaints about Tasks, and about the names of errors anywhere.
pub(crate) fn check(machine: &Machine) -> Vec<String> {
    let tasks = machine.tasks();
    let faults = tasks.iter().flat_map(|task| {
        let all = [timeout(task), catch(task)].into_iter().flatten();
        let all = all.chain(retry(task)).collect::<Vec<_>>();
        all.into_iter()
            .map(|fault| format!("`{}`: {fault}", task.name))
    });
    faults.chain(strange_names(machine)).collect()
}

fn timeout(task: &State<'_>) -> Option<String> {
    let seconds = task.json["TimeoutSeconds"].as_u64();
    (seconds.unwrap_or(0) == 0).then(|| "has no TimeoutSeconds".to_owned())
}

fn catch(task: &State<'_>) -> Option<String> {
    let last = items(task.json, "Catch").last();
    let all = last.is_some_and(|catcher| words(&catcher["ErrorEquals"]) == ["States.ALL"]);
    (!all).then(|| "its last Catch must be for States.ALL".to_owned())
}

fn retry(task: &State<'_>) -> Vec<String> {
    let rules = items(task.json, "Retry");
    let retried: Vec<_> = rules
        .iter()
        .flat_map(|rule| words(&rule["ErrorEquals"]))
        .collect();
    let mut faults = Vec::new();
    if rules.is_empty() {
        faults.push("has no Retry".to_owned());
    } else {
        let missing = PASSING.iter().filter(|name| !retried.contains(name));
        faults.extend(missing.map(|name| format!("does not retry {name}")));
    }
    if meets_the_breaker(task) && !rules.iter().any(outlasts_the_breaker) {
        let remedy = "must wait for the breaker: retry SupplierDown after BreakerOpenSeconds";
        faults.push(remedy.to_owned());
    }
    let hopeless = rules.iter().filter(|rule| !asks_a_bank_again(rule));
    let hopeless = hopeless.flat_map(|rule| words(&rule["ErrorEquals"]));
    let hopeless = hopeless.filter(|name| FINAL.contains(name));
    faults.extend(hopeless.map(|name| format!("retries {name}, which is final")));
    let repeated = rules
        .iter()
        .filter(|rule| !asks_again(task, rule) && !outlasts_the_breaker(rule))
        .filter(|rule| !asks_a_bank_again(rule));
    faults.extend(repeated.flat_map(pace));
    faults
}

/// Whether a state that waits for a word begins anew where none came in time, at an even pace.
fn asks_again(task: &State<'_>, rule: &Value) -> bool {
    let resource = task.json["Resource"].as_str().unwrap_or_default();
    let timeouts_only = words(&rule["ErrorEquals"]) == ["States.Timeout"];
    resource.ends_with(".waitForTaskToken") && timeouts_only && rule["BackoffRate"] == 1
}

/// Whether a rule asks a bank that has not decided again, at an even pace.
fn asks_a_bank_again(rule: &Value) -> bool {
    words(&rule["ErrorEquals"]) == ["Pending"]
        && rule["IntervalSeconds"] == PENDING_POLL_SECONDS
        && rule["BackoffRate"] == 1
}

/// Whether a breaker has a say in what a task asks for: on the way forward.
fn meets_the_breaker(task: &State<'_>) -> bool {
    let payload = task.json["Arguments"]["Payload"].as_str();
    let asked = [
        "hold",
        "confirm",
        "authorize",
        "check_credit",
        "authorize_payment",
        "ship_order",
    ];
    let asked = asked.map(|action| format!("'action': '{action}'"));
    payload.is_some_and(|payload| asked.iter().any(|action| payload.contains(action)))
}

/// Whether a rule tries again only when a breaker that has just opened lets a call through.
fn outlasts_the_breaker(rule: &Value) -> bool {
    words(&rule["ErrorEquals"]) == ["SupplierDown"]
        && rule["IntervalSeconds"] == BREAKER_OPEN_SECONDS
        && rule["BackoffRate"] == 1
        && rule.get("JitterStrategy").is_none()
}

fn pace(rule: &Value) -> Vec<String> {
    let interval = rule["IntervalSeconds"].as_u64().unwrap_or(0);
    let right = [
        ("BackoffRate", rule["BackoffRate"] == 2, "must be 2"),
        (
            "MaxDelaySeconds",
            rule["MaxDelaySeconds"] == LONGEST_PAUSE,
            "must be 60",
        ),
        (
            "JitterStrategy",
            rule["JitterStrategy"] == "FULL",
            "must be FULL",
        ),
        (
            "MaxAttempts",
            rule["MaxAttempts"].as_u64() > Some(0),
            "must be at least 1",
        ),
        (
            "IntervalSeconds",
            (1..LONGEST_PAUSE).contains(&interval),
            "must be 1 to 59",
        ),
    ];
    let wrong = right.into_iter().filter(|(_, good, _)| !good);
    wrong
        .map(|(field, _, remedy)| format!("{field} of its Retry {remedy}"))
        .collect()
}

/// A name is one that our functions raise or the platform's own.
fn strange_names(machine: &Machine) -> Vec<String> {
    let known = |name: &str| {
        Failure::NAMES.contains(&name) || PLATFORM.iter().any(|prefix| name.starts_with(prefix))
    };
    let strange = machine.states().into_iter().flat_map(|state| {
        let rules = ["Retry", "Catch"].map(|field| items(state.json, field));
        let names = rules.into_iter().flatten();
        let names = names.flat_map(|rule| words(&rule["ErrorEquals"]));
        let strange = names.filter(|name| !known(name));
        strange.map(move |name| format!("`{}`: nobody raises {name}", state.name))
    });
    strange.collect()
}

mod tests {
    use serde_json::json;

    use super::{FINAL, PASSING, check};
    use crate::document::assert_bites;
    use crate::machine::Machine;

    const CONFIRM: &str = "/States/Confirm legs/ItemProcessor/States/Confirm";

    #[test]
    fn every_task_has_a_timeout_a_retry_and_a_catch_of_known_errors() {
        for machine in Machine::all() {
            assert!(machine.tasks().len() >= 10, "too few were found");
            assert_eq!(check(&machine), Vec::<String>::new(), "{}", machine.id);
        }
    }

    #[test]
    fn a_task_that_lacks_one_is_found_within_a_map_too() {
        let real = Machine::real();
        for field in ["TimeoutSeconds", "Retry", "Catch"] {
            let broken = real.without(&format!("/States/Settle/{field}"));
            assert_bites(check, &real, &broken, &["`Settle`", field]);
            let broken = real.without(&format!("{CONFIRM}/{field}"));
            assert_bites(check, &real, &broken, &["`Confirm`", field]);
        }
    }

    #[test]
    fn a_catch_that_lets_something_through_is_found() {
        let real = Machine::real();
        let pointer = format!("{CONFIRM}/Catch/0/ErrorEquals");
        let broken = real.with(&pointer, json!(["Refused"]));
        assert_bites(check, &real, &broken, &["`Confirm`", "States.ALL"]);
    }

    #[test]
    fn retrying_what_is_final_is_found() {
        let real = Machine::real();
        for error in FINAL {
            let names = json!(["Unavailable", error]);
            let broken = real.with("/States/Open/Retry/0/ErrorEquals", names);
            assert_bites(check, &real, &broken, &["`Open`", "retries", error]);
        }
    }

    #[test]
    fn not_retrying_what_passes_by_itself_is_found() {
        let real = Machine::real();
        for forgotten in PASSING {
            let others = PASSING.iter().filter(|name| *name != forgotten);
            let names = json!(others.collect::<Vec<_>>());
            let broken = real.with("/States/Close/Retry/0/ErrorEquals", names);
            assert_bites(check, &real, &broken, &["`Close`", forgotten]);
        }
    }

    #[test]
    fn a_retry_that_is_spent_while_a_breaker_is_open_is_found() {
        let real = Machine::real();
        for (field, value) in [
            ("ErrorEquals", json!(["Unavailable"])),
            ("IntervalSeconds", json!(2)),
            ("JitterStrategy", json!("FULL")),
        ] {
            let pointer = format!("/States/Authorize payment/Retry/0/{field}");
            let broken = real.with(&pointer, value);
            assert_bites(check, &real, &broken, &["`Authorize payment`", "breaker"]);
        }
    }

    #[test]
    fn a_retry_at_another_pace_is_found() {
        let real = Machine::real();
        for (field, value) in [
            ("BackoffRate", json!(1)),
            ("MaxDelaySeconds", json!(600)),
            ("JitterStrategy", json!("NONE")),
            ("MaxAttempts", json!(0)),
            ("IntervalSeconds", json!(60)),
        ] {
            let broken = real.with(&format!("/States/Open/Retry/0/{field}"), value);
            assert_bites(check, &real, &broken, &["`Open`", field]);
        }
    }

    #[test]
    fn an_error_that_nobody_raises_is_found() {
        let real = Machine::real();
        let names = json!(["PaymentDeclined"]);
        let broken = real.with("/States/Authorize payment/Catch/0/ErrorEquals", names);
        assert_bites(
            check,
            &real,
            &broken,
            &["`Authorize payment`", "PaymentDeclined"],
        );
    }
}
