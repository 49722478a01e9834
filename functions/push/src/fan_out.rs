//! Tells those who listen of what the bus delivers. Events of one saga that come in one batch are one
//! message to each connection: a message says that something has changed, not what.
//!
//! A message that a page does not get costs the time until it asks by itself, so nothing is sent again
//! later. What cannot be read, or whose listeners cannot be found, comes again from the queue.

pub mod owners;
pub mod sender;

use std::collections::HashMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use holdfast_core::failure::Failure;
use holdfast_kit::batch::{Answer, Batch, Message};
use holdfast_kit::clock::Clock;
use tokio::time::timeout;

use self::owners::Owners;
use self::sender::{Sender, Sent};
use crate::rules::{Audience, Connection, News};
use crate::store::Connections;

/// So many messages are on their way at once.
const AT_ONCE: usize = 32;
/// All messages of a batch take no longer: the function ends after 15 seconds.
const LONGEST: Duration = Duration::from_secs(10);

/// Tells pages of events.
#[derive(Clone, Debug)]
pub struct FanOut {
    /// Who listens.
    pub connections: Connections,
    /// Whose sagas are.
    pub owners: Owners,
    /// Sends.
    pub sender: Sender,
    /// The time.
    pub clock: Clock,
}

/// The listeners that were looked for in one batch.
type Found = HashMap<Audience, Vec<Connection>>;

impl FanOut {
    /// Tells of a batch of events.
    ///
    /// # Errors
    /// None: what is to come again is in the answer.
    pub async fn consume(&self, batch: Batch<Message>) -> Result<Answer, Failure> {
        let (news, mut failed) = read(batch.records);
        let (mut found, mut messages) = (Found::new(), Vec::new());
        for (saga, ids) in news {
            match self.listeners(&saga, &mut found).await {
                Ok(listeners) => {
                    let message = serde_json::to_string(&saga).unwrap_or_default();
                    let to = listeners.into_iter();
                    messages.extend(to.map(|listener| (listener, message.clone())));
                }
                Err(failure) => {
                    let problem = failure.to_string();
                    tracing::warn!(
                        problem,
                        "listeners not found; the queue will bring it again"
                    );
                    failed.extend(ids);
                }
            }
        }
        let tell = |(to, message): (Connection, String)| async move {
            self.tell(&to, &message).await;
        };
        let told = stream::iter(messages).for_each_concurrent(AT_ONCE, tell);
        if timeout(LONGEST, told).await.is_err() {
            tracing::warn!("messages took too long; those that are left are lost");
        }
        Ok(Answer::failed(failed))
    }

    async fn listeners(&self, saga: &News, found: &mut Found) -> Result<Vec<Connection>, Failure> {
        let owner = self.owners.of(saga).await?;
        let mut listeners = Vec::new();
        for audience in Audience::of_saga(owner) {
            if !found.contains_key(&audience) {
                let open = self.connections.of(&audience, self.clock.now()).await?;
                found.insert(audience.clone(), open);
            }
            listeners.extend(found[&audience].iter().cloned());
        }
        Ok(listeners)
    }

    async fn tell(&self, to: &Connection, message: &str) {
        let connection_id = to.connection_id.as_str();
        match self.sender.send(&to.connection_id, message).await {
            Sent::Done => {}
            Sent::Gone if to.is_forgotten(self.clock.now()) => {
                if let Err(failure) = self.connections.forget(to).await {
                    let problem = failure.to_string();
                    tracing::warn!(
                        connection_id,
                        problem,
                        "a connection is gone, and not forgotten"
                    );
                }
            }
            Sent::Gone => tracing::info!(connection_id, "a connection that is not open yet"),
            Sent::Lost(problem) => tracing::warn!(connection_id, problem, "a message is lost"),
        }
    }
}

/// The sagas that messages are about, each with its messages; and the messages that make no sense.
fn read(records: Vec<Message>) -> (Vec<(News, Vec<String>)>, Vec<String>) {
    let (mut news, mut failed) = (Vec::<(News, Vec<String>)>::new(), Vec::new());
    for record in records {
        let id = record.message_id;
        match serde_json::from_str::<News>(&record.body) {
            Err(_) => {
                tracing::warn!(message_id = id, "a message that is no event of a saga");
                failed.push(id);
            }
            Ok(saga) => match news.iter_mut().find(|(known, _)| *known == saga) {
                Some((_, ids)) => ids.push(id),
                None => news.push((saga, vec![id])),
            },
        }
    }
    (news, failed)
}
