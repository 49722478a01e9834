//! The participants of an order. Each knows a call by its key, so that a repeated call gets the answer
//! of the first; an undo leaves a tombstone that refuses what comes later.

use holdfast_order_rules::action::Action;

use crate::system::Protocol;

/// What all participants have of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Participants {
    pub(crate) credit: Place,
    pub(crate) money: Money,
    pub(crate) stock: Place,
    pub(crate) invoice: Place,
    pub(crate) shipment: Place,
}

/// What a participant has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Nothing,
    Refused,
    Kept,
    /// Undone; whether there was something.
    Gone(bool),
}

/// The money at its supplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Money {
    None,
    Declined,
    Authorized,
    /// Authorized, and its capture was refused for good.
    Barred,
    Captured,
    Voided,
    Refunded,
}

/// How a participant treats a call. It remembers a refusal, and says the same to a repeated call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reply {
    Yes,
    /// The participant would not.
    No,
    /// The participant does it, and its answer is lost.
    Lost,
}

/// What the caller learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Refused,
    Unknown,
}

impl Participants {
    fn place(&mut self, action: Action) -> &mut Place {
        match action {
            Action::RemoveFromStock | Action::ReturnStock => &mut self.stock,
            Action::GenerateInvoice | Action::CancelInvoice => &mut self.invoice,
            Action::ShipOrder | Action::CancelShipment => &mut self.shipment,
            _ => &mut self.credit,
        }
    }

    /// A participant is asked for an action.
    pub(crate) fn call(&mut self, action: Action, reply: Reply, protocol: &Protocol) -> Outcome {
        let done = match action {
            Action::AuthorizePayment | Action::CapturePayment => self.money.go(action, reply),
            Action::VoidPayment | Action::RefundPayment => {
                self.money.go_back(action, protocol.tombstones)
            }
            undo if undo.is_undo() => self.place(undo).undo(protocol.tombstones),
            action => self.place(action).take(reply),
        };
        match (reply, done) {
            (Reply::Lost, _) => Outcome::Unknown,
            (_, true) => Outcome::Done,
            (_, false) => Outcome::Refused,
        }
    }

    /// Whether a refusal would be something new.
    pub(crate) fn may_refuse(mut self, action: Action) -> bool {
        match action {
            Action::AuthorizePayment => self.money == Money::None,
            Action::CapturePayment => self.money == Money::Authorized,
            action => !action.is_undo() && *self.place(action) == Place::Nothing,
        }
    }
}

impl Place {
    fn take(&mut self, reply: Reply) -> bool {
        if *self == Self::Nothing {
            *self = match reply {
                Reply::No => Self::Refused,
                _ => Self::Kept,
            };
        }
        matches!(self, Self::Kept | Self::Gone(true))
    }

    fn undo(&mut self, leaves_tombstone: bool) -> bool {
        *self = match *self {
            Self::Nothing if leaves_tombstone => Self::Gone(false),
            Self::Kept => Self::Gone(true),
            other => other,
        };
        true
    }
}

impl Money {
    fn go(&mut self, action: Action, reply: Reply) -> bool {
        let no = reply == Reply::No;
        let (next, done) = match (action, *self) {
            (Action::AuthorizePayment, Self::None) if no => (Self::Declined, false),
            (Action::AuthorizePayment, Self::None) => (Self::Authorized, true),
            (Action::AuthorizePayment, money) => {
                (money, !matches!(money, Self::Declined | Self::Voided))
            }
            (_, Self::Authorized) if no => (Self::Barred, false),
            (_, Self::Authorized) => (Self::Captured, true),
            (_, money) => (money, matches!(money, Self::Captured | Self::Refunded)),
        };
        *self = next;
        done
    }

    fn go_back(&mut self, action: Action, leaves_tombstone: bool) -> bool {
        let (next, done) = match (action, *self) {
            (Action::VoidPayment, Self::Captured) => (Self::Captured, false),
            (Action::VoidPayment, Self::None) if !leaves_tombstone => (Self::None, true),
            (Action::VoidPayment, Self::Refunded) => (Self::Refunded, true),
            (Action::VoidPayment, _) => (Self::Voided, true),
            (_, Self::Captured | Self::Refunded) => (Self::Refunded, true),
            (_, money) => (money, false),
        };
        *self = next;
        done
    }

    /// Whether the supplier has reserved or taken any.
    pub(crate) fn is_kept(self) -> bool {
        matches!(self, Self::Authorized | Self::Barred | Self::Captured)
    }
}
