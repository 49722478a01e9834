//! How a booking ended, and whether that is right: by its records, its events, and what the suppliers
//! have of it.

use std::collections::BTreeSet;

use holdfast_booking_rules::booking::{
    BookingStatus, LegState, LegStatus, PaymentState, PaymentStatus, Snapshot,
};
use holdfast_booking_rules::desk::waiting_work;
use holdfast_booking_rules::event::{Event, EventName};
use holdfast_core::ids::LegId;
use holdfast_core::money::Money;

/// All that is wrong.
pub(crate) fn problems(
    snapshot: &Snapshot,
    events: &[Event],
    audit: &[String],
    refused: &[LegId],
) -> Vec<String> {
    let mut wrong = left_behind(snapshot, events, audit);
    wrong.extend(booked(snapshot, events, audit));
    wrong.extend(money_and_time(snapshot, events));
    wrong.extend(once(events));
    wrong.extend(refused_without_effect(events, refused));
    wrong.extend(paid_is_what_is_held(events));
    wrong
}

fn count(events: &[Event], name: EventName) -> usize {
    events.iter().filter(|event| event.name == name).count()
}

/// Invariant 3: what the suppliers have is booked, or waits at the desk, or was given up there.
fn left_behind(snapshot: &Snapshot, events: &[Event], audit: &[String]) -> Vec<String> {
    let state = &snapshot.booking.state;
    let stands = state.status == BookingStatus::Booked || state.goes_forward_only();
    let trip = snapshot.trip().map(|leg| format!("{} confirmed", leg.id));
    let mut known: BTreeSet<String> = trip.filter(|_| stands).collect();
    if state.status == BookingStatus::Booked {
        known.insert("payment captured".to_owned());
    }
    let mut named: BTreeSet<String> = waiting_work(snapshot)
        .into_iter()
        .map(|work| work.leg)
        .collect();
    if count(events, EventName::DeskAbandoned) > 0 {
        let left = snapshot
            .legs
            .iter()
            .filter(|leg| !leg.state.status.is_gone());
        named.extend(left.map(|leg| leg.id.to_string()));
        if !snapshot.payment.state.is_gone() {
            named.insert("payment".to_owned());
        }
    }
    let is_unnamed = |line: &&String| {
        let part = line.split(' ').next().unwrap_or_default();
        !known.contains(*line) && !named.contains(part)
    };
    let mut wrong: Vec<_> = audit
        .iter()
        .filter(is_unnamed)
        .map(|line| format!("left behind: {line}"))
        .collect();
    if !state.status.has_ended() {
        wrong.push(format!("it has not ended: {:?}", state.status));
    }
    wrong
}

/// A booked trip is confirmed and paid once, unless an operator gave the money up.
fn booked(snapshot: &Snapshot, events: &[Event], audit: &[String]) -> Vec<String> {
    let state = &snapshot.booking.state;
    let mut wrong = Vec::new();
    if state.status != BookingStatus::Booked {
        return wrong;
    }
    let trip = snapshot.trip().map(|leg| format!("{} confirmed", leg.id));
    let missing = trip.filter(|line| !audit.contains(line));
    wrong.extend(missing.map(|line| format!("booked, but not {line}")));
    let is_given_up = count(events, EventName::DeskAbandoned) > 0;
    let is_paid = audit.iter().any(|line| line == "payment captured")
        && snapshot.payment.state.status == PaymentStatus::Captured;
    if !is_paid && !is_given_up {
        wrong.push("booked, but not paid".to_owned());
    }
    let prices = snapshot.trip().filter_map(|leg| leg.state.price.as_ref());
    if Money::sum(prices).ok().flatten() != state.amount {
        wrong.push(format!("{:?} is not the sum of the legs", state.amount));
    }
    if count(events, EventName::Committed) != 1 {
        wrong.push("booked, but not committed once".to_owned());
    }
    wrong
}

/// Invariants 1 and 2.
fn money_and_time(snapshot: &Snapshot, events: &[Event]) -> Vec<String> {
    let mut wrong = Vec::new();
    let place = |name: EventName| events.iter().position(|event| event.name == name);
    let committed = place(EventName::Committed);
    let taken = [EventName::Booked, EventName::PaymentCaptured].map(place);
    let is_too_early = |taken: &usize| committed.is_none_or(|committed| *taken < committed);
    if taken.iter().flatten().any(is_too_early) {
        wrong.push("captured before the commit point".to_owned());
    }
    if committed.is_some() && place(EventName::TimerFired).is_some() {
        wrong.push("fired and committed".to_owned());
    }
    let released = snapshot.trip_was_released();
    if snapshot.payment.state.status == PaymentStatus::Captured && released {
        wrong.push("captured and released".to_owned());
    }
    for event in events
        .iter()
        .filter(|event| event.name == EventName::PaymentStarted)
    {
        let booking = event.booking.as_ref();
        if booking.is_none_or(|booking| event.at >= booking.after.timer.deadline) {
            wrong.push(format!("a payment started too late, at {}", event.at));
        }
        let earlier = event.payment.as_ref().and_then(|paid| paid.before.as_ref());
        let over = |earlier: &PaymentState| {
            earlier.status == PaymentStatus::None || earlier.status.is_undone()
        };
        if !earlier.is_some_and(over) {
            wrong.push(format!("a payment started beside another: {earlier:?}"));
        }
    }
    wrong
}

trait Released {
    /// Whether the trip is undone and a leg of it was released.
    fn trip_was_released(&self) -> bool;
}

impl Released for Snapshot {
    fn trip_was_released(&self) -> bool {
        let legs = self.legs.iter().filter(|leg| !leg.state.dropped);
        let mut released = legs.filter(|leg| leg.state.status == LegStatus::Released);
        let undone = self.booking.state.status != BookingStatus::NeedsAttention;
        undone && released.next().is_some()
    }
}

/// Invariant 4: what happens once in a booking's life is told once.
fn once(events: &[Event]) -> Vec<String> {
    let mut wrong = Vec::new();
    let once = [
        EventName::BookingOpened,
        EventName::Committed,
        EventName::Booked,
        EventName::TimerFired,
        EventName::PaymentVoided,
        EventName::PaymentRefunded,
        EventName::DeskAbandoned,
    ];
    let often = once.into_iter().filter(|name| count(events, *name) > 1);
    wrong.extend(often.map(|name| format!("{name:?} more than once")));
    let mut seen = BTreeSet::new();
    for event in events {
        let of_a_leg = [
            EventName::LegHeld,
            EventName::LegConfirmed,
            EventName::LegReleased,
        ];
        let legs = event.legs.keys().filter(|_| of_a_leg.contains(&event.name));
        for id in legs {
            if !seen.insert(format!("{:?} {id}", event.name)) {
                wrong.push(format!("{:?} more than once: {id}", event.name));
            }
        }
    }
    wrong
}

/// Invariant 7: no command is taken while another one is carried out, and a leg whose addition was
/// refused is never held.
fn refused_without_effect(events: &[Event], refused: &[LegId]) -> Vec<String> {
    let (mut listens, mut wrong) = (false, Vec::new());
    for event in events {
        match event.name {
            EventName::AwaitingPayment | EventName::TimerTightened => listens = true,
            // While a payment is pending, too.
            EventName::LeaseRenewed => listens = true,
            EventName::CommandTaken if listens => listens = false,
            EventName::CommandTaken => {
                wrong.push(format!("{:?} while no execution listened", event.note))
            }
            EventName::LegHeld if event.legs.keys().any(|id| refused.contains(id)) => {
                wrong.push(format!("refused, and held all the same: {:?}", event.legs));
            }
            _ => {}
        }
    }
    wrong
}

/// Invariant 8: what is paid for is held, what is committed is confirmed, and stays so unless the
/// booking is undone.
fn paid_is_what_is_held(events: &[Event]) -> Vec<String> {
    let mut legs = std::collections::BTreeMap::<&LegId, &LegState>::new();
    let (mut wrong, mut is_undone) = (Vec::new(), false);
    for event in events {
        let left = |id: &LegId| legs.get(id).is_some_and(|leg| leg.is_of_the_trip());
        let released = event.name == EventName::LegReleased && event.legs.keys().any(left);
        if released && !is_undone {
            wrong.push(format!(
                "released, though the trip stands: {:?}",
                event.legs.keys()
            ));
        }
        legs.extend(event.legs.iter().map(|(id, change)| (id, &change.after)));
        let wanted = match event.name {
            EventName::PaymentStarted => LegStatus::Held,
            EventName::Committed => LegStatus::Confirmed,
            EventName::UnwindingStarted => {
                is_undone = true;
                continue;
            }
            _ => continue,
        };
        let trip = legs.iter().filter(|(_, leg)| leg.is_of_the_trip());
        let others = trip.filter(|(_, leg)| leg.status != wanted);
        wrong.extend(others.map(|(id, leg)| format!("{:?}: {id} is {:?}", event.name, leg.status)));
    }
    wrong
}
