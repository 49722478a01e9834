//! Hears what goes over the bus, in a queue of a test's own.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

use aws_sdk_eventbridge::types::Target;
use aws_sdk_sqs::types::QueueAttributeName::QueueArn;
use serde_json::{Value, json};

use crate::{Stack, fresh_name, output};

impl Stack {
    /// Has Holdfast's events that match this pattern put into a queue, by a rule of this name; answers
    /// with the queue's address.
    pub async fn hears(&self, rule: &str, pattern: &Value) -> String {
        let (url, arn) = self.new_queue().await;
        let mut pattern = pattern.clone();
        pattern["source"] = json!(["holdfast"]);
        let bus = output("EVENT_BUS_NAME");
        let put = self.events.put_rule().event_bus_name(&bus).name(rule);
        let put = put.event_pattern(pattern.to_string()).send().await;
        put.expect("the bus takes the rule");
        let target = Target::builder().id("queue").arn(arn).build();
        let targets = self.events.put_targets().event_bus_name(&bus).rule(rule);
        let put = targets.targets(target.expect("a target")).send().await;
        put.expect("the rule takes the queue");
        url
    }

    /// Hears no more by this rule, and drops its queue.
    pub async fn hears_no_more(&self, rule: &str, url: &str) {
        let bus = output("EVENT_BUS_NAME");
        let targets = self.events.remove_targets().event_bus_name(&bus).rule(rule);
        let removed = targets.ids("queue").send().await;
        removed.expect("the queue is the rule's");
        let deleted = self.events.delete_rule().event_bus_name(&bus).name(rule);
        deleted.send().await.expect("the rule is there");
        let deleted = self.sqs.delete_queue().queue_url(url).send().await;
        deleted.expect("the queue is there");
    }

    async fn new_queue(&self) -> (String, String) {
        let made = self.sqs.create_queue().queue_name(fresh_name("events"));
        let made = made.send().await.expect("a queue can be made");
        let url = made.queue_url.expect("it has an address");
        let asked = self.sqs.get_queue_attributes().queue_url(&url);
        let asked = asked.attribute_names(QueueArn).send().await;
        let attributes = asked.expect("the queue answers").attributes;
        let arn = attributes.and_then(|mut attributes| attributes.remove(&QueueArn));
        (url, arn.expect("it has a name"))
    }

    /// The messages of a queue, as far as they have come.
    pub async fn receive(&self, url: &str) -> Vec<Value> {
        let asked = self.sqs.receive_message().queue_url(url);
        let asked = asked.max_number_of_messages(10).wait_time_seconds(1);
        let received = asked.send().await.expect("the queue answers").messages;
        let messages = received.unwrap_or_default();
        for message in &messages {
            let handle = message.receipt_handle().expect("a handle");
            let deleted = self.sqs.delete_message().queue_url(url);
            let deleted = deleted.receipt_handle(handle).send().await;
            deleted.expect("it can be deleted");
        }
        let read = |message: &aws_sdk_sqs::types::Message| {
            let body = message.body().expect("a body");
            serde_json::from_str(body).expect("an event")
        };
        messages.iter().map(read).collect()
    }
}
