//! What the definition leaves open is exactly what the template fills in, and the state machine may
//! call exactly the functions that it is given.

use std::collections::BTreeSet;

use crate::document::text;
use crate::machine::Machine;
use crate::template::{Template, attribute, mentioned};

/// The only ARNs that a definition may hold: the service integrations.
const INTEGRATIONS: &str = "arn:aws:states:::";
/// What the physical names of our resources start with, for the check.
const STACK: &str = "holdfast";

/// The definition and the template that fills it in.
#[derive(Clone)]
struct Pair {
    machine: Machine,
    template: Template,
}

fn check(pair: &Pair) -> Vec<String> {
    let open = open(&pair.machine.source);
    let machine = pair.machine.id.as_str();
    let substitutions = pair.template.substitutions(machine);
    let given: BTreeSet<_> = substitutions.iter().map(|(name, _)| *name).collect();
    let missing = open.difference(&given);
    let missing = missing.map(|name| format!("{machine}: ${{{name}}} is not supplied"));
    let vain = given.difference(&open);
    let vain = vain.map(|name| format!("{machine}: {name} is supplied in vain"));
    let empty = substitutions.iter();
    let empty =
        empty.filter(|(_, value)| matches!(pair.template.filled_in(value).as_str(), "" | "null"));
    let empty = empty.map(|(name, _)| format!("{machine}: {name} comes to nothing"));
    let all = missing.chain(vain).chain(empty);
    all.chain(written_in(pair)).chain(calls(pair)).collect()
}

/// The names in `${…}`.
fn open(source: &str) -> BTreeSet<&str> {
    let after = source.split("${").skip(1);
    after.filter_map(|rest| rest.split('}').next()).collect()
}

/// ARNs and names of resources that should have been filled in.
fn written_in(pair: &Pair) -> Vec<String> {
    let source = &pair.machine.source;
    let arns = source.match_indices("arn:").map(|(at, _)| &source[at..]);
    let arns = arns.filter(|arn| !arn.starts_with(INTEGRATIONS));
    let arns = arns.map(|arn| arn.split('"').next().unwrap_or_default().to_owned());
    let addresses = ["amazonaws.com", "https://"].map(str::to_owned).into_iter();
    let names = physical_names(&pair.template).into_iter().chain(addresses);
    let names = names.filter(|name| source.contains(name));
    let all = arns.chain(names);
    all.map(|name| format!("the state machine: {name} is written into it"))
        .collect()
}

/// The names that tables, queues and the like have in a stack of the usual name, and their ids.
fn physical_names(template: &Template) -> Vec<String> {
    let mut names = Vec::new();
    for (kind, field) in [
        ("AWS::SQS::Queue", "QueueName"),
        ("AWS::DynamoDB::Table", "TableName"),
        ("AWS::Events::EventBus", "Name"),
        ("AWS::Scheduler::ScheduleGroup", "Name"),
    ] {
        for resource in template.of_type(kind) {
            names.push(resource.id.to_owned());
            let name = text(&resource.properties()[field], "Fn::Sub");
            if !name.is_empty() {
                names.push(name.replace("${AWS::StackName}", STACK));
            }
        }
    }
    names
}

/// Whether the state machine may call what it is given, and nothing else.
fn calls(pair: &Pair) -> Vec<String> {
    let Pair { machine, template } = pair;
    let functions: BTreeSet<_> = template.functions().iter().map(|found| found.id).collect();
    let substitutions = template.substitutions(&machine.id).into_iter();
    let mut needed: BTreeSet<_> = substitutions
        .flat_map(|(_, value)| mentioned(value))
        .collect();
    needed.retain(|name| functions.contains(name));
    let name = format!("{}Role", machine.id);
    let role = template.find("AWS::IAM::Role", &name);
    let rights = role.map(|role| role.allowed()).unwrap_or_default();
    let allowed: BTreeSet<_> = rights
        .iter()
        .filter(|right| right.actions == ["lambda:InvokeFunction"])
        .flat_map(|right| right.resources.iter().copied().filter_map(attribute))
        .map(|(function, _)| function)
        .collect();
    let missing = needed.difference(&allowed);
    let missing = missing.map(|function| format!("{name}: may not call {function}"));
    let vain = allowed.difference(&needed);
    let vain = vain.map(|function| format!("{name}: has no reason to call {function}"));
    missing.chain(vain).collect()
}

mod tests {
    use serde_json::json;

    use super::{Pair, check};
    use crate::document::assert_bites;
    use crate::machine::Machine;
    use crate::template::Template;

    const SUPPLIED: &str = "/Resources/StateMachine/Properties/DefinitionSubstitutions";

    fn real() -> Pair {
        Pair {
            machine: Machine::real(),
            template: Template::real(),
        }
    }

    fn with_template(template: Template) -> Pair {
        Pair { template, ..real() }
    }

    fn with_source(edit: impl Fn(&str) -> String) -> Pair {
        let mut pair = real();
        pair.machine.source = edit(&pair.machine.source);
        pair
    }

    #[test]
    fn what_is_left_open_is_what_is_filled_in() {
        for machine in Machine::all() {
            let pair = Pair { machine, ..real() };
            assert_eq!(check(&pair), Vec::<String>::new());
        }
    }

    #[test]
    fn what_is_not_supplied_or_in_vain_is_found() {
        let template = real().template;
        let broken = template.without(&format!("{SUPPLIED}/CloseFunctionArn"));
        let words = ["${CloseFunctionArn}", "not supplied"];
        assert_bites(check, &real(), &with_template(broken), &words);
        let broken = template.with(&format!("{SUPPLIED}/Colour"), json!("red"));
        let words = ["Colour", "in vain"];
        assert_bites(check, &real(), &with_template(broken), &words);
        let broken = template.with(
            &format!("{SUPPLIED}/RetryMaxAttempts"),
            json!({"Ref": "Lost"}),
        );
        let words = ["RetryMaxAttempts", "comes to nothing"];
        assert_bites(check, &real(), &with_template(broken), &words);
    }

    #[test]
    fn an_arn_or_a_name_in_the_definition_is_found() {
        let open = "${OpenFunctionArn}";
        for name in [
            "arn:aws:lambda:eu-west-1:123456789012:function:open",
            "https://sqs.eu-west-1.amazonaws.com/123456789012/q",
            "holdfast-saga-errors",
            "BookingsTable",
        ] {
            let broken = with_source(|source| source.replace(open, &format!("{open}{name}")));
            assert_bites(check, &real(), &broken, &["written into"]);
        }
    }

    #[test]
    fn a_function_that_may_not_be_called_is_found() {
        let statement =
            "/Resources/StateMachineRole/Properties/Policies/0/PolicyDocument/Statement/0";
        let other = json!([{"Fn::GetAtt": ["TimerFunction", "Arn"]}]);
        let broken = real()
            .template
            .with(&format!("{statement}/Resource"), other);
        let words = ["StateMachineRole", "may not call", "OpenFunction"];
        assert_bites(check, &real(), &with_template(broken.clone()), &words);
        let words = ["no reason", "TimerFunction"];
        assert_bites(check, &real(), &with_template(broken), &words);
    }
}
