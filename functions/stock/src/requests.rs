//! Takes what orders ask for. Each request is answered in one transaction with what it changes, so
//! that it is done once however often it comes, and wherever a process ends.
//!
//! The requests of a batch are taken one after another: many orders for one product would only be in
//! each other's way, for DynamoDB does one of two transactions on the same item at the same time.

use std::sync::Arc;
use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::fault::Fault;
use holdfast_kit::batch::{Answer, Batch, Message};
use holdfast_kit::clock::Clock;
use holdfast_kit::queue::{self, Pauses, Postpones};
use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::table::Aggregate;
use holdfast_stock_rules::answering::{Transition, answer};
use holdfast_stock_rules::request::{Request, Wish};
use tokio::sync::Mutex;

use crate::seed::begin;
use crate::store::{Case, RESERVATION, Reservations, Row, Store};

/// The longest that a request is held up as scripted: the function must end in time.
const SLOWEST: Duration = Duration::from_secs(8);
/// How long a request that failed waits before it comes again.
const PAUSES: Pauses = Pauses {
    first: Duration::from_secs(1),
};

/// Answers orders.
#[derive(Clone, Debug)]
pub struct Requests {
    /// The stock.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Whether scripted faults happen.
    pub simulation: Simulation,
    /// Whose turn it is.
    pub turn: Arc<Mutex<()>>,
}

impl Requests {
    /// Takes a batch of requests. One that makes no sense, or cannot be answered now, is reported and
    /// holds up no other.
    ///
    /// # Errors
    /// None: what failed is in the answer.
    pub async fn consume(
        &self,
        batch: Batch<Message>,
        queue: &impl Postpones,
    ) -> Result<Answer, Failure> {
        let take = |request: Request, tries| async move { self.take(&request, tries).await };
        let pause = |tries| Some(PAUSES.after(tries));
        queue::each::<Reservations, _, _>(batch, queue, pause, take).await
    }

    /// Takes one request, at its first delivery or a later one (`tries`). It is answered when this
    /// returns.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] to be delivered again.
    pub async fn take(&self, request: &Request, tries: u32) -> Result<(), Failure> {
        let fault = match self.simulation.is_on() {
            true => request.fault,
            false => Fault::Ok,
        };
        let request = Request {
            fault,
            ..request.clone()
        };
        match (&request.wish, fault) {
            (_, Fault::Slow(ms)) => {
                let slow = Duration::from_millis(ms.into());
                tokio::time::sleep(slow.min(SLOWEST)).await;
            }
            (_, Fault::Unavailable(times)) if times.is_none_or(|times| tries <= times) => {
                return Err(Failure::Unavailable("as scripted".to_owned()));
            }
            // There is no answer that says no: the order's patience ends, and its desk is told.
            (Wish::PutBack, Fault::Refuse) => {
                tracing::warn!("nothing is put back, as scripted");
                return Ok(());
            }
            _ => {}
        }
        let _turn = self.turn.lock().await;
        self.answer(&request).await
    }

    /// Answers a request with what is recorded, or with what it leads to. A product that nobody has
    /// drawn upon yet is begun.
    async fn answer(&self, request: &Request) -> Result<(), Failure> {
        let found = self.store.row(&request.order_id, RESERVATION).await?;
        let case = Case {
            reservation: found.map(|Row(reservation)| reservation),
            short: Vec::new(),
        };
        let case = self.change(case, request).await?;
        let not_begun = case.not_begun();
        if not_begun.is_empty() {
            return Ok(());
        }
        for sku in not_begun {
            begin(&self.store, &sku).await?;
        }
        let short = Vec::new();
        let case = self.change(Case { short, ..case }, request).await?;
        match case.not_begun().first() {
            None => Ok(()),
            Some(sku) => Err(Failure::Unavailable(format!("{sku} could not be begun"))),
        }
    }

    /// Writes the answer, unless a product must be begun first.
    async fn change(&self, case: Case, request: &Request) -> Result<Case, Failure> {
        let decide = |case: &Case| Ok(self.decide(case, request));
        self.store.change(case, decide).await
    }

    fn decide(&self, case: &Case, request: &Request) -> Option<Transition> {
        let was = case.reservation.as_ref();
        if was.is_none() && !case.not_begun().is_empty() {
            return None;
        }
        let transition = answer(was, request, &case.short, self.clock.now());
        let event = Reservations::event(&transition);
        tracing::info!(request_id = %request.id, answer = ?event.name, "answering");
        Some(transition)
    }
}
