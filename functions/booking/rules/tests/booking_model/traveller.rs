//! The traveller, who says something while the booking waits; twice at once, if need be.

use holdfast_booking_rules::booking::{BookingStatus, PaymentStatus};

use crate::process::{At, Process, Step, Task};
use crate::record::{ADDED, Said};
use crate::suppliers::Reply;
use crate::system::System;
use crate::words::{No, Question};
use crate::world::World;

/// The traveller says something, as far as the offer allows: to add a leg twice would be refused.
pub(crate) fn say(world: &mut World, system: &System, said: Said) {
    let waits = world.record.status == BookingStatus::AwaitingPayment
        || world.record.payment == PaymentStatus::Pending;
    if world.commands_left == 0 || !waits {
        return;
    }
    let free = world.travellers.iter().position(Option::is_none);
    if let Some(slot) = free
        && let Step::Goes(process) = Process::on(Task::Say(said)).step(world, system, Reply::Yes)
    {
        world.travellers[slot] = Some(process);
        world.commands_left -= 1;
    }
}

/// The traveller gives the booked trip back, or a leg of it, as far as it is there.
pub(crate) fn give_back(world: &mut World, system: &System, leg: Option<u8>) {
    let record = &world.record;
    let is_there = leg.is_none_or(|leg| record.trip().any(|known| known == leg));
    if world.commands_left == 0 || record.status != BookingStatus::Booked || !is_there {
        return;
    }
    let free = world.travellers.iter().position(Option::is_none);
    let task = Task::CancelBooked(leg);
    if let Some(slot) = free
        && let Step::Goes(process) = Process::on(task).step(world, system, Reply::Yes)
    {
        world.travellers[slot] = Some(process);
        world.commands_left -= 1;
    }
}

/// An execution is started that carries the cancellation out, unless another has taken it up.
pub(crate) fn start(process: &Process, world: &mut World) -> Step {
    let number = process
        .view
        .given_back
        .map_or(0, |given_back| given_back.number);
    let was_started = world.started & 1 << number != 0;
    if !was_started && !world.execution.is_alive() {
        world.execution.take_up();
    }
    world.started |= 1 << number;
    Step::DONE
}

pub(crate) fn step(world: &mut World, system: &System, slot: usize) {
    if let Some(process) = world.travellers[slot].take() {
        match process.step(world, system, Reply::Yes) {
            Step::Goes(next) => world.travellers[slot] = Some(next),
            Step::Answers(_) => {}
        }
    }
    // The two are alike: one order of them is enough.
    if world.travellers[0].is_none() {
        world.travellers.swap(0, 1);
    }
}

/// A command that was taken is told to the execution that waits for it.
pub(crate) fn tell(
    process: Process,
    said: Said,
    claimed: bool,
    world: &mut World,
    system: &System,
) -> Step {
    let Some(waits) = process.view.waiting else {
        return Step::no(No::Conflict);
    };
    if world.execution.hears(waits.token) {
        let attempt = process.view.attempts + 1;
        world.bury_the_worker();
        world.execution.hear_command(said, attempt);
        return Step::DONE;
    }
    let now = world.record.waiting;
    let is_kept = now.is_some_and(|now| now.taken == Some(said) && now.token != waits.token);
    let waits = [BookingStatus::AwaitingPayment, BookingStatus::Paying];
    if is_kept && waits.contains(&world.record.status) {
        let view = world.record;
        return Process { view, ..process }.at(At::Telling(claimed));
    }
    let heard = Question::Heard(said, process.view);
    let terms = system.terms(world.now);
    match system.rules.answer(&world.record, heard, &terms) {
        Ok(_) => Step::DONE,
        // It looks again a little later.
        Err(No::Unavailable) => process.at(At::Telling(claimed)),
        Err(no) => {
            // Where time has won, or all is undone, nothing comes of it.
            let stands = no != No::Expired && !world.record.state().is_being_undone();
            world.history.refused_took_effect |= claimed && stands && has_effect(world, said);
            Step::no(no)
        }
    }
}

/// Whether a command that was taken has left something in the booking that stays.
fn has_effect(world: &World, said: Said) -> bool {
    match said {
        Said::AddLeg => world.record.leg(ADDED).is_some_and(|leg| !leg.dropped),
        Said::DropLeg(leg) => world.record.leg(leg).is_some_and(|leg| leg.dropped),
        Said::Pay | Said::Cancel => false,
    }
}
