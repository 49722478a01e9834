//! Consumes what other services answer over the bus. An answer is recorded, and the execution that waits
//! is told. Late, doubled or in another order than it was asked for, an answer changes nothing wrong.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_kit::batch::{self, Batch};
use holdfast_kit::clock::Clock;
use holdfast_kit::queue::{self, Pauses, Postpones};
use holdfast_kit::task_tokens::Tells;
use holdfast_order_rules::answering::record_answer;
use holdfast_order_rules::broker::Answer;
use holdfast_order_rules::closing::conclude;
use holdfast_order_rules::order::Snapshot;
use serde::Deserialize;
use serde_json::Value;

use crate::store::{Orders, Store};
use crate::telling;

/// The pauses before an answer that could not be recorded comes again.
const PAUSES: Pauses = Pauses {
    first: Duration::from_secs(1),
};

/// So often an answer about an order that is not there comes again: the order may be written meanwhile.
/// With the pauses between, that is a quarter of a minute. After that there is no such order.
const TRIES_WITHOUT_ORDER: u32 = 5;

const ACTOR: &str = "answers";

/// Records answers.
#[derive(Clone, Debug)]
pub struct Answers<T> {
    /// The orders.
    pub store: Store,
    /// Tells executions.
    pub task_tokens: T,
    /// The time.
    pub clock: Clock,
}

/// An event, as the bus delivers it.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    /// Its name.
    #[serde(rename = "detail-type")]
    pub name: String,
    /// What it says.
    pub detail: Value,
}

impl<T: Tells> Answers<T> {
    /// Records every answer of a batch. One that fails comes again; one that makes no sense goes into the
    /// dead-letter queue, past all others.
    ///
    /// # Errors
    /// None: what failed is in the answer.
    pub async fn consume(
        &self,
        batch: Batch<batch::Message>,
        source: &impl Postpones,
    ) -> Result<batch::Answer, Failure> {
        let pause = |tries| Some(PAUSES.after(tries));
        let take = |message: Message, tries| async move { self.take(&message, tries).await };
        queue::each::<Orders, _, _>(batch, source, pause, take).await
    }

    /// Records one answer, by the number of its try, and tells the execution that waits. An order that
    /// waits at the desk ends if nothing of it is left.
    ///
    /// # Errors
    /// [`Failure::InvalidOrder`] where it makes no sense, [`Failure::Unavailable`] to be delivered again.
    pub async fn take(&self, message: &Message, tries: u32) -> Result<(), Failure> {
        let answer = Answer::read(&message.name, &message.detail)?;
        let found = self.order(&answer.order_id, tries).await?;
        let record =
            |snapshot: &Snapshot| record_answer(snapshot, &answer, self.clock.stamp(ACTOR));
        let known = self.store.change(found, record).await?;
        let conclude = |snapshot: &Snapshot| Ok(conclude(snapshot, self.clock.stamp(ACTOR)));
        let known = self.store.change(known, conclude).await?;
        telling::tell(&known, &self.task_tokens).await
    }

    /// The order that an answer is about.
    async fn order(&self, id: &OrderId, tries: u32) -> Result<Snapshot, Failure> {
        if tries >= TRIES_WITHOUT_ORDER {
            return self.store.load(id).await;
        }
        let found = self.store.find(id).await?;
        let problem = || format!("the order {id} is not written yet");
        found.ok_or_else(|| Failure::unavailable("recording an answer", problem()))
    }
}
