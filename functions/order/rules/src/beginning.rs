//! The rules of beginning a step. The write that begins it fences it: a step that begins after the
//! order was turned back, or after its deadline, is refused, and its participant is not asked. What
//! began before may have been done, at any later time, and is undone.
//!
//! The capture begins with the commit point: before it everything is undone, after it only finished,
//! with one exception: money that is refused for good leaves nothing to finish.

use holdfast_core::change::Stamp;
use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Operation, State, Timer};

use crate::action::StepName;
use crate::deadline::{fired, is_due};
use crate::event::EventName;
use crate::order::{OrderState, Progress, Snapshot, Step, StepState};
use crate::status::StepHappened;
use crate::transition::Transition;

/// Which try of a step, or of its undo, it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Try {
    /// The state machine's; it has tried so often before.
    Numbered(u32),
    /// One more, by the desk.
    Again,
}

impl Try {
    /// The number of tries, where there were so many up to now.
    fn of(self, known: u32) -> u32 {
        match self {
            Self::Numbered(before) => known.max(before.saturating_add(1)),
            Self::Again => known.saturating_add(1),
        }
    }

    /// The number of repetitions, where there were so many up to now.
    pub(crate) fn repeats(self, known: u32, is_first: bool) -> u32 {
        match self {
            Self::Numbered(before) => known.max(before),
            Self::Again if is_first => known,
            Self::Again => known.saturating_add(1),
        }
    }
}

/// What beginning a step comes to.
pub(crate) enum Opened {
    /// It was done before.
    Done,
    /// Time won: the step does not begin, and the order is undone.
    Fired(Box<Transition>),
    /// It begins, or goes on.
    Goes(Box<Going>),
}

/// How the order and the step stand once the step goes on.
pub(crate) struct Going {
    pub(crate) order: OrderState,
    pub(crate) step: StepState,
}

/// Begins a step, or tries it again. `None` where that is known, or where it was done before: ask
/// [`is_to_do`] afterwards.
///
/// # Errors
/// What [`is_to_do`] fails with.
pub fn begin(
    snapshot: &Snapshot,
    name: StepName,
    tried: Try,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    let step = find(snapshot, name)?;
    let going = match open(snapshot, step, tried, stamp)? {
        Opened::Done => return Ok(None),
        Opened::Fired(change) => return Ok(Some(*change)),
        Opened::Goes(going) => going,
    };
    let (order, state) = (going.order, going.step);
    if order == snapshot.order.state && state == step.state {
        return Ok(None);
    }
    let commits = order.timer != snapshot.order.state.timer;
    let event = match step.state.progress {
        Progress::PENDING if commits => EventName::Committed,
        Progress::PENDING => EventName::StepStarted,
        _ => EventName::StepRetried,
    };
    let change = Transition::to(snapshot, event, stamp, order).note(name.as_str());
    Ok(Some(change.step(step, state)))
}

/// Whether a step's participant is to be asked. False where it has been done before.
///
/// # Errors
/// [`Failure::Refused`] and [`Failure::Declined`] where it was refused before, [`Failure::Cancelled`]
/// where the order is being undone, [`Failure::Conflict`] where the step cannot begin.
pub fn is_to_do(snapshot: &Snapshot, name: StepName) -> Result<bool, Failure> {
    let (step, state) = (find(snapshot, name)?, &snapshot.order.state);
    match step.state.progress {
        Progress::FAILED => return Err(refused(step)),
        _ if state.is_being_undone() => return Err(undone(state)),
        Progress::SUCCESS => return Ok(false),
        _ => {}
    }
    let before = name.before().map(|before| snapshot.progress(before));
    if state.status.is_finished() || before.is_some_and(|before| before != Progress::SUCCESS) {
        let status = state.status.as_str();
        let problem = format!("the order is {status}; {name} does not begin now");
        return Err(Failure::Conflict(problem));
    }
    Ok(true)
}

pub(crate) fn open(
    snapshot: &Snapshot,
    step: &Step,
    tried: Try,
    stamp: Stamp<'_>,
) -> Result<Opened, Failure> {
    if !is_to_do(snapshot, step.name)? {
        return Ok(Opened::Done);
    }
    if is_due(&snapshot.order.state, stamp.at)
        && let Some(change) = fired(snapshot, stamp)
    {
        return Ok(Opened::Fired(Box::new(change)));
    }
    let mut order = snapshot.order.state.clone();
    if step.name == StepName::CapturePayment {
        order.timer = committed(&order.timer, stamp.at)?;
    }
    let mut state = step.state.clone();
    if let Some(running) = state.progress.after(StepHappened::Began) {
        state = state.come_to(running, stamp.at);
    }
    state.attempts = tried.of(state.attempts);
    let going = Going { order, step: state };
    Ok(Opened::Goes(Box::new(going)))
}

/// The timer once the commit point is passed: the order holds it for this very moment.
fn committed(timer: &Timer, now: Timestamp) -> Result<Timer, Failure> {
    if timer.is_committed() {
        return Ok(*timer);
    }
    let lease = Duration::ZERO;
    let held = timer::decide(timer, Operation::Pause { lease }, now);
    let committed = held.and_then(|timer| match timer.state {
        State::Paused { .. } => timer::decide(&timer, Operation::Commit, now),
        _ => Err(timer::Refusal::Fired),
    });
    committed.map_err(|refusal| Failure::Conflict(refusal.to_string()))
}

pub(crate) fn find(snapshot: &Snapshot, name: StepName) -> Result<&Step, Failure> {
    let step = snapshot.step(name);
    step.ok_or_else(|| Failure::invalid_order("step", format!("the order has no {name}")))
}

/// The failure of a step that its participant refused.
fn refused(step: &Step) -> Failure {
    let why = step.state.data.refused.clone();
    let why = why.unwrap_or_else(|| "it was refused".to_owned());
    match step.name {
        StepName::AuthorizePayment => Failure::Declined(why),
        _ => Failure::Refused(why),
    }
}

/// The failure of a step of an order that is being undone.
pub(crate) fn undone(state: &OrderState) -> Failure {
    let why = state.reason.clone();
    Failure::Cancelled(why.unwrap_or_else(|| "the order is being undone".to_owned()))
}
