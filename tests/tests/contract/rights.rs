//! What a function may do is what its code does, as far as can be told from its text, and it may do
//! it only to what its settings name.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{entries, text};
use crate::settings::{Pair, handler};
use crate::template::{Resource, mentioned};

/// What Lambda does with a function's role to take messages or records from an event source.
const TAKING: &[(&str, &[&str])] = &[
    (
        "SQS",
        &[
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
        ],
    ),
    (
        "DynamoDB",
        &[
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
        ],
    ),
];
/// A schedule is created with the role that it sends with.
const CREATING: &str = "scheduler:CreateSchedule";
const PASSING: &str = "iam:PassRole";
/// The token itself tells which execution is meant.
const ANSWERING: &[&str] = &["states:SendTaskSuccess", "states:SendTaskFailure"];

/// Complaints about rights.
fn check(pair: &Pair) -> Vec<String> {
    let functions = pair.template.functions();
    let mut complaints: Vec<_> = functions
        .iter()
        .flat_map(|function| {
            let mut faults = unlike_the_code(pair, function);
            faults.extend(never_told_of(function));
            let faults = faults.into_iter();
            faults.map(move |fault| format!("{}: {fault}", function.id))
        })
        .collect();
    let mut usual: BTreeMap<_, (&str, BTreeSet<&str>)> = BTreeMap::new();
    for function in &functions {
        let own = (function.id, allowed(function));
        let first = usual
            .entry(handler(&pair.code, function))
            .or_insert_with(|| own.clone());
        if first.1 != own.1 {
            complaints.push(format!("{}: has other rights than {}", own.0, first.0));
        }
    }
    complaints
}

/// All actions that a function may do.
fn allowed<'a>(function: &Resource<'a>) -> BTreeSet<&'a str> {
    let rights = function.allowed().into_iter();
    rights.flat_map(|right| right.actions).collect()
}

fn unlike_the_code(pair: &Pair, function: &Resource<'_>) -> Vec<String> {
    let (name, allowed) = (handler(&pair.code, function), allowed(function));
    if !pair.code.handlers.contains_key(&name) {
        return vec![format!("there is no handler {name}")];
    }
    let (mut least, mut most) = (pair.code.least(&name), pair.code.most(&name));
    for (_, event) in entries(function.properties(), "Events") {
        let taking = TAKING
            .iter()
            .filter(|(kind, _)| *kind == text(event, "Type"));
        let taking = taking.flat_map(|(_, actions)| *actions);
        let taking: Vec<_> = taking.map(|action| (*action).to_owned()).collect();
        least.extend(taking.clone());
        most.extend(taking);
    }
    if allowed.contains(CREATING) {
        least.insert(PASSING.to_owned());
        most.insert(PASSING.to_owned());
    }
    let vain = allowed.iter().filter(|action| !most.contains(**action));
    let vain = vain.map(|action| format!("its code never does {action}"));
    let missing = least
        .iter()
        .filter(|action| !allowed.contains(action.as_str()));
    let missing = missing.map(|action| format!("may not do {action}"));
    vain.chain(missing).collect()
}

/// What a function may touch though neither its settings nor its events name it.
fn never_told_of(function: &Resource<'_>) -> Vec<String> {
    let properties = function.properties();
    let told = ["Environment", "Events"].map(|field| mentioned(&properties[field]));
    let told: BTreeSet<_> = told.into_iter().flatten().collect();
    let rights = function.allowed().into_iter();
    let rights = rights.filter(|right| {
        !right
            .actions
            .iter()
            .all(|action| ANSWERING.contains(action))
    });
    let touched = rights.flat_map(|right| right.resources).flat_map(mentioned);
    let touched = touched.filter(|name| !name.starts_with("AWS::"));
    let unknown: BTreeSet<_> = touched.filter(|name| !told.contains(name)).collect();
    let unknown = unknown.into_iter();
    unknown
        .map(|name| format!("may touch {name}, of which it is not told"))
        .collect()
}

mod tests {
    use serde_json::{Value, json};

    use super::check;
    use crate::document::assert_bites;
    use crate::settings::Pair;

    #[test]
    fn a_function_may_do_what_its_code_does() {
        assert_eq!(check(&Pair::real()), Vec::<String>::new());
    }

    #[track_caller]
    fn assert_found(statement: &str, field: &str, value: Value, words: &[&str]) {
        let real = Pair::real();
        let (function, place) = statement.split_once(' ').unwrap();
        let (policy, place) = place.split_once(' ').unwrap();
        let at = format!("Properties/Policies/{policy}/Statement/{place}/{field}");
        let template = real
            .template
            .with(&format!("/Resources/{function}/{at}"), value);
        let broken = Pair {
            template,
            ..real.clone()
        };
        assert_bites(check, &real, &broken, &[&[function], words].concat());
    }

    #[test]
    fn rights_that_no_code_uses_are_found() {
        for (statement, actions, word) in [
            (
                "CloseFunction 1 0",
                ["dynamodb:GetItem", "dynamodb:DeleteItem"],
                "DeleteItem",
            ),
            (
                "ApiFunction 0 1",
                ["dynamodb:GetItem", "dynamodb:Scan"],
                "Scan",
            ),
            (
                "SuppliersFunction 0 1",
                ["dynamodb:GetItem", "dynamodb:Scan"],
                "Scan",
            ),
            (
                "AccountPaymentsFunction 0 1",
                ["dynamodb:GetItem", "dynamodb:Scan"],
                "Scan",
            ),
            (
                "AccountPaymentsSweepFunction 0 1",
                ["dynamodb:GetItem", "events:PutEvents"],
                "PutEvents",
            ),
            (
                "UnwindFunction 1 0",
                ["dynamodb:GetItem", "states:StartExecution"],
                "StartExecution",
            ),
            (
                "SettleFunction 2 0",
                ["iam:PassRole", "scheduler:DeleteSchedule"],
                "PassRole",
            ),
            (
                "SweepFunction 1 0",
                ["sqs:SendMessage", "sqs:ReceiveMessage"],
                "ReceiveMessage",
            ),
            (
                "StockRequestsFunction 1 0",
                ["dynamodb:GetItem", "dynamodb:Scan"],
                "Scan",
            ),
            (
                "StockSeedFunction 1 0",
                ["dynamodb:GetItem", "events:PutEvents"],
                "PutEvents",
            ),
            (
                "InvoiceRequestsFunction 1 0",
                ["dynamodb:GetItem", "dynamodb:Scan"],
                "Scan",
            ),
        ] {
            assert_found(statement, "Action", json!(actions), &["never does", word]);
        }
    }

    #[test]
    fn rights_that_are_missing_are_found() {
        for (statement, word) in [
            ("CloseFunction 1 0", "GetItem"),
            ("SuppliersFunction 0 1", "UpdateItem"),
            ("AccountPaymentsFunction 0 1", "GetItem"),
            ("AccountPaymentsSweepFunction 0 1", "GetItem"),
            ("AccountPaymentsSweepFunction 0 2", "Query"),
            ("ApiFunction 0 4", "GetSecretValue"),
            ("ApiFunction 0 14", "SendMessage"),
            ("SendToDeskFunction 2 0", "SendMessage"),
            ("PublisherFunction 1 1", "GetRecords"),
            ("PublisherFunction 1 2", "PutEvents"),
            ("RedriveFunction 1 2", "ReceiveMessage"),
            ("SweepFunction 2 0", "GetItem"),
            ("TimerFunction 2 3", "DescribeExecution"),
            ("OpenFunction 3 1", "PassRole"),
            ("StockRequestsFunction 1 0", "GetItem"),
            ("StockRequestsFunction 1 2", "ReceiveMessage"),
            ("StockPublisherFunction 1 2", "PutEvents"),
            ("StockSeedFunction 1 0", "GetItem"),
            ("InvoiceRequestsFunction 1 0", "GetItem"),
            ("InvoiceRequestsFunction 1 2", "ReceiveMessage"),
            ("InvoicePublisherFunction 1 2", "PutEvents"),
            ("AccountEventsFunction 0 3", "GetItem"),
            ("AccountEventsFunction 0 4", "PutEvents"),
            ("LettersFunction 0 1", "PutItem"),
            ("LettersFunction 0 4", "SendEmail"),
            ("LettersFunction 0 5", "GetSecretValue"),
            ("SocketsFunction 0 1", "GetItem"),
            ("FanOutFunction 0 2", "GetItem"),
            ("FanOutFunction 0 3", "ManageConnections"),
            ("FanOutFunction 0 5", "ReceiveMessage"),
        ] {
            assert_found(statement, "Action", json!([]), &["may not do", word]);
        }
    }

    #[test]
    fn a_kind_of_leg_with_other_rights_is_found() {
        let actions = json!(["dynamodb:GetItem"]);
        assert_found("CarFunction 1 0", "Action", actions, &["other rights"]);
    }

    #[test]
    fn touching_what_no_setting_names_is_found() {
        let other = json!({"Fn::GetAtt": ["CustomersTable", "Arn"]});
        assert_found("CloseFunction 1 0", "Resource", other, &["CustomersTable"]);
        let other = json!({"Fn::GetAtt": ["BookingsTable", "Arn"]});
        assert_found(
            "InvoiceRequestsFunction 1 0",
            "Resource",
            other,
            &["BookingsTable"],
        );
        let other = json!({"Fn::Sub": "${TimerDeadLetters.Arn}"});
        assert_found(
            "SweepFunction 1 0",
            "Resource",
            other,
            &["TimerDeadLetters"],
        );
        let other = json!({"Fn::GetAtt": ["BookingsTable", "Arn"]});
        let words = ["BookingsTable", "not told"];
        assert_found("StockRequestsFunction 1 0", "Resource", other, &words);
    }

    #[test]
    fn a_function_without_a_store_that_may_touch_the_table_is_found() {
        let words = ["never does", "GetItem"];
        let actions = json!(["events:PutEvents", "dynamodb:GetItem"]);
        assert_found("PublisherFunction 1 2", "Action", actions, &words);
    }
}
