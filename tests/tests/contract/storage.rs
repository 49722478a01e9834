//! What is kept is encrypted and can be restored, and ends when it should; what cannot be processed
//! is kept for an operator, who hears of it.

use serde_json::Value;

use crate::document::{entries, items, text};
use crate::template::{Resource, Template, attribute, reference};

/// Complaints about tables and queues.
fn check(template: &Template) -> Vec<String> {
    let tables = template.of_type("AWS::DynamoDB::Table");
    let queues = template.of_type("AWS::SQS::Queue");
    let named = |id: &str, faults: Vec<&str>| {
        let named = faults.into_iter().map(|fault| format!("{id}: {fault}"));
        named.collect::<Vec<_>>()
    };
    let mut complaints = Vec::new();
    for found in &tables {
        complaints.extend(named(found.id, table(found.properties())));
    }
    for found in &queues {
        let encrypted = found.properties()["SqsManagedSseEnabled"] == true
            || found.properties().get("KmsMasterKeyId").is_some();
        if !encrypted {
            complaints.push(format!("{}: is not encrypted", found.id));
        }
    }
    complaints.extend(unprocessed(template));
    complaints.extend(unheard(template));
    complaints
}

/// Queues that no function consumes wait for an operator: an alarm says so.
fn unheard(template: &Template) -> Vec<String> {
    let alarms = template.of_type("AWS::CloudWatch::Alarm");
    let watched = |id: &str| {
        let mut dimensions = alarms
            .iter()
            .flat_map(|alarm| items(alarm.properties(), "Dimensions"));
        dimensions.any(|dimension| attribute(&dimension["Value"]) == Some((id, "QueueName")))
    };
    let functions = template.functions();
    let events = functions
        .iter()
        .flat_map(|function| entries(function.properties(), "Events"));
    let consumed = events.filter_map(|(_, event)| queue(template, &event["Properties"]["Queue"]));
    let consumed: Vec<_> = consumed.map(|queue| queue.id).collect();
    let queues = template.of_type("AWS::SQS::Queue").into_iter();
    let left = queues.filter(|queue| !consumed.contains(&queue.id));
    left.filter(|queue| !watched(queue.id))
        .map(|queue| format!("{}: no alarm tells of its messages", queue.id))
        .collect()
}

fn table(properties: &Value) -> Vec<&'static str> {
    let recovery = &properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"];
    let ending = &properties["TimeToLiveSpecification"];
    let wanted = [
        (
            &properties["SSESpecification"]["SSEEnabled"],
            "is not encrypted",
        ),
        (recovery, "has no point-in-time recovery"),
        (&ending["Enabled"], "has no TTL"),
    ];
    let missing = wanted.into_iter().filter(|(flag, _)| **flag != true);
    missing.map(|(_, fault)| fault).collect()
}

/// Messages and stream records that no function could process must go somewhere.
fn unprocessed(template: &Template) -> Vec<String> {
    let is_queue = |value: &Value| {
        let id = attribute(value).map(|(id, _)| id);
        id.is_some_and(|id| template.find("AWS::SQS::Queue", id).is_some())
    };
    let functions = template.functions();
    let events = functions.iter().flat_map(|function| {
        entries(function.properties(), "Events").map(move |(_, event)| (function, event))
    });
    let lost = events.filter_map(|(function, event)| {
        let source = &event["Properties"];
        match text(event, "Type") {
            "SQS" => {
                let queue = queue(template, &source["Queue"])?;
                let redrive = &queue.properties()["RedrivePolicy"];
                let kept = is_queue(&redrive["deadLetterTargetArn"])
                    && attribute(&redrive["deadLetterTargetArn"]) != Some((queue.id, "Arn"));
                (!kept).then(|| format!("{}: has no dead-letter queue", queue.id))
            }
            "DynamoDB" | "Kinesis" => {
                let kept = is_queue(&source["DestinationConfig"]["OnFailure"]["Destination"]);
                let tries = source.get("MaximumRetryAttempts").is_some();
                (!kept || !tries)
                    .then(|| format!("{}: a record that fails has nowhere to go", function.id))
            }
            _ => None,
        }
    });
    lost.collect()
}

fn queue<'a>(template: &'a Template, value: &'a Value) -> Option<Resource<'a>> {
    let id = attribute(value).map(|(id, _)| id).or(reference(value))?;
    template.find("AWS::SQS::Queue", id)
}

mod tests {
    use serde_json::json;

    use super::check;
    use crate::document::assert_bites;
    use crate::template::Template;

    #[test]
    fn what_is_kept_is_safe_and_nothing_vanishes() {
        assert_eq!(check(&Template::real()), Vec::<String>::new());
    }

    fn assert_missed(pointer: &str, words: &[&str]) {
        let real = Template::real();
        let broken = real.without(&format!("/Resources/{pointer}"));
        assert_bites(check, &real, &broken, words);
    }

    #[test]
    fn a_table_that_lacks_something_is_found() {
        for (field, word) in [
            ("SSESpecification", "encrypted"),
            ("PointInTimeRecoverySpecification", "recovery"),
            ("TimeToLiveSpecification", "TTL"),
        ] {
            for table in [
                "BookingsTable",
                "CustomersTable",
                "StockTable",
                "SuppliersTable",
                "InvoicesTable",
            ] {
                assert_missed(&format!("{table}/Properties/{field}"), &[table, word]);
            }
        }
        let real = Template::real();
        let pointer = "/Resources/BookingsTable/Properties/TimeToLiveSpecification/Enabled";
        let broken = real.with(pointer, json!(false));
        assert_bites(check, &real, &broken, &["BookingsTable", "TTL"]);
    }

    #[test]
    fn a_queue_that_lacks_something_is_found() {
        let words = ["SagaErrorsQueue", "encrypted"];
        assert_missed("SagaErrorsQueue/Properties/SqsManagedSseEnabled", &words);
        let words = ["TimerQueue", "dead-letter"];
        assert_missed("TimerQueue/Properties/RedrivePolicy", &words);
        assert_missed("TimerDeadLetters", &words);
        let words = ["StockQueue", "dead-letter"];
        assert_missed("StockQueue/Properties/RedrivePolicy", &words);
        assert_missed("StockDeadLetters", &words);
        let words = ["InvoicesQueue", "dead-letter"];
        assert_missed("InvoicesQueue/Properties/RedrivePolicy", &words);
    }

    #[test]
    fn a_queue_of_dead_letters_that_nobody_hears_of_is_found() {
        for queue in [
            "TimerDeadLetters",
            "StockDeadLetters",
            "StockPublisherDeadLetters",
            "InvoicesDeadLetters",
        ] {
            let words = [queue, "no alarm"];
            assert_missed(&format!("{queue}Alarm/Properties/Dimensions"), &words);
        }
    }

    #[test]
    fn a_stream_whose_failures_vanish_is_found() {
        for publisher in [
            "PublisherFunction",
            "StockPublisherFunction",
            "InvoicePublisherFunction",
        ] {
            let stream = format!("{publisher}/Properties/Events/Outbox/Properties");
            for field in ["DestinationConfig", "MaximumRetryAttempts"] {
                let words = [publisher, "nowhere to go"];
                assert_missed(&format!("{stream}/{field}"), &words);
            }
        }
    }
}
