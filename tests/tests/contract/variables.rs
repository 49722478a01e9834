//! Every expression is whole, calls what exists, and finds what it needs: variables are assigned on
//! every path before they are used.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::items;
use crate::jsonata::{Token, is_balanced, tokens, within};
use crate::machine::{Flow, Machine, State};

/// Functions of JSONata and of Step Functions that are in use; a new one is added here.
const FUNCTIONS: &[&str] = &[
    "count", "exists", "lookup", "merge", "parse", "string", "type",
];

type Names<'a> = BTreeSet<&'a str>;

/// Complaints about expressions.
pub(crate) fn check(machine: &Machine) -> Vec<String> {
    let states = machine.states();
    let mut complaints: Vec<_> = states.iter().flat_map(badly_written).collect();
    complaints.extend(states.iter().flat_map(out_of_place));
    check_flow(&machine.top(), &Names::new(), &mut complaints);
    complaints
}

/// All text of a state that is evaluated, without the states within it.
fn texts<'a>(state: &State<'a>) -> Vec<&'a str> {
    let fields = state.json.as_object().into_iter().flatten();
    let own = fields.filter(|(field, _)| !matches!(field.as_str(), "Comment" | "ItemProcessor"));
    own.flat_map(|(_, value)| texts_in(value)).collect()
}

fn texts_in(json: &Value) -> Vec<&str> {
    match json {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts_in).collect(),
        Value::Object(fields) => fields.values().flat_map(texts_in).collect(),
        _ => Vec::new(),
    }
}

fn badly_written(state: &State<'_>) -> Vec<String> {
    let mut faults: Vec<_> = texts(state).into_iter().filter_map(flaw).collect();
    let conditions = items(state.json, "Choices").iter();
    let conditions = conditions.map(|rule| &rule["Condition"]);
    let evaluated = conditions.chain(state.json.get("Items"));
    let plain = evaluated.filter(|value| {
        let text = value.as_str().unwrap_or_default();
        !matches!(within(text), Ok(Some(_)))
    });
    faults.extend(plain.map(|value| format!("{value} must be an expression")));
    let named = |fault| format!("`{}`: {fault}", state.name);
    faults.into_iter().map(named).collect()
}

fn flaw(text: &str) -> Option<String> {
    let expression = match within(text) {
        Ok(found) => found?,
        Err(problem) => return Some(format!("{text} {problem}")),
    };
    let tokens = match tokens(expression) {
        Ok(tokens) => tokens,
        Err(problem) => return Some(format!("{text}: {problem}")),
    };
    if !is_balanced(&tokens) {
        return Some(format!("{text}: its brackets do not match"));
    }
    let strange = tokens.iter().find_map(|token| match token {
        Token::Call(name) if !FUNCTIONS.contains(name) => Some(name),
        _ => None,
    });
    strange.map(|name| format!("{text}: is ${name} a function?"))
}

/// A result exists only where the state ended well, the error output only where it did not.
fn out_of_place(state: &State<'_>) -> Vec<String> {
    let ok_fields = ["Output", "Assign"];
    let has_result = matches!(state.kind(), "Task" | "Map");
    let mut complaints = Vec::new();
    for (field, value) in state.json.as_object().into_iter().flatten() {
        let text = texts_in(value).join(" ");
        let result = has_result && ok_fields.contains(&field.as_str());
        let inner = field == "ItemProcessor";
        if text.contains("$states.result") && !result && !inner {
            complaints.push(format!(
                "`{}`: there is no result in its {field}",
                state.name
            ));
        }
        if text.contains("$states.errorOutput") && field != "Catch" && !inner {
            complaints.push(format!(
                "`{}`: there is no errorOutput in its {field}",
                state.name
            ));
        }
    }
    complaints
}

/// Whether each variable that a state uses was assigned on every path to it.
fn check_flow<'a>(flow: &Flow<'a>, before: &Names<'a>, complaints: &mut Vec<String>) {
    let known = assigned(flow, before);
    for state in flow.states() {
        let Some(names) = known.get(state.name) else {
            continue;
        };
        let expressions = texts(&state).into_iter();
        let expressions = expressions.filter_map(|text| within(text).ok().flatten());
        let used = expressions.flat_map(|text| tokens(text).unwrap_or_default());
        for token in used {
            let Token::Variable(name) = token else {
                continue;
            };
            if !name.is_empty() && name != "states" && !names.contains(name) {
                complaints.push(format!("`{}`: ${name} may not be assigned", state.name));
            }
        }
        if let Some(inner) = state.inner() {
            check_flow(&inner, names, complaints);
        }
    }
}

/// The variables that are surely assigned when a state is entered.
fn assigned<'a>(flow: &Flow<'a>, before: &Names<'a>) -> BTreeMap<&'a str, Names<'a>> {
    let mut known = BTreeMap::from([(flow.start(), before.clone())]);
    let mut todo = vec![flow.start()];
    while let Some(state) = todo.pop().and_then(|name| flow.state(name)) {
        for way in state.ways() {
            let mut names = known.get(state.name).cloned().unwrap_or_default();
            let assign = way.assign.as_object().into_iter().flatten();
            names.extend(assign.map(|(name, _)| name.as_str()));
            let met = match known.get(way.to) {
                Some(already) => already & &names,
                None => names,
            };
            if known.get(way.to) != Some(&met) && flow.state(way.to).is_some() {
                known.insert(way.to, met);
                todo.push(way.to);
            }
        }
    }
    known
}

mod tests {
    use serde_json::json;

    use super::check;
    use crate::document::assert_bites;
    use crate::machine::Machine;

    #[test]
    fn every_expression_is_whole_and_finds_its_variables() {
        for machine in Machine::all() {
            assert_eq!(check(&machine), Vec::<String>::new(), "{}", machine.id);
        }
    }

    #[test]
    fn an_expression_that_is_not_whole_is_found() {
        let real = Machine::real();
        for (text, word) in [
            ("{% $string($states.input %}", "brackets"),
            ("{% $string($states.input)", "must start"),
            ("{% 'it %}", "quotation"),
            ("{% $strnig($states.input) %}", "$strnig"),
        ] {
            let broken = real.with("/States/Needs attention/Cause", json!(text));
            assert_bites(check, &real, &broken, &["`Needs attention`", word]);
        }
    }

    #[test]
    fn a_condition_that_is_only_text_is_found() {
        let real = Machine::real();
        let broken = real.with("/States/Declined/Choices/0/Condition", json!("$up_front"));
        assert_bites(
            check,
            &real,
            &broken,
            &["`Declined`", "must be an expression"],
        );
        let broken = real.with("/States/Unwind/Items", json!("$states.input"));
        assert_bites(
            check,
            &real,
            &broken,
            &["`Unwind`", "must be an expression"],
        );
    }

    #[test]
    fn a_variable_that_nobody_assigns_is_found() {
        let real = Machine::real();
        let broken = real.with("/States/Settle/Arguments/Payload", json!("{% $trip %}"));
        assert_bites(check, &real, &broken, &["`Settle`", "$trip"]);
        let hold = "/States/Hold legs/ItemProcessor/States/Hold/Arguments/FunctionName";
        let broken = real.with(hold, json!("{% $lookup($table, 'car') %}"));
        assert_bites(check, &real, &broken, &["`Hold`", "$table"]);
    }

    #[test]
    fn a_variable_that_is_missing_on_one_path_only_is_found() {
        let real = Machine::real();
        let broken = real.without("/States/Hold legs/Assign/causes");
        assert_bites(check, &real, &broken, &["`Ready?`", "$causes"]);
        let broken = real
            .with(
                "/States/Ready?/Choices/0/Condition",
                json!("{% $resumes %}"),
            )
            .without("/States/Hold legs/Assign/causes");
        assert_bites(check, &real, &broken, &["`Begin unwinding`", "$causes"]);
        let broken = real.without("/States/Open/Assign/attempt");
        assert_bites(check, &real, &broken, &["`Authorize payment`", "$attempt"]);
    }

    #[test]
    fn what_is_not_there_at_that_moment_is_found() {
        let real = Machine::real();
        let error = json!("{% $states.errorOutput.Error %}");
        let broken = real.with("/States/Close/Output", error);
        assert_bites(check, &real, &broken, &["`Close`", "errorOutput", "Output"]);
        let result = json!("{% $states.result.Payload %}");
        let broken = real.with("/States/Close/Arguments/Payload", result.clone());
        assert_bites(check, &real, &broken, &["`Close`", "result", "Arguments"]);
        let broken = real.with("/States/Close/Catch/0/Output", result);
        assert_bites(check, &real, &broken, &["`Close`", "result", "Catch"]);
    }
}
