//! What the traveller may say while the booking waits: pay, cancel, add a leg, drop a leg; while it
//! waits for a payment's decision: cancel, or pay by something else. One command at a time: a command
//! is taken by one change, which the second of two at once loses, and so does the decision.

use crate::action::Script;
use holdfast_core::failure::Failure;
use holdfast_core::ids::LegId;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::State;

use crate::booking::{
    Booking, BookingStatus, Leg, LegStatus, PaymentStatus, Snapshot, Taken, Waiting,
};
use crate::event::EventName;
use crate::opening::new_leg;
use crate::paying::{NotHeld, check_held, expired};
use crate::price;
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
    let waiting = waiting(snapshot)?;
    command.check_time(snapshot, stamp.at)?;
    // Also of one that is taken over: it would be carried out with what its caller now says.
    command.check_price(snapshot)?;
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
    let mut change = change.booking(&next, booking.state.clone());
    if waiting.decision.is_some() {
        // A decision that comes too late sees the booking as it is.
        let payment = &snapshot.payment;
        change = change.payment(payment, payment.state.clone());
    }
    Ok(Some(match command {
        Command::AddLeg(leg) => change.add_leg(new_leg(booking, next_order(snapshot), leg)?),
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
    let waiting = snapshot.listening();
    let taken = waiting.and_then(|waiting| waiting.taken.as_ref());
    taken.is_some_and(|taken| taken.command == command.name()) && handle(snapshot) != handle(told)
}

/// Whether a command that was taken has come about, or is on its way, though the execution to which
/// it was told (`told`) no longer listens: it may have heard it, and its answer been lost.
///
/// # Errors
/// [`Failure::HoldExpired`] when time won, [`Failure::Conflict`] where it never will come about;
/// [`Failure::Unavailable`] where no execution may have heard it, and only its caller can tell it: the
/// execution asks for a payment's decision anew every now and then, and listens to another handle.
pub fn heard(snapshot: &Snapshot, command: &Command, told: &Snapshot) -> Result<(), Failure> {
    let booking = &snapshot.booking;
    let came_about = match command {
        Command::Cancel => booking.state.is_being_undone(),
        Command::Pay(_) => has_gone_on_to_pay(snapshot, told),
        Command::AddLeg(leg) => is_past(snapshot.leg(&leg.id), LegStatus::Pending),
        Command::DropLeg(id) => snapshot.leg(id).is_none_or(|leg| leg.state.dropped),
    };
    if came_about {
        return Ok(());
    }
    if booking.state.timer.state == State::Fired {
        return Err(expired(snapshot));
    }
    if snapshot.listening().is_none() || booking.waiting != told.booking.waiting {
        let problem = "the booking has gone on; look again";
        return Err(Failure::Conflict(problem.to_owned()));
    }
    match (booking.state.status, command) {
        (BookingStatus::Paying, Command::Pay(_)) => {
            let problem = "the execution asks the bank just now; try again";
            Err(Failure::Unavailable(problem.to_owned()))
        }
        _ => Ok(()),
    }
}

/// Whether another payment has begun, or the one that was pending is withdrawn for it.
fn has_gone_on_to_pay(snapshot: &Snapshot, told: &Snapshot) -> bool {
    let (now, before) = (&snapshot.payment.state, &told.payment.state);
    let withdrawn =
        now.status == PaymentStatus::Voided && !snapshot.booking.state.is_being_undone();
    now.attempts > before.attempts || withdrawn && before.status == PaymentStatus::Pending
}

fn is_past(leg: Option<&Leg>, status: LegStatus) -> bool {
    leg.is_some_and(|leg| leg.state.status != status)
}

/// Whether the traveller cancels.
pub(crate) fn is_cancel(taken: &Taken) -> bool {
    taken.command == Command::Cancel.name()
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

fn waiting(snapshot: &Snapshot) -> Result<&Waiting, Failure> {
    snapshot.listening().ok_or_else(|| {
        let status = snapshot.booking.state.status;
        let because = match status {
            BookingStatus::Confirming => "the payment is authorized, and ",
            _ => "",
        };
        let status = status.as_str();
        let problem = format!("{because}the booking is {status}; it takes no command now");
        Failure::Conflict(problem)
    })
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

    /// Whether there is time left for it. A payment that is pending may be cancelled at any time.
    fn check_time(&self, snapshot: &Snapshot, now: Timestamp) -> Result<(), Failure> {
        let timer = &snapshot.booking.state.timer;
        let pending = snapshot.booking.state.status == BookingStatus::Paying;
        let needs_time = !(pending && *self == Self::Cancel);
        if timer.state == State::Fired || needs_time && now >= timer.deadline {
            return Err(expired(snapshot));
        }
        Ok(())
    }

    /// Whether a payment is for the price that was agreed. What is not held yet has none.
    fn check_price(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        let Self::Pay(payment) = self else {
            return Ok(());
        };
        if check_held(snapshot).is_err() {
            return Ok(());
        }
        let agreed = price::check(snapshot, payment.amount.as_ref());
        agreed.map_err(|obstacle| obstacle.of_a_command(snapshot))
    }

    fn check_against(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        match self {
            Self::AddLeg(_) | Self::DropLeg(_)
                if snapshot.booking.state.status == BookingStatus::Paying =>
            {
                let problem = "a payment is pending; cancel, or pay by something else";
                Err(Failure::Conflict(problem.to_owned()))
            }
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
