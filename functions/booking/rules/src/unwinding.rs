//! What is left to do when a booking does not go its way: undo, from last to first, every leg that
//! is not surely gone, the payment last of all; or, once committed, finish what was begun; or, once
//! booked, give back what the traveller gives back.

use serde::{Deserialize, Serialize};

use crate::action::{Action, PAYMENT};
use holdfast_core::timer::{self, Operation, State};

use crate::booking::{Ending, Leg, PaymentStatus, Snapshot};
use crate::cancelling;
use crate::event::EventName;
use crate::spec::{Kind, NotAKind};
use crate::status::Happened;
use crate::transition::Transition;
use holdfast_core::cause::{CANCELLED, Cause};
use holdfast_core::change::Stamp;

/// Who does a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Participant {
    /// The function of a kind of leg.
    Leg(Kind),
    /// The function of the payment.
    Payment,
}

impl TryFrom<String> for Participant {
    type Error = NotAKind;
    fn try_from(word: String) -> Result<Self, NotAKind> {
        if word == PAYMENT {
            Ok(Self::Payment)
        } else {
            word.parse().map(Self::Leg)
        }
    }
}

impl Participant {
    /// The word used in requests and addresses; its supplier has the same.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Leg(kind) => kind.as_str(),
            Self::Payment => PAYMENT,
        }
    }
}

impl From<Participant> for String {
    fn from(participant: Participant) -> Self {
        participant.as_str().to_owned()
    }
}

impl std::fmt::Display for Participant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One piece of work for a participant. The state machine looks the function up by `kind`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Whose work it is.
    pub kind: Participant,
    /// The leg, or `payment`.
    pub leg: String,
    /// The leg's place among the legs.
    pub order: u32,
    /// What is to be done.
    pub action: Action,
}

impl Work {
    /// The release of a leg.
    pub(crate) fn release(leg: &Leg) -> Self {
        Self {
            kind: Participant::Leg(leg.kind),
            leg: leg.id.to_string(),
            order: leg.order,
            action: Action::Release,
        }
    }

    pub(crate) fn payment(action: Action) -> Self {
        let leg = PAYMENT.to_owned();
        Self {
            kind: Participant::Payment,
            leg,
            order: 0,
            action,
        }
    }
}

/// What is left to do for a booking, in order.
pub fn remaining_work(snapshot: &Snapshot) -> Vec<Work> {
    let state = &snapshot.booking.state;
    if state.status.is_finished() {
        return Vec::new();
    }
    if let Some(cancellation) = state.cancelling() {
        return cancelling::remaining_work(snapshot, cancellation);
    }
    if state.goes_forward_only() {
        return vec![Work::payment(Action::Capture)];
    }
    let legs = snapshot
        .legs
        .iter()
        .rev()
        .filter(|leg| !leg.state.status.is_gone());
    let mut work: Vec<_> = legs.map(Work::release).collect();
    let payment = &snapshot.payment.state;
    if !payment.is_gone() {
        let taken = payment.status == PaymentStatus::Captured;
        work.push(Work::payment(if taken {
            Action::Refund
        } else {
            Action::Void
        }));
    }
    work
}

/// Turns a booking to the way back. `None` where it has turned or ended before, or is committed: then
/// it is finished instead.
pub fn turn_back(snapshot: &Snapshot, cause: &Cause, stamp: Stamp<'_>) -> Option<Transition> {
    let booking = &snapshot.booking;
    if booking.state.timer.is_committed() {
        return None;
    }
    let mut state = booking.state.clone();
    state.status = state.status.after(Happened::TurnedBack)?;
    // A timer that has fired stays fired: that is why the booking is being undone.
    let cancelled = timer::decide(&state.timer, Operation::Cancel, stamp.at);
    state.timer = cancelled.unwrap_or(state.timer);
    // An execution that was stopped gives no cause: then it is time that undoes the booking.
    let time_won = state.timer.state == State::Fired && cause.error.is_empty();
    state.ending = Some(if time_won {
        Ending::Expired
    } else {
        Ending::from(cause)
    });
    state.reason = Some(cause.reason());
    let change = Transition::of(snapshot, EventName::UnwindingStarted, stamp);
    Some(change.note(cause.reason()).booking(booking, state))
}

impl From<&Cause> for Ending {
    /// What the unwinding leads to.
    fn from(cause: &Cause) -> Self {
        match cause.error.as_str() {
            "HoldExpired" => Self::Expired,
            CANCELLED => Self::Cancelled,
            _ => Self::Failed,
        }
    }
}
