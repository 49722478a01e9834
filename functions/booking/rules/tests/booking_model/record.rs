//! A booking as it is stored, without what the rules do not look at: a few bytes instead of texts,
//! prices and versions. `snapshot` turns it into a real one for each decision, and back again.
//!
//! Versions are left out. A process keeps, beside what it has read, which of the records have been
//! written since ([`Rows`]): comparing versions means just that.

use holdfast_booking_rules::booking::{BookingStatus, LegStatus, PaymentStatus};
use holdfast_booking_rules::transition::Transition;

use crate::snapshot::index;

/// The legs that there can be: two from the start, and one that is added.
pub(crate) const LEGS: usize = 3;

/// The leg that the traveller adds.
pub(crate) const ADDED: u8 = 2;

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
    /// The last cancellation of the booked trip.
    pub(crate) given_back: Option<GivenBack>,
    pub(crate) payment: PaymentStatus,
    pub(crate) attempts: u8,
    pub(crate) refunded: Refunded,
}

/// A cancellation of the booked trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct GivenBack {
    pub(crate) number: u8,
    pub(crate) legs: u8,
    pub(crate) refund: Option<u8>,
}

/// What was given back of the money: for which cancellations, one bit each, and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Refunded {
    pub(crate) cancellations: u8,
    pub(crate) sum: u8,
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
    /// The attempt to pay whose decision it waits for.
    pub(crate) decision: Option<u8>,
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
        given_back: None,
        payment: PaymentStatus::None,
        attempts: 0,
        refunded: Refunded {
            cancellations: 0,
            sum: 0,
        },
    };

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
        next.refunded = payment.refunded;
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
