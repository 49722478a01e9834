//! The way back: cancel the timer or find it fired, release the legs, void the money. An actor that comes
//! here past the commit point goes forward instead, unless the capture was refused for good.

use holdfast_core::timer::{Operation, Refusal};

use crate::system::System;
use crate::world::{Card, Legs, Stage, World, Write};

/// Where the unwinding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Unwinding {
    Begun,
    Cancelling(Write),
    Releasing,
    Voiding,
    /// The commit point had been passed: what is missing is the capture.
    Capturing,
}

pub(crate) fn step(world: &mut World, system: &System) {
    let Stage::Unwinding(unwinding) = world.stage else {
        return;
    };
    world.stage = match unwinding {
        Unwinding::Begun => cancel(world, system),
        Unwinding::Cancelling(write) => match world.land(system, write) {
            Some(_) => Stage::Unwinding(Unwinding::Releasing),
            None => cancel(world, system),
        },
        Unwinding::Releasing => {
            call(world, unwinding);
            Stage::Unwinding(Unwinding::Voiding)
        }
        Unwinding::Voiding => {
            call(world, unwinding);
            Stage::Ended
        }
        Unwinding::Capturing if world.card == Card::CaptureRefused => {
            world.capture_refused = true;
            Stage::Unwinding(Unwinding::Releasing)
        }
        Unwinding::Capturing => {
            call(world, unwinding);
            Stage::Ended
        }
    };
}

fn cancel(world: &mut World, system: &System) -> Stage {
    Stage::Unwinding(match world.decide(system, Operation::Cancel) {
        Ok(write) => Unwinding::Cancelling(write),
        Err(Refusal::Committed) if !world.capture_refused => Unwinding::Capturing,
        Err(_) => Unwinding::Releasing,
    })
}

/// The call reaches its supplier.
fn call(world: &mut World, unwinding: Unwinding) {
    let suppliers = &mut world.suppliers;
    match unwinding {
        Unwinding::Begun | Unwinding::Cancelling(_) => {}
        Unwinding::Releasing => suppliers.legs = Legs::Released,
        Unwinding::Voiding => suppliers.voided = true,
        Unwinding::Capturing => suppliers.captured |= world.card != Card::CaptureRefused,
    }
}

/// The process dies after its call and before its answer is recorded; it is started again.
pub(crate) fn lose_the_answer(world: &mut World) {
    if let Stage::Unwinding(unwinding) = world.stage {
        call(world, unwinding);
        if let Unwinding::Cancelling(_) = unwinding {
            world.stage = Stage::Unwinding(Unwinding::Begun);
        }
    }
}

/// The supplier cannot be reached for good: the desk is told, and the unwinding goes on.
pub(crate) fn give_up_on_the_supplier(world: &mut World) {
    world.stage = match world.stage {
        Stage::Unwinding(Unwinding::Releasing) => {
            world.desk.legs = true;
            Stage::Unwinding(Unwinding::Voiding)
        }
        Stage::Unwinding(Unwinding::Voiding | Unwinding::Capturing) => {
            world.desk.payment = true;
            Stage::Ended
        }
        other => other,
    };
}
