//! The system as stateright explores it: who may do what next, and what must always hold.

use std::time::Duration;

use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Operation, Refusal, Timer};
use stateright::{Model, Property};

use crate::payment::{self, Reply, Task};
use crate::unwinding::{self, Unwinding};
use crate::waking::{self, Tightening};
use crate::world::{Bank, Card, Desk, History, Legs, Stage, Suppliers, World};

/// The decision function of the domain, or one that has been tampered with.
pub(crate) type Rules = fn(&Timer, Operation, Timestamp) -> Result<Timer, Refusal>;

/// A world to explore.
#[derive(Clone)]
pub(crate) struct System {
    pub(crate) rules: Rules,
    pub(crate) protocol: Protocol,
    pub(crate) limits: Limits,
    pub(crate) lease: Duration,
    pub(crate) deadline: Timestamp,
    pub(crate) tightened_deadline: Timestamp,
    /// Time stands still here: past the deadline, and past the last lease taken before it.
    pub(crate) last_moment: Timestamp,
    /// From when on a decision that is pending is waited for no longer.
    pub(crate) patience_ends: Timestamp,
}

/// What those around the rules must do. Each can be left out, to see what it is for.
#[derive(Clone, Copy)]
pub(crate) struct Protocol {
    pub(crate) writes_are_conditional: bool,
    pub(crate) worker_looks_at_the_clock: bool,
    pub(crate) worker_looks_at_its_lease: bool,
    /// A pause is known by its attempt and its lease, and resumed only by its own attempt.
    pub(crate) pauses_have_an_owner: bool,
    /// A wake-up that finds the timer at its end still sees to it that it is acted upon.
    pub(crate) wakers_tell_of_what_has_ended: bool,
}

/// How often things that could happen for ever may happen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How often the traveller may try to pay.
    pub(crate) payments: u8,
    /// Wake-ups that each deadline's schedule may deliver.
    pub(crate) wakes: u8,
    /// Whether a supplier may ask for an earlier deadline.
    pub(crate) tighten: bool,
    /// Whether there are cards whose bank decides later.
    pub(crate) slow_bank: bool,
    /// How many crashes, time-outs, lost answers and stopped executions there may be.
    pub(crate) faults: u8,
}

/// One step of one actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    TimePasses,
    TravellerPays(Card),
    TravellerCancels,
    WorkerSteps(Reply),
    GhostSteps(Reply),
    GhostDies,
    UnwindingSteps,
    BankDecides(Reply),
    DecisionIsAskedFor,
    WakeArrives(u32),
    WakeIsLost(u32),
    WakerSteps,
    WakerDies,
    SweepLooks,
    SweeperSteps,
    SupplierTightens,
    GoesWrong(Fault),
}

/// What may go wrong, a limited number of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The worker is given up and started again; perhaps it is dead, perhaps only slow.
    TaskIsRetried,
    /// The worker is given up for good, and the booking unwound.
    RetriesAreExhausted,
    /// The execution is stopped, whatever it was doing.
    ExecutionStops,
    /// The unwinding's call was made, and its answer is lost.
    UndoIsRepeated,
    /// The unwinding's supplier stays unreachable.
    UndoIsGivenUp,
    SweeperDies,
}

use Action::{
    BankDecides, DecisionIsAskedFor, GhostDies, GhostSteps, GoesWrong, SupplierTightens,
    SweepLooks, SweeperSteps, TimePasses, TravellerCancels, TravellerPays, UnwindingSteps,
    WakeArrives, WakeIsLost, WakerDies, WakerSteps, WorkerSteps,
};

/// What keeps happening as long as the cloud works at all. Nothing else is needed to reach an end.
const DEPENDABLE: [Action; 6] = [
    TimePasses,
    WorkerSteps(Reply::Yes),
    UnwindingSteps,
    DecisionIsAskedFor,
    SweepLooks,
    SweeperSteps,
];

const AT_WHIM: [Action; 24] = [
    TravellerPays(Card::Good),
    TravellerPays(Card::Declined),
    TravellerPays(Card::CaptureRefused),
    TravellerPays(Card::Slow),
    BankDecides(Reply::Yes),
    BankDecides(Reply::No),
    TravellerCancels,
    WorkerSteps(Reply::No),
    GhostSteps(Reply::Yes),
    GhostSteps(Reply::No),
    GhostDies,
    WakeArrives(1),
    WakeArrives(2),
    WakeIsLost(1),
    WakeIsLost(2),
    WakerSteps,
    WakerDies,
    SupplierTightens,
    GoesWrong(Fault::TaskIsRetried),
    GoesWrong(Fault::RetriesAreExhausted),
    GoesWrong(Fault::ExecutionStops),
    GoesWrong(Fault::UndoIsRepeated),
    GoesWrong(Fault::UndoIsGivenUp),
    GoesWrong(Fault::SweeperDies),
];

impl System {
    /// A system around these rules, with a protocol that leaves nothing out.
    pub(crate) fn new(rules: Rules, limits: Limits) -> Self {
        let second = |second: i64| Timestamp::from_millis(1_000 * second);
        Self {
            rules,
            protocol: Protocol {
                writes_are_conditional: true,
                worker_looks_at_the_clock: true,
                worker_looks_at_its_lease: true,
                pauses_have_an_owner: true,
                wakers_tell_of_what_has_ended: true,
            },
            limits,
            lease: Duration::from_secs(2),
            deadline: second(3),
            tightened_deadline: second(2),
            last_moment: second(4),
            patience_ends: second(3),
        }
    }

    fn apply(&self, world: &mut World, action: Action) {
        match action {
            TimePasses if world.now < self.last_moment => world.now = world.now + SECOND,
            TimePasses => {}
            TravellerPays(Card::Slow) if !self.limits.slow_bank => {}
            TravellerPays(card) if world.attempt < self.limits.payments => pay(world, card),
            TravellerPays(_) => {}
            TravellerCancels if world.stage == Stage::AwaitingTraveller => {
                world.stage = Stage::Unwinding(Unwinding::Begun);
            }
            TravellerCancels => {}
            WorkerSteps(reply) => payment::worker_step(world, self, reply),
            GhostSteps(reply) => payment::ghost_step(world, self, reply),
            GhostDies => world.ghost = None,
            UnwindingSteps => unwinding::step(world, self),
            BankDecides(reply) => decide(world, reply),
            DecisionIsAskedFor => ask_for_a_decision(world),
            WakeArrives(generation) => waking::deliver(world, self, generation),
            WakeIsLost(generation) => waking::lose(world, generation),
            WakerSteps => waking::waker_step(world, self),
            WakerDies => world.waker = None,
            SweepLooks => waking::sweep(world, self),
            SweeperSteps => waking::sweeper_step(world, self),
            SupplierTightens => waking::tighten(world, self),
            GoesWrong(fault) => go_wrong(world, fault),
        }
    }

    /// Whether something dependable is still under way.
    pub(crate) fn goes_on(&self, world: &World) -> bool {
        DEPENDABLE
            .iter()
            .any(|&action| self.next_state(world, action).is_some())
    }
}

/// Whether there is anybody to take this step. Saves the trouble of trying it.
fn is_somebodys(world: &World, action: Action) -> bool {
    match action {
        TimePasses | SweepLooks => true,
        TravellerPays(_) | TravellerCancels => world.stage == Stage::AwaitingTraveller,
        WorkerSteps(reply) => world.worker.is_some_and(|worker| worker.may_get(reply)),
        GhostSteps(reply) => world.ghost.is_some_and(|ghost| ghost.may_get(reply)),
        GhostDies => world.ghost.is_some(),
        UnwindingSteps => matches!(world.stage, Stage::Unwinding(_)),
        BankDecides(_) => world.suppliers.bank == Bank::Asked,
        DecisionIsAskedFor => world.stage == Stage::AwaitingDecision,
        WakeArrives(generation) | WakeIsLost(generation) => {
            world.wakes[generation as usize - 1] > 0
        }
        WakerSteps | WakerDies => world.waker.is_some(),
        SweeperSteps => world.sweeper.is_some(),
        SupplierTightens => world.tightening != Tightening::Over,
        GoesWrong(_) => world.faults_left > 0,
    }
}

const SECOND: Duration = Duration::from_secs(1);

fn pay(world: &mut World, card: Card) {
    if world.stage == Stage::AwaitingTraveller {
        world.attempt += 1;
        world.card = card;
        payment::start(world, Task::Authorize);
    }
}

/// What has been voided is decided about no more.
fn decide(world: &mut World, reply: Reply) {
    let suppliers = &mut world.suppliers;
    if suppliers.bank != Bank::Asked || suppliers.voided {
        return;
    }
    suppliers.authorized |= reply == Reply::Yes;
    suppliers.bank = match reply {
        Reply::Yes => Bank::Approved,
        Reply::No => Bank::Declined,
    };
}

/// No report has come in time.
fn ask_for_a_decision(world: &mut World) {
    if world.stage == Stage::AwaitingDecision {
        world.polls_left = world.polls_left.saturating_sub(1);
        payment::start(world, Task::Await);
    }
}

fn go_wrong(world: &mut World, fault: Fault) {
    let before = *world;
    if world.faults_left == 0 {
        return;
    }
    match (fault, world.stage) {
        (Fault::TaskIsRetried, Stage::Paying(task)) => {
            world.ghost = world.worker.take();
            payment::start(world, task);
        }
        (Fault::RetriesAreExhausted, Stage::Paying(_)) => {
            world.ghost = world.worker.take();
            world.stage = Stage::Unwinding(Unwinding::Begun);
        }
        (Fault::ExecutionStops, Stage::Ended | Stage::Stopped) => {}
        (Fault::ExecutionStops, _) => {
            world.ghost = world.worker.take().or(world.ghost);
            world.stage = Stage::Stopped;
        }
        (Fault::UndoIsRepeated, _) => unwinding::lose_the_answer(world),
        (Fault::UndoIsGivenUp, _) => unwinding::give_up_on_the_supplier(world),
        (Fault::SweeperDies, _) => world.sweeper = None,
        _ => {}
    }
    if *world != before {
        world.faults_left -= 1;
    }
}

impl Model for System {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            now: Timestamp::from_millis(0),
            timer: Timer::start(self.deadline),
            capture_refused: false,
            stage: Stage::AwaitingTraveller,
            card: Card::Good,
            polls_left: 2,
            attempt: 0,
            paused_for: 0,
            worker: None,
            ghost: None,
            wakes: [self.limits.wakes, 0],
            waker: None,
            sweeper: None,
            tightening: if self.limits.tighten {
                Tightening::Possible
            } else {
                Tightening::Over
            },
            suppliers: Suppliers {
                legs: Legs::Held,
                authorized: false,
                bank: Bank::NotAsked,
                voided: false,
                captured: false,
            },
            desk: Desk::default(),
            faults_left: self.limits.faults,
            history: History::default(),
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        let every_action = DEPENDABLE.into_iter().chain(AT_WHIM);
        actions.extend(every_action.filter(|&action| is_somebodys(world, action)));
    }

    /// An actor that cannot act, or whose act changes nothing, takes no step.
    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = *world;
        self.apply(&mut next, action);
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::properties::of(self)
    }
}
