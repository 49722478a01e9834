//! The money is taken after the commit point and not before; what was or may have been reserved, or
//! taken, is given back when the booking is undone, and a part of it when a booked trip is cancelled.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::Snapshot;
use holdfast_booking_rules::cancelling;
use holdfast_booking_rules::settling::{self, GiveBack, may_capture, to_give_back, was_asked_for};
use holdfast_core::failure::Failure;
use holdfast_core::money::Money;
use holdfast_kit::suppliers::{Outcome, UNDECIDED};

use super::Payments;

impl Payments {
    /// Takes the money, once the commit point has been passed. The trip is then booked.
    pub(in crate::steps) async fn capture(&self, snapshot: Snapshot) -> Result<Snapshot, Failure> {
        if !may_capture(&snapshot)? {
            // A twin was first, and the payment may have been read before it was.
            return self.store.load(&snapshot.booking.booking_id).await;
        }
        let answer = match self.ask(&snapshot, Action::Capture, None).await {
            Outcome::Done(answer) => answer,
            Outcome::Refused(why) | Outcome::Declined(why) => {
                return Err(self.give_up(snapshot, why).await);
            }
            Outcome::NotDone(why) => return Err(Failure::Unavailable(why)),
            Outcome::Down(why) => return Err(Failure::SupplierDown(why)),
            Outcome::Pending(_) => return self.unclear(snapshot, UNDECIDED.to_owned()).await,
            Outcome::Unknown(why) => return self.unclear(snapshot, why).await,
        };
        let reference = answer.reference.as_deref();
        let captured =
            |snapshot: &Snapshot| Ok(settling::captured(snapshot, reference, self.stamp()));
        self.store.change(snapshot, captured).await
    }

    /// The money is not to be had: what was committed is undone after all, whoever asked for it.
    async fn give_up(&self, snapshot: Snapshot, why: String) -> Failure {
        let give_up = |snapshot: &Snapshot| Ok(settling::give_up(snapshot, &why, self.stamp()));
        match self.store.change(snapshot, give_up).await {
            Ok(_) => Failure::Refused(why),
            Err(failure) => failure,
        }
    }

    /// Gives back what a cancellation owes, or else all that was or may have been paid.
    pub(super) async fn undo(
        &self,
        snapshot: Snapshot,
        asked: Action,
    ) -> Result<Snapshot, Failure> {
        match to_give_back(&snapshot, asked)? {
            None => Ok(snapshot),
            Some(GiveBack::Part { number, sum }) => {
                let sum = sum.clone();
                self.refund(snapshot, number, &sum).await
            }
            Some(GiveBack::All(action)) => self.undo_all(snapshot, action).await,
        }
    }

    async fn refund(
        &self,
        snapshot: Snapshot,
        number: u32,
        sum: &Money,
    ) -> Result<Snapshot, Failure> {
        given_back(self.ask_for_refund(&snapshot, number, sum).await)?;
        let refunded =
            |snapshot: &Snapshot| Ok(cancelling::refunded(snapshot, number, sum, self.stamp()));
        self.store.change(snapshot, refunded).await
    }

    /// What a supplier has taken though it refused to cannot be voided: then it is refunded.
    async fn undo_all(&self, snapshot: Snapshot, action: Action) -> Result<Snapshot, Failure> {
        match self.give_back(snapshot.clone(), action).await {
            Err(Failure::Refused(not_voided))
                if action == Action::Void && was_asked_for(&snapshot) =>
            {
                let refunded = self.give_back(snapshot, Action::Refund).await;
                refunded.map_err(|failure| match failure {
                    Failure::Refused(why) => {
                        Failure::Refused(format!("{not_voided}; to refund: {why}"))
                    }
                    other => other,
                })
            }
            given_back => given_back,
        }
    }

    async fn give_back(&self, snapshot: Snapshot, action: Action) -> Result<Snapshot, Failure> {
        given_back(self.ask(&snapshot, action, None).await)?;
        let given_back =
            |snapshot: &Snapshot| Ok(settling::given_back(snapshot, action, self.stamp()));
        self.store.change(snapshot, given_back).await
    }
}

/// Whether the supplier has given money back.
pub(super) fn given_back(outcome: Outcome) -> Result<(), Failure> {
    match outcome {
        Outcome::Done(_) => Ok(()),
        Outcome::Refused(why) | Outcome::Declined(why) => Err(Failure::Refused(why)),
        Outcome::NotDone(why) | Outcome::Down(why) | Outcome::Unknown(why) => {
            Err(Failure::Unavailable(why))
        }
        Outcome::Pending(_) => Err(Failure::Unavailable(UNDECIDED.to_owned())),
    }
}
