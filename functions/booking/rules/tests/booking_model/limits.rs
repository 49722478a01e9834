//! What is explored: where a world begins, what may happen in it, and what those around the rules do.

use crate::process::Task;
use crate::record::Said;

/// What those around the rules must do. Each can be left out, to see what it is for.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) struct Protocol {
    pub(crate) writes_are_conditional: bool,
    pub(crate) payments_look_at_the_clock: bool,
    pub(crate) pauses_have_an_owner: bool,
    pub(crate) suppliers_leave_tombstones: bool,
    /// A wake-up for a deadline that is not written yet is looked at again.
    pub(crate) early_wake_ups_come_again: bool,
    /// A capture that is refused for good turns the booking back: the execution's, and the desk's.
    pub(crate) every_refused_capture_turns_back: bool,
    /// A leg that could not be held, or not be released, is released, or handed over.
    pub(crate) legs_are_let_go: bool,
    /// An attempt that is pending is withdrawn at its supplier before another one begins.
    pub(crate) pending_payments_are_withdrawn: bool,
    /// A confirmation that fails stops the way forward.
    pub(crate) confirmations_are_waited_for: bool,
}

/// Where a world begins, and how often things that could happen for ever may happen.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) struct Limits {
    pub(crate) begins: Begins,
    pub(crate) pays_up_front: bool,
    /// What the traveller may say.
    pub(crate) says: &'static [Said],
    /// What the traveller may give back once the trip is booked: a leg, or all of it.
    pub(crate) gives_back: &'static [Option<u8>],
    /// How often the traveller does something, in all.
    pub(crate) commands: u8,
    /// Processes that die or are given up, answers that are lost, executions that stop.
    pub(crate) faults: u8,
    /// Refusals of suppliers.
    pub(crate) refusals: u8,
    /// The attempts to pay that the bank wants to decide about later, one bit each.
    pub(crate) pending: u8,
    /// Decisions of an operator.
    pub(crate) decisions: u8,
    /// When the deadline is, how long a payment may take, and when time stands still, in moments.
    pub(crate) deadline: u8,
    pub(crate) lease: u8,
    pub(crate) last_moment: u8,
    /// The hold of the first leg ends early: the deadline is brought forward.
    pub(crate) hold_ends: Option<u8>,
    /// Wake-ups that are under way at once for a deadline.
    pub(crate) wakes: u8,
    pub(crate) sweep: bool,
    /// The tasks that something may go wrong with.
    pub(crate) victims: fn(Task) -> bool,
}

/// Where a world begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Begins {
    /// The legs are to be held yet.
    Holding,
    /// The legs are held, and the booking is about to wait.
    BeforeItWaits,
    /// The booking waits.
    Waiting,
    /// This command is being carried out.
    Told(Said),
    /// The trip is booked.
    Booked,
    /// The trip is booked, and an operator has given its money up: the supplier had taken it, and did
    /// not say so.
    BookedUnpaid,
}

impl Protocol {
    /// Whether a refused capture turns the booking back where this task asked for it.
    pub(crate) fn gives_up(&self, task: Task) -> bool {
        self.every_refused_capture_turns_back || task == Task::Settle
    }
}
