//! The words between the actors and the rules: what is asked, and what it comes to.

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::leg::{Held, Outcome};
use holdfast_booking_rules::unwinding::{Participant, Work};
use holdfast_core::cause::{CANCELLED, Cause};
use holdfast_core::failure::Failure;

use crate::record::{Record, Rows, Said, Token};
use crate::snapshot::money;

/// A change that an actor wants to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Change {
    Take(Said),
    Wait(Token),
    Wake(u8),
    Begin(u8),
    Authorized(u8),
    Declined(u8),
    Pending(u8),
    Await(u8, Token),
    Withdrawn(u8),
    /// Whether the payment is still as it was when its supplier was asked.
    Unclear(bool),
    /// Whether the booking is still as it was when the pause was written.
    EndPause(bool),
    Leave(u8),
    Leg(u8, Came),
    Commit,
    Captured,
    GiveUp,
    GivenBack(Action),
    /// A cancellation of the booked trip begins: of one leg, or of all.
    CancelBooked(Option<u8>),
    /// The last cancellation is sent once more.
    CancelAgain,
    /// The refund of this number, of this much, is known to be given.
    Refunded(u8, u8),
    TurnBack(Why),
    HandOverLeg(u8),
    HandOverPayment,
    HandOverCapture,
    /// The execution has carried this cancellation out, or none.
    Close(Option<u8>),
    Conclude,
    /// This is the work that was done by hand.
    Resolve(Plan),
    Abandon,
    TakeUp(u8),
}

/// What came of asking a leg's supplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Came {
    Done(Action),
    HoldRefused,
    Unclear(Action),
}

/// Why a booking is turned back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Why {
    Cancelled,
    Expired,
    Failed,
    Stopped,
}

/// Why the rules refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum No {
    Invalid,
    Refused,
    Declined,
    Pending,
    Unavailable,
    Expired,
    Cancelled,
    Conflict,
}

/// What a change comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decided {
    Nothing,
    Write(Record, Rows),
    Refused(No),
}

/// Work that is left, for the legs and for the money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Plan {
    pub(crate) legs: u8,
    pub(crate) money: Option<Action>,
}

/// A question that changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Question {
    IsToDo(u8, Action),
    MayCapture,
    MayGiveBack,
    IsInTime,
    ComeTo(u8),
    IsOverdue,
    IsCancelled(u8),
    IsToWithdraw(u8),
    /// A command was told to an execution that no longer listens, when the booking stood like this.
    Heard(Said, Record),
}

impl Change {
    /// The records that are looked at when it is decided, and after it.
    pub(crate) fn looks_at(self) -> Rows {
        match self {
            Self::Leg(leg, _) | Self::HandOverLeg(leg) => Rows::leg(leg),
            Self::Wake(_) | Self::TakeUp(_) | Self::EndPause(_) => Rows::BOOKING,
            Self::TurnBack(_) => Rows::BOOKING,
            Self::Captured
            | Self::GiveUp
            | Self::GivenBack(_)
            | Self::Refunded(..)
            | Self::HandOverPayment => Rows::HEADS,
            Self::HandOverCapture => Rows::BOOKING,
            _ => Rows::ALL,
        }
    }
}

impl Came {
    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::Done(Action::Hold) => Outcome::Held(Held {
                price: Some(money(1)),
                ..Held::default()
            }),
            Self::Done(action) => Outcome::Done(action),
            Self::HoldRefused => Outcome::HoldRefused("no".to_owned()),
            Self::Unclear(action) => Outcome::Unclear(action, "lost".to_owned()),
        }
    }
}

impl Why {
    pub(crate) fn cause(self) -> Cause {
        let error = match self {
            Self::Cancelled => CANCELLED,
            Self::Expired => "HoldExpired",
            Self::Failed => "Refused",
            Self::Stopped => "",
        };
        Cause {
            error: error.to_owned(),
            ..Cause::default()
        }
    }
}

impl No {
    pub(crate) fn of(failure: &Failure) -> Self {
        match failure {
            invalid if invalid.is_invalid() => Self::Invalid,
            Failure::Refused(_) => Self::Refused,
            Failure::Declined(_) => Self::Declined,
            Failure::Pending(_) => Self::Pending,
            Failure::Unavailable(_) | Failure::SupplierDown(_) => Self::Unavailable,
            Failure::HoldExpired(_) => Self::Expired,
            _ => Self::Conflict,
        }
    }
}

impl Plan {
    pub(crate) fn of(work: &[Work]) -> Self {
        let mut plan = Self::default();
        for work in work {
            match work.kind {
                Participant::Leg(_) => plan.legs |= 1 << work.order,
                Participant::Payment => plan.money = Some(work.action),
            }
        }
        plan
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.legs == 0 && self.money.is_none()
    }
}
