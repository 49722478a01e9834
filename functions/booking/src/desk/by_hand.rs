//! What no redrive can do is done by a person: by hand, at the supplier's own counter (resolve), or
//! not at all (abandon). Both end the booking, in one transaction with the event that tells who and why.

use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::desk::{
    abandoned, check_gives_up, check_planned, check_waits, decided, done_by_hand, waiting_work,
};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::unwinding::Work;
use holdfast_core::failure::Failure;

use super::act::pick;
use super::{Clerk, Did, Errand, Report, Said};

/// What is decided of a booking at the desk.
struct Decision {
    work: Vec<Work>,
    after: Snapshot,
}

impl Clerk {
    /// Takes a person's word that what waits was done by hand. The booking ends if nothing is left.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`] without a reason, or where there is no such booking or part,
    /// [`Failure::Conflict`] while the booking has not ended, [`Failure::Unavailable`].
    pub async fn resolve(&self, errand: &Errand) -> Result<Report, Failure> {
        self.decide(errand, EventName::DeskResolved, |snapshot| {
            let work = pick(errand, snapshot)?;
            let after = done_by_hand(snapshot, &work);
            Ok(Decision { work, after })
        })
        .await
    }

    /// Gives up all that waits of a booking, which ends.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`] without a reason, for a part, or where there is no such booking,
    /// [`Failure::Conflict`] while the booking has not ended, [`Failure::Unavailable`].
    pub async fn abandon(&self, errand: &Errand) -> Result<Report, Failure> {
        if errand.part.is_some() {
            let problem = "a booking is abandoned as a whole; resolve or redrive its parts first";
            return Err(Failure::invalid("part", problem));
        }
        let given_up = errand.needed_reason()?;
        self.decide(errand, EventName::DeskAbandoned, |snapshot| {
            check_gives_up(snapshot)?;
            let work = pick(errand, snapshot)?;
            let after = abandoned(snapshot, given_up);
            Ok(Decision { work, after })
        })
        .await
    }

    async fn decide(
        &self,
        errand: &Errand,
        event: EventName,
        decide: impl Fn(&Snapshot) -> Result<Decision, Failure>,
    ) -> Result<Report, Failure> {
        self.check()?;
        let reason = errand.needed_reason()?;
        let snapshot = self.store.load(&errand.id).await?;
        let before = snapshot.booking.state.status;
        check_waits(&snapshot)?;
        let planned = decide(&snapshot)?;
        let (after, outcome) = if errand.dry_run {
            (planned.after.booking.state.status, Said::WouldBeDone)
        } else {
            let written = self.store.change(snapshot, |snapshot| {
                // Another change came first: it has done it, or has changed what there is to decide upon.
                if snapshot.booking.state.status.is_finished() && waiting_work(snapshot).is_empty()
                {
                    return Ok(None);
                }
                check_waits(snapshot)?;
                let decision = decide(snapshot)?;
                check_planned(&planned.work, &decision.work)?;
                Ok(decided(
                    snapshot,
                    &decision.after,
                    event,
                    reason,
                    self.stamp(),
                ))
            });
            (written.await?.booking.state.status, Said::Done)
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
