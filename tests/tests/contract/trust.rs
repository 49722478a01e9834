//! The roles that are written by hand: which service may take each, and that it does so for this
//! account. A role is passed to the service that it trusts, and to no other.

use serde_json::{Value, json};

use crate::document::{one_or_more, text};
use crate::template::{Resource, Right, Template, attribute};

/// Complaints about who may take a role, and to whom it is passed.
fn check(template: &Template) -> Vec<String> {
    let roles = template.of_type("AWS::IAM::Role");
    let trusting = roles.iter().flat_map(trust);
    let machines = template.of_type("AWS::Serverless::StateMachine");
    let machines = machines.iter().filter_map(|machine| {
        let role = role(template, &machine.properties()["Role"]);
        let service = role.and_then(|role| service(&role));
        (service != Some("states.amazonaws.com"))
            .then(|| format!("{}: has no role whose trust has a condition", machine.id))
    });
    let holders = template.functions().into_iter().chain(roles.clone());
    let passed = holders.flat_map(|holder| {
        let passing = holder.allowed().into_iter();
        let passing = passing.filter(|right| right.actions.contains(&"iam:PassRole"));
        let passing = passing.filter(|right| !is_passed_well(template, right));
        let complaint = |_| format!("{}: iam:PassedToService does not fit the role", holder.id);
        passing.map(complaint).collect::<Vec<_>>()
    });
    trusting.chain(machines).chain(passed).collect()
}

fn statements<'a>(role: &Resource<'a>) -> Vec<&'a Value> {
    one_or_more(&role.properties()["AssumeRolePolicyDocument"]["Statement"])
}

/// The service that a role trusts, if it is one.
fn service<'a>(role: &Resource<'a>) -> Option<&'a str> {
    match statements(role).as_slice() {
        [one] => one["Principal"]["Service"].as_str(),
        _ => None,
    }
}

fn role<'a>(template: &'a Template, arn: &Value) -> Option<Resource<'a>> {
    let (id, _) = attribute(arn)?;
    template.find("AWS::IAM::Role", id)
}

fn trust(role: &Resource<'_>) -> Vec<String> {
    let here = json!({"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}});
    let mut complaints = Vec::new();
    if service(role).is_none() {
        complaints.push(format!("{}: trusts more than one service", role.id));
    }
    if statements(role)
        .iter()
        .any(|trust| trust["Condition"] != here)
    {
        let fault = "is taken for any account, without aws:SourceAccount";
        complaints.push(format!("{}: {fault}", role.id));
    }
    complaints
}

fn is_passed_well(template: &Template, right: &Right<'_>) -> bool {
    let to = text(&right.condition["StringEquals"], "iam:PassedToService");
    let mut roles = right.resources.iter().map(|arn| role(template, arn));
    roles.all(|role| role.and_then(|role| service(&role)) == Some(to))
}

mod tests {
    use serde_json::{Value, json};

    use super::check;
    use crate::document::assert_bites;
    use crate::template::Template;

    #[test]
    fn each_role_is_taken_and_passed_as_it_is_meant() {
        assert_eq!(check(&Template::real()), Vec::<String>::new());
    }

    #[track_caller]
    fn assert_found(pointer: &str, value: Value, words: &[&str]) {
        let real = Template::real();
        let broken = real.with(&format!("/Resources/{pointer}"), value);
        assert_bites(check, &real, &broken, words);
    }

    #[test]
    fn a_role_that_is_taken_for_any_account_is_found() {
        let real = Template::real();
        for role in ["StateMachineRole", "ScheduleRole"] {
            let trust = format!("{role}/Properties/AssumeRolePolicyDocument/Statement/0");
            let broken = real.without(&format!("/Resources/{trust}/Condition"));
            assert_bites(check, &real, &broken, &[role, "aws:SourceAccount"]);
            let any = json!({"StringLike": {"aws:SourceAccount": "*"}});
            assert_found(&format!("{trust}/Condition"), any, &[role, "SourceAccount"]);
            let anybody = json!({"AWS": "*"});
            assert_found(&format!("{trust}/Principal"), anybody, &[role, "trusts"]);
        }
    }

    #[test]
    fn a_state_machine_with_a_role_of_sams_is_found() {
        let real = Template::real();
        let broken = real.without("/Resources/StateMachine/Properties/Role");
        assert_bites(check, &real, &broken, &["StateMachine", "no role"]);
        let other = json!({"Fn::GetAtt": ["ScheduleRole", "Arn"]});
        let words = ["StateMachine", "no role"];
        assert_found("StateMachine/Properties/Role", other, &words);
    }

    #[test]
    fn a_role_that_may_be_passed_to_any_service_is_found() {
        let real = Template::real();
        let pass = "OpenFunction/Properties/Policies/3/Statement/1";
        let words = ["OpenFunction", "iam:PassedToService"];
        let broken = real.without(&format!("/Resources/{pass}/Condition"));
        assert_bites(check, &real, &broken, &words);
        let other = json!({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}});
        assert_found(&format!("{pass}/Condition"), other, &words);
        let other = json!({"Fn::GetAtt": ["StateMachineRole", "Arn"]});
        assert_found(&format!("{pass}/Resource"), other, &words);
    }
}
