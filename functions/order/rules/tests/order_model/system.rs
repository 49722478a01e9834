//! The system as stateright explores it: who may do what next, and what must always hold.

use std::sync::LazyLock;

use holdfast_order_rules::action::{Action, StepName};
use holdfast_order_rules::order::OrderStatus;
use stateright::{Model, Property};

use crate::broker::{self, Messages};
use crate::desk::{self, ERRANDS};
use crate::execution::{Execution, Stage};
use crate::faults::{Fault, go_wrong};
use crate::participants::{Money, Participants, Place, Reply};
use crate::process::{Process, Step, Task};
use crate::record::{Clock, DEADLINE, Record, Waits};
use crate::rules::{Change, Decided, No, Question, Rules};
use crate::world::{History, World};

/// A world to explore.
#[derive(Clone)]
pub(crate) struct System {
    pub(crate) rules: Rules,
    pub(crate) protocol: Protocol,
    pub(crate) limits: Limits,
}

/// What those around the rules must do. Each can be left out, to see what it is for.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) struct Protocol {
    pub(crate) writes_are_conditional: bool,
    pub(crate) calls_look_at_the_clock: bool,
    /// Participants remember what was undone before it was done.
    pub(crate) tombstones: bool,
    /// A capture that is refused for good turns the order back: the execution's, and the desk's.
    pub(crate) refused_captures_turn_back: bool,
    /// The sweep looks for orders that are overdue, and for work that no clerk has tried for long.
    pub(crate) sweeps: bool,
}

/// Where a world begins, and how often things that could happen for ever may happen.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) struct Limits {
    /// The step that comes next; those before it are done.
    pub(crate) begins: StepName,
    /// How often the customer cancels.
    pub(crate) cancels: u8,
    /// Processes that are given up, answers that are lost, messages that come twice, executions that
    /// stop.
    pub(crate) faults: u8,
    /// Refusals of participants.
    pub(crate) refusals: u8,
    /// Decisions of an operator.
    pub(crate) decisions: u8,
    /// The automatic redrive begins when the execution has ended.
    pub(crate) desk_waits: bool,
    /// The tasks that something may go wrong with.
    pub(crate) victims: fn(Task) -> bool,
}

/// One step of one actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    TimePasses,
    WorkerSteps(Reply),
    TaskIsTriedAgain,
    /// A request is delivered; it may be delivered once more.
    RequestArrives(u8, Reply, bool),
    AnswerArrives(u8),
    ConsumerSteps,
    WakeUpArrives,
    WakerSteps,
    SweepLooks,
    MessageArrives(Action),
    ClerkSteps(Reply),
    OperatorSteps,
    CustomerCancels,
    CustomerSteps,
    ZombieSteps(Reply),
    ZombieDies,
    OperatorDecides(Task),
    GoesWrong(Fault),
}

use Act::*;

/// What keeps happening as long as the cloud works at all. Nothing else is needed to reach an end.
static DEPENDABLE: LazyLock<Vec<Act>> = LazyLock::new(|| {
    let requests = (0..4).map(|request| RequestArrives(request, Reply::Yes, false));
    let first = [
        ConsumerSteps,
        WakerSteps,
        ClerkSteps(Reply::Yes),
        OperatorSteps,
    ];
    let work = [WorkerSteps(Reply::Yes), TaskIsTriedAgain];
    let late = [WakeUpArrives, SweepLooks, TimePasses];
    let errands = ERRANDS.into_iter().map(MessageArrives);
    let acts = first.into_iter().chain(requests);
    let acts = acts.chain((0..6).map(AnswerArrives)).chain(work);
    acts.chain(errands).chain(late).collect()
});

static AT_WHIM: LazyLock<Vec<Act>> = LazyLock::new(|| {
    let faults = [
        Fault::TaskIsRetried,
        Fault::RetriesAreExhausted,
        Fault::ExecutionStops,
        Fault::ConsumerIsGivenUp,
        Fault::ClerkIsGivenUp,
    ];
    let replies = [Reply::No, Reply::Lost];
    let calls = replies
        .into_iter()
        .flat_map(|reply| [WorkerSteps(reply), ClerkSteps(reply)]);
    let zombies = [Reply::Yes, Reply::No, Reply::Lost].map(ZombieSteps);
    let requests = (0..4).flat_map(|request| {
        let refused = RequestArrives(request, Reply::No, false);
        [refused, RequestArrives(request, Reply::Yes, true)]
    });
    let rest = [
        ZombieDies,
        CustomerCancels,
        CustomerSteps,
        OperatorDecides(Task::Resolve),
        OperatorDecides(Task::Abandon),
    ];
    let acts = faults
        .map(GoesWrong)
        .into_iter()
        .chain(calls)
        .chain(zombies);
    acts.chain(requests).chain(rest).collect()
});

impl System {
    /// A system around the real rules, with a protocol that leaves nothing out.
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            rules: Rules::REAL,
            protocol: Protocol {
                writes_are_conditional: true,
                calls_look_at_the_clock: true,
                tombstones: true,
                refused_captures_turn_back: true,
                sweeps: true,
            },
            limits,
        }
    }

    fn apply(&self, world: &mut World, act: Act) {
        match act {
            TimePasses => world.now = DEADLINE,
            WorkerSteps(reply) => self.worker_steps(world, reply),
            TaskIsTriedAgain => world.execution.try_again(),
            RequestArrives(request, reply, stays) => {
                broker::request(world, self, request, reply, stays);
                world.faults_left -= u8::from(stays);
                charge(world, reply);
            }
            AnswerArrives(answer) => broker::answer(world, answer),
            ConsumerSteps => broker::consumer_step(world, self),
            WakeUpArrives => self.wake(world),
            WakerSteps => world.waker = world.waker.and_then(|waker| self.on(waker, world)),
            SweepLooks => desk::sweep(world, self),
            MessageArrives(errand) => desk::redrive(world, self, errand),
            ClerkSteps(reply) => {
                desk::clerk_step(world, self, reply);
                charge(world, reply);
            }
            OperatorSteps => desk::operator_step(world, self),
            CustomerCancels => {
                world.cancels_left -= 1;
                world.customer = self.on(Process::on(Task::Cancel), world);
            }
            CustomerSteps => {
                world.customer = world.customer.and_then(|customer| self.on(customer, world));
            }
            ZombieSteps(reply) => {
                if let Some(zombie) = world.zombie.take()
                    && let Step::Goes(next) = zombie.step(world, self, reply)
                {
                    world.zombie = Some(next);
                }
                charge(world, reply);
            }
            ZombieDies => world.zombie = None,
            OperatorDecides(task) => desk::decide(world, task),
            GoesWrong(fault) => go_wrong(world, self.limits.victims, fault),
        }
    }

    fn on(&self, process: Process, world: &mut World) -> Option<Process> {
        match process.step(world, self, Reply::Yes) {
            Step::Goes(next) => Some(next),
            Step::Answers(_) => None,
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

    /// A wake-up, or the sweep: early, late, doubled or stale.
    fn wake(&self, world: &mut World) {
        let record = world.record;
        let head = &record.head;
        if world.waker.is_some() || head.status.has_ended() {
            return;
        }
        let waker = Process::on(Task::Wake);
        if let Decided::Write(..) = self.rules.decide(&record, Change::Wake, world.now) {
            world.waker = self.on(waker, world);
        } else if head.timer == Clock::Running || !self.protocol.sweeps {
            // It comes too early, or there is nobody to look after the rest.
        } else if !world.execution.is_alive() {
            world.execution.take_up();
        } else if let Some((waits, told)) = self.telling(&record)
            && world.execution.hears(waits.token) == Some(waits.action)
            && let Step::Goes(waker) = waker.tells(waits, told)
        {
            world.waker = Some(waker);
        }
    }

    /// Whom to tell, and what, for an order that stands like this.
    pub(crate) fn telling(&self, record: &Record) -> Option<(Waits, Result<(), No>)> {
        let waits = record.head.waiting?;
        match self.rules.answer(record, Question::Told(waits.action)) {
            Ok(false) => None,
            Ok(true) => Some((waits, Ok(()))),
            Err(no) => Some((waits, Err(no))),
        }
    }

    /// What follows from one dependable step, if there is any left to take.
    pub(crate) fn goes_on(&self, world: &World) -> Option<World> {
        let mut acts = DEPENDABLE.iter();
        acts.find_map(|act| self.next_state(world, *act))
    }

    /// Whether there is anybody to take this step. Saves the trouble of trying it.
    fn is_somebodys(&self, world: &World, act: Act) -> bool {
        let may_get = |process: Option<&Process>, reply| {
            let is_left = match reply {
                Reply::Yes => true,
                Reply::No => world.refusals_left > 0,
                Reply::Lost => world.faults_left > 0,
            };
            let goes_well = |process: &Process| {
                let may = reply != Reply::Lost || (self.limits.victims)(process.task);
                may && process.may_get(reply, world)
            };
            is_left && process.is_some_and(goes_well)
        };
        match act {
            TimePasses => world.now < DEADLINE,
            WorkerSteps(reply) => may_get(world.execution.worker.as_ref(), reply),
            TaskIsTriedAgain => {
                let fails = matches!(world.execution.stage, Stage::Doing(_));
                fails && world.execution.worker.is_none()
            }
            RequestArrives(request, reply, stays) => {
                let action = broker::REQUESTS[usize::from(request)];
                let refuses = world.refusals_left > 0 && world.participants.may_refuse(action);
                let comes_twice = || (self.limits.victims)(Task::Ask(action, None));
                let may_stay = world.faults_left > 0 && comes_twice();
                let may = (reply == Reply::Yes || refuses) && (!stays || may_stay);
                may && world.messages.asks(request)
            }
            AnswerArrives(answer) => world.messages.says(answer) && world.consumer.is_none(),
            ConsumerSteps => world.consumer.is_some(),
            WakeUpArrives => true,
            WakerSteps => world.waker.is_some(),
            SweepLooks => self.protocol.sweeps,
            MessageArrives(_) => {
                let waits = self.limits.desk_waits && world.execution.is_alive();
                world.errands != 0 && !waits
            }
            ClerkSteps(reply) => may_get(world.clerk.as_ref().map(|clerk| &clerk.process), reply),
            OperatorSteps => world.operator.is_some(),
            CustomerCancels => world.cancels_left > 0 && world.customer.is_none(),
            CustomerSteps => world.customer.is_some(),
            ZombieSteps(reply) => may_get(world.zombie.as_ref(), reply),
            ZombieDies => world.zombie.is_some() && world.faults_left > 0,
            OperatorDecides(_) => world.decisions_left > 0,
            GoesWrong(_) => world.faults_left > 0,
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
    type Action = Act;

    fn init_states(&self) -> Vec<World> {
        let limits = &self.limits;
        let next = limits.begins;
        let done = |step: StepName, place| if step < next { place } else { Place::Nothing };
        let status = match next {
            StepName::GenerateInvoice => OrderStatus::Created,
            StepName::ShipOrder => OrderStatus::Invoiced,
            StepName::CapturePayment => OrderStatus::Shipped,
            _ => OrderStatus::Pending,
        };
        let participants = Participants {
            credit: done(StepName::CheckCredit, Place::Kept),
            money: match next > StepName::AuthorizePayment {
                true => Money::Authorized,
                false => Money::None,
            },
            stock: done(StepName::RemoveFromStock, Place::Kept),
            invoice: done(StepName::GenerateInvoice, Place::Kept),
            shipment: done(StepName::ShipOrder, Place::Kept),
        };
        vec![World {
            now: 0,
            record: Record::before(next, status),
            participants,
            execution: Execution::at(next),
            messages: Messages::default(),
            consumer: None,
            zombie: None,
            customer: None,
            waker: None,
            errands: 0,
            clerk: None,
            operator: None,
            cancels_left: limits.cancels,
            faults_left: limits.faults,
            refusals_left: limits.refusals,
            decisions_left: limits.decisions,
            history: History::default(),
        }]
    }

    fn actions(&self, world: &World, acts: &mut Vec<Act>) {
        let every_act = DEPENDABLE.iter().chain(AT_WHIM.iter()).copied();
        acts.extend(every_act.filter(|&act| self.is_somebodys(world, act)));
    }

    /// An actor that cannot act, or whose act changes nothing, takes no step.
    fn next_state(&self, world: &World, act: Act) -> Option<World> {
        if !self.is_somebodys(world, act) {
            return None;
        }
        let mut next = *world;
        self.apply(&mut next, act);
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::properties::of(self)
    }
}
