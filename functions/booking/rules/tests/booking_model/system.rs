//! The system as stateright explores it: who may do what next, and what must always hold.

use stateright::{Model, Property};

use crate::desk::{self, MESSAGES};
use crate::execution::Stage;
use crate::limits::{Limits, Protocol};
use crate::process::{Answer, Process, Step, Task};
use crate::record::Said;
use crate::rules::{Rules, Terms};
use crate::suppliers::{Money, Reply};
use crate::words::No;
use crate::world::World;
use crate::{bank, traveller, waking};

/// A world to explore.
#[derive(Clone)]
pub(crate) struct System {
    pub(crate) rules: Rules,
    pub(crate) protocol: Protocol,
    pub(crate) limits: Limits,
}

/// One step of one actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    TimePasses,
    WorkerSteps(Reply),
    TaskIsTriedAgain,
    WakeUpArrives(u8),
    WakerSteps,
    SweepLooks,
    MessageArrives(u8),
    ClerkSteps(Reply),
    OperatorSteps,
    TravellerSays(Said),
    TravellerGivesBack(Option<u8>),
    TravellerSteps(usize),
    ZombieSteps(Reply),
    ZombieDies,
    BankDecides(bool),
    ReporterSteps,
    ReportGetsLost,
    ExecutionPolls,
    OperatorDecides(Task),
    GoesWrong(Fault),
}

/// What may go wrong, a limited number of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The worker is given up and its task tried again; perhaps it is dead, perhaps only slow.
    TaskIsRetried,
    /// The worker is given up for good.
    RetriesAreExhausted,
    /// The execution is stopped, whatever it was doing.
    ExecutionStops,
    /// The clerk is given up; its message comes again.
    ClerkIsGivenUp,
}

use Action::{
    BankDecides, ClerkSteps, ExecutionPolls, GoesWrong, MessageArrives, OperatorDecides,
    OperatorSteps, ReportGetsLost, ReporterSteps, SweepLooks, TaskIsTriedAgain, TimePasses,
    TravellerGivesBack, TravellerSays, TravellerSteps, WakeUpArrives, WakerSteps, WorkerSteps,
    ZombieDies, ZombieSteps,
};

/// What keeps happening as long as the cloud works at all. Nothing else is needed to reach an end.
const DEPENDABLE: [Action; 15] = [
    WorkerSteps(Reply::Yes),
    ExecutionPolls,
    TaskIsTriedAgain,
    WakerSteps,
    ClerkSteps(Reply::Yes),
    OperatorSteps,
    WakeUpArrives(1),
    WakeUpArrives(2),
    MessageArrives(0),
    MessageArrives(1),
    MessageArrives(2),
    MessageArrives(3),
    MessageArrives(4),
    SweepLooks,
    TimePasses,
];

const AT_WHIM: [Action; 20] = [
    ZombieDies,
    BankDecides(true),
    BankDecides(false),
    ReporterSteps,
    ReportGetsLost,
    WorkerSteps(Reply::No),
    WorkerSteps(Reply::Lost),
    ClerkSteps(Reply::No),
    ClerkSteps(Reply::Lost),
    TravellerSteps(0),
    TravellerSteps(1),
    ZombieSteps(Reply::Yes),
    ZombieSteps(Reply::No),
    ZombieSteps(Reply::Lost),
    OperatorDecides(Task::Resolve),
    OperatorDecides(Task::Abandon),
    GoesWrong(Fault::TaskIsRetried),
    GoesWrong(Fault::RetriesAreExhausted),
    GoesWrong(Fault::ExecutionStops),
    GoesWrong(Fault::ClerkIsGivenUp),
];

impl System {
    /// A system around the real rules, with a protocol that leaves nothing out.
    pub(crate) fn new(limits: Limits) -> Self {
        assert_eq!(MESSAGES, 5);
        Self {
            rules: Rules::REAL,
            protocol: Protocol {
                writes_are_conditional: true,
                payments_look_at_the_clock: true,
                pauses_have_an_owner: true,
                suppliers_leave_tombstones: true,
                early_wake_ups_come_again: true,
                every_refused_capture_turns_back: true,
                legs_are_let_go: true,
                confirmations_are_waited_for: true,
                pending_payments_are_withdrawn: true,
            },
            limits,
        }
    }

    pub(crate) fn terms(&self, now: u8) -> Terms {
        Terms {
            now,
            lease: self.limits.lease,
            hold_ends: self.limits.hold_ends,
        }
    }

    fn apply(&self, world: &mut World, action: Action) {
        match action {
            TimePasses if world.now < self.limits.last_moment => world.now += 1,
            TimePasses => {}
            WorkerSteps(reply) => self.worker_steps(world, reply),
            TaskIsTriedAgain => self.try_again(world),
            WakeUpArrives(generation) => waking::deliver(world, self, generation),
            WakerSteps => waking::step(world, self),
            SweepLooks => {
                waking::sweep(world, self);
                if self.limits.sweep {
                    desk::sweep(world);
                }
            }
            MessageArrives(message) => desk::redrive(world, message),
            ClerkSteps(reply) => {
                desk::clerk_step(world, self, reply);
                charge(world, reply);
            }
            OperatorSteps => desk::operator_step(world, self),
            TravellerSays(said) => traveller::say(world, self, said),
            TravellerGivesBack(leg) => traveller::give_back(world, self, leg),
            TravellerSteps(slot) => traveller::step(world, self, slot),
            ZombieSteps(reply) => {
                if let Some(zombie) = world.zombie.take()
                    && let Step::Goes(next) = zombie.step(world, self, reply)
                {
                    world.zombie = Some(next);
                }
                charge(world, reply);
            }
            ZombieDies => world.zombie = None,
            BankDecides(approves) => bank::decide(world, approves),
            ReporterSteps => bank::reporter_step(world, self),
            ReportGetsLost => world.reporter = None,
            ExecutionPolls => bank::poll(world),
            OperatorDecides(task) => desk::decide(world, task),
            GoesWrong(fault) => self.go_wrong(world, fault),
        }
    }

    fn worker_steps(&self, world: &mut World, reply: Reply) {
        if let Some(worker) = world.execution.worker.take() {
            match worker.step(world, self, reply) {
                Step::Goes(next) => world.execution.worker = Some(next),
                Step::Answers(answer) => world.execution.hear(answer),
            }
            charge(world, reply);
        }
    }

    fn try_again(&self, world: &mut World) {
        let failed = world.execution.worker.is_none();
        if failed && matches!(world.execution.stage, Stage::Doing(..)) {
            world.execution.try_again();
        }
    }

    /// Tells this system from others, as far as the way to an end depends on it.
    pub(crate) fn name(&self) -> (usize, Protocol, Limits) {
        (self.rules.change as usize, self.protocol, self.limits)
    }

    /// What follows from one dependable step, if there is any left to take.
    pub(crate) fn goes_on(&self, world: &World) -> Option<World> {
        let mut steps = DEPENDABLE.iter();
        steps.find_map(|&action| self.next_state(world, action))
    }

    /// Whether there is anybody to take this step. Saves the trouble of trying it.
    fn is_somebodys(&self, world: &World, action: Action) -> bool {
        let may_get = |reply| match reply {
            Reply::Yes => true,
            Reply::No => world.refusals_left > 0,
            Reply::Lost => world.faults_left > 0,
        };
        match action {
            TimePasses | SweepLooks => true,
            WorkerSteps(reply) => {
                let worker = world.execution.worker.as_ref();
                may_get(reply) && worker.is_some_and(|worker| self.may_get(worker, reply, world))
            }
            TaskIsTriedAgain => world.execution.worker.is_none(),
            WakeUpArrives(generation) => world.wakes[usize::from(generation - 1)] > 0,
            WakerSteps => world.waker.is_some(),
            MessageArrives(message) => world.messages & 1 << message != 0 && world.clerk.is_none(),
            ClerkSteps(reply) => {
                let clerk = world.clerk.as_ref();
                may_get(reply)
                    && clerk.is_some_and(|clerk| self.may_get(&clerk.process, reply, world))
            }
            OperatorSteps => world.operator.is_some(),
            TravellerSays(_) | TravellerGivesBack(_) => world.commands_left > 0,
            TravellerSteps(slot) => world.travellers[slot].is_some(),
            ZombieSteps(reply) => {
                let zombie = world.zombie.as_ref();
                may_get(reply) && zombie.is_some_and(|zombie| self.may_get(zombie, reply, world))
            }
            ZombieDies => world.zombie.is_some() && world.faults_left > 0,
            BankDecides(_) => world.suppliers.money == Money::Pending,
            ReporterSteps | ReportGetsLost => world.reporter.is_some(),
            ExecutionPolls => matches!(world.execution.stage, Stage::Deciding(_)),
            OperatorDecides(_) => world.decisions_left > 0,
            GoesWrong(_) => world.faults_left > 0,
        }
    }

    /// Whether the next step of this process could be answered like this.
    fn may_get(&self, process: &Process, reply: Reply, world: &World) -> bool {
        let goes_well = reply == Reply::Yes || (self.limits.victims)(process.task);
        goes_well && process.may_get(reply, world)
    }

    fn go_wrong(&self, world: &mut World, fault: Fault) {
        let before = *world;
        let execution = &mut world.execution;
        if let Stage::Doing(_, task) = execution.stage
            && fault != Fault::ClerkIsGivenUp
            && !(self.limits.victims)(task)
        {
            return;
        }
        match (fault, execution.stage) {
            (Fault::TaskIsRetried, Stage::Doing(..)) if execution.worker.is_some() => {
                world.zombie = world.zombie.or(execution.worker.take());
                execution.try_again();
            }
            (Fault::RetriesAreExhausted, Stage::Doing(..)) => {
                world.zombie = world.zombie.or(execution.worker.take());
                execution.go_on(Answer::No(No::Unavailable));
            }
            (Fault::ExecutionStops, _) if execution.is_alive() => {
                world.zombie = world.zombie.or(execution.worker.take());
                execution.worker = None;
                execution.stage = Stage::Stopped;
            }
            (Fault::ClerkIsGivenUp, _) => {
                let clerk = world.clerk.take();
                world.zombie = world.zombie.or(clerk.map(|clerk| clerk.process));
            }
            _ => {}
        }
        if *world != before {
            world.faults_left -= 1;
        }
    }
}

/// A refusal, or an answer that is lost, is one of a limited number.
fn charge(world: &mut World, reply: Reply) {
    match reply {
        Reply::Yes => {}
        Reply::No => world.refusals_left -= 1,
        Reply::Lost => world.faults_left -= 1,
    }
}

impl Model for System {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![self.beginning()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        let says = self.limits.says.iter().copied().map(TravellerSays);
        let gives_back = self.limits.gives_back.iter().copied();
        let gives_back = gives_back.map(TravellerGivesBack);
        let every_action = DEPENDABLE.into_iter().chain(AT_WHIM);
        let every_action = every_action.chain(says).chain(gives_back);
        actions.extend(every_action.filter(|&action| self.is_somebodys(world, action)));
    }

    /// An actor that cannot act, or whose act changes nothing, takes no step.
    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        if !self.is_somebodys(world, action) {
            return None;
        }
        let mut next = *world;
        self.apply(&mut next, action);
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::properties::of(self)
    }
}
