//! What the design promises of the state machine as a whole: its language, its look-up table, what
//! runs one after another, and what a trip costs.

use holdfast_booking_rules::spec::Kind;

use crate::document::{items, text};
use crate::machine::{Flow, Machine};
use crate::template::words;

/// The most state transitions for a trip of four legs whose payment is given.
const BUDGET: usize = 14;
const LEGS: usize = 4;

/// What the rules of Choices come to when all goes well and the payment is given.
const WHEN_ALL_GOES_WELL: &[(&str, bool)] = &[
    ("{% $resumes or $count($causes) > 0 %}", false),
    ("{% $up_front %}", true),
];

/// Complaints about the whole.
pub(crate) fn check(machine: &Machine) -> Vec<String> {
    let mut complaints = look_up_table(machine);
    if text(&machine.definition, "QueryLanguage") != "JSONata" {
        complaints.push("the state machine: QueryLanguage must be JSONata".to_owned());
    }
    for name in ["Confirm legs", "Unwind"] {
        if property(machine, name, "MaxConcurrency") != Some(1) {
            complaints.push(format!("`{name}`: MaxConcurrency must be 1"));
        }
    }
    if property(machine, "Hold legs", "MaxConcurrency").is_some() {
        complaints.push("`Hold legs`: MaxConcurrency must not be set".to_owned());
    }
    complaints.extend(holds_that_stop_siblings(machine));
    complaints.extend(over_budget(machine));
    complaints
}

fn property(machine: &Machine, state: &str, field: &str) -> Option<u64> {
    machine.state(state)?.json.get(field)?.as_u64()
}

/// Each kind of leg, and the payment, has the function that the template made for it.
fn look_up_table(machine: &Machine) -> Vec<String> {
    let table = &machine.definition["States"]["Open"]["Assign"]["functions"];
    let kinds = Kind::ALL.iter().map(|kind| kind.as_str());
    let wanted: Vec<_> = kinds.chain(["payment"]).collect();
    let wrong = wanted.iter().filter_map(|kind| {
        let (first, rest) = kind.split_at(1);
        let function = format!("{}{rest}Function", first.to_uppercase());
        let found = text(table, kind);
        let complaint = format!("`Open`: the function for {kind} is `{found}`, not {function}");
        (found != function).then_some(complaint)
    });
    let entries = table.as_object().into_iter().flatten();
    let strange = entries.filter(|(kind, _)| !wanted.contains(&kind.as_str()));
    let strange = strange.map(|(kind, _)| format!("`Open`: {kind} is no kind of leg"));
    wrong.chain(strange).collect()
}

/// Every iteration of `Hold legs` must end well, whatever happens in it.
fn holds_that_stop_siblings(machine: &Machine) -> Vec<String> {
    let Some(flow) = machine.state("Hold legs").and_then(|state| state.inner()) else {
        return vec!["`Hold legs`: is no Map".to_owned()];
    };
    let fails = flow.states().filter(|state| {
        let catches = |rule| words(rule) == ["States.ALL"];
        let catchers = items(state.json, "Catch").iter();
        let caught = catchers.map(|rule| &rule["ErrorEquals"]).any(catches);
        state.kind() == "Fail" || (state.kind() == "Task" && !caught)
    });
    fails
        .map(|state| {
            format!(
                "`{}`: may fail and stop the holding of other legs",
                state.name
            )
        })
        .collect()
}

fn over_budget(machine: &Machine) -> Option<String> {
    match walk(&machine.top()) {
        Err(problem) => Some(problem),
        Ok(path) if path.last() != Some(&"Settle") => {
            Some(format!("the happy path does not end at `Settle`: {path:?}"))
        }
        Ok(path) if path.len() > BUDGET => {
            let steps = path.len();
            Some(format!(
                "the happy path takes {steps} transitions, {BUDGET} at most: {path:?}"
            ))
        }
        Ok(_) => None,
    }
}

/// The states of the happy path, in order; those within a Map as often as there are legs.
fn walk<'a>(flow: &Flow<'a>) -> Result<Vec<&'a str>, String> {
    let (mut path, mut name) = (Vec::new(), flow.start());
    while path.len() <= 10 * BUDGET {
        let state = flow.state(name).ok_or(format!("no state `{name}`"))?;
        path.push(name);
        if let Some(inner) = state.inner() {
            path.extend(walk(&inner)?.repeat(LEGS));
        }
        name = match state.kind() {
            "Choice" => choose(&state)?,
            "Succeed" => return Ok(path),
            _ if state.json["End"] == true => return Ok(path),
            _ => text(state.json, "Next"),
        };
    }
    Err(format!("the happy path has no end: {path:?}"))
}

fn choose<'a>(choice: &crate::machine::State<'a>) -> Result<&'a str, String> {
    for rule in items(choice.json, "Choices") {
        let condition = text(rule, "Condition");
        let known = WHEN_ALL_GOES_WELL
            .iter()
            .find(|(known, _)| *known == condition);
        match known {
            None => {
                return Err(format!(
                    "`{}`: is {condition} so when all goes well?",
                    choice.name
                ));
            }
            Some((_, true)) => return Ok(text(rule, "Next")),
            Some((_, false)) => {}
        }
    }
    Ok(text(choice.json, "Default"))
}

mod tests {
    use serde_json::json;

    use super::{BUDGET, check, walk};
    use crate::document::assert_bites;
    use crate::machine::Machine;

    #[test]
    fn the_state_machine_has_the_shape_that_the_design_promises() {
        assert_eq!(check(&Machine::real()), Vec::<String>::new());
    }

    #[test]
    fn a_trip_of_four_legs_takes_fourteen_transitions() {
        let machine = Machine::real();
        let path = walk(&machine.top()).unwrap();
        let count = |name| path.iter().filter(|state| **state == name).count();
        assert_eq!((count("Hold"), count("Confirm")), (4, 4), "{path:?}");
        assert!(path.len() <= BUDGET, "{path:?}");
    }

    #[test]
    fn one_step_more_is_found() {
        let real = Machine::real();
        let more = json!({"Type": "Pass", "Next": "Settle"});
        let broken = real
            .with("/States/More", more)
            .with("/States/Confirm legs/Next", json!("More"));
        assert_bites(check, &real, &broken, &["15 transitions", "More"]);
    }

    #[test]
    fn a_condition_that_nobody_thought_of_is_found() {
        let real = Machine::real();
        let broken = real.with("/States/Ready?/Choices/0/Condition", json!("{% $moon %}"));
        assert_bites(check, &real, &broken, &["`Ready?`", "$moon"]);
    }

    #[test]
    fn a_kind_without_its_function_is_found() {
        let real = Machine::real();
        let broken = real.without("/States/Open/Assign/functions/insurance");
        assert_bites(check, &real, &broken, &["`Open`", "insurance"]);
        let pointer = "/States/Open/Assign/functions/car";
        let broken = real.with(pointer, json!("HotelFunction"));
        assert_bites(check, &real, &broken, &["car", "HotelFunction"]);
        let broken = real.with("/States/Open/Assign/functions/yacht", json!("X"));
        assert_bites(check, &real, &broken, &["yacht"]);
    }

    #[test]
    fn confirming_or_undoing_all_at_once_is_found() {
        let real = Machine::real();
        for name in ["Confirm legs", "Unwind"] {
            let pointer = format!("/States/{name}/MaxConcurrency");
            assert_bites(check, &real, &real.without(&pointer), &[name]);
            assert_bites(check, &real, &real.with(&pointer, json!(2)), &[name]);
        }
    }

    #[test]
    fn holding_one_after_another_or_stopping_siblings_is_found() {
        let real = Machine::real();
        let broken = real.with("/States/Hold legs/MaxConcurrency", json!(1));
        assert_bites(check, &real, &broken, &["`Hold legs`", "MaxConcurrency"]);
        let states = "/States/Hold legs/ItemProcessor/States";
        let broken = real.with(&format!("{states}/Not held"), json!({"Type": "Fail"}));
        assert_bites(check, &real, &broken, &["`Not held`", "stop"]);
        let broken = real.without(&format!("{states}/Hold/Catch"));
        assert_bites(check, &real, &broken, &["`Hold`", "stop"]);
    }

    #[test]
    fn another_language_is_found() {
        let real = Machine::real();
        let broken = real.with("/QueryLanguage", json!("JSONPath"));
        assert_bites(check, &real, &broken, &["QueryLanguage"]);
    }
}
