//! What cannot be undone, or not be paid for, waits at the desk, and is redriven, resolved or abandoned.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_kit::batch::{Attributes, Batch, Message};
use holdfast_kit::queue::Pauses;
use holdfast_order::desk::{AUTOMATIC, Automatic, DeskItem, Errand, Redriver, Report, Said};
use holdfast_order_rules::action::{StepName, Topic};
use holdfast_order_rules::event::EventName;
use holdfast_order_rules::order::{OrderStatus, Progress};
use serde_json::{Value, json};

use crate::support::cloud::Patient;
use crate::support::{Bench, Machine, order};

fn errand(machine: &Machine, part: Option<&str>) -> Errand {
    Errand {
        part: part.map(str::to_owned),
        reason: Some("asked to".to_owned()),
        ..Errand::all_of(machine.id.clone())
    }
}

/// An order that waits at the desk: these undos fail, and the capture is refused.
async fn stuck(bench: &Bench, mut script: Value) -> Machine {
    script["capture_payment"] = json!("refuse");
    let mut machine = Machine::new(bench, "o-1", order(script));
    assert_eq!(machine.runs().await, OrderStatus::NeedsAttention);
    machine
}

async fn redrive(bench: &Bench, machine: &Machine) -> Report {
    let clerk = bench.clerk("ana");
    let report = clerk.redrive(&errand(machine, None), &bench.supplier).await;
    report.expect("a report")
}

fn said(report: &Report) -> Vec<&Said> {
    report.did.iter().map(|did| &did.outcome).collect()
}

fn items(bench: &Bench) -> Vec<DeskItem> {
    let messages = bench.cloud.messages("order-errors");
    let items = messages.iter();
    items
        .map(|body| serde_json::from_str(body).unwrap())
        .collect()
}

#[tokio::test]
async fn an_undo_that_fails_goes_to_the_desk_and_the_rest_is_undone_all_the_same() {
    let bench = Bench::new().await;
    let machine = stuck(&bench, json!({"cancel_shipment": "refuse"})).await;
    assert_eq!(bench.audit(&machine.id).await, ["booked"]);
    let [item] = &items(&bench)[..] else {
        panic!("one message");
    };
    assert_eq!(item.id, machine.id);
    assert_eq!(item.work.topic, Topic::Carrier);
    assert_eq!(
        item.cause.reason(),
        "cancel_shipment: Refused: refused, as scripted"
    );
    let snapshot = bench.snapshot(&machine.id).await;
    assert_eq!(snapshot.progress(StepName::ShipOrder), Progress::NOT_UNDONE);
    assert_eq!(
        snapshot.progress(StepName::GenerateInvoice),
        Progress::COMPENSATED
    );
}

#[tokio::test]
async fn a_redrive_that_fails_changes_nothing_and_one_that_succeeds_ends_the_order() {
    let bench = Bench::new().await;
    // Unavailable to the state machine's six tries, and to the first redrive.
    let machine = stuck(&bench, json!({"cancel_shipment": "unavailable:7"})).await;
    let report = redrive(&bench, &machine).await;
    assert!(matches!(said(&report)[..], [Said::Failed(_)]), "{report:?}");
    assert_eq!(report.after, OrderStatus::NeedsAttention);
    let report = redrive(&bench, &machine).await;
    assert_eq!(said(&report), [&Said::Done]);
    assert_eq!(
        (report.before, report.after),
        (OrderStatus::NeedsAttention, OrderStatus::Failed)
    );
    bench.is_nowhere(&machine.id).await;
    assert!(redrive(&bench, &machine).await.did.is_empty());
    let told = serde_json::to_value(&report).unwrap();
    assert_eq!(told["order_id"], "o-1");
    assert_eq!(told["did"][0]["action"], "cancel_shipment");
}

#[tokio::test]
async fn what_is_asked_over_the_broker_is_done_once_its_answer_comes() {
    let bench = Bench::new().await;
    let mut machine = Machine::up_to(&bench, "o-1", StepName::ShipOrder).await;
    bench.bus.set_down(Topic::Stock, true);
    let cause = holdfast_core::cause::Cause {
        error: "Refused".to_owned(),
        ..Default::default()
    };
    assert_eq!(machine.turns_back(cause).await, OrderStatus::NeedsAttention);
    let report = redrive(&bench, &machine).await;
    assert_eq!(said(&report), [&Said::Asked]);
    assert_eq!(report.after, OrderStatus::NeedsAttention);
    bench.bus.set_down(Topic::Stock, false);
    machine.hears().await;
    assert_eq!(bench.status(&machine.id).await, OrderStatus::Failed);
    bench.is_nowhere(&machine.id).await;
}

#[tokio::test]
async fn the_queue_brings_a_message_again_until_its_work_is_done() {
    let bench = Bench::new().await;
    let machine = stuck(&bench, json!({"cancel_shipment": "unavailable:7"})).await;
    let queue = Patient::default();
    let automatic = Automatic {
        clerk: Redriver {
            clerk: bench.clerk(AUTOMATIC),
            supplier: bench.supplier.clone(),
        },
        queue: queue.clone(),
        pauses: Pauses {
            first: Duration::from_secs(30),
        },
    };
    let deliver = async |tries: u32| {
        let message = Message {
            message_id: "m".to_owned(),
            receipt_handle: "r".to_owned(),
            body: bench.cloud.messages("order-errors")[0].clone(),
            attributes: Attributes {
                approximate_receive_count: tries.to_string(),
            },
        };
        let records = vec![message];
        let answer = automatic.consume(Batch { records }).await.unwrap();
        answer.batch_item_failures.len()
    };
    assert_eq!(deliver(1).await, 1);
    assert_eq!(*queue.0.lock().unwrap(), [("r".to_owned(), 30)]);
    assert_eq!(deliver(2).await, 0);
    assert_eq!(bench.status(&machine.id).await, OrderStatus::Failed);
    assert_eq!(deliver(3).await, 0);
    bench.is_nowhere(&machine.id).await;
}

#[tokio::test]
async fn what_was_done_by_hand_is_taken_for_done() {
    let bench = Bench::new().await;
    let script =
        json!({"cancel_shipment": "refuse", "void_payment": "refuse", "refund_payment": "refuse"});
    let machine = stuck(&bench, script).await;
    let clerk = bench.clerk("ana");
    let one = clerk
        .resolve(&errand(&machine, Some("carrier")))
        .await
        .unwrap();
    assert_eq!(one.after, OrderStatus::NeedsAttention);
    let other = clerk
        .resolve(&errand(&machine, Some("payment")))
        .await
        .unwrap();
    assert_eq!(other.after, OrderStatus::Failed);
    let history = bench.history(&machine.id).await;
    let last = history.last().unwrap();
    assert_eq!(last.name, EventName::DeskResolved);
    assert_eq!(
        (last.actor.as_str(), last.note.as_deref()),
        ("ana", Some("asked to"))
    );
}

#[tokio::test]
async fn an_order_that_is_abandoned_ends_and_says_what_was_given_up() {
    let bench = Bench::new().await;
    let machine = stuck(&bench, json!({"cancel_shipment": "refuse"})).await;
    let clerk = bench.clerk("ana");
    let dry = Errand {
        dry_run: true,
        ..errand(&machine, None)
    };
    let told = clerk.abandon(&dry).await.unwrap();
    assert_eq!(told.after, OrderStatus::Failed);
    assert_eq!(bench.status(&machine.id).await, OrderStatus::NeedsAttention);
    clerk.abandon(&errand(&machine, None)).await.unwrap();
    let view = bench.view(&machine.id).await;
    assert_eq!(view.status, OrderStatus::Failed);
    assert!(
        view.reason
            .unwrap()
            .ends_with("abandoned at the desk: asked to")
    );
    bench.history(&machine.id).await;
}

#[tokio::test]
async fn money_that_is_owed_is_captured_later_and_the_order_completed() {
    let bench = Bench::new().await;
    // Six tries of the capture, six of the finishing.
    let script = json!({"capture_payment": "unavailable:12"});
    let mut machine = Machine::new(&bench, "o-1", order(script));
    assert_eq!(machine.runs().await, OrderStatus::NeedsAttention);
    assert_eq!(bench.audit(&machine.id).await, ["authorized", "booked"]);
    let report = redrive(&bench, &machine).await;
    assert_eq!(report.after, OrderStatus::Completed, "{report:?}");
    bench.is_everywhere(&machine.id).await;
}

#[tokio::test]
async fn a_shipment_that_was_picked_up_is_not_cancelled() {
    let bench = Bench::new().await;
    let mut machine = Machine::up_to(&bench, "o-1", StepName::ShipOrder).await;
    let picked_up = bench
        .tell_suppliers("/carrier/pickup", json!({"order": "o-1"}))
        .await;
    assert_eq!(picked_up, 200);
    bench.pass(crate::support::bench::LIFETIME);
    let ended = machine.goes_on(StepName::CapturePayment).await;
    assert_eq!(ended, OrderStatus::NeedsAttention);
    assert_eq!(bench.audit(&machine.id).await, ["picked_up"]);
}

#[tokio::test]
async fn a_clerk_says_who_they_are_and_why_and_decides_only_upon_what_waits() {
    let bench = Bench::new().await;
    let machine = Machine::up_to(&bench, "o-1", StepName::CheckCredit).await;
    let named = |failure: Failure| failure.to_string();
    let nobody = bench.clerk(" ").resolve(&errand(&machine, None)).await;
    assert!(named(nobody.unwrap_err()).starts_with("name: "));
    let why = bench
        .clerk("ana")
        .abandon(&Errand::all_of(machine.id.clone()))
        .await;
    assert!(named(why.unwrap_err()).starts_with("reason: "));
    let early = bench.clerk("ana").resolve(&errand(&machine, None)).await;
    assert_eq!(early.unwrap_err().name(), "Conflict");
    let part = bench
        .clerk("ana")
        .redrive(&errand(&machine, Some("hotel")), &bench.supplier)
        .await;
    assert!(named(part.unwrap_err()).starts_with("part: "));
}
