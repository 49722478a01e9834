//! The history tells the state: legal histories are made up, shuffled and folded; with an event too
//! few, too many or bent, they are refused.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use holdfast_booking_rules::booking::{
    BookingState, BookingStatus, LegState, LegStatus, PaymentState, PaymentStatus,
};
use holdfast_booking_rules::event::{BrokenHistory, Change, Event, EventName, Folded, fold};
use holdfast_core::ids::LegId;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{State, Timer};
use proptest::prelude::*;

/// What a transaction changes, and what becomes of it.
#[derive(Clone, Debug)]
enum Step {
    Booking(BookingStatus),
    Leg(usize, LegStatus),
    Payment(PaymentStatus),
    /// The booking and the payment at once, as at the commit point.
    Both(BookingStatus, PaymentStatus),
    /// The traveller added a leg, which changes the booking too.
    Added,
}

/// A booking and all that has happened to it.
#[derive(Clone, Debug)]
struct History {
    events: Vec<Event>,
    state: Folded,
    versions: BTreeMap<String, u32>,
}

fn leg_id(number: usize) -> LegId {
    format!("leg{number}").parse().unwrap()
}

impl History {
    /// The first event writes the booking, its legs and its payment.
    fn opened(legs: usize) -> Self {
        let booking = BookingState {
            status: BookingStatus::Holding,
            timer: Timer::start(Timestamp::from_millis(900_000)),
            ending: None,
            reason: None,
            amount: None,
            cancellation: None,
        };
        let legs = (0..legs).map(|number| (leg_id(number), LegState::pending()));
        let state = Folded {
            booking,
            legs: legs.collect(),
            payment: PaymentState::none(),
        };
        let mut history = Self {
            events: Vec::new(),
            state: state.clone(),
            versions: BTreeMap::new(),
        };
        let mut event = history.event(EventName::BookingOpened);
        event.booking = Some(history.change("booking", None, state.booking));
        event.payment = Some(history.change("payment", None, state.payment));
        for (id, leg) in state.legs {
            let change = history.change(id.as_str(), None, leg);
            event.legs.insert(id, change);
        }
        history.events.push(event);
        history
    }

    fn event(&self, name: EventName) -> Event {
        Event {
            booking_id: "b1".parse().unwrap(),
            name,
            at: Timestamp::from_millis(0),
            actor: "test".to_owned(),
            trace_id: "t".to_owned(),
            note: None,
            booking: None,
            legs: BTreeMap::new(),
            payment: None,
            about: Vec::new(),
            ended: None,
        }
    }

    fn change<S>(&mut self, record: &str, before: Option<S>, after: S) -> Change<S> {
        let version = self.versions.entry(record.to_owned()).or_default();
        *version += 1;
        Change {
            version: *version,
            before,
            after,
        }
    }

    fn take(&mut self, step: &Step) {
        let mut event = self.event(EventName::TakenUp);
        match *step {
            Step::Booking(status) => event.booking = Some(self.change_booking(status)),
            Step::Payment(status) => event.payment = Some(self.change_payment(status)),
            Step::Both(booking, payment) => {
                event.booking = Some(self.change_booking(booking));
                event.payment = Some(self.change_payment(payment));
            }
            Step::Leg(number, status) => {
                let id = leg_id(number % self.state.legs.len());
                let before = self.state.legs.get(&id).cloned();
                let after = LegState::pending().with(status);
                self.state.legs.insert(id.clone(), after.clone());
                let change = self.change(id.as_str(), before, after);
                event.legs.insert(id, change);
            }
            Step::Added => {
                event.booking = Some(self.change_booking(self.state.booking.status));
                let id = leg_id(self.state.legs.len());
                self.state.legs.insert(id.clone(), LegState::pending());
                let change = self.change(id.as_str(), None, LegState::pending());
                event.legs.insert(id, change);
            }
        }
        self.events.push(event);
    }

    fn change_booking(&mut self, status: BookingStatus) -> Change<BookingState> {
        let before = self.state.booking.clone();
        self.state.booking.status = status;
        self.change("booking", Some(before), self.state.booking.clone())
    }

    fn change_payment(&mut self, status: PaymentStatus) -> Change<PaymentState> {
        let before = self.state.payment.clone();
        self.state.payment = before.with(status);
        self.state.payment.attempts += 1;
        self.change("payment", Some(before), self.state.payment.clone())
    }
}

fn step() -> impl Strategy<Value = Step> {
    let booking = prop::sample::select(BookingStatus::ALL);
    let leg = prop::sample::select(vec![
        LegStatus::Held,
        LegStatus::Refused,
        LegStatus::Confirmed,
        LegStatus::Unknown,
        LegStatus::Released,
    ]);
    let payment = prop::sample::select(vec![
        PaymentStatus::Authorized,
        PaymentStatus::Declined,
        PaymentStatus::Captured,
        PaymentStatus::Pending,
        PaymentStatus::Unknown,
    ]);
    prop_oneof![
        booking.clone().prop_map(Step::Booking),
        (0..8_usize, leg).prop_map(|(number, status)| Step::Leg(number, status)),
        payment.clone().prop_map(Step::Payment),
        (booking, payment).prop_map(|(booking, payment)| Step::Both(booking, payment)),
        Just(Step::Added),
    ]
}

fn history() -> impl Strategy<Value = History> {
    let steps = prop::collection::vec(step(), 0..24);
    (1..6_usize, steps).prop_map(|(legs, steps)| {
        let mut history = History::opened(legs);
        steps.iter().for_each(|step| history.take(step));
        history
    })
}

/// A history and its events in another order.
fn shuffled() -> impl Strategy<Value = (History, Vec<Event>)> {
    history().prop_flat_map(|history| {
        let events = Just(history.events.clone()).prop_shuffle();
        (Just(history), events)
    })
}

/// Whether a record that an event changed was changed again later: then there is a hole without it.
fn is_built_upon(history: &History, event: &Event) -> bool {
    let booking = event.booking.iter();
    let booking = booking.map(|change| ("booking", change.version));
    let payment = event.payment.iter();
    let payment = payment.map(|change| ("payment", change.version));
    let legs = event.legs.iter();
    let legs = legs.map(|(id, change)| (id.as_str(), change.version));
    let mut changed = booking.chain(payment).chain(legs);
    changed.any(|(record, version)| history.versions[record] > version)
}

/// Whether the state is the same before and after: such an event says only that something happened.
fn changes_nothing(event: &Event) -> bool {
    fn same<S: Clone + PartialEq>(change: &Change<S>) -> bool {
        change.before.as_ref() == Some(&change.after)
    }
    event.booking.as_ref().is_none_or(same)
        && event.payment.as_ref().is_none_or(same)
        && event.legs.values().all(same)
}

proptest! {
    #[test]
    fn a_history_in_any_order_folds_to_the_state((history, events) in shuffled()) {
        prop_assert_eq!(fold(&events), Ok(history.state));
    }

    #[test]
    fn an_event_that_is_missing_is_noticed(
        (history, events) in shuffled(),
        pick in any::<prop::sample::Index>(),
    ) {
        let mut events = events;
        let missing = events.remove(pick.index(events.len()));
        let folded = fold(&events);
        if is_built_upon(&history, &missing) {
            prop_assert!(folded.is_err(), "{:?} without {:?}", folded, missing);
        } else if changes_nothing(&missing) {
            prop_assert_eq!(folded, Ok(history.state), "{:?}", missing);
        } else {
            prop_assert_ne!(folded, Ok(history.state), "{:?}", missing);
        }
    }

    #[test]
    fn an_event_that_is_doubled_is_noticed(
        (_, events) in shuffled(),
        pick in any::<prop::sample::Index>(),
    ) {
        let mut events = events;
        let doubled = pick.get(&events).clone();
        events.push(doubled);
        let folded = fold(&events);
        prop_assert!(matches!(folded, Err(BrokenHistory::Gap { .. })), "{:?}", folded);
    }

    #[test]
    fn an_event_that_starts_from_another_state_is_noticed(
        (_, events) in shuffled(),
        pick in any::<prop::sample::Index>(),
    ) {
        let mut events = events;
        let bent = pick.index(events.len());
        let Some(change) = &mut events[bent].booking else { return Ok(()) };
        let before = change.before.get_or_insert_with(|| change.after.clone());
        before.timer.state = State::Fired;
        let folded = fold(&events);
        prop_assert!(matches!(folded, Err(BrokenHistory::Contradiction { .. })), "{:?}", folded);
    }

    #[test]
    fn an_event_reads_back_as_it_was_written(history in history()) {
        for event in &history.events {
            let json = serde_json::to_value(event).unwrap();
            let back: Event = serde_json::from_value(json).unwrap();
            prop_assert_eq!(&back, event);
        }
    }

    #[test]
    fn events_are_told_apart_by_the_versions_that_they_made(history in history()) {
        let mut names: Vec<_> = history.events.iter().map(Event::unique).collect();
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), history.events.len());
    }
}

#[test]
fn no_events_are_no_history() {
    assert_eq!(fold(&[]), Err(BrokenHistory::Missing("booking".to_owned())));
}

#[test]
fn a_broken_history_names_the_record_and_the_version() {
    let mut history = History::opened(1);
    history.take(&Step::Leg(0, LegStatus::Held));
    history.take(&Step::Leg(0, LegStatus::Confirmed));
    history.events.remove(1);
    let problem = fold(&history.events).unwrap_err().to_string();
    assert_eq!(problem, "leg leg0: version 2 expected, 3 found");
}
