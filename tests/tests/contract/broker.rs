//! Services that meet over the bus alone: each event that one of them waits for comes by a rule into a
//! queue of its own, is lost nowhere on the way, and nobody else can send there; and no other service
//! touches its table.

use serde_json::{Value, json};

use crate::document::{entries, items, text};
use crate::settings::{Pair, handler};
use crate::template::{Resource, Template, attribute, mentioned, reference, words};

/// What our own events say of where they come from.
const SOURCE: &str = "holdfast";
/// Who delivers them.
const DELIVERS: &str = "events.amazonaws.com";
const SENDING: &str = "sqs:SendMessage";
/// Services that share their table with no other, and touch no other table.
const ALONE: &[(&str, &str)] = &[("stock", "StockTable")];
/// Shows customers what there is, and so reads single items of any table.
const SHOWS: &str = "api";
const READING: &str = "dynamodb:GetItem";

/// Complaints about rules, their queues, and tables that are not shared.
fn check(pair: &Pair) -> Vec<String> {
    let template = &pair.template;
    let rules = template.of_type("AWS::Events::Rule");
    let faults = rules.iter().flat_map(|rule| {
        let mut faults = unmatched(template, rule);
        let targets = items(rule.properties(), "Targets").iter();
        faults.extend(targets.flat_map(|target| undelivered(template, rule, target)));
        named(rule.id, faults)
    });
    let policies = template.of_type("AWS::SQS::QueuePolicy");
    let open = policies.iter().flat_map(|policy| {
        let statements = items(&policy.properties()["PolicyDocument"], "Statement").iter();
        let faults = statements.filter_map(|statement| open(template, statement));
        named(policy.id, faults.collect())
    });
    faults.chain(open).chain(shared(pair)).collect()
}

fn named(id: &str, faults: Vec<String>) -> Vec<String> {
    let faults = faults.into_iter();
    faults.map(|fault| format!("{id}: {fault}")).collect()
}

/// A rule waits for events of ours, by name, on our bus.
fn unmatched(template: &Template, rule: &Resource<'_>) -> Vec<String> {
    let properties = rule.properties();
    let mut faults = Vec::new();
    let bus = reference(&properties["EventBusName"]).unwrap_or_default();
    if template.find("AWS::Events::EventBus", bus).is_none() {
        faults.push("does not listen to our bus".to_owned());
    }
    let pattern = &properties["EventPattern"];
    if words(&pattern["source"]) != [SOURCE] {
        faults.push("takes events that are not ours".to_owned());
    }
    if words(&pattern["detail-type"]).is_empty() && !tells_by_fields(&pattern["detail"]) {
        faults.push("names no events".to_owned());
    }
    if items(properties, "Targets").is_empty() {
        faults.push("has no target".to_owned());
    }
    faults
}

/// Whether a rule takes all events that have one of some fields.
fn tells_by_fields(detail: &Value) -> bool {
    let has = json!([{"exists": true}]);
    let mut any = items(detail, "$or").iter().peekable();
    any.peek().is_some() && any.all(|one| leaves(one).iter().all(|leaf| **leaf == has))
}

/// What stands at the ends of a pattern.
fn leaves(pattern: &Value) -> Vec<&Value> {
    match pattern.as_object() {
        Some(fields) => fields.values().flat_map(leaves).collect(),
        None => vec![pattern],
    }
}

/// An event goes into a queue that a function consumes, or else to an operator; whole, for a part of
/// it would lack its name.
fn undelivered(template: &Template, rule: &Resource<'_>, target: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let queue = queue(template, &target["Arn"]);
    let dead_letters = self::queue(template, &target["DeadLetterConfig"]["Arn"]);
    if !queue.is_some_and(|queue| is_consumed(template, queue)) {
        faults.push("its target is no queue that a function consumes".to_owned());
    }
    if dead_letters.is_none() || dead_letters == queue {
        faults.push("an event that is not delivered has nowhere to go".to_owned());
    }
    for queue in queue.into_iter().chain(dead_letters) {
        if !may_send(template, rule, queue) {
            faults.push(format!("may not send to {queue}"));
        }
    }
    let changed = ["Input", "InputPath", "InputTransformer"].into_iter();
    let changed = changed.filter(|field| target.get(field).is_some());
    faults.extend(changed.map(|field| format!("its {field} changes the event")));
    faults
}

fn queue<'a>(template: &'a Template, arn: &'a Value) -> Option<&'a str> {
    let (id, _) = attribute(arn)?;
    template.find("AWS::SQS::Queue", id).map(|queue| queue.id)
}

fn is_consumed(template: &Template, queue: &str) -> bool {
    let functions = template.functions();
    let mut events = functions
        .iter()
        .flat_map(|function| entries(function.properties(), "Events"));
    events.any(|(_, event)| {
        text(event, "Type") == "SQS" && mentioned(&event["Properties"]["Queue"]) == [queue]
    })
}

/// Whether a policy of the queue lets the rule send there.
fn may_send(template: &Template, rule: &Resource<'_>, queue: &str) -> bool {
    let policies = template.of_type("AWS::SQS::QueuePolicy").into_iter();
    let mut policies = policies.filter(|policy| {
        let mut queues = items(policy.properties(), "Queues").iter();
        queues.any(|named| reference(named) == Some(queue))
    });
    policies.any(|policy| {
        let mut statements = items(&policy.properties()["PolicyDocument"], "Statement").iter();
        statements.any(|statement| {
            let resources = mentioned(&statement["Resource"]);
            text(statement, "Effect") == "Allow"
                && words(&statement["Action"]) == [SENDING]
                && resources.contains(&queue)
                && sender(statement) == Some(rule.id)
        })
    })
}

/// The rule that a statement is about, if it is about one.
fn sender(statement: &Value) -> Option<&str> {
    let condition = statement["Condition"].as_object()?;
    let only = condition.len() == 1 && text(&statement["Principal"], "Service") == DELIVERS;
    let (id, _) = attribute(&condition.get("ArnEquals")?["aws:SourceArn"])?;
    only.then_some(id)
}

/// What a statement of a queue's policy allows to others than one rule.
fn open(template: &Template, statement: &Value) -> Option<String> {
    let rule = sender(statement);
    let known = rule.is_some_and(|rule| template.find("AWS::Events::Rule", rule).is_some());
    if !known {
        return Some("lets others than a rule send".to_owned());
    }
    (words(&statement["Action"]) != [SENDING]).then(|| "allows more than sending".to_owned())
}

/// Functions that touch the table of another service that keeps it for itself.
fn shared(pair: &Pair) -> Vec<String> {
    let tables = pair.template.of_type("AWS::DynamoDB::Table");
    let tables: Vec<_> = tables.iter().map(|table| table.id).collect();
    let functions = pair.template.functions().into_iter();
    let faults = functions.flat_map(|function| {
        let handler = handler(&pair.code, &function);
        let service = handler.split('/').next().unwrap_or_default();
        let touched = mentioned(function.properties()).into_iter();
        let touched = touched.filter(|name| tables.contains(name));
        let foreign = touched
            .filter(|table| !may_touch(service, table) && !only_shows(service, &function, table));
        let faults = foreign.map(|table| format!("touches {table}, which is not of {service}"));
        let mut faults: Vec<_> = faults.collect();
        faults.dedup();
        named(function.id, faults)
    });
    faults.collect()
}

/// Whether all that a function may do with a table is to read items of it for customers.
fn only_shows(service: &str, function: &Resource<'_>, table: &str) -> bool {
    let rights = function.allowed().into_iter();
    let mut rights = rights.filter(|right| {
        let mut resources = right.resources.iter();
        resources.any(|resource| mentioned(resource).contains(&table))
    });
    service == SHOWS && rights.all(|right| right.actions == [READING])
}

fn may_touch(service: &str, table: &str) -> bool {
    let owner = ALONE.iter().find(|(_, own)| *own == table);
    let own = ALONE.iter().find(|(alone, _)| *alone == service);
    match (owner, own) {
        (Some((owner, _)), _) => *owner == service,
        (None, Some(_)) => false,
        (None, None) => true,
    }
}

mod tests {
    use serde_json::{Value, json};

    use super::check;
    use crate::document::assert_bites;
    use crate::settings::Pair;
    use crate::template::Template;

    #[track_caller]
    fn assert_found(template: Template, words: &[&str]) {
        let broken = Pair {
            template,
            ..Pair::real()
        };
        assert_bites(check, &Pair::real(), &broken, words);
    }

    #[track_caller]
    fn assert_changed(pointer: &str, value: Value, words: &[&str]) {
        let pointer = format!("/Resources/{pointer}");
        assert_found(Template::real().with(&pointer, value), words);
    }

    #[test]
    fn each_event_reaches_who_waits_for_it_and_nobody_else_sends_there() {
        let real = Pair::real();
        assert!(!real.template.of_type("AWS::Events::Rule").is_empty());
        assert_eq!(check(&real), Vec::<String>::new());
    }

    #[test]
    fn a_rule_that_listens_elsewhere_is_found() {
        let rule = "StockRequests/Properties";
        let bus = format!("{rule}/EventBusName");
        let words = ["InvoicesRule", "our bus"];
        assert_changed("InvoicesRule/Properties/EventBusName", json!(null), &words);
        let words = ["StockRequests", "our bus"];
        assert_changed(&bus, json!("default"), &words);
        assert_found(
            Template::real().without(&format!("/Resources/{bus}")),
            &words,
        );
        let source = format!("{rule}/EventPattern/source");
        for other in [
            json!(["aws.ec2"]),
            json!(["holdfast", "aws.ec2"]),
            json!(null),
        ] {
            assert_changed(&source, other, &["StockRequests", "not ours"]);
        }
        let words = ["PushRule", "names no events"];
        let detail = "PushRule/Properties/EventPattern/detail";
        for any in [
            json!(null),
            json!({}),
            json!({"$or": []}),
            json!({"$or": [{"x": ["y"]}]}),
        ] {
            assert_changed(detail, any, &words);
        }
        let names = format!("{rule}/EventPattern/detail-type");
        assert_changed(&names, json!([]), &["StockRequests", "names no events"]);
    }

    #[test]
    fn an_event_that_would_get_lost_is_found() {
        let target = "StockRequests/Properties/Targets/0";
        let arn = |queue: &str| json!({"Fn::GetAtt": [queue, "Arn"]});
        let words = ["StockRequests", "no queue that a function consumes"];
        assert_changed(&format!("{target}/Arn"), arn("StockDeadLetters"), &words);
        let words = ["StockRequests", "nowhere to go"];
        let letters = format!("{target}/DeadLetterConfig");
        assert_found(
            Template::real().without(&format!("/Resources/{letters}")),
            &words,
        );
        assert_changed(&format!("{letters}/Arn"), arn("StockQueue"), &words);
        assert_changed(
            "StockRequests/Properties/Targets",
            json!([]),
            &["no target"],
        );
        let target_of_invoices = "InvoicesRule/Properties/Targets/0/DeadLetterConfig";
        let words = ["InvoicesRule", "nowhere to go"];
        assert_changed(target_of_invoices, json!(null), &words);
        let path = format!("{target}/InputPath");
        assert_changed(&path, json!("$.detail"), &["StockRequests", "InputPath"]);
    }

    #[test]
    fn a_queue_that_its_rule_may_not_send_to_or_others_may_is_found() {
        let policy = "StockQueuePolicy/Properties";
        let one = json!([{"Ref": "StockQueue"}]);
        let words = ["StockRequests", "may not send to StockDeadLetters"];
        assert_changed(&format!("{policy}/Queues"), one, &words);
        let statement = format!("{policy}/PolicyDocument/Statement/0");
        let words = ["StockRequests", "may not send to StockQueue"];
        assert_changed(&format!("{statement}/Effect"), json!("Deny"), &words);
        let invoices = "InvoicesQueuePolicy/Properties/Queues";
        let words = ["InvoicesRule", "may not send to InvoicesQueue"];
        assert_changed(invoices, json!([]), &words);
        let others = ["StockQueuePolicy", "others than a rule"];
        let any = json!({"AWS": "*"});
        assert_changed(&format!("{statement}/Principal"), any, &others);
        let anywhere = json!({"ArnLike": {"aws:SourceArn": "*"}});
        assert_changed(&format!("{statement}/Condition"), anywhere, &others);
        let more = json!(["sqs:SendMessage", "sqs:ReceiveMessage"]);
        let words = ["StockQueuePolicy", "more than sending"];
        assert_changed(&format!("{statement}/Action"), more, &words);
    }

    #[test]
    fn a_table_that_two_services_would_share_is_found() {
        let variables = "Properties/Environment/Variables";
        let table = |id: &str| json!({"Ref": id});
        let pointer = format!("StockSeedFunction/{variables}/BOOKINGS_TABLE");
        let words = ["StockSeedFunction", "BookingsTable", "not of stock"];
        assert_changed(&pointer, table("BookingsTable"), &words);
        let pointer = format!("OrderFunction/{variables}/STOCK_TABLE");
        let words = ["OrderFunction", "StockTable", "not of order"];
        assert_changed(&pointer, table("StockTable"), &words);
        let pointer = "ApiFunction/Properties/Policies/0/Statement/9/Action";
        let actions = json!(["dynamodb:GetItem", "dynamodb:PutItem"]);
        let words = ["ApiFunction", "StockTable", "not of api"];
        assert_changed(pointer, actions, &words);
    }
}
