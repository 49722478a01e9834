//! A function that sends to the queue that it consumes says so. Lambda takes such a loop for a mistake
//! and stops it after some 16 rounds, unless the function allows it; and no other function may, for
//! there it would be a mistake.

use std::collections::BTreeSet;

use crate::document::{entries, text};
use crate::template::{Resource, Template, mentioned};

const SENDING: &str = "sqs:SendMessage";

/// Complaints about loops.
fn check(template: &Template) -> Vec<String> {
    let functions = template.functions().into_iter();
    let faults = functions.filter_map(|function| {
        let allows = text(function.properties(), "RecursiveLoop") == "Allow";
        let fault = match (is_loop(&function), allows) {
            (true, false) => "is stopped when it has sent to its own queue for a while",
            (false, true) => "allows a loop that it does not have",
            _ => return None,
        };
        Some(format!("{}: {fault}", function.id))
    });
    faults.collect()
}

/// Whether a function may send to a queue that it consumes.
fn is_loop(function: &Resource<'_>) -> bool {
    let events = entries(function.properties(), "Events");
    let queues = events.filter(|(_, event)| text(event, "Type") == "SQS");
    let consumed = queues.flat_map(|(_, event)| mentioned(&event["Properties"]["Queue"]));
    let consumed: BTreeSet<_> = consumed.collect();
    let rights = function.allowed().into_iter();
    let sends = rights.filter(|right| right.actions.contains(&SENDING));
    let mut targets = sends.flat_map(|right| right.resources).flat_map(mentioned);
    targets.any(|target| consumed.contains(target))
}

mod tests {
    use serde_json::json;

    use super::check;
    use crate::document::assert_bites;
    use crate::template::Template;

    #[test]
    fn a_function_that_sends_to_its_own_queue_and_no_other_may_loop() {
        assert_eq!(check(&Template::real()), Vec::<String>::new());
    }

    #[test]
    fn a_timer_that_lambda_would_stop_is_found() {
        let real = Template::real();
        let pointer = "/Resources/TimerFunction/Properties/RecursiveLoop";
        let words = ["TimerFunction", "stopped"];
        assert_bites(check, &real, &real.without(pointer), &words);
        let broken = real.with(pointer, json!("Terminate"));
        assert_bites(check, &real, &broken, &words);
    }

    #[test]
    fn a_loop_that_is_allowed_in_vain_is_found() {
        let real = Template::real();
        let pointer = "/Resources/RedriveFunction/Properties/RecursiveLoop";
        let broken = real.with(pointer, json!("Allow"));
        let words = ["RedriveFunction", "does not have"];
        assert_bites(check, &real, &broken, &words);
    }
}
