//! A part that waits for another waits longer than that one takes.

use serde_json::Value;

use crate::document::text;
use crate::template::{Template, attribute, reference};

const LONGEST_HOLD_SECONDS: f64 = 86_400.0;

/// Complaints about those who lose their patience too early.
fn check(template: &Template) -> Vec<String> {
    let number = |pointer: &str| template.0.pointer(pointer).and_then(Value::as_f64);
    let parameter = |name: &str, bound: &str| number(&format!("/Parameters/{name}/{bound}"));
    let function = number("/Globals/Function/Timeout");
    let supplier = parameter("SupplierTimeoutMs", "MaxValue").map(|ms| ms / 1000.0);
    let traveller = parameter("LeaseSeconds", "Default").map(|lease| lease + LONGEST_HOLD_SECONDS);
    let poll = parameter("PendingPollSeconds", "Default");
    let waits = [
        // The lease is renewed by the step that asks about a pending payment.
        (
            "LeaseSeconds",
            parameter("LeaseSeconds", "Default"),
            poll.zip(function).map(|(poll, function)| poll + function),
        ),
        (
            "TaskTimeoutSeconds",
            parameter("TaskTimeoutSeconds", "MinValue"),
            function,
        ),
        // A call that may have been lost is asked about, which is a second call.
        (
            "Globals.Function.Timeout",
            function,
            supplier.map(|call| 2.0 * call),
        ),
        (
            "AwaitTimeoutSeconds",
            parameter("AwaitTimeoutSeconds", "Default"),
            traveller,
        ),
        // A Retry's pauses must be able to grow.
        (
            "RetryIntervalSeconds",
            Some(60.0),
            parameter("RetryIntervalSeconds", "MaxValue"),
        ),
    ];
    let hasty = waits.into_iter().filter(|(_, long, short)| {
        let known = long.zip(*short);
        !known.is_some_and(|(long, short)| long > short)
    });
    let hasty =
        hasty.map(|(who, long, short)| format!("{who}: {long:?} is not longer than {short:?}"));
    hasty.chain(queues(template, function)).collect()
}

/// A message must not come back while it is being worked on.
fn queues(template: &Template, timeout: Option<f64>) -> Vec<String> {
    let consumed = template.functions().into_iter().flat_map(|function| {
        let events = function.properties()["Events"]
            .as_object()
            .into_iter()
            .flatten();
        let queues = events.filter(|(_, event)| text(event, "Type") == "SQS");
        queues.map(|(_, event)| &event["Properties"]["Queue"])
    });
    let hasty = consumed.filter_map(|queue| {
        let id = attribute(queue).map(|(id, _)| id).or(reference(queue))?;
        let queue = template.find("AWS::SQS::Queue", id)?;
        let hidden = queue.properties()["VisibilityTimeout"].as_f64();
        (hidden < timeout)
            .then(|| format!("{id}: its messages come back before they are done with"))
    });
    hasty.collect()
}

mod tests {
    use serde_json::json;

    use super::check;
    use crate::document::assert_bites;
    use crate::template::Template;

    #[test]
    fn who_waits_waits_longer_than_it_takes() {
        assert_eq!(check(&Template::real()), Vec::<String>::new());
    }

    #[test]
    fn who_loses_patience_too_early_is_found() {
        let real = Template::real();
        for (pointer, value, word) in [
            (
                "/Parameters/TaskTimeoutSeconds/MinValue",
                15,
                "TaskTimeoutSeconds",
            ),
            (
                "/Parameters/SupplierTimeoutMs/MaxValue",
                8000,
                "Function.Timeout",
            ),
            (
                "/Parameters/AwaitTimeoutSeconds/Default",
                900,
                "AwaitTimeoutSeconds",
            ),
            (
                "/Parameters/RetryIntervalSeconds/MaxValue",
                60,
                "RetryIntervalSeconds",
            ),
            (
                "/Resources/TimerQueue/Properties/VisibilityTimeout",
                5,
                "TimerQueue",
            ),
            (
                "/Resources/StockQueue/Properties/VisibilityTimeout",
                5,
                "StockQueue",
            ),
        ] {
            let broken = real.with(pointer, json!(value));
            assert_bites(check, &real, &broken, &[word]);
        }
    }
}
