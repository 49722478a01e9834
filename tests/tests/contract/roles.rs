//! Each function has a role of its own, which may do what the function's policies name and no more.
//!
//! SAM makes the role, and adds managed policies that allow more: every log of the account, and for an
//! event source every queue or stream. A `Deny` in the function's policies takes back all but its own.

use serde_json::{Value, json};

use crate::document::{entries, one_or_more, text};
use crate::template::{Resource, Right, Template, attribute, reference};

/// Event sources for which SAM adds a managed policy: the type, its source's field, the service.
const POLLED: &[(&str, &str, &str)] =
    &[("SQS", "Queue", "sqs"), ("DynamoDB", "Stream", "dynamodb")];
/// Event sources for which it adds none.
const PUSHED: &[&str] = &["Api", "ScheduleV2"];
/// Properties for which it adds others.
const WITH_MANAGED_POLICIES: &[&str] = &["DurableConfig", "Tracing", "VpcConfig"];

/// Complaints about roles.
fn check(template: &Template) -> Vec<String> {
    let functions = template.functions().into_iter();
    let of_functions = functions.flat_map(|function| {
        let mut faults = not_its_own(template, &function);
        faults.extend(too_much(&function));
        faults.extend(unfenced(&function));
        named(function.id, faults)
    });
    let roles = template.of_type("AWS::IAM::Role").into_iter();
    let of_roles = roles.flat_map(|role| {
        let mut faults = too_much(&role);
        if role.properties().get("ManagedPolicyArns").is_some() {
            faults.push("a managed policy allows more than it names".to_owned());
        }
        named(role.id, faults)
    });
    of_functions.chain(of_roles).collect()
}

fn named(id: &str, faults: Vec<String>) -> Vec<String> {
    let faults = faults.into_iter();
    faults.map(|fault| format!("{id}: {fault}")).collect()
}

/// What keeps SAM from making a role of the function's policies alone.
fn not_its_own(template: &Template, function: &Resource<'_>) -> Vec<String> {
    let own = function.properties();
    let usual = &template.0["Globals"]["Function"];
    let foreign = ["Role", "AssumeRolePolicyDocument"].into_iter();
    let foreign = foreign.filter(|field| own.get(field).is_some() || usual.get(field).is_some());
    let mut faults: Vec<_> = foreign
        .map(|field| format!("with {field} its role is not its own"))
        .collect();
    let mut policies = one_or_more(&own["Policies"]).into_iter();
    if policies.any(|policy| policy.get("Statement").is_none()) {
        faults.push("a managed policy allows more than it names".to_owned());
    }
    let more = WITH_MANAGED_POLICIES.iter();
    let more = more.filter(|field| own.get(field).is_some() || usual.get(field).is_some());
    faults.extend(more.map(|field| format!("for {field} SAM adds a managed policy")));
    faults
}

/// What a policy allows without naming it.
fn too_much(holder: &Resource<'_>) -> Vec<String> {
    let faults = holder.allowed().into_iter().flat_map(|right| {
        let wild = right.actions.iter().filter(|action| action.contains('*'));
        let mut faults: Vec<_> = wild
            .map(|action| format!("Action {action} has a wildcard"))
            .collect();
        if right.actions.is_empty() {
            faults.push("allows all but some actions".to_owned());
        }
        if right.resources.is_empty() || right.resources.contains(&&json!("*")) {
            faults.push(format!("allows {:?} on every Resource", right.actions));
        }
        faults
    });
    faults.collect()
}

/// A service of which SAM allows everything, and what of it is the function's own.
struct Fence<'a> {
    service: &'static str,
    own: Vec<Value>,
    rights: &'a [Right<'a>],
}

impl Fence<'_> {
    fn faults(&self) -> Vec<String> {
        let Self { service, own, .. } = self;
        let everything = format!("{service}:*");
        let denied = self.rights.iter().any(|right| {
            let spared = right.others_than.iter().copied();
            right.effect == "Deny"
                && right.actions == [everything.as_str()]
                && right.condition.is_null()
                && spared.eq(own.iter())
        });
        let mut faults = Vec::new();
        if !denied {
            faults.push(format!(
                "no Deny takes back {everything} on all but its own"
            ));
        }
        let allowed = self.rights.iter().filter(|right| right.effect == "Allow");
        let allowed = allowed.filter(|right| right.actions.iter().any(|action| self.is_of(action)));
        let vain = allowed.flat_map(|right| &right.resources);
        let vain = vain.filter(|resource| !own.contains(resource));
        faults
            .extend(vain.map(|resource| format!("is allowed in vain what is denied: {resource}")));
        faults
    }

    fn is_of(&self, action: &str) -> bool {
        action.split(':').next() == Some(self.service)
    }
}

/// Faults of the statements that take back what SAM's managed policies allow.
fn unfenced(function: &Resource<'_>) -> Vec<String> {
    let (properties, rights) = (function.properties(), function.rights());
    let group = reference(&properties["LoggingConfig"]["LogGroup"]).unwrap_or_default();
    let log = Fence {
        service: "logs",
        own: vec![json!({"Fn::GetAtt": [group, "Arn"]})],
        rights: &rights,
    };
    let mut faults = log.faults();
    for (name, event) in entries(properties, "Events") {
        let kind = text(event, "Type");
        match POLLED.iter().find(|(polled, ..)| *polled == kind) {
            Some((_, field, service)) => {
                let mut own = vec![event["Properties"][field].clone()];
                own.extend(table_behind(&own[0], &rights));
                let rights = &rights;
                let source = Fence {
                    service,
                    own,
                    rights,
                };
                faults.extend(source.faults());
            }
            None if PUSHED.contains(&kind) => {}
            None => faults.push(format!("what does SAM add for the {kind} of {name}?")),
        }
    }
    faults
}

/// The table behind a stream, where the function may do something with the table itself.
fn table_behind(stream: &Value, rights: &[Right<'_>]) -> Option<Value> {
    let (table, _) = attribute(stream).filter(|(_, attribute)| *attribute == "StreamArn")?;
    let table = json!({"Fn::GetAtt": [table, "Arn"]});
    let mut allowed = rights.iter().filter(|right| right.effect == "Allow");
    allowed
        .any(|right| right.resources.contains(&&table))
        .then_some(table)
}

mod tests {
    use serde_json::{Value, json};

    use super::check;
    use crate::document::assert_bites;
    use crate::template::Template;

    #[test]
    fn each_function_has_its_own_role_for_what_it_names() {
        let template = Template::real();
        assert!(template.functions().len() >= 12, "too few were found");
        assert_eq!(check(&template), Vec::<String>::new());
    }

    #[track_caller]
    fn assert_found(pointer: &str, value: Value, words: &[&str]) {
        let real = Template::real();
        let broken = real.with(&format!("/Resources/{pointer}"), value);
        assert_bites(check, &real, &broken, words);
    }

    #[test]
    fn a_role_that_sam_does_not_make_of_the_policies_is_found() {
        let role = json!({"Fn::GetAtt": ["StateMachineRole", "Arn"]});
        let words = ["HotelFunction", "Role"];
        assert_found("HotelFunction/Properties/Role", role, &words);
        let anybody = json!({"Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
        ]});
        let pointer = "OpenFunction/Properties/AssumeRolePolicyDocument";
        let words = ["OpenFunction", "AssumeRolePolicyDocument"];
        assert_found(pointer, anybody, &words);
    }

    #[test]
    fn a_managed_policy_is_found() {
        let managed = json!("arn:aws:iam::aws:policy/AdministratorAccess");
        let words = ["ApiFunction", "managed policy"];
        assert_found("ApiFunction/Properties/Policies", managed.clone(), &words);
        assert_found("ApiFunction/Properties/Policies/0", managed.clone(), &words);
        let words = ["StateMachineRole", "managed policy"];
        let pointer = "StateMachineRole/Properties/ManagedPolicyArns";
        assert_found(pointer, json!([managed]), &words);
        let words = ["CarFunction", "Tracing"];
        assert_found("CarFunction/Properties/Tracing", json!("Active"), &words);
    }

    #[test]
    fn a_function_that_may_do_more_than_it_names_is_found() {
        let api = "ApiFunction/Properties/Policies/0/Statement/1";
        for (field, value, word) in [
            ("Resource", json!("*"), "every Resource"),
            ("Resource", json!(["x", "*"]), "every Resource"),
            ("Action", json!(["dynamodb:*"]), "dynamodb:*"),
            ("Action", json!("dynamodb:Get*"), "dynamodb:Get*"),
        ] {
            let pointer = format!("{api}/{field}");
            assert_found(&pointer, value, &["ApiFunction", word]);
        }
        let but_one = json!({"Effect": "Allow", "NotAction": "iam:PassRole", "Resource": "x"});
        assert_found(api, but_one, &["ApiFunction", "all but some"]);
        let but_one = json!({"Effect": "Allow", "Action": "sqs:SendMessage", "NotResource": "x"});
        assert_found(api, but_one, &["ApiFunction", "every Resource"]);
        let call = "StateMachineRole/Properties/Policies/0/PolicyDocument/Statement/0/Resource";
        assert_found(call, json!("*"), &["StateMachineRole", "every Resource"]);
    }

    #[test]
    fn what_sam_allows_and_nothing_takes_back_is_found() {
        let denied = json!([{"Statement": []}]);
        let pointer = "UnwindFunction/Properties/Policies";
        assert_found(pointer, denied, &["UnwindFunction", "logs:*"]);
        for (deny, word) in [
            ("TimerFunction/Properties/Policies/2/Statement/0", "sqs:*"),
            ("RedriveFunction/Properties/Policies/1/Statement/1", "sqs:*"),
            (
                "PublisherFunction/Properties/Policies/1/Statement/0",
                "dynamodb:*",
            ),
            (
                "InvoiceRequestsFunction/Properties/Policies/1/Statement/1",
                "sqs:*",
            ),
            (
                "InvoicePublisherFunction/Properties/Policies/1/Statement/0",
                "dynamodb:*",
            ),
            (
                "AccountEventsFunction/Properties/Policies/0/Statement/1",
                "dynamodb:*",
            ),
            ("ApiFunction/Properties/Policies/0/Statement/0", "logs:*"),
            (
                "StockRequestsFunction/Properties/Policies/1/Statement/1",
                "sqs:*",
            ),
            (
                "StockPublisherFunction/Properties/Policies/1/Statement/0",
                "dynamodb:*",
            ),
            (
                "StockSeedFunction/Properties/Policies/0/Statement/0",
                "logs:*",
            ),
        ] {
            let function = deny.split('/').next().unwrap();
            let others = json!({"Fn::GetAtt": ["Others", "Arn"]});
            let words = [function, word];
            assert_found(&format!("{deny}/NotResource"), others, &words);
            assert_found(&format!("{deny}/Effect"), json!("Allow"), &words);
            assert_found(&format!("{deny}/Action"), json!("logs:Put*"), &words);
            let sometimes = json!({"Bool": {"aws:SecureTransport": false}});
            assert_found(&format!("{deny}/Condition"), sometimes, &words);
        }
        let words = ["SweepFunction", "Kinesis"];
        let pointer = "SweepFunction/Properties/Events/EveryFewMinutes/Type";
        assert_found(pointer, json!("Kinesis"), &words);
    }

    #[test]
    fn a_right_that_is_taken_back_is_found() {
        let pointer = "RedriveFunction/Properties/Policies/1/Statement/2/Resource";
        let other = json!({"Fn::GetAtt": ["TimerQueue", "Arn"]});
        let words = ["RedriveFunction", "in vain", "TimerQueue"];
        assert_found(pointer, other, &words);
        let pointer = "AccountEventsFunction/Properties/Policies/0/Statement/3/Resource";
        let other = json!({"Fn::GetAtt": ["BookingsTable", "Arn"]});
        let words = ["AccountEventsFunction", "in vain", "BookingsTable"];
        assert_found(pointer, other, &words);
    }
}
