//! Takes requests from the queue. Each is answered once, by one transaction; what is delivered again
//! changes nothing.
//!
//! Invoices of one series take their numbers from one tally, so two that are issued at once get in each
//! other's way. The requests of a batch are taken one after another, and the template bounds how many
//! batches are under way.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::fault::Fault;
use holdfast_core::time::Timestamp;
use holdfast_kit::batch::{self, Answer, Batch};
use holdfast_kit::clock::Clock;
use holdfast_kit::queue::{self, Pauses, Postpones};
use holdfast_kit::rehearsal::Simulation;
use tokio::sync::Mutex;

use crate::rules::decide::series;
use crate::rules::{Case, Message, decide};
use crate::store::{Invoices, Store, tally};

/// The pauses before a request that failed comes again.
const PAUSES: Pauses = Pauses {
    first: Duration::from_secs(1),
};

/// Takes requests.
#[derive(Debug)]
pub struct Requests {
    store: Store,
    clock: Clock,
    simulation: Simulation,
    turn: Mutex<()>,
}

impl Requests {
    /// What answers with the invoices in this table.
    pub fn new(store: Store, clock: Clock, simulation: Simulation) -> Self {
        Self {
            store,
            clock,
            simulation,
            turn: Mutex::default(),
        }
    }

    /// Answers every request of a batch. One that fails comes again; one that makes no sense goes into
    /// the dead-letter queue, past all others.
    ///
    /// # Errors
    /// None: what failed is in the answer.
    pub async fn consume(
        &self,
        batch: Batch<batch::Message>,
        source: &impl Postpones,
    ) -> Result<Answer, Failure> {
        let pause = |tries| Some(PAUSES.after(tries));
        let answer = |message, tries| async move { self.answer(&message, tries).await };
        queue::each::<Invoices, _, _>(batch, source, pause, answer).await
    }

    /// Answers a request, by the number of its try.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer, or too many issue invoices at once.
    pub async fn answer(&self, message: &Message, tries: u32) -> Result<(), Failure> {
        let fault = match self.simulation.is_on() {
            true => message.fault(),
            false => Fault::Ok,
        };
        self.suffer(fault, message.at(), tries).await?;
        let _turn = self.turn.lock().await;
        let now = self.clock.now();
        let case = self.case(message, now).await?;
        let decided = |case: &Case| Ok(Some(decide(case, message, now, fault)));
        let case = self.store.change(case, decided).await?;
        let version = case.record.map(|record| record.version);
        tracing::info!(version, "answered");
        Ok(())
    }

    /// What is known of the order, and the number given last.
    async fn case(&self, message: &Message, now: Timestamp) -> Result<Case, Failure> {
        let order_id = message.order_id().clone();
        let record = self.store.find(&order_id).await?;
        let last = match series(record.as_ref(), message, now) {
            Some(series) => self.store.tally(&tally(&series)).await?,
            None => None,
        };
        Ok(Case {
            order_id,
            record,
            last: last.unwrap_or_default(),
        })
    }

    /// The scripted faults that come before any work. A request that is slow waits without holding up
    /// others, and counts from when it was asked: a process that ends meanwhile does not prolong it.
    async fn suffer(&self, fault: Fault, asked: Timestamp, tries: u32) -> Result<(), Failure> {
        match fault {
            Fault::Unavailable(most) if most.is_none_or(|most| tries <= most) => {
                Err(Failure::Unavailable("unavailable, as scripted".to_owned()))
            }
            Fault::Slow(millis) => {
                let until = asked + Duration::from_millis(millis.into());
                tokio::time::sleep(self.clock.now().until(until)).await;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
