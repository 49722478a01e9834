//! Every state can be reached, leads somewhere, and can come to an end.

use std::collections::BTreeSet;

use crate::machine::{Flow, Machine, State};

/// Complaints about where states lead.
pub(crate) fn check(machine: &Machine) -> Vec<String> {
    let mut complaints = namesakes(machine);
    for flow in machine.flows() {
        complaints.extend(missing(&flow));
        complaints.extend(flow.states().filter_map(exit));
        complaints.extend(unreachable(&flow));
        complaints.extend(endless(&flow));
    }
    complaints
}

fn namesakes(machine: &Machine) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut states = machine.states();
    states.retain(|state| !seen.insert(state.name));
    let doubled = states.into_iter().map(|state| state.name);
    doubled
        .map(|name| format!("`{name}`: two states have this name"))
        .collect()
}

fn missing(flow: &Flow<'_>) -> Vec<String> {
    let starts = std::iter::once((flow.called(), flow.start()));
    let ways = flow.states().flat_map(|state| {
        let ways = state.ways().into_iter();
        ways.map(move |way| (format!("`{}`", state.name), way.to))
    });
    let all = starts.chain(ways);
    let lost = all.filter(|(_, target)| flow.state(target).is_none());
    lost.map(|(from, target)| format!("{from}: leads to `{target}`, which is not there"))
        .collect()
}

/// A state goes on in exactly one way, apart from failures.
fn exit(state: State<'_>) -> Option<String> {
    let has = |field: &str| state.json.get(field).is_some();
    let (next, end) = (has("Next"), state.json["End"] == true);
    let wrong = match state.kind() {
        "Choice" if next || end => "a Choice goes on by its rules and its Default alone",
        "Choice" if !has("Choices") => "a Choice without rules",
        "Choice" if !has("Default") => "a Choice without a Default",
        "Fail" | "Succeed" if next || end => "ends, yet leads on",
        "Task" | "Map" | "Pass" | "Wait" if next == end => "needs either Next or End",
        "Choice" | "Fail" | "Succeed" | "Task" | "Map" | "Pass" | "Wait" => return None,
        _ => "is of a Type that these checks do not know",
    };
    Some(format!("`{}`: {wrong}", state.name))
}

fn unreachable(flow: &Flow<'_>) -> Vec<String> {
    let mut reached = BTreeSet::from([flow.start()]);
    let mut todo = vec![flow.start()];
    while let Some(state) = todo.pop().and_then(|name| flow.state(name)) {
        for way in state.ways() {
            if reached.insert(way.to) && flow.state(way.to).is_some() {
                todo.push(way.to);
            }
        }
    }
    let lost = flow.states().filter(|state| !reached.contains(state.name));
    lost.map(|state| format!("`{}`: nothing leads there", state.name))
        .collect()
}

fn endless(flow: &Flow<'_>) -> Vec<String> {
    let ends =
        |state: &State<'_>| state.json["End"] == true || matches!(state.kind(), "Fail" | "Succeed");
    let (mut ending, mut open): (Vec<_>, Vec<_>) = flow.states().partition(ends);
    loop {
        let known: BTreeSet<_> = ending.iter().map(|state| state.name).collect();
        let leads = |state: &State<'_>| state.ways().iter().any(|way| known.contains(way.to));
        let (found, rest) = open.into_iter().partition::<Vec<_>, _>(leads);
        open = rest;
        if found.is_empty() {
            break;
        }
        ending.extend(found);
    }
    open.into_iter()
        .map(|state| format!("`{}`: never comes to an end", state.name))
        .collect()
}

mod tests {
    use serde_json::json;

    use super::check;
    use crate::document::assert_bites;
    use crate::machine::Machine;

    #[test]
    fn every_state_is_reached_leads_somewhere_and_ends() {
        for machine in Machine::all() {
            assert_eq!(check(&machine), Vec::<String>::new(), "{}", machine.id);
        }
    }

    #[test]
    fn a_target_that_is_not_there_is_found() {
        let real = Machine::real();
        for (pointer, state) in [
            ("/StartAt", "the state machine"),
            ("/States/Open/Next", "Open"),
            ("/States/Ready?/Choices/1/Next", "Ready?"),
            ("/States/Ready?/Default", "Ready?"),
            ("/States/Settle/Catch/0/Next", "Settle"),
            ("/States/Unwind/ItemProcessor/StartAt", "Unwind"),
            (
                "/States/Unwind/ItemProcessor/States/Undo/Catch/0/Next",
                "Undo",
            ),
        ] {
            let broken = real.with(pointer, json!("Nowhere"));
            assert_bites(check, &real, &broken, &[state, "Nowhere"]);
        }
    }

    #[test]
    fn a_state_that_nothing_leads_to_is_found() {
        let real = Machine::real();
        let broken = real.with("/States/Declined/Default", json!("Begin unwinding"));
        assert_eq!(
            check(&broken),
            Vec::<String>::new(),
            "still reached otherwise"
        );
        let alone = json!({"Type": "Succeed"});
        let broken = real.with("/States/Alone", alone);
        assert_bites(check, &real, &broken, &["`Alone`", "nothing leads there"]);
        let broken = real.with(
            "/States/Hold legs/ItemProcessor/States/Alone",
            json!({"Type": "Succeed"}),
        );
        assert_bites(check, &real, &broken, &["`Alone`", "nothing leads there"]);
    }

    #[test]
    fn a_state_without_an_exit_is_found() {
        let real = Machine::real();
        let broken = real.without("/States/Close/Next");
        assert_bites(check, &real, &broken, &["`Close`", "Next or End"]);
        let broken = real.without("/States/What now?/Default");
        assert_bites(check, &real, &broken, &["`What now?`", "Default"]);
        let both = real.with("/States/Close/End", json!(true));
        assert_bites(check, &real, &both, &["`Close`", "Next or End"]);
    }

    #[test]
    fn states_that_only_lead_to_each_other_are_found() {
        let real = Machine::real();
        let around = json!({"Type": "Pass", "Next": "Around"});
        let broken = real
            .with("/States/Around", around)
            .with("/States/Ended well?/Default", json!("Around"));
        assert_bites(
            check,
            &real,
            &broken,
            &["`Around`", "never comes to an end"],
        );
    }

    #[test]
    fn two_states_of_one_name_are_found() {
        let real = Machine::real();
        let broken = real.with("/States/Undo", json!({"Type": "Succeed"}));
        assert_bites(check, &real, &broken, &["`Undo`", "two states"]);
    }
}
