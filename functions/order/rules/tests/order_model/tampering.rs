//! The check must bite. Each test takes a safeguard away, or puts an old mistake of the bookings back,
//! and names the property that then breaks.

use holdfast_core::failure::Failure;
use holdfast_core::timer::State;
use holdfast_order_rules::action::StepName;
use holdfast_order_rules::asking::Since;
use holdfast_order_rules::order::{OrderStatus, Progress, Snapshot};
use holdfast_order_rules::transition::Transition;
use holdfast_order_rules::undoing::{Work, remaining_work};
use stateright::{Checker, HasDiscoveries, Model};

use crate::properties::{
    CAPTURED_AFTER_COMMIT, COMPLETED, ENDS, KEPT, LISTENS, NEVER_BOTH, NO_LATE_PAYMENT,
    NOT_SHIPPED, RECORDED, STANDS, UNDONE,
};
use crate::rules::{Change, Question, Rules, Says, ask, change};
use crate::system::{Limits, Protocol, System};
use crate::{
    A_CANCEL, A_CAPTURE, A_PAYMENT, A_SHIPMENT, A_SHIPMENT_BACK, AN_INVOICE, AN_OPERATOR, GOODS,
    MONEY_BACK,
};

type Changed = Result<Option<Transition>, Failure>;

/// Explores until the property is broken, and shows how.
fn breaks(system: System, property: &'static str) {
    let checker = system
        .checker()
        .finish_when(HasDiscoveries::AnyOf([property].into()))
        .spawn_bfs()
        .join();
    let path = checker.assert_any_discovery(property);
    println!("broken: {property}\n  {:?}", path.into_actions());
}

fn careless(limits: Limits, omit: fn(&mut Protocol), property: &'static str) {
    let mut system = System::new(limits);
    omit(&mut system.protocol);
    breaks(system, property);
}

fn tampered(limits: Limits, rules: fn(&Snapshot, Change, u8) -> Changed, property: &'static str) {
    let mut system = System::new(limits);
    system.rules.change = rules;
    breaks(system, property);
}

fn set(snapshot: &mut Snapshot, name: StepName, progress: Progress) {
    let mut steps = snapshot.steps.iter_mut();
    steps.find(|step| step.name == name).unwrap().state.progress = progress;
}

/// An order whose head does not tell that it was turned back.
fn forward(snapshot: &Snapshot) -> Snapshot {
    let mut forward = snapshot.clone();
    let state = &mut forward.order.state;
    if state.status == OrderStatus::Cancelling {
        state.status = OrderStatus::Invoiced;
        (state.ending, state.timer.state) = (None, State::Running);
    }
    forward
}

#[test]
fn without_conditional_writes_a_timer_is_fired_and_committed() {
    careless(
        A_CAPTURE,
        |protocol| protocol.writes_are_conditional = false,
        NEVER_BOTH,
    );
}

#[test]
fn without_tombstones_a_late_call_leaves_something_behind() {
    careless(A_SHIPMENT, |protocol| protocol.tombstones = false, UNDONE);
}

#[test]
fn without_tombstones_a_request_that_its_undo_has_overtaken_leaves_goods_behind() {
    careless(GOODS, |protocol| protocol.tombstones = false, UNDONE);
}

#[test]
fn without_a_look_at_the_clock_a_payment_starts_late() {
    careless(
        A_PAYMENT,
        |protocol| protocol.calls_look_at_the_clock = false,
        NO_LATE_PAYMENT,
    );
}

#[test]
fn without_the_sweep_a_stopped_execution_is_forgotten() {
    careless(A_SHIPMENT, |protocol| protocol.sweeps = false, ENDS);
}

/// The counterpart of a capture that was refused after the commit point and never turned back.
#[test]
fn without_a_way_back_from_a_refused_capture_there_is_no_end() {
    careless(
        MONEY_BACK,
        |protocol| protocol.refused_captures_turn_back = false,
        ENDS,
    );
}

/// A step that was not begun when the order was turned back begins all the same.
#[test]
fn without_the_fence_a_late_beginning_is_shipped_and_forgotten() {
    fn rules(snapshot: &Snapshot, asked: Change, now: u8) -> Changed {
        let mut snapshot = snapshot.clone();
        if matches!(asked, Change::Begin(StepName::ShipOrder, _)) {
            snapshot = forward(&snapshot);
            if snapshot.progress(StepName::ShipOrder) == Progress::SKIPPED {
                set(&mut snapshot, StepName::ShipOrder, Progress::PENDING);
            }
        }
        change(&snapshot, asked, now)
    }
    fn asked(snapshot: &Snapshot, question: Question) -> Result<bool, Failure> {
        match question {
            Question::IsToDo(StepName::ShipOrder) => ask(&forward(snapshot), question),
            _ => ask(snapshot, question),
        }
    }
    let mut system = System::new(Limits {
        cancels: 1,
        ..A_SHIPMENT
    });
    system.rules.change = rules;
    system.rules.ask = asked;
    breaks(system, NOT_SHIPPED);
}

/// The customer could cancel what is being shipped.
#[test]
fn without_a_look_at_the_shipment_a_shipped_order_is_cancelled() {
    fn rules(snapshot: &Snapshot, asked: Change, now: u8) -> Changed {
        let mut snapshot = snapshot.clone();
        if asked == Change::Cancel && snapshot.progress(StepName::ShipOrder) == Progress::RUNNING {
            set(&mut snapshot, StepName::ShipOrder, Progress::PENDING);
        }
        change(&snapshot, asked, now)
    }
    let limits = Limits {
        cancels: 1,
        ..A_SHIPMENT
    };
    tampered(limits, rules, NOT_SHIPPED);
}

/// Waits had no order, and a late one overwrote a newer task token.
#[test]
fn without_an_order_of_waits_a_late_one_replaces_a_newer_one() {
    fn rules(snapshot: &Snapshot, asked: Change, now: u8) -> Changed {
        let mut snapshot = snapshot.clone();
        if let (Change::Ask(..), Some(waiting)) = (asked, &mut snapshot.order.waiting) {
            waiting.since = Since::default();
        }
        change(&snapshot, asked, now)
    }
    tampered(AN_INVOICE, rules, LISTENS);
}

/// Abandoning an order while its money was being taken forgot that money.
#[test]
fn without_a_record_of_late_money_it_is_forgotten() {
    fn rules(snapshot: &Snapshot, asked: Change, now: u8) -> Changed {
        let capture = Change::Record(StepName::CapturePayment, true);
        if asked == capture && snapshot.order.state.status.is_finished() {
            return Ok(None);
        }
        change(snapshot, asked, now)
    }
    let limits = Limits {
        faults: 2,
        refusals: 0,
        ..AN_OPERATOR
    };
    tampered(limits, rules, RECORDED);
}

#[test]
fn without_respect_for_the_commit_point_a_paid_order_is_undone() {
    fn rules(snapshot: &Snapshot, asked: Change, now: u8) -> Changed {
        let mut snapshot = snapshot.clone();
        let timer = &mut snapshot.order.state.timer;
        if matches!(asked, Change::TurnBack(_)) && timer.is_committed() {
            timer.state = State::Running;
        }
        change(&snapshot, asked, now)
    }
    tampered(A_CAPTURE, rules, KEPT);
}

#[test]
fn without_an_end_to_firing_a_committed_order_is_fired() {
    fn rules(snapshot: &Snapshot, asked: Change, now: u8) -> Changed {
        let mut snapshot = snapshot.clone();
        if asked == Change::Wake {
            snapshot.order.state.timer.state = State::Running;
        }
        change(&snapshot, asked, now)
    }
    tampered(A_CAPTURE, rules, NEVER_BOTH);
}

#[test]
fn without_the_commit_point_money_is_taken_that_may_be_given_back() {
    fn rules(snapshot: &Snapshot, asked: Change, now: u8) -> Changed {
        let begins = matches!(asked, Change::Begin(StepName::CapturePayment, _));
        let timer = snapshot.order.state.timer;
        let changed = change(snapshot, asked, now)?;
        Ok(changed.map(|mut begun| {
            if begins && timer.state == State::Running && begun.order.state.timer.is_committed() {
                begun.order.state.timer = timer;
            }
            begun
        }))
    }
    tampered(A_CAPTURE, rules, CAPTURED_AFTER_COMMIT);
}

/// A step of which the outcome is not known counted as one that was not done.
#[test]
fn without_the_unknown_in_the_plan_something_is_left_that_nobody_undoes() {
    fn plan(snapshot: &Snapshot) -> Vec<Work> {
        let known = remaining_work(snapshot).into_iter();
        let known = known.filter(|work| snapshot.progress(work.step) != Progress::RUNNING);
        known.collect()
    }
    fn rules(snapshot: &Snapshot, asked: Change, now: u8) -> Changed {
        let mut snapshot = snapshot.clone();
        if asked == Change::Close {
            let running = |step: &&StepName| snapshot.progress(**step) == Progress::RUNNING;
            for step in StepName::ALL
                .iter()
                .filter(running)
                .copied()
                .collect::<Vec<_>>()
            {
                set(&mut snapshot, step, Progress::SKIPPED);
            }
        }
        change(&snapshot, asked, now)
    }
    let mut system = System::new(A_SHIPMENT);
    (system.rules.plan, system.rules.change) = (plan, rules);
    breaks(system, UNDONE);
}

#[test]
fn without_a_look_at_what_is_left_an_order_ends_too_early() {
    fn rules(snapshot: &Snapshot, asked: Change, now: u8) -> Changed {
        let mut snapshot = snapshot.clone();
        if asked == Change::Close && snapshot.order.state.is_being_undone() {
            for step in StepName::ALL {
                set(&mut snapshot, *step, Progress::COMPENSATED);
            }
        }
        change(&snapshot, asked, now)
    }
    tampered(MONEY_BACK, rules, UNDONE);
}

/// An answer was taken for a good one, whatever it said.
#[test]
fn without_a_look_at_the_answer_an_order_is_completed_without_its_goods() {
    fn rules(snapshot: &Snapshot, asked: Change, now: u8) -> Changed {
        match asked {
            Change::Answer(Says::Forward(step, false)) => {
                let done = Says::Forward(step, true);
                change(snapshot, Change::Answer(done), now)
            }
            _ => change(snapshot, asked, now),
        }
    }
    tampered(A_CANCEL, rules, COMPLETED);
}

/// An undo was not fenced: whoever asked for it had it done, though the order was committed.
#[test]
fn without_a_fence_an_undo_takes_away_from_an_order_that_stands() {
    fn rules(snapshot: &Snapshot, asked: Change, now: u8) -> Changed {
        match asked {
            Change::BeginUndo(..) => Ok(None),
            _ => change(snapshot, asked, now),
        }
    }
    fn asked(snapshot: &Snapshot, question: Question) -> Result<bool, Failure> {
        match question {
            Question::IsToUndo(_) => Ok(true),
            _ => ask(snapshot, question),
        }
    }
    fn plan(_: &Snapshot) -> Vec<Work> {
        Vec::from_iter(Work::undo(StepName::ShipOrder))
    }
    let mut system = System::new(A_CAPTURE);
    system.rules = Rules {
        change: rules,
        ask: asked,
        plan,
    };
    breaks(system, STANDS);
}

/// Where an undo had failed, the order took it for done.
#[test]
fn without_its_mark_what_could_not_be_undone_is_forgotten() {
    fn rules(snapshot: &Snapshot, asked: Change, now: u8) -> Changed {
        let mut handed_over = change(snapshot, asked, now)?;
        if let (Change::HandOver(_), Some(over)) = (asked, &mut handed_over) {
            for step in &mut over.steps {
                step.state.progress = Progress::COMPENSATED;
            }
        }
        Ok(handed_over)
    }
    tampered(A_SHIPMENT_BACK, rules, UNDONE);
}
