//! The timer of a saga: its one deadline, and what came first, payment or time.
//!
//! [`decide`] is the whole of the rules. The store writes its answer on the condition that the timer
//! is still the one that was decided upon, and the model check explores this same function.
//!
//! A pause suspends firing, not the clock: the deadline never moves because of it. The pause is a
//! lease, so that a payment whose worker died does not stop the timer for good.

use std::cmp::Ordering;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Where a timer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum State {
    /// The customer has until the deadline.
    Running,
    /// A payment is under way; the timer does not fire before the lease ends.
    Paused {
        /// When the pause ends by itself.
        lease_ends: Timestamp,
    },
    /// Time won.
    Fired,
    /// The timer has nothing to say any more.
    Cancelled {
        /// Who cancelled it.
        by: Cancellation,
    },
}

/// Why a timer was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cancellation {
    /// The commit point: payment won, and from here it only goes forward.
    Committed,
    /// The saga is being undone for another reason.
    Released,
}

/// The timer of a saga.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Timer {
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
    /// When it is due.
    pub deadline: Timestamp,
    /// Counts the deadlines it has had: a wake-up for an older one is stale.
    pub generation: u32,
}

/// What is wanted of a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// A supplier's hold ends before the deadline: bring the deadline forward.
    Tighten {
        /// The new deadline.
        deadline: Timestamp,
    },
    /// A payment starts.
    Pause {
        /// How long the payment may keep the timer from firing.
        lease: Duration,
    },
    /// A payment is still under way, for its supplier has not decided yet.
    Renew {
        /// How much longer it may keep the timer from firing.
        lease: Duration,
    },
    /// A wake-up for the deadline of this generation.
    Fire {
        /// The generation the wake-up was made for.
        generation: u32,
    },
    /// The payment failed: the customer gets the remaining time back.
    Resume,
    /// The payment is authorized, and all that it pays for is certain.
    Commit,
    /// The saga is being undone for another reason than time.
    Cancel,
}

/// Why an operation changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// The timer has fired.
    #[error("the hold has expired")]
    Fired,
    /// The commit point has been passed.
    #[error("the booking is committed")]
    Committed,
    /// The saga is being undone already.
    #[error("the booking is being undone")]
    Released,
    /// A payment is under way; the timer may be looked at again at this time.
    #[error("a payment is under way until {0} at the latest")]
    Paused(Timestamp),
    /// The deadline is still ahead.
    #[error("the deadline {0} is still ahead")]
    TooEarly(Timestamp),
    /// The wake-up belongs to an older deadline.
    #[error("the wake-up is for an older deadline")]
    Stale,
    /// The payment's pause has ended by itself.
    #[error("the payment has taken longer than it may")]
    LeaseOver,
    /// No payment is under way.
    #[error("no payment is under way")]
    NotPaused,
    /// The deadline is already as early as that.
    #[error("the deadline is no later than that already")]
    NotEarlier,
}

impl Timer {
    /// Starts a timer.
    pub fn start(deadline: Timestamp) -> Self {
        Self {
            state: State::Running,
            deadline,
            generation: 1,
        }
    }

    /// Whether the commit point has been passed.
    pub fn is_committed(&self) -> bool {
        self.state
            == State::Cancelled {
                by: Cancellation::Committed,
            }
    }

    fn with(self, state: State) -> Self {
        Self { state, ..self }
    }

    fn is_due(&self, now: Timestamp) -> bool {
        now >= self.deadline
    }

    /// What becomes of the timer once no payment holds it any longer.
    fn freed(self, now: Timestamp) -> Self {
        self.with(if self.is_due(now) {
            State::Fired
        } else {
            State::Running
        })
    }
}

/// Decides what `operation` makes of `timer` at the time `now`.
///
/// # Errors
/// A [`Refusal`] when the operation changes nothing.
pub fn decide(timer: &Timer, operation: Operation, now: Timestamp) -> Result<Timer, Refusal> {
    match timer.state {
        State::Running => decide_running(timer, operation, now),
        State::Paused { lease_ends } => decide_paused(timer, lease_ends, operation, now),
        State::Fired => Err(Refusal::Fired),
        State::Cancelled {
            by: Cancellation::Committed,
        } => Err(Refusal::Committed),
        State::Cancelled {
            by: Cancellation::Released,
        } => Err(Refusal::Released),
    }
}

fn decide_running(timer: &Timer, operation: Operation, now: Timestamp) -> Result<Timer, Refusal> {
    match operation {
        Operation::Tighten { deadline } if deadline >= timer.deadline => Err(Refusal::NotEarlier),
        Operation::Tighten { deadline } => Ok(Timer {
            deadline,
            generation: timer.generation + 1,
            ..*timer
        }),
        Operation::Pause { .. } if timer.is_due(now) => Ok(timer.with(State::Fired)),
        Operation::Pause { lease } => Ok(timer.with(State::Paused {
            lease_ends: now + lease,
        })),
        Operation::Fire { generation } if generation != timer.generation => Err(Refusal::Stale),
        Operation::Fire { .. } if !timer.is_due(now) => Err(Refusal::TooEarly(timer.deadline)),
        Operation::Fire { .. } => Ok(timer.with(State::Fired)),
        Operation::Renew { .. } | Operation::Resume | Operation::Commit => Err(Refusal::NotPaused),
        Operation::Cancel => Ok(timer.with(State::Cancelled {
            by: Cancellation::Released,
        })),
    }
}

fn decide_paused(
    timer: &Timer,
    lease_ends: Timestamp,
    operation: Operation,
    now: Timestamp,
) -> Result<Timer, Refusal> {
    match operation {
        Operation::Tighten { .. } | Operation::Pause { .. } => Err(Refusal::Paused(lease_ends)),
        Operation::Renew { .. } if now >= lease_ends => Err(Refusal::LeaseOver),
        Operation::Renew { lease } if now + lease <= lease_ends => Err(Refusal::Paused(lease_ends)),
        Operation::Renew { lease } => Ok(timer.with(State::Paused {
            lease_ends: now + lease,
        })),
        Operation::Fire { generation } if generation != timer.generation => Err(Refusal::Stale),
        Operation::Fire { .. } if now < lease_ends => Err(Refusal::Paused(lease_ends)),
        Operation::Fire { .. } | Operation::Resume => Ok(timer.freed(now)),
        Operation::Commit => Ok(timer.with(State::Cancelled {
            by: Cancellation::Committed,
        })),
        Operation::Cancel => Ok(timer.with(State::Cancelled {
            by: Cancellation::Released,
        })),
    }
}

/// What a wake-up means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// What the timer belongs to has ended and waits for no time any more.
    Ended,
    /// The wake-up was made for an older deadline, or for one that can no longer come.
    Stale,
    /// The deadline that the wake-up was made for is not written yet. It is ordered before it is
    /// written, so the write may be on its way.
    Early,
    /// The wake-up was made for the deadline that the timer has.
    Due,
}

/// What a wake-up for the deadline of this generation means. Only a timer that runs or is paused can
/// still get another deadline.
pub fn meaning(timer: &Timer, has_ended: bool, generation: u32) -> Meaning {
    let can_change = matches!(timer.state, State::Running | State::Paused { .. });
    if has_ended {
        return Meaning::Ended;
    }
    match generation.cmp(&timer.generation) {
        Ordering::Equal => Meaning::Due,
        Ordering::Greater if can_change => Meaning::Early,
        Ordering::Greater | Ordering::Less => Meaning::Stale,
    }
}
