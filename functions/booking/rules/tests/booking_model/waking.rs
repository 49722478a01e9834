//! Wake-ups, early, late, doubled or stale, and the sweep that makes up for those that are lost.

use holdfast_booking_rules::waiting::meaning;
use holdfast_core::timer::{Meaning, Operation, Refusal, decide};

use crate::process::{At, Process, Step, Task};
use crate::record::{Clock, Record};
use crate::snapshot::timestamp;
use crate::system::System;
use crate::words::{Change, Decided};
use crate::world::World;

/// What a booking needs from those that look at its timer.
enum Need {
    Nothing,
    Telling,
    AnotherExecution,
}

fn need(view: &Record, world: &World) -> Need {
    let timer = view.timer();
    let generation = timer.generation;
    let fire = Operation::Fire { generation };
    if let Err(Refusal::TooEarly(_) | Refusal::Paused(_)) =
        decide(&timer, fire, timestamp(world.now))
    {
        return Need::Nothing;
    }
    if !world.execution.is_alive() {
        return Need::AnotherExecution;
    }
    match view.waiting {
        Some(_) if view.timer == Clock::Fired => Need::Telling,
        _ => Need::Nothing,
    }
}

/// A wake-up is delivered. One that could do nothing yet stays where it is.
pub(crate) fn deliver(world: &mut World, system: &System, generation: u8) {
    let place = usize::from(generation - 1);
    if world.wakes[place] == 0 || world.waker.is_some() {
        return;
    }
    let record = world.record;
    match meaning(&record.state(), u32::from(generation)) {
        Meaning::Early if system.protocol.early_wake_ups_come_again => return,
        Meaning::Due => {}
        _ => {
            world.wakes[place] -= 1;
            return;
        }
    }
    let change = Change::Wake(generation);
    let decided = system
        .rules
        .decide(&record, change, &system.terms(world.now));
    let process = Process {
        view: record,
        ..Process::on(Task::Wake(generation))
    };
    let step = match (decided, need(&record, world)) {
        (Decided::Write(..), _) => process.want(change, world, system),
        (_, Need::Nothing) => return,
        (_, Need::Telling) => {
            let told = record.waiting.map(|waits| waits.token);
            if !told.is_some_and(|token| world.execution.hears(token)) {
                return;
            }
            process.at(At::Telling(false))
        }
        (_, Need::AnotherExecution) => {
            world.execution.take_up();
            return;
        }
    };
    world.wakes[place] -= 1;
    if let Step::Goes(waker) = step {
        world.waker = Some(waker);
    }
}

pub(crate) fn step(world: &mut World, system: &System) {
    if let Some(waker) = world.waker.take()
        && let Step::Goes(next) = waker.step(world, system, crate::suppliers::Reply::Yes)
    {
        world.waker = Some(next);
    }
}

/// Goes on after the timer has been looked at.
pub(crate) fn follow_up(process: Process, world: &mut World, system: &System) -> Step {
    let generation = u32::from(process.view.generation);
    if meaning(&process.view.state(), generation) != Meaning::Due {
        return Step::DONE;
    }
    match need(&process.view, world) {
        Need::Telling => return process.at(At::Telling(false)),
        Need::AnotherExecution => world.execution.take_up(),
        Need::Nothing => {}
    }
    look_again(&process, world, system)
}

/// The execution that waits is told that time has won.
pub(crate) fn tell(process: Process, world: &mut World, system: &System) -> Step {
    if let Some(waits) = process.view.waiting
        && world.execution.hears(waits.token)
    {
        world.execution.hear_that_time_has_won();
    }
    look_again(&process, world, system)
}

fn look_again(process: &Process, world: &mut World, system: &System) -> Step {
    let place = usize::from(process.view.generation - 1);
    let wakes = &mut world.wakes[place];
    *wakes = (*wakes + 1).min(system.limits.wakes.max(1));
    Step::DONE
}

/// Now and then the sweep looks for bookings that are overdue and orders another wake-up.
pub(crate) fn sweep(world: &mut World, system: &System) {
    let record = world.record;
    let due = match record.timer {
        Clock::Paused(until) => record.deadline.max(until),
        _ => record.deadline,
    };
    let place = usize::from(record.generation - 1);
    let is_looked_after = world.wakes[place] > 0 || world.waker.is_some();
    if system.limits.sweep && !record.status.has_ended() && world.now >= due && !is_looked_after {
        world.wakes[place] = 1;
    }
}
