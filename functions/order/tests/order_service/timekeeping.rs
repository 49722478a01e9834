//! The deadline of an order that waits, the sweep, and reminders, with the kit's timer and sweep.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_kit::executions::Executions;
use holdfast_kit::schedules::TimerQueue;
use holdfast_kit::sweep::{Sweep, SweepRequest};
use holdfast_kit::task_tokens::TaskTokens;
use holdfast_kit::timer::Timekeeper;
use holdfast_order::steps::AskRequest;
use holdfast_order::store::{Orders, WakeUp};
use holdfast_order_rules::action::{Action, StepName, Topic};
use holdfast_order_rules::order::OrderStatus;
use serde_json::json;

use crate::support::bench::LIFETIME;
use crate::support::{Bench, Machine, order};

fn timekeeper(bench: &Bench) -> Timekeeper<Orders> {
    Timekeeper {
        table: bench.store.clone(),
        queue: TimerQueue(bench.cloud.queue("order-timer")),
        executions: Executions {
            step_functions: bench.cloud.step_functions().into(),
            state_machine_arn: "machine".to_owned(),
        },
        task_tokens: TaskTokens(bench.cloud.step_functions().into()),
        clock: bench.clock(),
    }
}

async fn wake_up(bench: &Bench, machine: &Machine) -> WakeUp {
    WakeUp::of(&machine.id, &bench.snapshot(&machine.id).await)
}

/// An order that waits for its invoice.
async fn waits(bench: &Bench) -> Machine {
    bench.bus.set_down(Topic::Invoices, true);
    let machine = Machine::up_to(bench, "o-1", StepName::RemoveFromStock).await;
    let request = AskRequest {
        order_id: machine.id.clone(),
        trace_id: String::new(),
        action: Action::GenerateInvoice,
        token: "token".to_owned(),
        entered: bench.clock.now(),
        retry: 0,
    };
    bench.ask().ask(&request).await.expect("it waits");
    machine
}

#[tokio::test]
async fn the_deadline_of_an_order_that_waits_turns_it_back_and_tells_its_execution() {
    let bench = Bench::new().await;
    let mut machine = waits(&bench).await;
    let wake_up = wake_up(&bench, &machine).await;
    timekeeper(&bench).wake(&wake_up, 1).await.unwrap();
    assert_eq!(bench.status(&machine.id).await, OrderStatus::Created);
    bench.pass(LIFETIME);
    timekeeper(&bench).wake(&wake_up, 1).await.unwrap();
    assert_eq!(bench.status(&machine.id).await, OrderStatus::Cancelling);
    let [told] = &bench.cloud.said("SendTaskFailure")[..] else {
        panic!("one is told");
    };
    assert_eq!(
        (&told["taskToken"], &told["error"]),
        (&json!("token"), &json!("Cancelled"))
    );
    bench.bus.set_down(Topic::Invoices, false);
    let failure = Failure::Cancelled("it was told so".to_owned());
    let ended = machine.turns_back((&failure).into()).await;
    assert_eq!(ended, OrderStatus::Cancelled);
    bench.is_nowhere(&machine.id).await;
}

#[tokio::test]
async fn an_order_whose_execution_is_gone_is_taken_up_by_another_one() {
    let bench = Bench::new().await;
    let machine = waits(&bench).await;
    *bench.cloud.stopped.lock().unwrap() = true;
    let wake_up = wake_up(&bench, &machine).await;
    bench.pass(LIFETIME);
    timekeeper(&bench).wake(&wake_up, 1).await.unwrap();
    let started = bench.cloud.said("StartExecution");
    assert_eq!(started[0]["input"], json!({"unwind": "o-1"}).to_string());
    bench.bus.set_down(Topic::Invoices, false);
    assert_eq!(machine.takes_up().runs().await, OrderStatus::Cancelled);
    bench.is_nowhere(&machine.id).await;
}

#[tokio::test]
async fn a_wake_up_never_fires_what_is_committed_or_ended() {
    let bench = Bench::new().await;
    let mut machine = Machine::new(
        &bench,
        "o-1",
        order(json!({"capture_payment": "unavailable"})),
    );
    machine.places().await.unwrap();
    let wake_up = wake_up(&bench, &machine).await;
    let owed = machine
        .goes_forward(StepName::CheckCredit, StepName::CapturePayment)
        .await;
    owed.unwrap_err();
    bench.pass(LIFETIME);
    timekeeper(&bench).wake(&wake_up, 1).await.unwrap();
    assert_eq!(bench.status(&machine.id).await, OrderStatus::Shipped);
    bench.history(&machine.id).await;
}

#[tokio::test]
async fn the_sweep_wakes_what_is_overdue_and_reminds_of_what_waits() {
    let bench = Bench::new().await;
    let sweep = Sweep {
        table: bench.store.clone(),
        queue: TimerQueue(bench.cloud.queue("order-timer")),
        errands: bench.cloud.queue("order-errors"),
        clock: bench.clock(),
    };
    let request = SweepRequest { grace_seconds: 120 };
    waits(&bench).await;
    assert_eq!(sweep.sweep(&request).await.unwrap().woken, 0);
    bench.pass(LIFETIME + Duration::from_secs(200));
    assert_eq!(sweep.sweep(&request).await.unwrap().woken, 1);
    assert_eq!(bench.cloud.messages("order-timer").len(), 1);

    bench.bus.set_down(Topic::Invoices, false);
    let script = json!({"capture_payment": "refuse", "cancel_shipment": "refuse"});
    let mut stuck = Machine::new(&bench, "o-2", order(script));
    assert_eq!(stuck.runs().await, OrderStatus::NeedsAttention);
    assert_eq!(sweep.sweep(&request).await.unwrap().reminded, 0);
    bench.pass(Duration::from_secs(2 * 3600));
    assert_eq!(sweep.sweep(&request).await.unwrap().reminded, 1);
    assert_eq!(sweep.sweep(&request).await.unwrap().reminded, 0);
    let messages = bench.cloud.messages("order-errors");
    assert_eq!(messages.len(), 2);
    assert!(messages[1].contains("cancel_shipment"), "{}", messages[1]);
}

#[tokio::test]
async fn the_orders_of_a_customer_are_listed_the_newest_first() {
    let bench = Bench::new().await;
    for id in ["o-1", "o-2"] {
        Machine::up_to(&bench, id, StepName::PlaceOrder).await;
    }
    let customer = "cus_1".parse().unwrap();
    let page = bench.store.list(&customer, None, 10).await.unwrap();
    let ids: Vec<_> = page
        .views
        .iter()
        .map(|order| order.order.order_id.as_str())
        .collect();
    assert_eq!(ids, ["o-2", "o-1"]);
}
