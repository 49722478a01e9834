//! Those who look at the timer from outside: the schedule's wake-ups, the sweep, and the supplier
//! whose hold ends earlier.

use holdfast_core::timer::{Operation, Refusal, State};

use crate::system::System;
use crate::unwinding::Unwinding;
use crate::world::{Stage, World, Write};

/// A process that handles a wake-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Waker {
    /// Its conditional write is on its way.
    Writing(Write),
    /// The timer has come to its end: the execution that waits is told.
    Telling,
}

/// The one earlier deadline that a supplier may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Tightening {
    Possible,
    Writing(Write),
    Over,
}

/// What becomes of a wake-up.
enum Woken {
    At(Waker),
    /// It is to be looked at again later.
    Later,
    Over,
}

impl Waker {
    pub(crate) fn write(&mut self) -> Option<&mut Write> {
        match self {
            Self::Writing(write) => Some(write),
            Self::Telling => None,
        }
    }
}

fn wake(world: &mut World, system: &System, generation: u32) -> Woken {
    match world.decide(system, Operation::Fire { generation }) {
        Ok(write) => Woken::At(Waker::Writing(write)),
        Err(Refusal::TooEarly(_) | Refusal::Paused(_)) => Woken::Later,
        Err(Refusal::Fired | Refusal::Released | Refusal::Committed)
            if system.protocol.wakers_tell_of_what_has_ended =>
        {
            Woken::At(Waker::Telling)
        }
        Err(_) => Woken::Over,
    }
}

fn step(waker: Waker, world: &mut World, system: &System) -> Woken {
    match waker {
        Waker::Writing(write) => match (world.land(system, write), write.operation) {
            (Some(timer), _) if timer.state == State::Fired => Woken::At(Waker::Telling),
            (None, Operation::Fire { generation }) => wake(world, system, generation),
            _ => Woken::Later,
        },
        Waker::Telling => {
            tell(world);
            Woken::Over
        }
    }
}

/// A waiting execution hears that the hold has expired. If none is alive, one is started that undoes
/// the booking, or finishes it if it is committed.
fn tell(world: &mut World) {
    let waits = matches!(
        world.stage,
        Stage::AwaitingTraveller | Stage::AwaitingDecision
    );
    let waits_in_vain = waits && world.timer.state == State::Fired;
    if waits_in_vain || world.stage == Stage::Stopped {
        world.stage = Stage::Unwinding(Unwinding::Begun);
    }
}

/// A wake-up of the queue is delivered; one that is early stays in the queue.
pub(crate) fn deliver(world: &mut World, system: &System, generation: u32) {
    let index = generation as usize - 1;
    if world.wakes[index] == 0 || world.waker.is_some() {
        return;
    }
    match wake(world, system, generation) {
        Woken::Later => return,
        Woken::At(waker) => world.waker = Some(waker),
        Woken::Over => {}
    }
    world.wakes[index] -= 1;
}

pub(crate) fn lose(world: &mut World, generation: u32) {
    let wakes = &mut world.wakes[generation as usize - 1];
    *wakes = wakes.saturating_sub(1);
}

pub(crate) fn waker_step(world: &mut World, system: &System) {
    let Some(waker) = world.waker.take() else {
        return;
    };
    match step(waker, world, system) {
        Woken::At(next) => world.waker = Some(next),
        Woken::Later => world.wakes[world.timer.generation as usize - 1] += 1,
        Woken::Over => {}
    }
}

/// The last resort: now and then the sweep looks at each booking that is overdue and has not ended.
pub(crate) fn sweep(world: &mut World, system: &System) {
    let overdue = world.now >= world.timer.deadline && world.stage != Stage::Ended;
    if !overdue || world.sweeper.is_some() {
        return;
    }
    let nobody_to_tell = !matches!(
        world.stage,
        Stage::AwaitingTraveller | Stage::AwaitingDecision | Stage::Stopped
    );
    match wake(world, system, world.timer.generation) {
        Woken::At(Waker::Telling) if nobody_to_tell => {}
        Woken::At(waker) => world.sweeper = Some(waker),
        Woken::Later | Woken::Over => {}
    }
}

pub(crate) fn sweeper_step(world: &mut World, system: &System) {
    if let Some(waker) = world.sweeper.take()
        && let Woken::At(next) = step(waker, world, system)
    {
        world.sweeper = Some(next);
    }
}

/// A supplier's hold ends early: the deadline is brought forward, and gets a wake-up of its own.
pub(crate) fn tighten(world: &mut World, system: &System) {
    world.tightening = match world.tightening {
        Tightening::Over => Tightening::Over,
        Tightening::Possible => try_to_tighten(world, system),
        Tightening::Writing(write) => match world.land(system, write) {
            Some(_) => {
                world.wakes[1] = system.limits.wakes;
                Tightening::Over
            }
            None => try_to_tighten(world, system),
        },
    };
}

fn try_to_tighten(world: &mut World, system: &System) -> Tightening {
    let deadline = system.tightened_deadline;
    match world.decide(system, Operation::Tighten { deadline }) {
        Ok(write) => Tightening::Writing(write),
        Err(_) => Tightening::Over,
    }
}
