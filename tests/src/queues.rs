//! What waits on the deployed stack: messages in queues, and schedules.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

use std::time::Duration;

use crate::{Stack, eventually, output};

impl Stack {
    /// The schedules of a booking, or of all with an empty name.
    pub async fn schedules(&self, name: &str) -> Vec<String> {
        self.schedules_in(&output("SCHEDULE_GROUP_NAME"), name)
            .await
    }

    /// The schedules of a group whose names begin like this.
    pub async fn schedules_in(&self, group: &str, name: &str) -> Vec<String> {
        let listed = self.scheduler.list_schedules().group_name(group);
        let prefix = (!name.is_empty()).then(|| name.to_owned());
        let listed = listed.set_name_prefix(prefix);
        let mut pages = listed.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(schedule) = pages.next().await {
            let schedule = schedule
                .expect("schedules can be listed")
                .name
                .unwrap_or_default();
            if schedule.starts_with(name) {
                found.push(schedule);
            }
        }
        found
    }

    /// Waits until no wake-up that is due is left in the timer queue or under way.
    pub async fn queue_is_quiet(&self) {
        let url = output("TIMER_QUEUE_URL");
        let quiet = async || (self.messages_in(&url).await == 0).then_some(());
        eventually(
            "the timer queue to be quiet",
            Duration::from_secs(60),
            quiet,
        )
        .await;
    }

    /// How many messages a queue has, waiting or under way.
    pub async fn messages_in(&self, url: &str) -> u32 {
        use aws_sdk_sqs::types::QueueAttributeName::{
            ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible,
        };
        let names = vec![
            ApproximateNumberOfMessages,
            ApproximateNumberOfMessagesNotVisible,
        ];
        let asked = self.sqs.get_queue_attributes().queue_url(url);
        let answer = asked.set_attribute_names(Some(names)).send().await;
        let attributes = answer.expect("the queue answers").attributes;
        let counts = attributes.unwrap_or_default().into_values();
        counts.filter_map(|count| count.parse::<u32>().ok()).sum()
    }
}
