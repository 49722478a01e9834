//! The rules of turning back: from one moment on everything is undone, and nothing begins any more.
//! The steps that were not begun are skipped in the same change; what was begun is undone later.

use holdfast_core::failure::Failure;
use holdfast_core::timer::{self, Operation, Timer};
use serde::{Deserialize, Serialize};

use crate::action::StepName;
use crate::event::EventName;
use crate::order::{Ending, Progress, Snapshot, Step};
use crate::status::{Happened, StepHappened};
use crate::transition::{Stamp, Transition, bounded};

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
        ending: cause.ending(),
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

/// What went wrong, as the state machine passes it on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The step that failed.
    #[serde(default)]
    pub step: String,
    /// The name of the failure.
    #[serde(default)]
    pub error: String,
    /// Its message.
    #[serde(default)]
    pub message: String,
}

impl Cause {
    /// What the way back leads to.
    pub fn ending(&self) -> Ending {
        match self.error.as_str() {
            "Cancelled" => Ending::Cancelled,
            _ => Ending::Failed,
        }
    }

    /// One line for the order's `reason`.
    pub fn reason(&self) -> String {
        let parts = [&self.step, &self.error, &self.message];
        let given = parts.into_iter().filter(|part| !part.is_empty());
        let given: Vec<_> = given.map(String::as_str).collect();
        match given.as_slice() {
            [] => "the execution was stopped".to_owned(),
            given => bounded(given.join(": ")),
        }
    }
}

impl From<&Failure> for Cause {
    fn from(failure: &Failure) -> Self {
        let (error, message) = (failure.name().to_owned(), failure.to_string());
        Self {
            step: String::new(),
            error,
            message,
        }
    }
}

#[test]
fn a_reason_is_bounded_whatever_went_wrong() {
    let cause = Cause {
        message: "é".repeat(300_000),
        ..Cause::default()
    };
    assert_eq!(cause.reason().chars().count(), 1_001);
}
