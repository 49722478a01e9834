//! Invariants 7 and 8, as the events of a booking tell whether they were kept.

use std::collections::BTreeMap;

use holdfast_booking_rules::booking::{LegState, LegStatus};
use holdfast_booking_rules::event::{Event, EventName};
use holdfast_core::ids::LegId;

/// Invariant 7: a command that is taken while another one is carried out is answered with an error,
/// sooner or later, and has been written all the same.
pub(crate) fn refused_without_effect(history: &[Event]) -> Vec<String> {
    let mut waits = false;
    let mut wrong = Vec::new();
    for event in history {
        match event.name {
            EventName::AwaitingPayment | EventName::TimerTightened | EventName::LeaseRenewed => {
                waits = true
            }
            EventName::CommandTaken if waits => waits = false,
            EventName::CommandTaken => {
                let command = event.note.as_deref().unwrap_or_default();
                wrong.push(format!("`{command}` was taken while no execution listened"));
            }
            _ => {}
        }
    }
    wrong
}

/// Invariant 8: what is paid for is held, what is committed is confirmed, and stays so unless the
/// booking is undone.
pub(crate) fn paid_is_what_is_held(history: &[Event]) -> Vec<String> {
    let mut legs: BTreeMap<&LegId, &LegState> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut stands = false;
    for event in history {
        if stands && releases_of_the_trip(event) {
            wrong.push(format!(
                "a leg that is paid for was released, at {}",
                event.at
            ));
        }
        legs.extend(event.legs.iter().map(|(id, change)| (id, &change.after)));
        let wanted = match event.name {
            EventName::PaymentStarted => LegStatus::Held,
            EventName::Committed => LegStatus::Confirmed,
            EventName::UnwindingStarted => {
                stands = false;
                continue;
            }
            _ => continue,
        };
        stands |= wanted == LegStatus::Confirmed;
        let trip = legs.iter().filter(|(_, leg)| leg.is_of_the_trip());
        let others = trip.filter(|(_, leg)| leg.status != wanted);
        wrong.extend(others.map(|(id, leg)| format!("{:?}: {id} is {:?}", event.name, leg.status)));
    }
    wrong
}

/// Whether an event tells that a leg was released that was a part of the trip.
pub(crate) fn releases_of_the_trip(event: &Event) -> bool {
    event.legs.values().any(|change| {
        let before = change.before.as_ref();
        change.after.status == LegStatus::Released && before.is_some_and(LegState::is_of_the_trip)
    })
}

#[cfg(test)]
mod tests {
    use holdfast_booking_rules::event::Change;
    use holdfast_core::time::Timestamp;

    use super::*;

    fn event(name: EventName, leg: Option<(LegStatus, LegStatus, bool)>) -> Event {
        let leg = leg.map(|(before, after, dropped)| {
            let state = LegState {
                dropped,
                ..LegState::pending()
            };
            let change = Change {
                version: 2,
                before: Some(state.with(before)),
                after: state.with(after),
            };
            ("out".parse().unwrap(), change)
        });
        Event {
            booking_id: "b".parse().unwrap(),
            name,
            at: Timestamp::from_millis(0),
            actor: String::new(),
            trace_id: String::new(),
            note: None,
            booking: None,
            legs: leg.into_iter().collect(),
            payment: None,
            about: Vec::new(),
            ended: None,
        }
    }

    #[test]
    fn a_command_that_is_taken_while_nobody_listens_is_found() {
        let [waits, taken] = [EventName::AwaitingPayment, EventName::CommandTaken];
        let history = |names: &[EventName]| -> Vec<_> {
            names.iter().map(|name| event(*name, None)).collect()
        };
        let one_by_one = history(&[waits, taken, waits, taken]);
        assert!(refused_without_effect(&one_by_one).is_empty());
        let at_once = history(&[waits, taken, taken]);
        assert_eq!(refused_without_effect(&at_once).len(), 1);
    }

    #[test]
    fn a_leg_that_is_paid_for_and_not_held_or_released_later_is_found() {
        use LegStatus::{Confirmed, Held, Pending, Released};
        let held = event(EventName::LegHeld, Some((Pending, Held, false)));
        let pays = event(EventName::PaymentStarted, None);
        let confirmed = event(EventName::LegConfirmed, Some((Held, Confirmed, false)));
        let commits = event(EventName::Committed, None);
        let release = |dropped| {
            let change = (Confirmed, Released, dropped);
            event(EventName::LegReleased, Some(change))
        };
        let good = vec![held, pays.clone(), confirmed, commits.clone()];
        assert!(paid_is_what_is_held(&good).is_empty());
        let unknown = event(
            EventName::LegUnknown,
            Some((Pending, LegStatus::Unknown, false)),
        );
        assert_eq!(paid_is_what_is_held(&[unknown, pays, commits]).len(), 2);
        let undone = [
            good.clone(),
            vec![event(EventName::UnwindingStarted, None), release(false)],
        ];
        assert!(paid_is_what_is_held(&undone.concat()).is_empty());
        for (dropped, wrong) in [(false, 1), (true, 0)] {
            let history = [good.clone(), vec![release(dropped)]].concat();
            assert_eq!(
                paid_is_what_is_held(&history).len(),
                wrong,
                "dropped: {dropped}"
            );
        }
    }
}
