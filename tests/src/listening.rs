//! Puts a function that consumes a queue out of order, and in order again.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

use std::time::Duration;

use crate::{Stack, eventually};

const SOON: Duration = Duration::from_secs(60);

/// A function that does not listen to its queue.
#[derive(Debug)]
pub struct Deaf(String);

impl Stack {
    /// Switches a function's event source off; its queue holds what comes.
    pub async fn stop_listening(&self, function: &str) -> Deaf {
        let name = self.function(function);
        let listed = self.lambda.list_event_source_mappings().function_name(name);
        let listed = listed.send().await.expect("event sources can be listed");
        let source = listed.event_source_mappings().first();
        let source = source
            .and_then(|source| source.uuid())
            .expect("an event source");
        self.switch(source, false).await;
        Deaf(source.to_owned())
    }

    /// Switches it on again.
    pub async fn listen_again(&self, deaf: Deaf) {
        self.switch(&deaf.0, true).await;
    }

    async fn switch(&self, source: &str, on: bool) {
        let update = self.lambda.update_event_source_mapping().uuid(source);
        let update = update.enabled(on).send().await;
        update.expect("the event source can be switched");
        let wanted = if on { "Enabled" } else { "Disabled" };
        eventually(wanted, SOON, async || {
            let asked = self.lambda.get_event_source_mapping().uuid(source);
            let now = asked.send().await.expect("the event source is there");
            (now.state() == Some(wanted)).then_some(())
        })
        .await;
    }
}
