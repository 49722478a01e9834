//! Decide, write, and decide again if somebody else was first.

use holdfast_booking_rules::booking::{Leg, Snapshot};
use holdfast_core::failure::Failure;

use super::{Current, Lost, Store};
use holdfast_booking_rules::transition::Transition;

/// A booking is changed by few at a time: who loses this often is better retried later.
const MOST_RACES: usize = 12;

impl Store {
    /// Changes a booking as `decide` says, which is asked again upon what is there now whenever a
    /// race is lost. Returns the booking as it is then; nothing is written if there is nothing to do.
    ///
    /// # Errors
    /// What `decide` refuses, or [`Failure::Unavailable`].
    pub async fn change(
        &self,
        mut snapshot: Snapshot,
        decide: impl Fn(&Snapshot) -> Result<Option<Transition>, Failure>,
    ) -> Result<Snapshot, Failure> {
        for _ in 0..MOST_RACES {
            let Some(transition) = decide(&snapshot)? else {
                return Ok(snapshot);
            };
            match self.write(&transition).await {
                Ok(_) => {
                    absorb(&mut snapshot, transition.into());
                    return Ok(snapshot);
                }
                Err(Lost::Race(current)) => absorb(&mut snapshot, *current),
                Err(Lost::Down(failure)) => return Err(failure),
            }
        }
        Err(busy())
    }

    /// The same for one leg, without the rest of its booking.
    ///
    /// # Errors
    /// What `decide` refuses, or [`Failure::Unavailable`].
    pub async fn change_leg(
        &self,
        mut leg: Leg,
        decide: impl Fn(&Leg) -> Result<Option<Transition>, Failure>,
    ) -> Result<Leg, Failure> {
        for _ in 0..MOST_RACES {
            let Some(transition) = decide(&leg)? else {
                return Ok(leg);
            };
            let now = match self.write(&transition).await {
                Ok(_) => return transition.legs.into_iter().next().ok_or_else(busy),
                Err(Lost::Race(current)) => current.legs.into_iter().next(),
                Err(Lost::Down(failure)) => return Err(failure),
            };
            leg = now.ok_or_else(busy)?;
        }
        Err(busy())
    }
}

fn busy() -> Failure {
    Failure::Unavailable("the booking is being changed by too many at once; try again".to_owned())
}

impl From<Transition> for Current {
    fn from(done: Transition) -> Self {
        Self {
            booking: done.booking,
            legs: done.legs,
            payment: done.payment,
        }
    }
}

/// Takes over what is newer.
fn absorb(snapshot: &mut Snapshot, current: Current) {
    if let Some(booking) = current.booking {
        snapshot.booking = booking;
    }
    if let Some(payment) = current.payment {
        snapshot.payment = payment;
    }
    for leg in current.legs {
        match snapshot.legs.iter_mut().find(|known| known.id == leg.id) {
            Some(known) => *known = leg,
            None => snapshot.legs.push(leg),
        }
    }
}
