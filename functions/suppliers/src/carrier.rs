//! The rules of an order's shipment: booked once, cancelled until it is picked up.
//!
//! A cancellation is final, whether or not it found anything: a booking that arrives later is refused.

use holdfast_core::ids::SagaId;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::verdict::{Kept, REMEMBERED, Turn, Verdict};

/// How tracking codes begin.
pub(crate) const PREFIX: &str = "TC";

/// A call that concerns a shipment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ShipmentOrder {
    pub(crate) order: SagaId,
    pub(crate) step: ShipmentStep,
}

/// What is to be done about the shipment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ShipmentStep {
    /// The fingerprint tells what goes where. Name and address go no further than the request.
    Book {
        fingerprint: String,
    },
    Cancel,
}

/// An order's shipment as it is kept. Nothing is decided by where it goes, so that is not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Shipment {
    pub(crate) order: SagaId,
    #[serde(flatten)]
    pub(crate) state: State,
    /// When it can be forgotten.
    pub(crate) forget_after: Timestamp,
    pub(crate) version: u32,
}

/// Where a shipment stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(crate) enum State {
    /// Waits to be picked up.
    Booked { reference: String },
    /// On its way: it cannot be cancelled any more.
    PickedUp { reference: String },
    /// Cancelled, or refused in advance: nothing is shipped ever again.
    Cancelled,
}

impl Kept for Shipment {
    fn version(&self) -> u32 {
        self.version
    }

    fn is_alive(&self) -> bool {
        self.state.alive().is_some()
    }

    fn forget_after(&self) -> Option<Timestamp> {
        Some(self.forget_after)
    }
}

impl State {
    /// The status and the tracking code of a shipment that is booked and not cancelled.
    pub(crate) fn alive(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Booked { reference } => Some(("booked", reference)),
            Self::PickedUp { reference } => Some(("picked_up", reference)),
            Self::Cancelled => None,
        }
    }

    fn answer(&self) -> Answer {
        match self.alive() {
            Some((status, reference)) => Answer::done(status, reference),
            None => Answer::cancelled(),
        }
    }
}

impl Shipment {
    pub(crate) fn answer(&self) -> Answer {
        self.state.answer()
    }

    fn next(current: Option<&Self>, order: &SagaId, state: State, now: Timestamp) -> Self {
        Self {
            order: order.clone(),
            state,
            forget_after: now + REMEMBERED,
            version: current.map_or(1, |current| current.version + 1),
        }
    }
}

/// Decides about a call, given what is kept of the shipment. `reference` is the tracking code that a
/// new one gets.
pub(crate) fn decide(
    current: Option<&Shipment>,
    order: &ShipmentOrder,
    now: Timestamp,
    reference: String,
) -> Verdict<Shipment> {
    let change = |state| {
        let to = Shipment::next(current, &order.order, state, now);
        let answer = to.answer();
        Verdict::Change {
            to,
            moves: Vec::new(),
            answer,
        }
    };
    match (&order.step, current.map(|current| &current.state)) {
        (ShipmentStep::Book { .. }, None) => change(State::Booked { reference }),
        (ShipmentStep::Book { .. }, Some(state)) => Verdict::Keep(late_booking(state)),
        (ShipmentStep::Cancel, None | Some(State::Booked { .. })) => change(State::Cancelled),
        (ShipmentStep::Cancel, Some(State::Cancelled)) => Verdict::Keep(Answer::cancelled()),
        (ShipmentStep::Cancel, Some(State::PickedUp { .. })) => Verdict::Keep(Answer::refused(
            "picked up already: it cannot be cancelled any more",
        )),
    }
}

fn late_booking(state: &State) -> Answer {
    Answer::refused(match state {
        State::Booked { .. } => "booked already, under another Idempotency-Key",
        State::PickedUp { .. } => "picked up already",
        State::Cancelled => "cancelled already: nothing is shipped for it any more",
    })
}

/// What becomes of a shipment when the carrier comes for it.
pub(crate) fn pick_up(current: Option<Shipment>, now: Timestamp) -> Turn<Shipment> {
    let Some(current) = current else {
        return Turn::Refused(Answer::refused("no shipment is booked"));
    };
    match &current.state {
        State::Booked { reference } => {
            let reference = reference.clone();
            let state = State::PickedUp { reference };
            let to = Shipment::next(Some(&current), &current.order, state, now);
            Turn::To(to, Vec::new())
        }
        State::PickedUp { .. } => Turn::Already(current),
        State::Cancelled => Turn::Refused(Answer::refused("the shipment is cancelled")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Happening {
        Book,
        Cancel,
        PickUp,
    }

    /// What has happened so far, and whether it was answered with 200.
    type Past = [(Happening, bool)];

    const HAPPENINGS: [Happening; 3] = [Happening::Book, Happening::Cancel, Happening::PickUp];

    /// What becomes of a shipment, and the status that is answered.
    fn next(current: Option<Shipment>, happening: Happening) -> (Option<Shipment>, u16) {
        let now = Timestamp::from_millis(0);
        let fingerprint = String::new();
        let step = match happening {
            Happening::Book => ShipmentStep::Book { fingerprint },
            Happening::Cancel => ShipmentStep::Cancel,
            Happening::PickUp => {
                return match pick_up(current.clone(), now) {
                    Turn::Refused(answer) => (current, answer.http_status.as_u16()),
                    Turn::Already(same) => (Some(same), 200),
                    Turn::To(to, _) => (Some(to), 200),
                };
            }
        };
        let order = "o1".parse().unwrap();
        let order = ShipmentOrder { order, step };
        match decide(current.as_ref(), &order, now, "TC-1".to_owned()) {
            Verdict::Keep(answer) => (current, answer.http_status.as_u16()),
            Verdict::Change { to, answer, .. } => (Some(to), answer.http_status.as_u16()),
        }
    }

    /// Plays all sequences and hands each step to `check`, with what is there after it.
    fn play(
        current: Option<&Shipment>,
        past: &Past,
        left: u32,
        check: &dyn Fn(&Past, Option<&Shipment>),
    ) {
        for happening in HAPPENINGS {
            let (now, status) = next(current.cloned(), happening);
            let changes = |shipment: Option<&Shipment>| shipment.map_or(0, |it| it.version);
            let changed = now.as_ref() != current;
            assert_eq!(changes(now.as_ref()), changes(current) + u32::from(changed));
            let past = [past, &[(happening, status == 200)]].concat();
            check(&past, now.as_ref());
            if left > 0 {
                play(now.as_ref(), &past, left - 1, check);
            }
        }
    }

    #[test]
    fn whatever_happens_in_whatever_order_it_is_alive_from_its_booking_until_it_is_cancelled() {
        play(None, &[], 5, &|past, shipment| {
            let booked = past.contains(&(Happening::Book, true));
            let cancelled = past.contains(&(Happening::Cancel, true));
            let alive = shipment.is_some_and(Kept::is_alive);
            assert_eq!(alive, booked && !cancelled, "{past:?}");
        });
    }

    #[test]
    fn what_is_picked_up_is_never_cancelled_and_what_is_cancelled_never_picked_up() {
        play(None, &[], 5, &|past, _| {
            let cancelled = past.contains(&(Happening::Cancel, true));
            let picked_up = past.contains(&(Happening::PickUp, true));
            assert!(!(cancelled && picked_up), "{past:?}");
        });
    }

    #[test]
    fn it_is_booked_at_most_once_and_cancelled_as_often_as_is_asked_until_it_is_picked_up() {
        play(None, &[], 5, &|past, _| {
            let booked = past.iter().filter(|one| **one == (Happening::Book, true));
            assert!(booked.count() <= 1, "{past:?}");
            let picked_up = past.contains(&(Happening::PickUp, true));
            let refused = past.contains(&(Happening::Cancel, false));
            assert!(!refused || picked_up, "{past:?}");
        });
    }
}
