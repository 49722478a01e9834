//! Does again what could not be done, through the same participants and under the same keys as the
//! state machine: a supplier that did it meanwhile answers with a replay.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingStatus, Snapshot};
use holdfast_booking_rules::desk::{set_about, try_failed, would_become};
use holdfast_booking_rules::unwinding::{Participant, Work};
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_kit::desk::{Redrives, Said, failed, failures};
use holdfast_kit::suppliers::Endpoint;

use super::act::pick;
use super::{Clerk, Did, Errand, Report};
use crate::steps::{LegStep, Legs, PaymentStep, Payments, conclude};
use crate::store::Bookings;

/// A clerk, and the suppliers.
#[derive(Clone, Debug)]
pub struct Redriver {
    /// Who does it.
    pub clerk: Clerk,
    /// The suppliers.
    pub supplier: Endpoint,
}

impl Redrives for Redriver {
    type Of = Bookings;
    type Status = BookingStatus;
    type Work = Work;

    /// Money that is refused for good turns the whole trip back, so a message about a capture is about all
    /// that waits.
    fn part(work: &Work) -> Option<String> {
        (work.action != Action::Capture).then(|| work.leg.clone())
    }

    async fn redrive(&self, errand: &Errand) -> Result<Report, Failure> {
        self.clerk.redrive(errand, &self.supplier).await
    }
}

impl Clerk {
    /// Does again what waits of a booking. What fails is told in the report and goes on waiting.
    ///
    /// # Errors
    /// [`Failure::NoSuch`] where there is no such booking, [`Failure::InvalidBooking`] for no such part, [`Failure::Unavailable`]
    /// where the table does not answer.
    pub async fn redrive(&self, errand: &Errand, supplier: &Endpoint) -> Result<Report, Failure> {
        self.check()?;
        errand.check_reason()?;
        let snapshot = self.store.load(&errand.id).await?;
        let work = pick(errand, &snapshot)?;
        if errand.dry_run {
            return Ok(would(&snapshot, errand, work));
        }
        let before = snapshot.booking.state.status;
        if !work.is_empty() {
            self.set_about(snapshot.clone(), errand, &work).await?;
        }
        let mut did = Vec::new();
        for work in work {
            let outcome = match self.again(&snapshot, &work, supplier).await {
                Ok(()) => Said::Done,
                Err(failure) => Said::Failed(format!("{}: {failure}", failure.name())),
            };
            did.push(Did { work, outcome });
        }
        if let Some(note) = failures(&did, name_of) {
            let work: Vec<_> = failed(&did).cloned().collect();
            self.tell(&errand.id, &note, &work).await?;
        }
        // Even with nothing to do: an earlier try may have been cut off just before this.
        let name = self.name.trim();
        let concluded = conclude(&self.store, &errand.id, name, &self.clock).await?;
        Ok(Report {
            id: errand.id.clone(),
            before,
            after: concluded.booking.state.status,
            did,
            dry_run: false,
        })
    }

    /// Tells the history who tries what, and why, before it is tried.
    async fn set_about(
        &self,
        snapshot: Snapshot,
        errand: &Errand,
        work: &[Work],
    ) -> Result<(), Failure> {
        let names = work.iter().map(name_of);
        let mut note = names.collect::<Vec<_>>().join(", ");
        if let Some(reason) = &errand.reason {
            note = format!("{note}: {reason}");
        }
        let tell = |snapshot: &Snapshot| Ok(set_about(snapshot, work, &note, self.stamp()));
        self.store.change(snapshot, tell).await.map(drop)
    }

    /// Tells the history what has failed, and why.
    async fn tell(&self, id: &BookingId, note: &str, work: &[Work]) -> Result<(), Failure> {
        let snapshot = self.store.load(id).await?;
        let tell = |snapshot: &Snapshot| Ok(try_failed(snapshot, work, note, self.stamp()));
        self.store.change(snapshot, tell).await.map(drop)
    }

    /// One piece of work, as its participant does it.
    async fn again(
        &self,
        snapshot: &Snapshot,
        work: &Work,
        supplier: &Endpoint,
    ) -> Result<(), Failure> {
        let booking = &snapshot.booking;
        match work.kind {
            Participant::Leg(kind) => {
                let legs = Legs {
                    kind,
                    store: self.store.clone(),
                    supplier: supplier.clone(),
                    clock: self.clock.clone(),
                };
                let step = LegStep {
                    booking_id: booking.booking_id.clone(),
                    trace_id: booking.trace_id.clone(),
                    leg: work.leg.clone(),
                    order: work.order,
                    action: work.action,
                    retry: 0,
                };
                legs.take(&step).await.map(drop)
            }
            Participant::Payment => {
                let payments = Payments {
                    store: self.store.clone(),
                    supplier: supplier.clone(),
                    clock: self.clock.clone(),
                    actor: "desk",
                };
                let step = PaymentStep {
                    booking_id: booking.booking_id.clone(),
                    trace_id: booking.trace_id.clone(),
                    action: work.action,
                    attempt: 0,
                    payment: None,
                    token: None,
                    entered: None,
                    retry: 0,
                };
                payments.take(&step).await.map(drop)
            }
        }
    }
}

/// A piece of work, as the history names it.
fn name_of(work: &Work) -> String {
    format!("{} {}", work.action, work.leg)
}

fn would(snapshot: &Snapshot, errand: &Errand, work: Vec<Work>) -> Report {
    let after = would_become(snapshot, &work);
    let did = work.into_iter().map(|work| Did {
        work,
        outcome: Said::WouldBeDone,
    });
    Report {
        id: errand.id.clone(),
        before: snapshot.booking.state.status,
        after,
        did: did.collect(),
        dry_run: true,
    }
}
