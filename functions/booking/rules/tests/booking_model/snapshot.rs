//! A [`Record`] as a real [`Snapshot`], as the rules want it, and back.

use std::time::Duration;

use holdfast_booking_rules::action::Script;
use holdfast_booking_rules::booking::{
    self, Booking, BookingState, Ending, Leg, LegState, Payment, PaymentState, Snapshot, Taken,
    Waiting,
};
use holdfast_booking_rules::request::Customer;
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::transition::Transition;
use holdfast_booking_rules::waiting::Since;
use holdfast_core::ids::LegId;
use holdfast_core::money::Money;
use holdfast_core::refund::Refund;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Cancellation, State, Timer};
use jiff::civil::Date;
use serde_json::Value;

use crate::record::{
    ADDED, Clock, Ends, GivenBack, LEGS, LegRecord, Reason, Record, Refunded, Said, Token, Waits,
};

/// The only leg whose supplier gives the money back.
pub(crate) const REFUNDED_LEG: u8 = 0;

const NAMES: [&str; LEGS] = ["a", "b", "c"];

/// When a decision is waited for no longer.
pub(crate) const DECIDE_BY: u8 = 2;

/// One moment lasts this long.
pub(crate) const MOMENT: Duration = Duration::from_secs(10);

/// The place of a leg, by its name.
pub(crate) fn index(id: &LegId) -> u8 {
    let place = NAMES.iter().position(|name| *name == id.as_str()).unwrap();
    u8::try_from(place).unwrap()
}

pub(crate) fn leg_id(leg: u8) -> LegId {
    NAMES[usize::from(leg)].parse().unwrap()
}

pub(crate) fn timestamp(moment: u8) -> Timestamp {
    Timestamp::from_millis(0) + MOMENT * u32::from(moment)
}

fn moment(timestamp: Timestamp) -> u8 {
    let seconds = MOMENT.as_secs();
    u8::try_from(timestamp.as_seconds() / i64::try_from(seconds).unwrap()).unwrap()
}

impl Token {
    /// As a number: the handle.
    pub(crate) fn handle(self) -> String {
        format!("{}.{}", self.entered, self.retry)
    }

    pub(crate) fn since(self) -> Since {
        Since {
            entered: Some(timestamp(self.entered)),
            retry: Some(u32::from(self.retry)),
        }
    }

    fn of(handle: &str) -> Self {
        let (entered, retry) = handle.split_once('.').unwrap();
        Self {
            entered: entered.parse().unwrap(),
            retry: retry.parse().unwrap(),
        }
    }
}

impl Said {
    /// The name of the command.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Pay => "pay".to_owned(),
            Self::Cancel => "cancel".to_owned(),
            Self::AddLeg => format!("add_leg {}", leg_id(ADDED)),
            Self::DropLeg(leg) => format!("drop_leg {}", leg_id(leg)),
        }
    }

    fn named(name: &str) -> Self {
        let all = [Self::Pay, Self::Cancel, Self::AddLeg];
        let drops = (0..=ADDED).map(Self::DropLeg);
        all.into_iter()
            .chain(drops)
            .find(|said| said.name() == name)
            .unwrap()
    }
}

impl Clock {
    fn of(state: State) -> Self {
        match state {
            State::Running => Self::Running,
            State::Paused { lease_ends } => Self::Paused(moment(lease_ends)),
            State::Fired => Self::Fired,
            State::Cancelled {
                by: Cancellation::Committed,
            } => Self::Committed,
            State::Cancelled {
                by: Cancellation::Released,
            } => Self::Released,
        }
    }

    fn state(self) -> State {
        match self {
            Self::Running => State::Running,
            Self::Paused(until) => State::Paused {
                lease_ends: timestamp(until),
            },
            Self::Fired => State::Fired,
            Self::Committed => State::Cancelled {
                by: Cancellation::Committed,
            },
            Self::Released => State::Cancelled {
                by: Cancellation::Released,
            },
        }
    }
}

impl Ends {
    fn of(ending: Ending) -> Self {
        match ending {
            Ending::Expired => Self::Expired,
            Ending::Cancelled => Self::Cancelled,
            Ending::Failed => Self::Failed,
        }
    }

    fn ending(self) -> Ending {
        match self {
            Self::Expired => Ending::Expired,
            Self::Cancelled => Ending::Cancelled,
            Self::Failed => Ending::Failed,
        }
    }
}

/// What is said where only the capture is owed.
pub(crate) const OWED: &str = "owed";

impl Reason {
    fn of(text: Option<&str>) -> Self {
        match text {
            None => Self::None,
            Some(OWED) => Self::Owed,
            Some(_) => Self::Given,
        }
    }

    fn text(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Given => Some("given".to_owned()),
            Self::Owed => Some(OWED.to_owned()),
        }
    }
}

impl Record {
    pub(crate) fn timer(&self) -> Timer {
        Timer {
            state: self.timer.state(),
            deadline: timestamp(self.deadline),
            generation: u32::from(self.generation),
        }
    }

    /// The part of the booking that its events tell.
    pub(crate) fn state(&self) -> BookingState {
        BookingState {
            status: self.status,
            timer: self.timer(),
            ending: self.ending.map(Ends::ending),
            reason: self.reason.text(),
            amount: (self.amount > 0).then(|| money(self.amount)),
            cancellation: self.given_back.map(GivenBack::cancellation),
        }
    }

    /// The whole booking, as the rules want it. `hold_ends` is when the hold of the first leg ends.
    pub(crate) fn snapshot(&self, hold_ends: Option<u8>) -> Snapshot {
        let legs = (0_u8..).zip(&self.legs);
        let legs = legs.filter_map(|(order, leg)| leg.as_ref().map(|leg| (order, leg)));
        Snapshot {
            booking: self.booking(),
            legs: legs
                .map(|(order, leg)| leg.whole(order, hold_ends.filter(|_| order == 0)))
                .collect(),
            payment: Payment {
                version: 1,
                state: PaymentState {
                    status: self.payment,
                    attempts: u32::from(self.attempts),
                    refunded: self.refunded.whole(),
                    ..PaymentState::none()
                },
                decide_by: Some(timestamp(DECIDE_BY)),
                simulate: Script::default(),
                last_error: None,
            },
        }
    }

    fn booking(&self) -> Booking {
        let zero = timestamp(0);
        Booking {
            booking_id: "x".parse().unwrap(),
            version: 1,
            state: self.state(),
            customer: Customer {
                id: "y".parse().unwrap(),
                email: String::new(),
            },
            max_total: None,
            passengers: Vec::new(),
            simulate: Script::default(),
            execution: self.execution.to_string(),
            waiting: self.waiting.map(|waits| Waiting {
                handle: waits.token.handle(),
                since: waits.token.since(),
                taken: waits.taken.map(|said| Taken {
                    command: said.name(),
                    at: zero,
                }),
                decision: waits.decision.map(u32::from),
            }),
            trace_id: String::new(),
            definition: String::new(),
            created: zero,
            updated: zero,
        }
    }

    /// This booking after a change, of which it keeps only these records.
    pub(crate) fn after(mut self, change: &Transition) -> Self {
        if let Some(booking) = &change.booking {
            self.keep_booking(booking);
        }
        if let Some(payment) = &change.payment {
            self.payment = payment.state.status;
            self.attempts = u8::try_from(payment.state.attempts).unwrap();
            self.refunded = Refunded::of(payment.state.refunded.as_ref());
        }
        for leg in &change.legs {
            self.legs[usize::from(index(&leg.id))] = Some(LegRecord::of(leg));
        }
        self
    }

    fn keep_booking(&mut self, booking: &Booking) {
        let state = &booking.state;
        self.status = state.status;
        self.timer = Clock::of(state.timer.state);
        self.deadline = moment(state.timer.deadline);
        self.generation = u8::try_from(state.timer.generation).unwrap();
        self.ending = state.ending.map(Ends::of);
        self.reason = Reason::of(state.reason.as_deref());
        let amount = state.amount.as_ref().map_or(0, |money| money.amount);
        self.amount = u8::try_from(amount).unwrap();
        self.given_back = state.cancellation.as_ref().map(GivenBack::of);
        self.execution = booking.execution.parse().unwrap();
        self.waiting = booking.waiting.as_ref().map(|waiting| Waits {
            token: Token::of(&waiting.handle),
            taken: waiting
                .taken
                .as_ref()
                .map(|taken| Said::named(&taken.command)),
            decision: waiting
                .decision
                .map(|attempt| u8::try_from(attempt).unwrap()),
        });
    }
}

impl GivenBack {
    fn of(cancellation: &booking::Cancellation) -> Self {
        let refund = cancellation.refund.as_ref();
        Self {
            number: u8::try_from(cancellation.number).unwrap(),
            legs: cancellation
                .legs
                .iter()
                .fold(0, |legs, id| legs | 1 << index(id)),
            refund: refund.map(|money| u8::try_from(money.amount).unwrap()),
        }
    }

    fn cancellation(self) -> booking::Cancellation {
        let legs = (0..=ADDED).filter(|leg| self.legs & 1 << leg != 0);
        booking::Cancellation {
            number: u32::from(self.number),
            legs: legs.map(leg_id).collect(),
            refund: self.refund.map(money),
        }
    }
}

impl Refunded {
    fn of(refunded: Option<&booking::Refunded>) -> Self {
        refunded.map_or_else(Self::default, |refunded| Self {
            cancellations: refunded
                .cancellations
                .iter()
                .fold(0, |numbers, number| numbers | 1 << number),
            sum: u8::try_from(refunded.sum.amount).unwrap(),
        })
    }

    fn whole(self) -> Option<booking::Refunded> {
        let given = (0..8).filter(|number| self.cancellations & 1 << number != 0);
        (self.cancellations > 0).then(|| booking::Refunded {
            cancellations: given.collect(),
            sum: money(self.sum),
        })
    }
}

/// The terms of a leg whose supplier gives everything back at any time.
fn all_of_it() -> Refund {
    Refund {
        percent: 100,
        until: Some(Date::MAX),
    }
}

impl LegRecord {
    fn of(leg: &Leg) -> Self {
        Self {
            status: leg.state.status,
            dropped: leg.state.dropped,
            priced: leg.state.price.is_some(),
        }
    }

    fn whole(&self, order: u8, hold_ends: Option<u8>) -> Leg {
        Leg {
            id: leg_id(order),
            kind: Kind::Hotel,
            order: u32::from(order),
            spec: Value::Null,
            offer: None,
            named: false,
            simulate: Script::default(),
            version: 1,
            state: LegState {
                status: self.status,
                reference: None,
                price: self.priced.then(|| money(1)),
                refund: (order == REFUNDED_LEG).then(all_of_it),
                hold_expires: hold_ends.filter(|_| self.priced).map(timestamp),
                dropped: self.dropped,
            },
            attempts: 0,
            last_error: None,
        }
    }
}

pub(crate) fn money(amount: u8) -> Money {
    Money {
        amount: u64::from(amount),
        currency: "BRL".to_owned(),
    }
}
