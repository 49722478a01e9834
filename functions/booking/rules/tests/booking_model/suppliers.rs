//! The suppliers of the legs and of the payment. Each knows a call by its key, so that a repeated
//! call gets the answer of the first; an undo leaves a tombstone that refuses what comes later.

use holdfast_booking_rules::action::Action;

use crate::limits::Protocol;
use crate::record::LEGS;

/// What all suppliers have of the booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Suppliers {
    pub(crate) legs: [Place; LEGS],
    pub(crate) money: Money,
    /// The attempt that was authorized, if one was: its key is answered for ever.
    pub(crate) authorized: u8,
    /// The attempts that were declined: their keys too.
    pub(crate) declined: u8,
    /// The parts of the money that were given back: their numbers, and how much they were.
    pub(crate) parts: u8,
    pub(crate) given_back: u8,
    /// The attempts that were withdrawn, and are refused for good.
    pub(crate) withdrawn: u8,
}

/// A leg at its supplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Nothing,
    Refused,
    Held,
    /// Held, and its confirmation was refused.
    Barred,
    Confirmed,
    Released(Before),
}

/// What a release has undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Before {
    Nothing,
    Held,
    Confirmed,
}

/// The money at its supplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Money {
    None,
    Declined,
    /// The bank has not decided yet.
    Pending,
    /// The last attempt was withdrawn; another may follow.
    Withdrawn,
    Authorized,
    /// Authorized, and its capture was refused for good.
    Barred,
    Captured,
    Voided,
    Refunded,
}

/// How a supplier treats a call. It remembers a refusal, and says the same to a repeated call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reply {
    Yes,
    /// The supplier would not.
    No,
    /// The supplier does it, and its answer is lost.
    Lost,
}

/// What the caller learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Refused,
    /// The bank has not decided yet.
    Pending,
    Unknown,
}

impl Reply {
    pub(crate) fn told(self, done: bool) -> Outcome {
        match (self, done) {
            (Self::Lost, _) => Outcome::Unknown,
            (_, true) => Outcome::Done,
            (_, false) => Outcome::Refused,
        }
    }
}

impl Suppliers {
    /// Nothing is held and nothing paid.
    pub(crate) const NEW: Self = Self {
        legs: [Place::Nothing; LEGS],
        money: Money::None,
        authorized: 0,
        declined: 0,
        parts: 0,
        given_back: 0,
        withdrawn: 0,
    };

    /// A leg's supplier is called.
    pub(crate) fn call(
        &mut self,
        leg: u8,
        action: Action,
        reply: Reply,
        protocol: &Protocol,
    ) -> Outcome {
        let place = &mut self.legs[usize::from(leg)];
        let done = match action {
            Action::Hold => place.hold(reply),
            Action::Confirm => place.confirm(reply),
            _ => place.release(protocol.suppliers_leave_tombstones),
        };
        reply.told(done)
    }

    /// The payment supplier is asked to reserve the money of an attempt.
    pub(crate) fn authorize(&mut self, attempt: u8, reply: Reply, pending: u8) -> Outcome {
        let is_open = self.is_open();
        let done = match self.money {
            _ if self.has_declined(attempt) || self.has_withdrawn(attempt) => false,
            _ if is_open && pending & 1 << attempt != 0 => {
                (self.money, self.authorized) = (Money::Pending, attempt);
                return reply.told_that_it_is_pending();
            }
            Money::Pending if self.authorized == attempt => {
                return reply.told_that_it_is_pending();
            }
            _ if is_open && reply == Reply::No => {
                self.money = Money::Declined;
                self.declined |= 1 << attempt;
                false
            }
            _ if is_open => {
                (self.money, self.authorized) = (Money::Authorized, attempt);
                true
            }
            _ => self.money != Money::Pending && self.authorized == attempt,
        };
        reply.told(done)
    }

    /// Whether an attempt was withdrawn.
    pub(crate) fn has_withdrawn(&self, attempt: u8) -> bool {
        self.withdrawn & 1 << attempt != 0
    }

    /// Whether an attempt was declined.
    pub(crate) fn has_declined(&self, attempt: u8) -> bool {
        self.declined & 1 << attempt != 0
    }

    /// Whether a refusal of this attempt would be something new.
    pub(crate) fn may_decline(&self, attempt: u8) -> bool {
        self.is_open() && !self.has_declined(attempt) && !self.has_withdrawn(attempt)
    }

    /// Whether nothing is in the way of an attempt.
    fn is_open(&self) -> bool {
        matches!(self.money, Money::None | Money::Declined | Money::Withdrawn)
    }

    /// The payment supplier is asked to take the money, or to give it back.
    pub(crate) fn settle(&mut self, action: Action, reply: Reply) -> Outcome {
        let (next, done) = match (action, self.money) {
            (Action::Capture, Money::Authorized) if reply == Reply::No => (Money::Barred, false),
            (Action::Capture, Money::Authorized) => (Money::Captured, true),
            (Action::Capture, Money::Captured | Money::Refunded) => (self.money, true),
            (Action::Void, Money::Captured) | (Action::Capture, _) => (self.money, false),
            (Action::Void, Money::Refunded) => (self.money, true),
            (Action::Void, _) => (Money::Voided, true),
            (_, Money::Captured | Money::Refunded) => (Money::Refunded, true),
            _ => (self.money, false),
        };
        self.money = next;
        reply.told(done)
    }
}

impl Suppliers {
    /// The payment supplier is asked to give a part back, of all that was taken.
    pub(crate) fn refund(&mut self, number: u8, sum: u8, all: u8, reply: Reply) -> Outcome {
        let is_known = self.parts & 1 << number != 0;
        let done = is_known || self.money == Money::Captured && self.given_back + sum <= all;
        if done && !is_known {
            self.parts |= 1 << number;
            self.given_back += sum;
            if self.given_back == all {
                self.money = Money::Refunded;
            }
        }
        reply.told(done)
    }
}

impl Reply {
    fn told_that_it_is_pending(self) -> Outcome {
        match self {
            Self::Lost => Outcome::Unknown,
            _ => Outcome::Pending,
        }
    }
}

impl Place {
    fn hold(&mut self, reply: Reply) -> bool {
        match *self {
            Self::Nothing if reply == Reply::No => {
                *self = Self::Refused;
                false
            }
            Self::Nothing => {
                *self = Self::Held;
                true
            }
            Self::Refused | Self::Released(Before::Nothing) => false,
            _ => true,
        }
    }

    fn confirm(&mut self, reply: Reply) -> bool {
        match *self {
            Self::Held if reply == Reply::No => {
                *self = Self::Barred;
                false
            }
            Self::Held => {
                *self = Self::Confirmed;
                true
            }
            Self::Confirmed | Self::Released(Before::Confirmed) => true,
            _ => false,
        }
    }

    fn release(&mut self, leaves_tombstone: bool) -> bool {
        *self = match *self {
            Self::Nothing if !leaves_tombstone => Self::Nothing,
            Self::Nothing => Self::Released(Before::Nothing),
            Self::Refused => Self::Refused,
            Self::Held | Self::Barred => Self::Released(Before::Held),
            Self::Confirmed => Self::Released(Before::Confirmed),
            released @ Self::Released(_) => released,
        };
        true
    }

    /// Whether the supplier keeps it for the traveller.
    pub(crate) fn is_kept(self) -> bool {
        matches!(self, Self::Held | Self::Barred | Self::Confirmed)
    }

    /// Whether a refusal would be something new.
    pub(crate) fn may_refuse(self, action: Action) -> bool {
        match action {
            Action::Hold => self == Self::Nothing,
            Action::Confirm => self == Self::Held,
            _ => false,
        }
    }
}

impl Money {
    /// Whether the supplier has reserved or taken any.
    pub(crate) fn is_kept(self) -> bool {
        let is_reserved = matches!(self, Self::Pending | Self::Authorized | Self::Barred);
        is_reserved || self == Self::Captured
    }
}

impl Suppliers {
    /// An operator releases a leg at the supplier's counter.
    pub(crate) fn release_by_hand(&mut self, leg: u8) {
        self.legs[usize::from(leg)].release(true);
    }

    /// An operator gives the money back at the supplier's counter.
    pub(crate) fn give_back_by_hand(&mut self) {
        let action = match self.money {
            Money::Captured => Action::Refund,
            _ => Action::Void,
        };
        _ = self.settle(action, Reply::Yes);
    }
}
