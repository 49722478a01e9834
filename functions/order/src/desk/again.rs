//! Does again what could not be done, through the same participants and under the same keys as the state
//! machine: one that did it meanwhile answers with a replay. What is asked for over the broker is done
//! once its answer comes.

use holdfast_core::failure::Failure;
use holdfast_kit::desk::{Redrives, Said, failed, failures};
use holdfast_kit::suppliers::Endpoint;
use holdfast_order_rules::action::Action;
use holdfast_order_rules::asking::ask;
use holdfast_order_rules::beginning::Try;
use holdfast_order_rules::closing::conclude;
use holdfast_order_rules::desk::{set_about, try_failed, would_become};
use holdfast_order_rules::order::{OrderStatus, Snapshot};
use holdfast_order_rules::telling::{Told, told};
use holdfast_order_rules::undoing::Work;
use serde_json::Value;

use super::clerk::pick;
use super::{Clerk, Did, Errand, Report};
use crate::steps::Participants;
use crate::store::Orders;

/// A clerk, and the participants outside.
#[derive(Clone, Debug)]
pub struct Redriver {
    /// Who does it.
    pub clerk: Clerk,
    /// The participants.
    pub supplier: Endpoint,
}

impl Redrives for Redriver {
    type Of = Orders;
    type Status = OrderStatus;
    type Work = Work;

    /// Money that is refused for good turns the whole order back, so a message about a capture is about
    /// all that waits.
    fn part(work: &Work) -> Option<String> {
        (work.action != Action::CapturePayment).then(|| work.topic.to_string())
    }

    async fn redrive(&self, errand: &Errand) -> Result<Report, Failure> {
        self.clerk.redrive(errand, &self.supplier).await
    }
}

impl Clerk {
    /// Does again what waits of an order. What fails is told in the report and goes on waiting.
    ///
    /// # Errors
    /// [`Failure::NoSuch`] where there is no such order, [`Failure::InvalidOrder`] for no such part, [`Failure::Unavailable`] where the
    /// table does not answer.
    pub async fn redrive(&self, errand: &Errand, supplier: &Endpoint) -> Result<Report, Failure> {
        self.check()?;
        errand.check_reason()?;
        let found = self.store.load(&errand.id).await?;
        let work = pick(errand, &found)?;
        if errand.dry_run {
            return Ok(would(&found, errand, work));
        }
        let before = found.order.state.status;
        if !work.is_empty() {
            self.set_about(found, errand, &work).await?;
        }
        let mut did = Vec::new();
        for work in work {
            let outcome = match self.again(errand, work, supplier).await {
                Ok(said) => said,
                Err(failure) => Said::Failed(format!("{}: {failure}", failure.name())),
            };
            did.push(Did { work, outcome });
        }
        if let Some(note) = failures(&did, |work| work.action.to_string()) {
            let work: Vec<_> = failed(&did).copied().collect();
            self.tell(errand, &note, &work).await?;
        }
        Ok(Report {
            id: errand.id.clone(),
            before,
            after: self.conclude(errand).await?,
            did,
            dry_run: false,
        })
    }

    /// Ends the order if nothing is left of it; even with nothing to do, for an earlier try may have been
    /// cut off just before this.
    async fn conclude(&self, errand: &Errand) -> Result<OrderStatus, Failure> {
        let found = self.store.load(&errand.id).await?;
        let conclude = |snapshot: &Snapshot| Ok(conclude(snapshot, self.stamp()));
        let concluded = self.store.change(found, conclude).await?;
        Ok(concluded.order.state.status)
    }

    /// Tells the history who tries what, and why, before it is tried.
    async fn set_about(
        &self,
        found: Snapshot,
        errand: &Errand,
        work: &[Work],
    ) -> Result<(), Failure> {
        let names = work.iter().map(|work| work.action.to_string());
        let mut note = names.collect::<Vec<_>>().join(", ");
        if let Some(reason) = &errand.reason {
            note = format!("{note}: {reason}");
        }
        let tell = |snapshot: &Snapshot| Ok(set_about(snapshot, work, &note, self.stamp()));
        self.store.change(found, tell).await.map(drop)
    }

    /// Tells the history what has failed, and why.
    async fn tell(&self, errand: &Errand, note: &str, work: &[Work]) -> Result<(), Failure> {
        let found = self.store.load(&errand.id).await?;
        let tell = |snapshot: &Snapshot| Ok(try_failed(snapshot, work, note, self.stamp()));
        self.store.change(found, tell).await.map(drop)
    }

    /// One piece of work, as its participant does it.
    async fn again(
        &self,
        errand: &Errand,
        work: Work,
        supplier: &Endpoint,
    ) -> Result<Said, Failure> {
        let (action, tried) = (work.action, Try::Again);
        let found = self.store.load(&errand.id).await?;
        if work.topic.is_asked_over_the_broker() {
            return self.ask(found, action).await;
        }
        let participants = Participants {
            store: self.store.clone(),
            supplier: supplier.clone(),
            clock: self.clock.clone(),
        };
        let done = match action.is_undo() {
            true => participants.undo(found, action, tried).await,
            false => participants.act(found, action, tried, &Value::Null).await,
        };
        done.map(|_| Said::Done)
    }

    async fn ask(&self, found: Snapshot, action: Action) -> Result<Said, Failure> {
        let asks = |snapshot: &Snapshot| ask(snapshot, action, None, Try::Again, self.stamp());
        let asked = self.store.change(found, asks).await?;
        Ok(match told(&asked, action) {
            Told::Success(_) => Said::Done,
            Told::Nothing | Told::Failure(_) => Said::Asked,
        })
    }
}

fn would(found: &Snapshot, errand: &Errand, work: Vec<Work>) -> Report {
    let after = would_become(found, &work);
    let did = work.into_iter().map(|work| Did {
        work,
        outcome: Said::WouldBeDone,
    });
    Report {
        id: errand.id.clone(),
        before: found.order.state.status,
        after,
        did: did.collect(),
        dry_run: true,
    }
}
