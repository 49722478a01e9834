//! Each function has a role of its own, which may do what it names and no more.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::text;
use crate::template::{Resource, Right, Template, attribute, reference, words};

const LOG: &[&str] = &["logs:CreateLogStream", "logs:PutLogEvents"];

/// Complaints about roles.
fn check(template: &Template) -> Vec<String> {
    let functions = template.functions();
    let mut complaints: Vec<_> = functions
        .iter()
        .flat_map(|function| of_a_function(template, function))
        .collect();
    complaints.extend(shared(template));
    for role in template.of_type("AWS::IAM::Role") {
        let faults = too_much(role.properties()).into_iter();
        complaints.extend(faults.map(|fault| format!("{}: {fault}", role.id)));
    }
    complaints.extend(foreign_logs(template));
    complaints
}

/// The role that a function, or the state machine, says it has.
fn role<'a>(template: &'a Template, user: &Resource<'a>) -> Option<Resource<'a>> {
    let (id, _) = attribute(&user.properties()["Role"])?;
    template.find("AWS::IAM::Role", id)
}

fn of_a_function(template: &Template, function: &Resource<'_>) -> Vec<String> {
    let id = function.id;
    let Some(role) = role(template, function) else {
        return vec![format!("{id}: has no role of its own")];
    };
    let mut complaints = Vec::new();
    if function.properties().get("Policies").is_some() {
        complaints.push(format!("{id}: Policies beside a Role have no effect"));
    }
    let trust = &role.properties()["AssumeRolePolicyDocument"]["Statement"];
    let trusted: Vec<_> = crate::document::one_or_more(trust)
        .into_iter()
        .map(|statement| text(&statement["Principal"], "Service"))
        .collect();
    if trusted != ["lambda.amazonaws.com"] {
        complaints.push(format!("{}: trusts {trusted:?}, not Lambda alone", role.id));
    }
    complaints
}

fn shared(template: &Template) -> Vec<String> {
    let mut users: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let machines = template.of_type("AWS::Serverless::StateMachine");
    for user in template.functions().into_iter().chain(machines) {
        if let Some(role) = role(template, &user) {
            users.entry(role.id).or_default().push(user.id);
        }
    }
    users.retain(|_, users| users.len() > 1);
    let shared = users.into_iter();
    shared
        .map(|(role, users)| format!("{role}: is shared by {}", users.join(" and ")))
        .collect()
}

/// Anything that gives more than it names, anywhere in a role.
fn too_much(json: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let fields = json.as_object().into_iter().flatten();
    for (field, value) in fields {
        let given = words(value);
        match field.as_str() {
            "Resource" if given.contains(&"*") => faults.push("Resource is `*`".to_owned()),
            "Action" => {
                let wild = given.iter().filter(|action| action.contains('*'));
                faults.extend(wild.map(|action| format!("Action {action} has a wildcard")));
            }
            "NotAction" | "NotResource" | "ManagedPolicyArns" => {
                faults.push(format!("{field} gives more than it names"));
            }
            _ => {}
        }
        faults.extend(too_much(value));
    }
    let items = json.as_array().into_iter().flatten();
    faults.extend(items.flat_map(too_much));
    faults
}

fn is_for_logs(right: &Right<'_>) -> bool {
    right
        .actions
        .iter()
        .any(|action| action.starts_with("logs:"))
}

/// A function writes to its own log group, and nobody else does.
fn foreign_logs(template: &Template) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut owners = BTreeMap::new();
    for function in template.functions() {
        let Some(role) = role(template, &function) else {
            continue;
        };
        let group = reference(&function.properties()["LoggingConfig"]["LogGroup"]);
        owners.insert(role.id, group.unwrap_or_default());
        let may = role.rights().iter().any(|right| right.actions == LOG);
        if !may {
            complaints.push(format!("{}: may not write its log", role.id));
        }
    }
    for role in template.of_type("AWS::IAM::Role") {
        let own = owners.get(role.id).copied().unwrap_or_default();
        let rights = role.rights();
        let groups = rights.iter().filter(|right| is_for_logs(right));
        let groups = groups.flat_map(|right| &right.resources);
        let foreign = groups.filter(|group| attribute(group) != Some((own, "Arn")));
        complaints.extend(foreign.map(|group| format!("{}: may write to {group}", role.id)));
    }
    complaints
}

mod tests {
    use serde_json::{Value, json};

    use super::check;
    use crate::document::assert_bites;
    use crate::template::Template;

    const STATEMENTS: &str = "/Properties/Policies/0/PolicyDocument/Statement";

    #[test]
    fn each_function_has_its_own_role_for_what_it_names() {
        let template = Template::real();
        assert!(template.functions().len() >= 12, "too few were found");
        assert_eq!(check(&template), Vec::<String>::new());
    }

    fn assert_found(pointer: &str, value: Value, words: &[&str]) {
        let real = Template::real();
        let broken = real.with(&format!("/Resources{pointer}"), value);
        assert_bites(check, &real, &broken, words);
    }

    #[test]
    fn a_function_without_a_role_of_its_own_is_found() {
        let other = json!({"Fn::GetAtt": ["CarRole", "Arn"]});
        assert_found(
            "/HotelFunction/Properties/Role",
            other,
            &["CarRole", "is shared"],
        );
        let machine = json!({"Fn::GetAtt": ["StateMachineRole", "Arn"]});
        let words = ["StateMachineRole", "is shared"];
        assert_found("/HotelFunction/Properties/Role", machine, &words);
        let real = Template::real();
        let broken = real.without("/Resources/OpenFunction/Properties/Role");
        assert_bites(check, &real, &broken, &["OpenFunction", "no role"]);
        let broken = real.without("/Resources/OpenRole");
        assert_bites(check, &real, &broken, &["OpenFunction", "no role"]);
    }

    #[test]
    fn rights_that_would_be_ignored_are_found() {
        let policies = json!(["AmazonDynamoDBFullAccess"]);
        let words = ["ApiFunction", "Policies"];
        assert_found("/ApiFunction/Properties/Policies", policies, &words);
    }

    #[test]
    fn a_role_that_may_do_more_than_it_names_is_found() {
        let at = |field: &str| format!("/ApiRole{STATEMENTS}/0/{field}");
        assert_found(&at("Resource"), json!("*"), &["ApiRole", "Resource"]);
        assert_found(&at("Resource"), json!(["x", "*"]), &["ApiRole", "Resource"]);
        assert_found(
            &at("Action"),
            json!(["dynamodb:*"]),
            &["ApiRole", "dynamodb:*"],
        );
        assert_found(
            &at("Action"),
            json!("dynamodb:Get*"),
            &["ApiRole", "dynamodb:Get*"],
        );
        assert_found(
            &at("NotAction"),
            json!("iam:PassRole"),
            &["ApiRole", "NotAction"],
        );
        let managed = json!(["arn:aws:iam::aws:policy/AdministratorAccess"]);
        let words = ["StateMachineRole", "ManagedPolicyArns"];
        assert_found(
            "/StateMachineRole/Properties/ManagedPolicyArns",
            managed,
            &words,
        );
    }

    #[test]
    fn a_role_that_others_may_take_is_found() {
        let anybody =
            json!([{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]);
        let pointer = "/OpenRole/Properties/AssumeRolePolicyDocument/Statement";
        assert_found(pointer, anybody, &["OpenRole", "trusts"]);
    }

    #[test]
    fn writing_to_the_log_of_another_is_found() {
        let pointer = format!("/UnwindRole{STATEMENTS}/1/Resource");
        let other = json!({"Fn::GetAtt": ["CloseLogs", "Arn"]});
        assert_found(&pointer, other, &["UnwindRole", "CloseLogs"]);
        let all = json!({"Fn::Sub": "arn:${AWS::Partition}:logs:*:*:log-group:*"});
        assert_found(&pointer, all, &["UnwindRole", "log-group"]);
        let nothing = json!(["logs:CreateLogStream"]);
        let pointer = format!("/UnwindRole{STATEMENTS}/1/Action");
        assert_found(&pointer, nothing, &["UnwindRole", "may not write its log"]);
    }
}
