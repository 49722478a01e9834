//! What no redrive can do is done by a person: by hand, at the supplier's own counter (resolve), or
//! not at all (abandon). Both end the booking, in one transaction with the event that tells who and why.
//!
//! An abandoned booking keeps what is true: a leg that could not be released stays
//! `release_failed`, a payment what it was. It ends as it would have ended (`expired`, `cancelled`,
//! `failed`), its `reason` says what was given up, and nobody tries again. Where the money could not
//! be captured the trip is confirmed all the same, so it ends `booked`, unpaid, with the reason.

use holdfast_booking_rules::booking::{BookingStatus, LegStatus, PaymentStatus, Snapshot};
use holdfast_booking_rules::event::EventName;
use holdfast_booking_rules::unwinding::{Participant, Work, is_undone};
use holdfast_core::failure::Failure;
use holdfast_core::ids::Action;

use super::act::{Clerk, Did, Errand, Report, Said};
use crate::steps::undone;
use holdfast_booking_rules::transition::Transition;

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
            let work = errand.pick(snapshot)?;
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
            let work = errand.pick(snapshot)?;
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
        let snapshot = self.store.load(&errand.booking_id).await?;
        let before = snapshot.booking.state.status;
        check_waits(&snapshot)?;
        let planned = decide(&snapshot)?;
        let (after, outcome) = if errand.dry_run {
            (planned.after.booking.state.status, Said::WouldBeDone)
        } else {
            let written = self.store.change(snapshot, |snapshot| {
                // Whoever was first has done it, or has changed what there is to decide upon.
                if snapshot.booking.state.status.is_finished() {
                    return Ok(None);
                }
                check_waits(snapshot)?;
                let decision = decide(snapshot)?;
                let transition = self.transition(snapshot, event).note(reason);
                Ok(changes(transition, snapshot, &decision.after))
            });
            (written.await?.booking.state.status, Said::Done)
        };
        let did = planned.work.into_iter().map(|work| Did {
            work,
            outcome: outcome.clone(),
        });
        Ok(Report {
            booking_id: errand.booking_id.clone(),
            before,
            after,
            did: did.collect(),
            dry_run: errand.dry_run,
        })
    }
}

/// A person decides only upon what the state machine has left.
fn check_waits(snapshot: &Snapshot) -> Result<(), Failure> {
    let status = snapshot.booking.state.status;
    if status == BookingStatus::NeedsAttention {
        return Ok(());
    }
    let status = status.as_str();
    Err(Failure::Conflict(format!(
        "the booking is {status}; only one that is needs_attention waits for a decision"
    )))
}

fn done_by_hand(snapshot: &Snapshot, work: &[Work]) -> Snapshot {
    let mut after = snapshot.clone();
    for work in work {
        match (work.kind, work.action) {
            (Participant::Leg(_), _) => {
                let leg = after
                    .legs
                    .iter_mut()
                    .find(|leg| leg.id.as_str() == work.leg);
                if let Some(leg) = leg {
                    leg.state.status = LegStatus::Released;
                }
            }
            (Participant::Payment, Action::Capture) => {
                after.payment.state.status = PaymentStatus::Captured;
                after.booking.state.status = BookingStatus::Booked;
                after.booking.state.reason = None;
            }
            (Participant::Payment, Action::Refund) => {
                after.payment.state.status = PaymentStatus::Refunded;
            }
            (Participant::Payment, _) => after.payment.state.status = PaymentStatus::Voided,
        }
    }
    if !after.booking.state.goes_forward_only() && is_undone(&after) {
        after.booking.state.status = undone(&after);
    }
    after
}

fn abandoned(snapshot: &Snapshot, why: &str) -> Snapshot {
    let mut after = snapshot.clone();
    let state = &mut after.booking.state;
    state.status = if state.goes_forward_only() {
        BookingStatus::Booked
    } else {
        undone(snapshot)
    };
    let given_up = format!("abandoned at the desk: {why}");
    state.reason = Some(match &state.reason {
        Some(reason) => format!("{reason}; {given_up}"),
        None => given_up,
    });
    after
}

/// The transition from how a booking stands to how it was decided to stand.
fn changes(transition: Transition, from: &Snapshot, to: &Snapshot) -> Option<Transition> {
    let mut transition = transition;
    let mut changed = false;
    if from.booking.state != to.booking.state {
        transition = transition.booking(&from.booking, to.booking.state.clone());
        changed = true;
    }
    for (leg, next) in from.legs.iter().zip(&to.legs) {
        if leg.state != next.state {
            transition = transition.leg(leg, next.state.clone());
            changed = true;
        }
    }
    if from.payment.state != to.payment.state {
        transition = transition.payment(&from.payment, to.payment.state.clone());
        changed = true;
    }
    changed.then_some(transition)
}
