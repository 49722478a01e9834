//! The rules of placing: everything that will ever have to be undone is in an order from its first
//! moment; and an execution that resumes the undoing of an order takes it over from its own.

use holdfast_core::change::Stamp;
use std::time::Duration;

use holdfast_core::execution::{is_namesake, trace_id};
use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_core::money::Money;
use holdfast_core::payment::Method;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{Cancellation, State, Timer};

use crate::action::StepName;
use crate::event::EventName;
use crate::order::{Line, Order, OrderState, OrderStatus, Progress, Snapshot, Step, StepState};
use crate::request::{Item, OrderRequest};
use crate::transition::Transition;

/// How long an order may take, where nothing else is said.
pub const DEFAULT_LIFETIME: Duration = Duration::from_secs(86_400);

/// The execution that places an order.
#[derive(Clone, Copy, Debug)]
pub struct Execution<'a> {
    /// Its name, which becomes the order's id.
    pub name: &'a str,
    /// What tells it from every other execution.
    pub arn: &'a str,
    /// The version of the definition that it runs.
    pub definition: &'a str,
}

/// An order that is placed at this moment, as a request asks for it. It must be completed within its
/// lifetime.
///
/// # Errors
/// [`Failure::InvalidOrder`] where the execution's name is no id, or the prices do not add up.
pub fn place(
    execution: Execution<'_>,
    asked: &OrderRequest,
    lifetime: Duration,
    now: Timestamp,
) -> Result<Snapshot, Failure> {
    let id = execution.name.parse();
    let order_id: OrderId =
        id.map_err(|problem| Failure::invalid_order("the execution's name", format!("{problem}")))?;
    let items = asked
        .items
        .iter()
        .map(priced)
        .collect::<Result<Vec<_>, _>>()?;
    let given = asked.trace_id.as_ref().map(ToString::to_string);
    let order = Order {
        order_id,
        version: 1,
        state: OrderState {
            status: OrderStatus::Pending,
            timer: Timer::start(now + lifetime),
            definition: execution.definition.to_owned(),
            method: Method::of_token(&asked.payment.token),
            ending: None,
            reason: None,
        },
        customer: asked.customer.clone(),
        total: total(&items)?,
        items,
        deliver_to: asked.deliver_to.clone(),
        simulate: asked.simulate.clone(),
        execution: execution.arn.to_owned(),
        waiting: None,
        trace_id: given.unwrap_or_else(|| trace_id(execution.arn, now)),
        created: now,
        updated: now,
    };
    let steps = StepName::ALL.iter().map(|name| new_step(*name, now));
    Ok(Snapshot {
        order,
        steps: steps.collect(),
    })
}

/// The step that writes the order is done by that; nothing is known of the others yet.
fn new_step(name: StepName, now: Timestamp) -> Step {
    let state = match name {
        StepName::PlaceOrder => StepState {
            attempts: 1,
            ..StepState::pending().come_to(Progress::SUCCESS, now)
        },
        _ => StepState::pending(),
    };
    Step {
        name,
        version: 1,
        state,
    }
}

fn priced(item: &Item) -> Result<Line, Failure> {
    let price = item.product.price();
    let amount = price.amount.checked_mul(u64::from(item.quantity));
    let amount = amount.ok_or_else(|| no_sum("more than can be charged"))?;
    Ok(Line {
        sku: item.sku.clone(),
        name: item.product.name.to_owned(),
        quantity: item.quantity,
        amount: Money::new(amount, &price.currency),
        price,
    })
}

fn total(items: &[Line]) -> Result<Money, Failure> {
    let sum = Money::sum(items.iter().map(|line| &line.amount));
    let sum = sum.map_err(|problem| no_sum(&problem.to_string()))?;
    sum.ok_or_else(|| no_sum("must be at least one"))
}

fn no_sum(problem: &str) -> Failure {
    Failure::invalid_order("items", problem)
}

/// Whether this execution placed the order. One that uses an old name again has the same ARN; it was
/// started long after the order was placed.
pub fn is_placed_by(snapshot: &Snapshot, execution: &str, started: Option<Timestamp>) -> bool {
    let order = &snapshot.order;
    order.execution == execution && !is_namesake(started, order.created)
}

/// The execution of an order ended before it could write it: nothing was done, and nothing will be.
pub fn never_placed(announced: &mut Snapshot) {
    let state = &mut announced.order.state;
    let by = Cancellation::Released;
    state.timer.state = State::Cancelled { by };
    state.status = OrderStatus::Failed;
    state.reason = Some("the order could not be placed".to_owned());
    for step in &mut announced.steps {
        step.state.progress = Progress::SKIPPED;
    }
}

/// Another execution takes the order up, for its own is gone, and drives it from now on. `None` where
/// it does already, or where the order has ended.
pub fn take_up(snapshot: &Snapshot, execution: &str, stamp: Stamp<'_>) -> Option<Transition> {
    let order = &snapshot.order;
    if order.execution == execution || order.state.status.has_ended() {
        return None;
    }
    let change = Transition::within(snapshot, EventName::TakenUp, stamp);
    Some(change.waiting(None).driven_by(execution))
}
