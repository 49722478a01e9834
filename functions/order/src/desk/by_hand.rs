//! What no redrive can do is done by a person: by hand, at the participant's own counter (resolve), or not
//! at all (abandon). Both are one transaction with the event that tells who and why.

use holdfast_core::failure::Failure;
use holdfast_kit::desk::Said;
use holdfast_order_rules::desk::{abandoned, check_planned, check_waits, resolved};
use holdfast_order_rules::order::Snapshot;
use holdfast_order_rules::transition::Transition;
use holdfast_order_rules::undoing::Work;

use super::clerk::pick;
use super::{Clerk, Did, Errand, Report};

/// What is decided of an order at the desk.
struct Decision {
    work: Vec<Work>,
    change: Transition,
}

impl Clerk {
    /// Takes a person's word that what waits was done by hand. The order ends if nothing is left.
    ///
    /// # Errors
    /// [`Failure::InvalidOrder`] without a reason, or where there is no such order or part,
    /// [`Failure::Conflict`] while the order has not ended, [`Failure::Unavailable`].
    pub async fn resolve(&self, errand: &Errand) -> Result<Report, Failure> {
        let why = errand.needed_reason()?;
        self.decide(errand, |snapshot| {
            let work = pick(errand, snapshot)?;
            let change = resolved(snapshot, &work, why, self.stamp());
            Ok(Decision { work, change })
        })
        .await
    }

    /// Gives up all that waits of an order, which ends.
    ///
    /// # Errors
    /// [`Failure::InvalidOrder`] without a reason, for a part, or where there is no such order,
    /// [`Failure::Conflict`] while the order has not ended, [`Failure::Unavailable`].
    pub async fn abandon(&self, errand: &Errand) -> Result<Report, Failure> {
        if errand.part.is_some() {
            let problem = "an order is abandoned as a whole; resolve or redrive its parts first";
            return Err(Failure::invalid_order("part", problem));
        }
        let why = errand.needed_reason()?;
        self.decide(errand, |snapshot| {
            let work = pick(errand, snapshot)?;
            let change = abandoned(snapshot, why, self.stamp());
            Ok(Decision { work, change })
        })
        .await
    }

    async fn decide(
        &self,
        errand: &Errand,
        decide: impl Fn(&Snapshot) -> Result<Decision, Failure>,
    ) -> Result<Report, Failure> {
        self.check()?;
        let found = self.store.load(&errand.id).await?;
        let before = found.order.state.status;
        check_waits(&found)?;
        let planned = decide(&found)?;
        let (after, outcome) = if errand.dry_run {
            (planned.change.order.state.status, Said::WouldBeDone)
        } else {
            let decided = |snapshot: &Snapshot| {
                // Another change came first, and has ended it.
                if snapshot.order.state.status.is_finished() {
                    return Ok(None);
                }
                check_waits(snapshot)?;
                let decision = decide(snapshot)?;
                check_planned(&planned.work, &decision.work)?;
                Ok(Some(decision.change))
            };
            let written = self.store.change(found, decided).await?;
            (written.order.state.status, Said::Done)
        };
        let did = planned.work.into_iter().map(|work| Did {
            work,
            outcome: outcome.clone(),
        });
        Ok(Report {
            id: errand.id.clone(),
            before,
            after,
            did: did.collect(),
            dry_run: errand.dry_run,
        })
    }
}
