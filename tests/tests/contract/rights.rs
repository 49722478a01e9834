//! What a function may do to a table is what its code does, as far as can be told from its text:
//! who has no store may not touch the table, and nobody may do what no code ever does.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::code::{Code, SUPPLIERS};
use crate::settings::{LEG, Pair, bin};
use crate::template::{Resource, attribute};

/// Complaints about rights to tables.
fn check(pair: &Pair) -> Vec<String> {
    let functions = pair.template.functions();
    let mut complaints: Vec<_> = functions
        .iter()
        .flat_map(|function| of_a_function(pair, function))
        .collect();
    let legs = functions.iter().filter(|function| bin(function.id) == LEG);
    let mut legs = legs.map(|function| (function.id, rights(pair, function)));
    if let Some((first, usual)) = legs.next() {
        let others = legs.filter(|(_, rights)| *rights != usual);
        complaints.extend(others.map(|(id, _)| format!("{id}: has other rights than {first}")));
    }
    complaints
}

fn of_a_function(pair: &Pair, function: &Resource<'_>) -> Vec<String> {
    let (id, bin) = (function.id, bin(function.id));
    let rights = rights(pair, function);
    let done = done_by(&pair.code, &bin);
    let vain = rights.iter().filter(|right| !done.contains(**right));
    let mut complaints: Vec<_> = vain
        .map(|right| format!("{id}: its code never does {right}"))
        .collect();
    let least = if bin == SUPPLIERS {
        done
    } else {
        done.into_iter()
            .filter(|right| right == "dynamodb:GetItem")
            .collect()
    };
    let missing = least
        .iter()
        .filter(|right| !rights.contains(right.as_str()));
    complaints.extend(missing.map(|right| format!("{id}: may not do {right}")));
    complaints
}

/// What a program's code asks of its tables at most.
fn done_by(code: &Code, bin: &str) -> BTreeSet<String> {
    if bin == SUPPLIERS {
        return code.on_supplies.clone();
    }
    let source = code.bins.get(bin).map(String::as_str).unwrap_or_default();
    let mut done = BTreeSet::new();
    if source.contains(".store()") {
        done.extend(code.on_bookings.clone());
    }
    if source.contains(".customers()") {
        done.extend(code.on_customers.clone());
    }
    done
}

/// What a function may do to tables and their indexes; their streams are another matter.
fn rights<'a>(pair: &'a Pair, function: &Resource<'a>) -> BTreeSet<&'a str> {
    let role = attribute(&function.properties()["Role"]);
    let role = role.and_then(|(id, _)| pair.template.find("AWS::IAM::Role", id));
    let rights = role.map(|role| role.rights()).unwrap_or_default();
    let on_tables = rights
        .into_iter()
        .filter(|right| !right.resources.iter().copied().any(is_stream));
    let actions = on_tables.flat_map(|right| right.actions);
    actions
        .filter(|action| action.starts_with("dynamodb:"))
        .collect()
}

fn is_stream(resource: &Value) -> bool {
    attribute(resource).is_some_and(|(_, attribute)| attribute == "StreamArn")
}

mod tests {
    use serde_json::json;

    use super::check;
    use crate::document::assert_bites;
    use crate::settings::Pair;

    const ACTIONS: &str = "Properties/Policies/0/PolicyDocument/Statement/0/Action";

    #[test]
    fn nobody_may_do_to_a_table_what_its_code_never_does() {
        let real = Pair::real();
        assert!(real.code.on_bookings.contains("dynamodb:PutItem"));
        assert_eq!(check(&real), Vec::<String>::new());
    }

    fn assert_found(role: &str, actions: &[&str], words: &[&str]) {
        let real = Pair::real();
        let pointer = format!("/Resources/{role}/{ACTIONS}");
        let template = real.template.with(&pointer, json!(actions));
        let broken = Pair {
            template,
            ..real.clone()
        };
        assert_bites(check, &real, &broken, words);
    }

    #[test]
    fn rights_that_no_code_uses_are_found() {
        let actions = ["dynamodb:GetItem", "dynamodb:DeleteItem"];
        assert_found("CloseRole", &actions, &["CloseFunction", "DeleteItem"]);
        let actions = ["dynamodb:GetItem", "dynamodb:Scan"];
        assert_found("ApiRole", &actions, &["ApiFunction", "Scan"]);
        let actions = ["dynamodb:GetItem", "dynamodb:Scan"];
        assert_found("SuppliersRole", &actions, &["SuppliersFunction", "Scan"]);
    }

    #[test]
    fn rights_that_are_missing_are_found() {
        let actions = ["dynamodb:PutItem"];
        assert_found(
            "CloseRole",
            &actions,
            &["CloseFunction", "may not", "GetItem"],
        );
        assert_found(
            "SuppliersRole",
            &actions,
            &["SuppliersFunction", "may not", "UpdateItem"],
        );
    }

    #[test]
    fn a_kind_of_leg_with_other_rights_is_found() {
        let actions = ["dynamodb:GetItem"];
        assert_found("CarRole", &actions, &["CarFunction", "other rights"]);
    }

    #[test]
    fn a_function_without_a_store_that_may_touch_the_table_is_found() {
        let real = Pair::real();
        let statement = "/Resources/PublisherRole/Properties/Policies/0/PolicyDocument/Statement/0";
        let table = json!({"Fn::GetAtt": ["BookingsTable", "Arn"]});
        let template = real
            .template
            .with(&format!("{statement}/Resource"), table)
            .with(&format!("{statement}/Action"), json!("dynamodb:GetItem"));
        let broken = Pair {
            template,
            ..real.clone()
        };
        assert_bites(check, &real, &broken, &["PublisherFunction", "GetItem"]);
    }
}
