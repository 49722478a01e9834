//! The rules of the desk: what waits there, and what an operator's decision makes of an order.
//!
//! What waits is told by the orders themselves, so a message that is lost, doubled or late can do no
//! harm. An abandoned order keeps what is true: a step that could not be undone stays so. It ends as it
//! would have ended (`cancelled`, `failed`), and its `reason` says what was given up. Where the money
//! could not be captured the goods are shipped all the same, so it ends `completed`, unpaid, with the
//! reason.

use holdfast_core::cause::bounded;
use holdfast_core::change::Stamp;
use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;

use crate::action::{Action, StepName};
use crate::closing::ending;
use crate::event::EventName;
use crate::order::{OrderStatus, Snapshot, StepState};
use crate::status::{Happened, StepHappened};
use crate::transition::Transition;
use crate::undoing::{Work, is_undone, remaining_work, settled_by};

/// What of an order waits at the desk, in the order in which it is to be done. As long as the state
/// machine may go forward nothing does, whatever a message may say.
pub fn waiting_work(snapshot: &Snapshot) -> Vec<Work> {
    let state = &snapshot.order.state;
    if state.is_being_undone() || state.goes_forward_only() {
        return remaining_work(snapshot);
    }
    Vec::new()
}

/// Whether work for a participant of this name may wait.
pub fn is_part(name: &str) -> bool {
    let mut steps = StepName::ALL.iter();
    steps.any(|step| step.undo().is_some() && step.topic().as_str() == name)
}

/// An operator's word stands for the work that waited when it was given, and for no other.
///
/// # Errors
/// [`Failure::Conflict`] where other work waits by now.
pub fn check_planned(planned: &[Work], waits: &[Work]) -> Result<(), Failure> {
    if planned == waits {
        return Ok(());
    }
    let problem = "other work waits by now; look again, then decide";
    Err(Failure::Conflict(problem.to_owned()))
}

/// What waits at the desk is tried every quarter of an hour at least, as long as its message lives. If
/// nobody has tried for this long, the message may be lost.
const QUIET: Duration = Duration::from_secs(3600);
/// An order is reminded of once in this time at least.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// What waits of an order that nobody has tried for an hour, and how long the next reminder is to wait:
/// a quarter of the order's age, at least an hour, at most a day.
///
/// Where nothing waits any more but the order has not ended, a message for its payment ends it: it
/// finds nothing to do.
pub fn lost_work(snapshot: &Snapshot, now: Timestamp) -> Option<(Vec<Work>, Duration)> {
    let order = &snapshot.order;
    let waits = order.state.status == OrderStatus::NeedsAttention;
    if !waits || order.updated.until(now) < QUIET {
        return None;
    }
    let mut work = waiting_work(snapshot);
    if work.is_empty() {
        work.extend(Work::undo(StepName::AuthorizePayment));
    }
    let pause = order.created.until(now) / 4;
    Some((work, pause.clamp(QUIET, LONGEST_PAUSE)))
}

/// How an order would stand if this work of all that waits were done.
pub fn would_become(snapshot: &Snapshot, work: &[Work]) -> OrderStatus {
    let status = snapshot.order.state.status;
    let captures = work.contains(&Work::CAPTURE);
    let all = work.len() == waiting_work(snapshot).len();
    let happened = if captures {
        Happened::MoneyTaken
    } else if all && status == OrderStatus::NeedsAttention {
        Happened::Undone(ending(snapshot))
    } else {
        return status;
    };
    status.after(happened).unwrap_or(status)
}

/// Work failed for good and was handed over. `None` where it is done, or marked. A capture is no undo
/// that failed: its step stays as it is, and the order says why.
pub fn handed_over(
    snapshot: &Snapshot,
    action: Action,
    why: &str,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    if action == Action::CapturePayment {
        return capture_handed_over(snapshot, why, stamp);
    }
    if !snapshot.order.state.is_being_undone() || !action.is_undo() {
        return None;
    }
    let step = snapshot.step(action.step()?)?;
    let progress = step.state.progress.after(StepHappened::HandedOver)?;
    let change = Transition::within(snapshot, EventName::UndoFailed, stamp);
    let change = change.note(format!("{action}: {why}"));
    Some(change.step(step, step.state.come_to(progress, stamp.at)))
}

fn capture_handed_over(snapshot: &Snapshot, why: &str, stamp: Stamp<'_>) -> Option<Transition> {
    let mut state = snapshot.order.state.clone();
    if !state.goes_forward_only() || state.status.is_finished() {
        return None;
    }
    if state.reason.as_deref() == Some(why) {
        return None;
    }
    state.reason = Some(bounded(why.to_owned()));
    Some(Transition::to(snapshot, EventName::CaptureOwed, stamp, state).note(why))
}

/// A clerk sets about work. `None` where none of it waits any more.
pub fn set_about(
    snapshot: &Snapshot,
    work: &[Work],
    note: &str,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    told_of(snapshot, work, EventName::DeskRedriven, note, stamp)
}

/// Work that a clerk set about failed. `None` where none of it waits any more: another clerk settled it
/// meanwhile, and what was tried is of no account.
pub fn try_failed(
    snapshot: &Snapshot,
    work: &[Work],
    note: &str,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    told_of(snapshot, work, EventName::DeskTryFailed, note, stamp)
}

fn told_of(
    snapshot: &Snapshot,
    work: &[Work],
    name: EventName,
    note: &str,
    stamp: Stamp<'_>,
) -> Option<Transition> {
    let waits = waiting_work(snapshot);
    let still = work.iter().filter(|work| waits.contains(work));
    let steps: Vec<_> = still.map(|work| work.step).collect();
    if steps.is_empty() {
        return None;
    }
    let change = Transition::within(snapshot, name, stamp).note(note);
    Some(change.about(&steps))
}

/// An operator decides only upon what the state machine has left.
///
/// # Errors
/// [`Failure::Conflict`] where the order does not wait for a decision.
pub fn check_waits(snapshot: &Snapshot) -> Result<(), Failure> {
    let status = snapshot.order.state.status;
    if status == OrderStatus::NeedsAttention {
        return Ok(());
    }
    let status = status.as_str();
    Err(Failure::Conflict(format!(
        "the order is {status}; only one that is needs_attention waits for a decision"
    )))
}

/// An operator says that this work was done by hand. The order ends if nothing is left.
pub fn resolved(snapshot: &Snapshot, work: &[Work], why: &str, stamp: Stamp<'_>) -> Transition {
    let mut after = snapshot.clone();
    for work in work {
        match work.action {
            Action::CapturePayment => capture_by_hand(&mut after, stamp),
            action => undo_by_hand(&mut after, action, stamp),
        }
    }
    if after.order.state.is_being_undone() && is_undone(&after) {
        let happened = Happened::Undone(ending(&after));
        become_status(&mut after, happened);
    }
    decided(snapshot, &after, EventName::DeskResolved, why, stamp)
}

fn undo_by_hand(after: &mut Snapshot, action: Action, stamp: Stamp<'_>) {
    for name in settled_by(action) {
        happens(after, *name, StepHappened::Undone, stamp);
    }
}

fn capture_by_hand(after: &mut Snapshot, stamp: Stamp<'_>) {
    let capture = Work::CAPTURE.step;
    happens(after, capture, StepHappened::Done, stamp);
    become_status(after, Happened::MoneyTaken);
    after.order.state.reason = None;
}

/// An operator gives up all that waits.
pub fn abandoned(snapshot: &Snapshot, why: &str, stamp: Stamp<'_>) -> Transition {
    let mut after = snapshot.clone();
    let happened = if snapshot.order.state.goes_forward_only() {
        Happened::GivenUpUnpaid
    } else {
        for work in waiting_work(snapshot) {
            happens(&mut after, work.step, StepHappened::HandedOver, stamp);
        }
        Happened::GivenUp(ending(snapshot))
    };
    become_status(&mut after, happened);
    let state = &mut after.order.state;
    let given_up = format!("abandoned at the desk: {why}");
    state.reason = Some(bounded(match &state.reason {
        Some(reason) => format!("{reason}; {given_up}"),
        None => given_up,
    }));
    decided(snapshot, &after, EventName::DeskAbandoned, why, stamp)
}

fn happens(after: &mut Snapshot, name: StepName, happened: StepHappened, stamp: Stamp<'_>) {
    let mut steps = after.steps.iter_mut();
    if let Some(step) = steps.find(|step| step.name == name)
        && let Some(next) = step.state.progress.after(happened)
    {
        step.state = StepState::come_to(&step.state, next, stamp.at);
    }
}

fn become_status(after: &mut Snapshot, happened: Happened) {
    let state = &mut after.order.state;
    state.status = state.status.after(happened).unwrap_or(state.status);
}

/// The change from how an order stands to how an operator decided that it stands.
fn decided(
    from: &Snapshot,
    to: &Snapshot,
    event: EventName,
    why: &str,
    stamp: Stamp<'_>,
) -> Transition {
    let change = Transition::to(from, event, stamp, to.order.state.clone()).note(why);
    let steps = from.steps.iter().zip(&to.steps);
    let changed = steps.filter(|(from, to)| from.state != to.state);
    let change = changed.fold(change, |change, (from, to)| {
        change.step(from, to.state.clone())
    });
    change.ending(from)
}
