//! The deadline of an order: one that is not completed by then is undone. Firing and committing exclude
//! each other, for each writes the head upon a timer that runs.

use holdfast_core::change::Stamp;
use std::cmp::Ordering;

use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Operation, State};

use crate::event::EventName;
use crate::order::{Ending, OrderState, Snapshot};
use crate::status::Happened;
use crate::transition::Transition;
use crate::turning::Turn;

/// A wake-up for the deadline of this generation came: the timer fires, and the order is turned back in
/// the same change. `None` where there is nothing to change.
pub fn wake(snapshot: &Snapshot, generation: u32, stamp: Stamp<'_>) -> Option<Transition> {
    let timer = &snapshot.order.state.timer;
    (timer.generation == generation).then(|| fired(snapshot, stamp))?
}

/// The change of an order whose time is up; `None` where it is not, or does not matter any more.
pub(crate) fn fired(snapshot: &Snapshot, stamp: Stamp<'_>) -> Option<Transition> {
    let timer = &snapshot.order.state.timer;
    let generation = timer.generation;
    let timer = timer::decide(timer, Operation::Fire { generation }, stamp.at).ok()?;
    let turn = Turn {
        event: EventName::TimerFired,
        happened: Happened::TurnedBack,
        ending: Ending::Cancelled,
        reason: format!("not completed by {}", timer.deadline),
        timer,
        settles: None,
    };
    turn.of(snapshot, stamp)
}

/// Whether an order's time is up, even if no wake-up has fired its timer yet.
pub(crate) fn is_due(state: &OrderState, now: Timestamp) -> bool {
    state.timer.state == State::Running && now >= state.timer.deadline
}

/// When the call of a step must have left: a worker may have slept since it began the step. No limit
/// past the commit point.
pub fn starts_before(state: &OrderState) -> Option<Timestamp> {
    (state.timer.state == State::Running).then_some(state.timer.deadline)
}

/// What a wake-up means to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The order has ended and waits for no time any more.
    Ended,
    /// The wake-up was made for a deadline that the order does not have.
    Stale,
    /// The wake-up was made for the deadline that the order has.
    Due,
}

/// What a wake-up for the deadline of this generation means to an order that stands like this. An order
/// has one deadline, so none can be ahead of its write.
pub fn meaning(state: &OrderState, generation: u32) -> Meaning {
    if state.status.has_ended() {
        return Meaning::Ended;
    }
    match generation.cmp(&state.timer.generation) {
        Ordering::Equal => Meaning::Due,
        Ordering::Less | Ordering::Greater => Meaning::Stale,
    }
}
