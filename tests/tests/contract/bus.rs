//! What a bus rule sends to a queue arrives there: the queue lets that rule send, and no other, and what
//! cannot be sent is kept.

use serde_json::{Value, json};

use crate::document::{items, one_or_more};
use crate::template::{Resource, Template, attribute, reference};

/// Complaints about rules of the bus.
fn check(template: &Template) -> Vec<String> {
    let rules = template.of_type("AWS::Events::Rule").into_iter();
    let faults = rules.flat_map(|rule| {
        let targets = items(rule.properties(), "Targets").iter();
        let faults = targets.flat_map(|target| faults(template, &rule, target));
        let named = faults.map(|fault| format!("{}: {fault}", rule.id));
        named.collect::<Vec<_>>()
    });
    faults.collect()
}

fn faults(template: &Template, rule: &Resource<'_>, target: &Value) -> Vec<String> {
    let (to, dead) = (&target["Arn"], &target["DeadLetterConfig"]["Arn"]);
    let mut faults = Vec::new();
    if dead.is_null() || dead == to {
        faults.push("what it cannot send is lost".to_owned());
    }
    let queues = [to, dead].into_iter().filter_map(attribute);
    let shut = queues.filter(|(queue, _)| !lets_in(template, rule, queue));
    faults.extend(shut.map(|(queue, _)| format!("may not send to {queue}, or others may as well")));
    faults
}

/// Whether a queue lets this rule send, and nobody else.
fn lets_in(template: &Template, rule: &Resource<'_>, queue: &str) -> bool {
    let own = json!({"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [rule.id, "Arn"]}}});
    let policies = template.of_type("AWS::SQS::QueuePolicy").into_iter();
    let policies = policies.filter(|policy| {
        let mut queues = items(policy.properties(), "Queues").iter();
        queues.any(|named| reference(named) == Some(queue))
    });
    let mut statements = policies
        .flat_map(|policy| one_or_more(&policy.properties()["PolicyDocument"]["Statement"]));
    let lets = |statement: &Value| {
        let resources = one_or_more(&statement["Resource"]);
        statement["Effect"] == "Allow"
            && statement["Principal"] == json!({"Service": "events.amazonaws.com"})
            && statement["Action"] == "sqs:SendMessage"
            && statement["Condition"] == own
            && resources.contains(&&json!({"Fn::GetAtt": [queue, "Arn"]}))
    };
    statements.next().is_some_and(lets) && statements.next().is_none()
}

mod tests {
    use serde_json::{Value, json};

    use super::check;
    use crate::document::assert_bites;
    use crate::template::Template;

    #[test]
    fn what_a_rule_sends_arrives_or_is_kept() {
        assert_eq!(check(&Template::real()), Vec::<String>::new());
    }

    #[track_caller]
    fn assert_found(pointer: &str, value: Value, words: &[&str]) {
        let real = Template::real();
        let broken = real.with(&format!("/Resources/{pointer}"), value);
        assert_bites(check, &real, &broken, words);
    }

    #[test]
    fn a_rule_that_loses_events_or_a_queue_that_others_send_to_is_found() {
        let words = ["InvoicesRule", "is lost"];
        let target = "InvoicesRule/Properties/Targets/0/DeadLetterConfig";
        assert_found(target, json!(null), &words);
        let words = ["InvoicesRule", "may not send to InvoicesQueue"];
        let statement = "InvoicesQueuePolicy/Properties/PolicyDocument/Statement/0";
        assert_found(&format!("{statement}/Condition"), json!(null), &words);
        let anybody = json!({"AWS": "*"});
        assert_found(&format!("{statement}/Principal"), anybody, &words);
        let dead = json!({"Fn::GetAtt": ["InvoicesDeadLetters", "Arn"]});
        assert_found(&format!("{statement}/Resource"), json!([dead]), &words);
        let nothing = json!([]);
        assert_found("InvoicesQueuePolicy/Properties/Queues", nothing, &words);
    }
}
