//! What the rules of giving a booked trip back are for: each is taken away, and something breaks.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingStatus, LegStatus, Refunded, Snapshot};
use holdfast_booking_rules::{cancelling, closing};
use holdfast_core::money::Money;

use crate::properties::{ENDS, NAMED, REFUNDED, SENT_BY_ITS_OWN};
use crate::rules::{Terms, change};
use crate::snapshot::leg_id;
use crate::tampering::{Changed, tampered};
use crate::words::{Came, Change};
use crate::{A_LATE_END, GIVEN_BACK, GIVEN_BACK_AND_GIVEN_UP, GIVEN_BACK_AT_THE_DESK};

#[test]
fn without_an_order_of_cancellations_a_refund_is_forgotten() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let mut other = snapshot.clone();
        if matches!(asked, Change::CancelBooked(_)) && snapshot.trip().next().is_some() {
            other.booking.state.status = BookingStatus::Booked;
        }
        change(&other, asked, terms)
    }
    tampered(GIVEN_BACK, rules, REFUNDED);
}

#[test]
fn without_a_look_at_the_money_a_cancellation_ends_before_its_refund() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let mut other = snapshot.clone();
        if matches!(asked, Change::Close(_) | Change::Conclude) {
            other.payment.state.refunded = Some(Refunded {
                cancellations: (0..8).collect(),
                sum: Money::new(0, "BRL"),
            });
        }
        change(&other, asked, terms)
    }
    tampered(GIVEN_BACK_AT_THE_DESK, rules, REFUNDED);
}

#[test]
fn without_taking_its_legs_out_a_cancellation_never_ends() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let mut changed = change(snapshot, asked, terms)?;
        if let Some(begun) = changed.as_mut()
            && matches!(asked, Change::CancelBooked(_))
        {
            begun.legs.clear();
        }
        Ok(changed)
    }
    tampered(GIVEN_BACK_AT_THE_DESK, rules, ENDS);
}

/// The end of a cancellation was written late, when another one had begun.
#[test]
fn without_its_number_a_late_end_sends_the_next_cancellation_to_the_desk() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let under_way = cancelling::under_way(snapshot);
        match asked {
            Change::Close(_) => Ok(closing::close(snapshot, under_way, terms.stamp())),
            _ => change(snapshot, asked, terms),
        }
    }
    tampered(A_LATE_END, rules, SENT_BY_ITS_OWN);
}

/// The desk's release of a leg was not answered, and the leg was `unknown` from then on.
#[test]
fn without_a_place_at_the_desk_a_leg_is_forgotten_when_an_answer_is_lost() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let mut other = snapshot.clone();
        if let Change::Leg(leg, Came::Unclear(Action::Release)) = asked {
            let legs = other.legs.iter_mut();
            for leg in legs.filter(|known| known.id == leg_id(leg)) {
                leg.state.status = LegStatus::Confirmed;
            }
        }
        change(&other, asked, terms)
    }
    tampered(GIVEN_BACK_AND_GIVEN_UP, rules, NAMED);
}

/// A cancellation was given up before all its legs were handed over.
#[test]
fn without_its_legs_at_the_desk_a_cancellation_that_is_given_up_forgets_them() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let mut changed = change(snapshot, asked, terms)?;
        if let (Some(given_up), Change::Abandon) = (changed.as_mut(), asked) {
            given_up.legs.clear();
        }
        Ok(changed)
    }
    tampered(GIVEN_BACK_AND_GIVEN_UP, rules, NAMED);
}
