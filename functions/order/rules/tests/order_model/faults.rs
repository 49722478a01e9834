//! What may go wrong around the order: processes that are given up, waits that end, executions that stop.

use crate::execution::Stage;
use crate::process::{Answer, Task};
use crate::rules::No;
use crate::world::World;

/// What may go wrong, a limited number of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The worker is given up and its task tried again; perhaps it is dead, perhaps only slow. A wait
    /// ends, and is tried again.
    TaskIsRetried,
    /// The worker, or the wait, is given up for good.
    RetriesAreExhausted,
    /// The execution is stopped, whatever it was doing.
    ExecutionStops,
    /// Whoever hears an answer is given up; the answer comes again.
    ConsumerIsGivenUp,
    /// The clerk is given up; its message comes again.
    ClerkIsGivenUp,
}

/// Something goes wrong with one of these tasks.
pub(crate) fn go_wrong(world: &mut World, victims: fn(Task) -> bool, fault: Fault) {
    let before = *world;
    let execution = &mut world.execution;
    let task = match execution.stage {
        Stage::Doing(task) => Some(task),
        Stage::Listening(action) => Some(Task::Ask(action, Some(execution.token()))),
        _ => None,
    };
    let is_victim = task.is_some_and(victims);
    match fault {
        Fault::TaskIsRetried if is_victim => {
            world.zombie = world.zombie.or(execution.worker.take());
            execution.try_again();
        }
        Fault::RetriesAreExhausted if is_victim => {
            world.zombie = world.zombie.or(execution.worker.take());
            execution.worker = None;
            execution.go_on(Answer::No(No::Unavailable));
        }
        Fault::ExecutionStops if is_victim => {
            world.zombie = world.zombie.or(execution.worker.take());
            execution.worker = None;
            execution.stage = Stage::Stopped;
        }
        Fault::ConsumerIsGivenUp => {
            let given_up = world.consumer.take_if(|consumer| victims(consumer.task));
            world.zombie = world.zombie.or(given_up);
        }
        Fault::ClerkIsGivenUp => {
            let given_up = world.clerk.take_if(|clerk| victims(clerk.process.task));
            world.zombie = world.zombie.or(given_up.map(|clerk| clerk.process));
        }
        _ => {}
    }
    if *world != before {
        world.faults_left -= 1;
    }
}
