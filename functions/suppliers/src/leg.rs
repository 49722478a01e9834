//! The rules of a leg's reservation: nothing, held, confirmed, and back.
//!
//! A leg is held once in its life. Whatever undid it, a release or time, refuses a hold that comes
//! later; a release finds something to say even where nothing was ever held.

use std::time::Duration;

use holdfast_booking_rules::passenger::Passenger;
use holdfast_booking_rules::spec::{Kind, Spec};
use holdfast_core::ids::{BookingId, LegId, OfferId};
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::catalogue::{self, Prices, Stock};
use crate::seal::{NotTaken, Seal};
use crate::verdict::{Kept, Move, Pledge, REMEMBERED, Verdict};

/// A call that concerns a leg.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LegOrder {
    pub(crate) booking: BookingId,
    pub(crate) leg: LegId,
    pub(crate) kind: Kind,
    pub(crate) step: LegStep,
}

/// What is to be done to the leg.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LegStep {
    Hold(Box<Wanted>),
    Confirm,
    Release,
}

/// What is to be held, and for whom.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) spec: Spec,
    /// The offer whose price is meant.
    pub(crate) offer: Option<OfferId>,
    pub(crate) passengers: Vec<Passenger>,
}

/// A leg's reservation as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reservation {
    pub(crate) booking: BookingId,
    pub(crate) leg: LegId,
    pub(crate) kind: Kind,
    #[serde(flatten)]
    pub(crate) state: State,
    /// When it can be forgotten.
    pub(crate) forget_after: Timestamp,
    pub(crate) version: u32,
}

/// Where a reservation stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(crate) enum State {
    /// Ours until a moment, unless it is confirmed by then.
    Held { place: Place, until: Timestamp },
    /// Ours.
    Confirmed { place: Place },
    /// Was held, and its places have been given to others since.
    Expired,
    /// Given back, or refused in advance: nothing is held here ever again.
    Released,
}

/// What was got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) reference: String,
    pub(crate) price: Money,
    pub(crate) stock: Stock,
}

/// The terms under which a call is decided.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub(crate) now: Timestamp,
    /// How long a hold lasts.
    pub(crate) hold: Duration,
    /// Places that a resource usually has.
    pub(crate) capacity: u32,
    /// What things cost.
    pub(crate) prices: Prices,
    /// Knows our own offers; nothing where none are made.
    pub(crate) seal: Option<&'a Seal>,
}

impl Terms<'_> {
    /// What a hold costs: what its offer promises, or what is usual.
    fn price(&self, wanted: &Wanted) -> Result<Money, NotTaken> {
        let Some(offer) = &wanted.offer else {
            return Ok(self.prices.of(&wanted.spec));
        };
        let strange = NotTaken::Strange(wanted.spec.kind().as_str());
        let seal = self.seal.ok_or(strange)?;
        seal.price(offer, &wanted.spec, self.now)
    }
}

impl Kept for Reservation {
    fn version(&self) -> u32 {
        self.version
    }

    fn is_alive(&self) -> bool {
        matches!(self.state, State::Held { .. } | State::Confirmed { .. })
    }

    fn forget_after(&self) -> Option<Timestamp> {
        Some(self.forget_after)
    }
}

impl Reservation {
    /// The places are given back; nothing is held here ever again.
    fn released(order: &LegOrder, version: u32, now: Timestamp) -> Self {
        Self {
            booking: order.booking.clone(),
            leg: order.leg.clone(),
            kind: order.kind,
            state: State::Released,
            forget_after: now + REMEMBERED,
            version,
        }
    }

    fn pledge(&self, stock: &Stock, until: Timestamp) -> Pledge {
        Pledge {
            booking: self.booking.clone(),
            leg: self.leg.clone(),
            stock: stock.clone(),
            until,
        }
    }
}

/// Decides about a call, given what is kept of the leg. `reference` is the one a new hold gets.
pub(crate) fn decide(
    current: Option<&Reservation>,
    order: &LegOrder,
    terms: Terms<'_>,
    reference: String,
) -> Verdict<Reservation> {
    match (current, &order.step) {
        (Some(current), _) if current.kind != order.kind => Verdict::Keep(Answer::refused(
            format!("leg `{}` is a {}", order.leg, current.kind),
        )),
        (None, LegStep::Hold(wanted)) => first_hold(order, wanted, terms, reference),
        (Some(current), LegStep::Hold(_)) => Verdict::Keep(late_hold(&current.state, terms.now)),
        (current, LegStep::Confirm) => confirm(current, terms.now),
        (current, LegStep::Release) => release(current, order, terms.now),
    }
}

fn first_hold(
    order: &LegOrder,
    wanted: &Wanted,
    terms: Terms<'_>,
    reference: String,
) -> Verdict<Reservation> {
    let spec = &wanted.spec;
    let stock = catalogue::stock(spec);
    let capacity = catalogue::capacity(spec, terms.capacity);
    let Some(room) = capacity.checked_sub(stock.count) else {
        return Verdict::Keep(sold_out(order.kind, stock.count, capacity));
    };
    let price = match terms.price(wanted) {
        Ok(price) => price,
        Err(not_taken) => return Verdict::Keep(Answer::refused(not_taken.to_string())),
    };
    let until = terms.now + terms.hold;
    let answer = Answer::held(
        &reference,
        &price,
        &catalogue::refund(spec, terms.now),
        until,
    );
    let place = Place {
        reference,
        price,
        stock: stock.clone(),
    };
    let to = Reservation {
        booking: order.booking.clone(),
        leg: order.leg.clone(),
        kind: order.kind,
        state: State::Held { place, until },
        forget_after: terms.now.max(midnight(catalogue::last_day(spec))) + REMEMBERED,
        version: 1,
    };
    let pledge = Move::Pledge(to.pledge(&stock, until));
    Verdict::Change {
        to,
        moves: vec![Move::Take { stock, room }, pledge],
        answer,
    }
}

/// The refusal of a hold that wants more places than are left.
pub(crate) fn sold_out(kind: Kind, wanted: u32, left: u32) -> Answer {
    let places = catalogue::places(kind);
    Answer::refused(format!("sold out: {left} of {wanted} {places} left"))
}

fn late_hold(state: &State, now: Timestamp) -> Answer {
    match state {
        State::Held { until, .. } if now < *until => {
            Answer::refused("held already, under another Idempotency-Key")
        }
        State::Confirmed { .. } => {
            Answer::refused("confirmed already, under another Idempotency-Key")
        }
        State::Held { .. } | State::Expired => Answer::refused("its hold has expired"),
        State::Released => Answer::refused("released already: nothing is held for it any more"),
    }
}

fn confirm(current: Option<&Reservation>, now: Timestamp) -> Verdict<Reservation> {
    let Some(current) = current else {
        return Verdict::Keep(Answer::refused("not held"));
    };
    match &current.state {
        State::Held { place, until } if now < *until => Verdict::Change {
            to: Reservation {
                state: State::Confirmed {
                    place: place.clone(),
                },
                version: current.version + 1,
                ..current.clone()
            },
            moves: vec![Move::Redeem(current.pledge(&place.stock, *until))],
            answer: Answer::done("confirmed", &place.reference),
        },
        State::Confirmed { place } => Verdict::Keep(Answer::done("confirmed", &place.reference)),
        State::Held { .. } | State::Expired => {
            Verdict::Keep(Answer::refused("the hold has expired"))
        }
        State::Released => Verdict::Keep(Answer::refused("released already")),
    }
}

fn release(
    current: Option<&Reservation>,
    order: &LegOrder,
    now: Timestamp,
) -> Verdict<Reservation> {
    let version = current.map_or(0, |current| current.version);
    let moves = match current.map(|current| (current, &current.state)) {
        Some((current, State::Held { place, until })) => vec![
            Move::GiveBack(place.stock.clone()),
            Move::Redeem(current.pledge(&place.stock, *until)),
        ],
        Some((_, State::Confirmed { place })) => vec![Move::GiveBack(place.stock.clone())],
        Some((_, State::Released)) => return Verdict::Keep(Answer::released()),
        Some((_, State::Expired)) | None => Vec::new(),
    };
    Verdict::Change {
        to: Reservation::released(order, version + 1, now),
        moves,
        answer: Answer::released(),
    }
}

fn midnight(day: Date) -> Timestamp {
    let moment = day.to_zoned(jiff::tz::TimeZone::UTC);
    moment.map_or(Timestamp::from_millis(0), |moment| {
        Timestamp::from_millis(moment.timestamp().as_millisecond())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HOLD: Duration = Duration::from_secs(900);

    fn order(step: LegStep) -> LegOrder {
        LegOrder {
            booking: "b1".parse().unwrap(),
            leg: "out".parse().unwrap(),
            kind: Kind::Flight,
            step,
        }
    }

    fn terms(now: Timestamp, capacity: u32) -> Terms<'static> {
        Terms {
            now,
            hold: HOLD,
            capacity,
            prices: Prices { now, percent: 100 },
            seal: None,
        }
    }

    fn steps() -> [LegStep; 3] {
        let json = json!({"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2});
        let wanted = Wanted {
            spec: Spec::read(Kind::Flight, &json).unwrap(),
            offer: None,
            passengers: Vec::new(),
        };
        [
            LegStep::Hold(Box::new(wanted)),
            LegStep::Confirm,
            LegStep::Release,
        ]
    }

    /// Plays all sequences of steps, with and without the hold's time between them, and hands each
    /// state on the way to `check`, with the places taken and whether it was released before.
    fn play(
        current: Option<&Reservation>,
        taken: i64,
        was_released: bool,
        now: Timestamp,
        left: u32,
        check: &dyn Fn(&Reservation, i64, bool),
    ) {
        for (step, wait) in steps()
            .into_iter()
            .flat_map(|step| [(step.clone(), Duration::ZERO), (step, HOLD)])
        {
            let now = now + wait;
            let terms = terms(now, 9);
            let released = was_released || step == LegStep::Release;
            let (next, taken) = match decide(current, &order(step), terms, "FL-1".to_owned()) {
                Verdict::Keep(_) => (current.cloned(), taken),
                Verdict::Change { to, moves, .. } => (Some(to), taken + net(&moves)),
            };
            if let Some(next) = &next {
                check(next, taken, released);
            }
            if left > 0 {
                play(next.as_ref(), taken, released, now, left - 1, check);
            }
        }
    }

    fn net(moves: &[Move]) -> i64 {
        let places = |one: &Move| match one {
            Move::Take { stock, .. } => i64::from(stock.count),
            Move::GiveBack(stock) => -i64::from(stock.count),
            Move::Pledge(_) | Move::Redeem(_) | Move::Amend { .. } | Move::Account(_) => 0,
        };
        moves.iter().map(places).sum()
    }

    #[test]
    fn whatever_is_called_in_whatever_order_places_are_taken_by_what_is_alive() {
        let start = Timestamp::from_millis(1_800_000_000_000);
        play(None, 0, false, start, 4, &|leg, taken, released| {
            assert_eq!(taken, if leg.is_alive() { 2 } else { 0 }, "{leg:?}");
            assert!(
                !(released && leg.is_alive()),
                "alive after its release: {leg:?}"
            );
        });
    }

    #[test]
    fn more_than_there_is_at_all_is_refused_without_a_look() {
        let [hold, ..] = steps();
        let terms = terms(Timestamp::from_millis(0), 1);
        let verdict = decide(None, &order(hold), terms, String::new());
        assert!(matches!(verdict, Verdict::Keep(answer) if answer.http_status == 409));
    }
}
