//! Defects of earlier versions, put back: each breaks a property.

use holdfast_booking_rules::booking::{LegStatus, Snapshot};
use holdfast_booking_rules::waiting::Since;

use crate::limits::Limits;
use crate::process::Task;
use crate::properties::{ENDS, LISTENS, NOT_LOST, PAID_IS_KEPT, RECORDED, REFUSED, WOKEN};
use crate::record::Said;
use crate::rules::{Terms, change, wait};
use crate::system::System;
use crate::tampering::{Changed, breaks, careless, tampered};
use crate::words::Change;
use crate::{
    A_DROPPED_LEG, A_RETRIED_WAIT, AN_ADDED_LEG, AN_EARLIER_DEADLINE, AN_OPERATOR, TWO_TRAVELLERS,
};

/// A command that was taken could be taken over after ten seconds, and a caller whose command was not
/// heard was told so, whatever had been written.
#[test]
fn finding_1_a_command_answered_with_a_conflict_takes_effect() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let mut snapshot = snapshot.clone();
        let waiting = snapshot.booking.waiting.as_mut();
        if let (Change::Take(said), Some(waiting)) = (asked, waiting)
            && waiting.taken.as_ref().is_some_and(|taken| {
                taken.command != said.name() && terms.now() >= taken.at + crate::snapshot::MOMENT
            })
        {
            waiting.taken = None;
        }
        change(&snapshot, asked, terms)
    }
    let mut system = System::new(Limits {
        deadline: 2,
        last_moment: 3,
        ..TWO_TRAVELLERS
    });
    system.rules.change = rules;
    breaks(system, REFUSED);
}

/// A leg that could not be held stayed undecided, `pay` was taken all the same, and the payment, which
/// wants every leg held, failed for good.
#[test]
fn finding_2_paying_with_a_leg_that_could_not_be_held_loses_the_trip() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let mut held = snapshot.clone();
        match asked {
            Change::Wait(token) => Ok(wait(snapshot, token, terms)?.map(|mut waits| {
                waits.legs.clear();
                waits
            })),
            Change::Take(Said::Pay) => {
                held.legs.retain(|leg| leg.state.status == LegStatus::Held);
                change(&held, asked, terms)
            }
            _ => change(snapshot, asked, terms),
        }
    }
    let mut system = System::new(AN_ADDED_LEG);
    system.rules.change = rules;
    system.protocol.legs_are_let_go = false;
    breaks(system, NOT_LOST);
}

/// A leg that the traveller dropped was not marked, and its release not fenced: given up, the booking
/// went on with the leg, and the release came after the confirmation.
#[test]
fn finding_3_a_late_release_undoes_a_leg_of_a_booked_trip() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        match asked {
            Change::Leave(_) => Ok(None),
            Change::Take(Said::DropLeg(_)) => {
                Ok(change(snapshot, asked, terms)?.map(|mut taken| {
                    taken.legs.clear();
                    taken
                }))
            }
            _ => change(snapshot, asked, terms),
        }
    }
    let mut system = System::new(A_DROPPED_LEG);
    system.rules.change = rules;
    system.protocol.legs_are_let_go = false;
    breaks(system, PAID_IS_KEPT);
}

/// Waits had no order.
#[test]
fn finding_4_a_late_wait_overwrites_a_newer_task_token() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let mut snapshot = snapshot.clone();
        if let (Change::Wait(_), Some(waiting)) = (asked, &mut snapshot.booking.waiting) {
            waiting.since = Since::default();
        }
        change(&snapshot, asked, terms)
    }
    tampered(A_RETRIED_WAIT, rules, LISTENS);
}

/// Only a booking that could become `booked` took note of its money.
#[test]
fn finding_5_abandoning_while_the_money_is_taken_forgets_it() {
    fn rules(snapshot: &Snapshot, asked: Change, terms: &Terms) -> Changed {
        let status = snapshot.booking.state.status;
        if asked == Change::Captured && status.is_finished() {
            return Ok(None);
        }
        change(snapshot, asked, terms)
    }
    let limits = Limits {
        faults: 2,
        refusals: 0,
        victims: |task| matches!(task, Task::Settle | Task::Capture),
        ..AN_OPERATOR
    };
    tampered(limits, rules, RECORDED);
}

#[test]
fn finding_8_a_wake_up_that_overtakes_its_own_write_is_dropped() {
    careless(
        AN_EARLIER_DEADLINE,
        |protocol| protocol.early_wake_ups_come_again = false,
        WOKEN,
    );
}

#[test]
fn finding_14_a_capture_refused_after_settle_never_turns_back() {
    let limits = Limits {
        decisions: 0,
        victims: |task| matches!(task, Task::Settle | Task::Capture),
        ..AN_OPERATOR
    };
    careless(
        limits,
        |protocol| protocol.every_refused_capture_turns_back = false,
        ENDS,
    );
}
