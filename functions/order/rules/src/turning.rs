//! The rules of turning back: from one moment on everything is undone, and nothing begins any more.
//! The steps that were not begun are skipped in the same change; what was begun is undone later.

use holdfast_core::cause::{CANCELLED, Cause, bounded};
use holdfast_core::change::Stamp;
use holdfast_core::timer::{self, Operation, Timer};

use crate::action::StepName;
use crate::event::EventName;
use crate::order::{Ending, Progress, Snapshot, Step};
use crate::status::{Happened, StepHappened};
use crate::transition::Transition;

/// Turns an order to the way back. `None` where it has turned or ended before, or is committed: then
/// it is finished instead.
pub fn turn_back(snapshot: &Snapshot, cause: &Cause, stamp: Stamp<'_>) -> Option<Transition> {
    let state = &snapshot.order.state;
    if state.timer.is_committed() {
        return None;
    }
    let turn = Turn {
        event: EventName::UndoStarted,
        happened: Happened::TurnedBack,
        ending: ending(cause),
        reason: cause.reason(),
        timer: released(&state.timer, stamp),
        settles: None,
    };
    turn.of(snapshot, stamp)
}

/// A change that turns an order back, whatever brings it about.
pub(crate) struct Turn {
    pub(crate) event: EventName,
    pub(crate) happened: Happened,
    pub(crate) ending: Ending,
    pub(crate) reason: String,
    pub(crate) timer: Timer,
    /// The step that the caller sees to.
    pub(crate) settles: Option<StepName>,
}

/// The timer of an order that is turned back. One that has fired stays fired, and one that is committed
/// stays committed.
pub(crate) fn released(timer: &Timer, stamp: Stamp<'_>) -> Timer {
    timer::decide(timer, Operation::Cancel, stamp.at).unwrap_or(*timer)
}

impl Turn {
    /// The change. The steps of which surely nothing is left are skipped. `None` where the order cannot
    /// be turned back.
    pub(crate) fn of(self, snapshot: &Snapshot, stamp: Stamp<'_>) -> Option<Transition> {
        let mut state = snapshot.order.state.clone();
        state.status = state.status.after(self.happened)?;
        state.timer = self.timer;
        state.ending = Some(self.ending);
        state.reason = Some(bounded(self.reason.clone()));
        let change = Transition::to(snapshot, self.event, stamp, state).note(self.reason);
        let others = snapshot.steps.iter();
        let others = others.filter(|step| Some(step.name) != self.settles && leaves_nothing(step));
        Some(others.fold(change, |change, step| {
            match step.state.progress.after(StepHappened::LeftOff) {
                Some(skipped) => change.step(step, step.state.come_to(skipped, stamp.at)),
                None => change,
            }
        }))
    }
}

/// Whether a step was not begun, or has nothing to undo.
fn leaves_nothing(step: &Step) -> bool {
    step.state.progress == Progress::PENDING || step.name.undo().is_none()
}

/// What the way back leads to.
fn ending(cause: &Cause) -> Ending {
    match cause.error.as_str() {
        CANCELLED => Ending::Cancelled,
        _ => Ending::Failed,
    }
}
