//! A booking as it is stored, without what the rules do not look at: a few bytes instead of texts,
//! prices and versions. It is turned into a real [`Snapshot`] for each decision and back again.
//!
//! Versions are left out. A process keeps, beside what it has read, which of the records have been
//! written since ([`Rows`]): comparing versions means just that.

use std::time::Duration;

use holdfast_booking_rules::action::Script;
use holdfast_booking_rules::booking::{
    Booking, BookingState, BookingStatus, Ending, Leg, LegState, LegStatus, Payment, PaymentState,
    PaymentStatus, Snapshot, Taken, Waiting,
};
use holdfast_booking_rules::request::Customer;
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::transition::Transition;
use holdfast_booking_rules::waiting::Since;
use holdfast_core::ids::LegId;
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Cancellation, State, Timer};
use serde_json::Value;

/// The legs that there can be: two from the start, and one that is added.
pub(crate) const LEGS: usize = 3;
/// The leg that the traveller adds.
pub(crate) const ADDED: u8 = 2;
const NAMES: [&str; LEGS] = ["a", "b", "c"];
/// One moment lasts this long.
pub(crate) const MOMENT: Duration = Duration::from_secs(10);

/// A booking as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Record {
    pub(crate) status: BookingStatus,
    pub(crate) timer: Clock,
    pub(crate) deadline: u8,
    pub(crate) generation: u8,
    pub(crate) ending: Option<Ends>,
    pub(crate) reason: Reason,
    pub(crate) amount: u8,
    pub(crate) execution: u8,
    pub(crate) waiting: Option<Waits>,
    pub(crate) legs: [Option<LegRecord>; LEGS],
    pub(crate) payment: PaymentStatus,
    pub(crate) attempts: u8,
}

/// The state of the timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Clock {
    Running,
    Paused(u8),
    Fired,
    Committed,
    Released,
}

/// What the unwinding leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ends {
    Expired,
    Cancelled,
    Failed,
}

/// Why a booking is not booked. Only one reason is ever compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reason {
    None,
    Given,
    Owed,
}

/// The execution that waits, by its token, and the command that was taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Waits {
    pub(crate) token: Token,
    pub(crate) taken: Option<Said>,
}

/// A task token: how often the execution has come to wait, and how often it has tried that again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Token {
    pub(crate) entered: u8,
    pub(crate) retry: u8,
}

/// What a traveller may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Said {
    Pay,
    Cancel,
    AddLeg,
    DropLeg(u8),
}

/// A leg as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LegRecord {
    pub(crate) status: LegStatus,
    pub(crate) dropped: bool,
    /// Its supplier has said what it costs.
    pub(crate) priced: bool,
}

/// Some of the records of a booking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Rows(u8);

impl Rows {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const BOOKING: Self = Self(1);
    pub(crate) const PAYMENT: Self = Self(2);

    pub(crate) const HEADS: Self = Self(3);
    pub(crate) const ALL: Self = Self(u8::MAX);

    pub(crate) fn leg(leg: u8) -> Self {
        Self(4 << leg)
    }

    /// The records that a change writes.
    pub(crate) fn of(change: &Transition) -> Self {
        let mut rows = Self::NONE;
        if change.booking.is_some() {
            rows = rows.and(Self::BOOKING);
        }
        if change.payment.is_some() {
            rows = rows.and(Self::PAYMENT);
        }
        let legs = change.legs.iter().map(|leg| Self::leg(index(&leg.id)));
        legs.fold(rows, Self::and)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

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
    /// What a process has read that has read nothing, or needs it no more.
    pub(crate) const BLANK: Self = Self {
        status: BookingStatus::Holding,
        timer: Clock::Running,
        deadline: 0,
        generation: 1,
        ending: None,
        reason: Reason::None,
        amount: 0,
        execution: 0,
        waiting: None,
        legs: [None; LEGS],
        payment: PaymentStatus::None,
        attempts: 0,
    };

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
                    reference: None,
                },
                decide_by: None,
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
            simulate: Script::default(),
            execution: self.execution.to_string(),
            waiting: self.waiting.map(|waits| Waiting {
                handle: waits.token.handle(),
                since: waits.token.since(),
                taken: waits.taken.map(|said| Taken {
                    command: said.name(),
                    at: zero,
                }),
                decision: None,
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
        self.execution = booking.execution.parse().unwrap();
        self.waiting = booking.waiting.as_ref().map(|waiting| Waits {
            token: Token::of(&waiting.handle),
            taken: waiting
                .taken
                .as_ref()
                .map(|taken| Said::named(&taken.command)),
        });
    }

    /// Takes over these records from another reading.
    pub(crate) fn absorb(&mut self, rows: Rows, from: &Self) {
        let mut next = if rows.has(Rows::BOOKING) {
            *from
        } else {
            *self
        };
        let payment = if rows.has(Rows::PAYMENT) {
            from
        } else {
            &*self
        };
        (next.payment, next.attempts) = (payment.payment, payment.attempts);
        for leg in 0..=ADDED {
            let place = usize::from(leg);
            let source = if rows.has(Rows::leg(leg)) {
                from
            } else {
                &*self
            };
            next.legs[place] = source.legs[place];
        }
        *self = next;
    }

    /// Only these records of it.
    pub(crate) fn only(&self, rows: Rows) -> Self {
        let mut only = Self::BLANK;
        only.absorb(rows, self);
        only
    }

    pub(crate) fn leg(&self, leg: u8) -> Option<&LegRecord> {
        self.legs[usize::from(leg)].as_ref()
    }

    /// The legs that are paid for, as far as this record knows.
    pub(crate) fn trip(&self) -> impl Iterator<Item = u8> {
        let legs = self.legs;
        (0..=ADDED).filter(move |leg| {
            legs[usize::from(*leg)].is_some_and(|leg| !leg.dropped && !leg.status.is_gone())
        })
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
            simulate: Script::default(),
            version: 1,
            state: LegState {
                status: self.status,
                reference: None,
                price: self.priced.then(|| money(1)),
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
