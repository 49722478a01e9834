//! The broker between the order, the stock service and the invoice service: it delivers each message at
//! least once, late, and in any order. The services answer a request with what they have recorded.

use holdfast_order_rules::action::{Action, StepName};

use crate::participants::{Outcome, Reply};
use crate::process::{Process, Step, Task};
use crate::rules::Says;
use crate::system::System;
use crate::world::World;

/// What is asked for over the broker.
pub(crate) const REQUESTS: [Action; 4] = [
    Action::RemoveFromStock,
    Action::GenerateInvoice,
    Action::ReturnStock,
    Action::CancelInvoice,
];

const ANSWERS: [Says; 6] = [
    Says::Forward(StepName::RemoveFromStock, true),
    Says::Forward(StepName::RemoveFromStock, false),
    Says::Forward(StepName::GenerateInvoice, true),
    Says::Forward(StepName::GenerateInvoice, false),
    Says::Undone(Action::ReturnStock),
    Says::Undone(Action::CancelInvoice),
];

/// Messages under way, a bit for each kind. Two of a kind are one that is delivered twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Messages {
    requests: u8,
    answers: u8,
}

impl Messages {
    pub(crate) fn ask(&mut self, action: Action) {
        let place = REQUESTS.iter().position(|known| *known == action);
        self.requests |= place.map_or(0, |place| 1 << place);
    }

    pub(crate) fn asks(self, request: u8) -> bool {
        self.requests & 1 << request != 0
    }

    pub(crate) fn says(self, answer: u8) -> bool {
        self.answers & 1 << answer != 0
    }

    fn say(&mut self, says: Says) {
        let place = ANSWERS.iter().position(|known| *known == says);
        self.answers |= place.map_or(0, |place| 1 << place);
    }
}

/// A service gets a request, does it or finds it done, and answers, all at once. The message may stay,
/// to be delivered once more.
pub(crate) fn request(world: &mut World, system: &System, request: u8, reply: Reply, stays: bool) {
    let action = REQUESTS[usize::from(request)];
    let before = world.participants;
    let outcome = world.participants.call(action, reply, &system.protocol);
    world.remember_call(action, &before);
    world.messages.say(match action.step() {
        Some(step) if !action.is_undo() => Says::Forward(step, outcome == Outcome::Done),
        _ => Says::Undone(action),
    });
    if !stays {
        world.messages.requests &= !(1 << request);
    }
}

/// The order gets an answer.
pub(crate) fn answer(world: &mut World, answer: u8) {
    if world.consumer.is_none() {
        let says = ANSWERS[usize::from(answer)];
        world.consumer = Some(Process::on(Task::Hear(says)));
    }
}

/// Whoever hears an answer goes on; when it is done, the message is gone.
pub(crate) fn consumer_step(world: &mut World, system: &System) {
    let Some(consumer) = world.consumer.take() else {
        return;
    };
    match consumer.step(world, system, Reply::Yes) {
        Step::Goes(next) => world.consumer = Some(next),
        Step::Answers(_) => {
            if let Task::Hear(says) = consumer.task {
                let place = ANSWERS.iter().position(|known| *known == says);
                world.messages.answers &= !place.map_or(0, |place| 1 << place);
            }
        }
    }
}
