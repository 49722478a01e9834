//! What the traveller may say while the booking waits: pay, cancel, add a leg, drop a leg. One
//! command at a time: a command is taken by one change, which the second of two at once loses.

use crate::action::Script;
use holdfast_core::failure::Failure;
use holdfast_core::ids::LegId;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::State;

use crate::booking::{Booking, BookingStatus, Leg, LegStatus, Snapshot, Taken, Waiting};
use crate::event::EventName;
use crate::opening::new_leg;
use crate::paying::{NotHeld, check_held, expired};
use crate::request::{LegRequest, MOST_LEGS, PaymentRequest};
use crate::transition::Transition;
use holdfast_core::change::Stamp;

/// A command that has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Pay for all that is held.
    Pay(PaymentRequest),
    /// Give everything back.
    Cancel,
    /// Hold one more leg.
    AddLeg(Box<LegRequest>),
    /// Give one leg back.
    DropLeg(LegId),
}

/// Takes a command for the execution that waits. `None` where the same command was taken before. A
/// command that was taken is the only one until the execution waits anew: another one that is taken
/// meanwhile would be written and never carried out.
///
/// # Errors
/// [`Failure::Conflict`] when the booking does not wait or another command came first,
/// [`Failure::HoldExpired`] when time won, [`Failure::InvalidBooking`] for a bad command.
pub fn take(
    snapshot: &Snapshot,
    command: &Command,
    stamp: Stamp<'_>,
) -> Result<Option<Transition>, Failure> {
    let booking = &snapshot.booking;
    let waiting = waiting(snapshot, stamp.at)?;
    let name = command.name();
    match &waiting.taken {
        Some(taken) if taken.command == name => return Ok(None),
        Some(taken) => {
            let problem = format!(
                "`{}` is being carried out; try again when it is done",
                taken.command
            );
            return Err(Failure::Conflict(problem));
        }
        None => {}
    }
    command.check_against(snapshot)?;
    let taken = Taken {
        command: name.clone(),
        at: stamp.at,
    };
    let next = Booking {
        waiting: Some(Waiting {
            taken: Some(taken),
            ..waiting.clone()
        }),
        ..booking.clone()
    };
    let change = Transition::of(snapshot, EventName::CommandTaken, stamp).note(name);
    let change = change.booking(&next, booking.state.clone());
    Ok(Some(match command {
        Command::AddLeg(leg) => change.add_leg(new_leg(next_order(snapshot), leg)?),
        Command::DropLeg(id) => match snapshot.leg(id) {
            Some(leg) => change.leg(leg, leg.state.out()),
            None => change,
        },
        Command::Pay(_) | Command::Cancel => change,
    }))
}

/// Whether the execution waits anew for the command that was told to its earlier try (`told`), which
/// nobody heard: then it is told once more.
pub fn is_awaited_anew(snapshot: &Snapshot, command: &Command, told: &Snapshot) -> bool {
    let handle = |snapshot: &Snapshot| {
        let waiting = snapshot.booking.waiting.as_ref();
        waiting.map(|waiting| waiting.handle.clone())
    };
    let waiting = snapshot.booking.waiting.as_ref();
    let taken = waiting.and_then(|waiting| waiting.taken.as_ref());
    snapshot.booking.state.status == BookingStatus::AwaitingPayment
        && taken.is_some_and(|taken| taken.command == command.name())
        && handle(snapshot) != handle(told)
}

/// Whether a command that was taken has come about, or is on its way, though the execution to which
/// it was told (`told`) no longer listens: it may have heard it, and its answer been lost.
///
/// # Errors
/// [`Failure::HoldExpired`] when time won, [`Failure::Conflict`] where it never will come about.
pub fn heard(snapshot: &Snapshot, command: &Command, told: &Snapshot) -> Result<(), Failure> {
    let booking = &snapshot.booking;
    let came_about = match command {
        Command::Cancel => booking.state.is_being_undone(),
        Command::Pay(_) => snapshot.payment.state.attempts > told.payment.state.attempts,
        Command::AddLeg(leg) => is_past(snapshot.leg(&leg.id), LegStatus::Pending),
        Command::DropLeg(id) => snapshot.leg(id).is_none_or(|leg| leg.state.dropped),
    };
    if came_about {
        return Ok(());
    }
    if booking.state.timer.state == State::Fired {
        return Err(expired(snapshot));
    }
    let is_on_its_way = booking.state.status == BookingStatus::AwaitingPayment
        && booking.waiting == told.booking.waiting;
    if is_on_its_way {
        return Ok(());
    }
    let problem = "the booking has gone on; look again";
    Err(Failure::Conflict(problem.to_owned()))
}

fn is_past(leg: Option<&Leg>, status: LegStatus) -> bool {
    leg.is_some_and(|leg| leg.state.status != status)
}

/// Whether a command of this name adds this leg, or drops it.
pub(crate) fn is_about(name: &str, id: &LegId) -> bool {
    [adding(id), dropping(id)].iter().any(|known| known == name)
}

fn adding(id: &LegId) -> String {
    format!("add_leg {id}")
}

fn dropping(id: &LegId) -> String {
    format!("drop_leg {id}")
}

fn waiting(snapshot: &Snapshot, now: Timestamp) -> Result<&Waiting, Failure> {
    let state = &snapshot.booking.state;
    let waits = state.status == BookingStatus::AwaitingPayment;
    let waiting = snapshot.booking.waiting.as_ref();
    let Some(waiting) = waiting.filter(|waiting| waits && waiting.decision.is_none()) else {
        let status = state.status.as_str();
        let problem = format!("the booking is {status}; it takes no command now");
        return Err(Failure::Conflict(problem));
    };
    if state.timer.state == State::Fired || now >= state.timer.deadline {
        return Err(expired(snapshot));
    }
    Ok(waiting)
}

fn next_order(snapshot: &Snapshot) -> u32 {
    snapshot.legs.last().map_or(0, |leg| leg.order + 1)
}

impl Command {
    /// What it says, without what it pays with.
    pub fn name(&self) -> String {
        match self {
            Self::Pay(_) => "pay".to_owned(),
            Self::Cancel => "cancel".to_owned(),
            Self::AddLeg(leg) => adding(&leg.id),
            Self::DropLeg(id) => dropping(id),
        }
    }

    /// The faults and mishaps that it scripts, with the path where they stand.
    pub fn script(&self) -> Option<(String, &Script)> {
        match self {
            Self::Pay(payment) => Some(("payment.simulate".to_owned(), &payment.simulate)),
            Self::AddLeg(leg) => Some(("leg.simulate".to_owned(), &leg.simulate)),
            Self::Cancel | Self::DropLeg(_) => None,
        }
    }

    fn check_against(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        match self {
            Self::AddLeg(leg) if snapshot.leg(&leg.id).is_some() => {
                let problem = "was used in this booking; choose another";
                Err(Failure::invalid("leg.id", problem))
            }
            Self::AddLeg(_) if snapshot.legs.len() >= MOST_LEGS => {
                let problem = format!("a booking has at most {MOST_LEGS} legs");
                Err(Failure::invalid("leg", problem))
            }
            Self::DropLeg(id) => match snapshot.leg(id) {
                Some(leg) if leg.state.is_of_the_trip() => Ok(()),
                _ => Err(Failure::invalid("leg", "the booking holds no such leg")),
            },
            Self::Pay(_) => check_held(snapshot).map_err(|obstacle| {
                let remedy = match obstacle {
                    NotHeld::Nothing => "add a leg first",
                    NotHeld::Leg(_) => "drop it, and pay for the rest",
                };
                Failure::Conflict(format!("{obstacle}; {remedy}"))
            }),
            _ => Ok(()),
        }
    }
}
