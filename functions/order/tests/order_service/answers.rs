//! Answers come doubled, late, out of order, before their request is visible, and from a request that was
//! replaced. None changes anything wrong.

use std::sync::Mutex;
use std::time::Duration;

use holdfast_core::cause::Cause;
use holdfast_kit::batch::{Attributes, Batch, Message as Delivered};
use holdfast_kit::task_tokens::Word;
use holdfast_order::answers::Message;
use holdfast_order::commands::CommandRequest;
use holdfast_order::steps::AskRequest;
use holdfast_order_rules::action::{Action, StepName, Topic};
use holdfast_order_rules::beginning::{Try, begin};
use holdfast_order_rules::event::EventName;
use holdfast_order_rules::order::{OrderStatus, Progress, Snapshot, StepData};
use holdfast_order_rules::recording::{Outcome, record};
use holdfast_order_rules::transition::Transition;
use serde_json::{Value, json};

use crate::support::cloud::Patient;
use crate::support::{Bench, Machine};

const TAKE: Action = Action::RemoveFromStock;

/// An order that is about to ask for its goods.
async fn before_stock(bench: &Bench) -> Machine {
    Machine::up_to(bench, "o-1", StepName::AuthorizePayment).await
}

fn asks(machine: &Machine, action: Action, token: &str, retry: u32) -> AskRequest {
    AskRequest {
        order_id: machine.id.clone(),
        trace_id: String::new(),
        action,
        token: token.to_owned(),
        entered: machine.bench.clock.now(),
        retry,
    }
}

fn answer(name: &str, detail: Value) -> Message {
    serde_json::from_value(json!({"detail-type": name, "detail": detail})).unwrap()
}

fn succeeded(word: Option<Word>) -> bool {
    matches!(word, Some(Word::Success(_)))
}

#[tokio::test]
async fn answers_that_are_doubled_change_nothing_the_second_time() {
    let bench = Bench::new().await;
    let mut machine = Machine::new(&bench, "o-1", crate::support::order(json!({})));
    assert_eq!(machine.runs().await, OrderStatus::Completed);
    let before = bench.history(&machine.id).await;
    for _ in 0..2 {
        for answer in bench.bus.all_answers(&machine.id).await.iter().rev() {
            bench.hears(answer).await.expect("known");
        }
    }
    assert_eq!(bench.history(&machine.id).await, before);
}

#[tokio::test]
async fn an_answer_that_comes_before_its_token_is_kept_for_the_execution_that_asks_again() {
    let bench = Bench::new().await;
    let machine = before_stock(&bench).await;
    bench
        .ask()
        .ask(&asks(&machine, TAKE, "a", 0))
        .await
        .unwrap();
    machine.hears().await;
    assert!(succeeded(bench.waits.told("a")));
    let history = bench.history(&machine.id).await;
    // The first token was never heard of: its wait is tried again, and told at once.
    bench
        .ask()
        .ask(&asks(&machine, TAKE, "b", 1))
        .await
        .unwrap();
    assert!(succeeded(bench.waits.told("b")));
    assert_eq!(bench.history(&machine.id).await, history);
}

#[tokio::test]
async fn a_token_is_replaced_by_a_later_one_and_not_by_an_earlier_one() {
    let bench = Bench::new().await;
    bench.bus.set_down(Topic::Stock, true);
    let machine = before_stock(&bench).await;
    for (token, retry) in [("a", 0), ("b", 1)] {
        bench
            .ask()
            .ask(&asks(&machine, TAKE, token, retry))
            .await
            .unwrap();
    }
    let late = bench.ask().ask(&asks(&machine, TAKE, "a", 0)).await;
    assert_eq!(late.unwrap_err().name(), "Conflict");
    bench.bus.set_down(Topic::Stock, false);
    machine.hears().await;
    assert!(succeeded(bench.waits.told("b")));
    assert_eq!(bench.waits.told("a"), None);
}

#[tokio::test]
async fn the_answer_to_a_request_that_was_replaced_counts_and_the_second_one_says_nothing_new() {
    let bench = Bench::new().await;
    let machine = before_stock(&bench).await;
    for (token, retry) in [("a", 0), ("b", 1)] {
        bench
            .ask()
            .ask(&asks(&machine, TAKE, token, retry))
            .await
            .unwrap();
    }
    bench.bus.carry_requests(&machine.id).await;
    let answers = bench.bus.new_answers(&machine.id).await;
    assert_eq!(answers.len(), 2);
    bench.hears(&answers[0]).await.unwrap();
    assert!(succeeded(bench.waits.told("b")));
    let history = bench.history(&machine.id).await;
    bench.hears(&answers[1]).await.unwrap();
    assert_eq!(bench.history(&machine.id).await, history);
    assert_eq!(bench.left("MUG-001").await.map(|left| left + 1), {
        holdfast_stock_rules::catalogue::at_first(&"MUG-001".parse().unwrap())
    });
}

#[tokio::test]
async fn an_answer_that_comes_before_its_request_is_visible_comes_again() {
    let bench = Bench::new().await;
    let machine = before_stock(&bench).await;
    let next = bench.snapshot(&machine.id).await.order.version + 1;
    let early = answer(
        "stock_available",
        json!({"order_id": "o-1", "request_id": format!("o-1/order.{next}")}),
    );
    let failure = bench.answers().take(&early, 1).await.unwrap_err();
    assert_eq!(failure.name(), "Unavailable");
    bench
        .ask()
        .ask(&asks(&machine, TAKE, "a", 0))
        .await
        .unwrap();
    bench.answers().take(&early, 1).await.unwrap();
    assert!(succeeded(bench.waits.told("a")));
}

#[tokio::test]
async fn an_answer_that_comes_before_its_order_is_visible_comes_again_for_a_while() {
    let bench = Bench::new().await;
    let recorded = Machine::up_to(&bench, "o-2", StepName::RemoveFromStock).await;
    let answers = bench.bus.all_answers(&recorded.id).await;
    let mut early = answers[0].clone();
    let detail = early.detail.to_string().replace("o-2", "o-1");
    early.detail = serde_json::from_str(&detail).unwrap();
    for tries in 1..5 {
        let failure = bench.answers().take(&early, tries).await.unwrap_err();
        assert_eq!(failure.name(), "Unavailable", "{tries}");
    }
    let failure = bench.answers().take(&early, 5).await.unwrap_err();
    assert_eq!(failure.name(), "Conflict");
    let machine = before_stock(&bench).await;
    bench
        .ask()
        .ask(&asks(&machine, TAKE, "a", 0))
        .await
        .unwrap();
    bench.answers().take(&early, 4).await.unwrap();
    assert!(succeeded(bench.waits.told("a")));
}

#[tokio::test]
async fn a_credit_note_that_is_refused_does_not_make_the_invoice_refused() {
    let bench = Bench::new().await;
    let script = json!({"ship_order": "refuse", "cancel_invoice": "refuse"});
    let mut machine = Machine::new(&bench, "o-1", crate::support::order(script));
    // It is asked for until its time is over, and goes to the desk.
    assert_eq!(machine.runs().await, OrderStatus::NeedsAttention);
    let said = bench.bus.all_answers(&machine.id).await;
    let refused = said.iter().filter(|said| said.name == "invoice_refused");
    assert!(refused.count() > 1);
    let snapshot = bench.snapshot(&machine.id).await;
    let invoice = snapshot.progress(StepName::GenerateInvoice);
    assert_eq!(invoice, Progress::NOT_UNDONE);
    assert_eq!(bench.invoice(&machine.id).await.as_deref(), Some("issued"));
    let history = bench.history(&machine.id).await;
    assert!(
        history
            .iter()
            .all(|event| event.name != EventName::InvoicingRefused)
    );
}

#[tokio::test]
async fn answers_that_come_in_any_order_lead_to_the_same_end() {
    let bench = Bench::new().await;
    let mut machine = before_stock(&bench).await;
    bench
        .ask()
        .ask(&asks(&machine, TAKE, "a", 0))
        .await
        .unwrap();
    bench.bus.carry_requests(&machine.id).await;
    let cancel = CommandRequest::Cancel {
        order_id: machine.id.clone(),
    };
    bench.commands().take(&cancel).await.unwrap();
    let plan = machine.unwinds(Cause::default()).await;
    assert_eq!(plan.len(), 2);
    let back = asks(&machine, Action::ReturnStock, "b", 0);
    bench.ask().ask(&back).await.unwrap();
    bench.bus.carry_requests(&machine.id).await;
    let mut answers = bench.bus.new_answers(&machine.id).await;
    answers.reverse();
    for answer in &answers {
        bench.hears(answer).await.unwrap();
    }
    assert!(succeeded(bench.waits.told("b")));
    let stock = bench.snapshot(&machine.id).await;
    assert_eq!(
        stock.progress(StepName::RemoveFromStock),
        Progress::COMPENSATED
    );
    machine.calls(Action::VoidPayment).await.unwrap();
    assert_eq!(machine.closes().await, OrderStatus::Cancelled);
    bench.is_nowhere(&machine.id).await;
}

#[tokio::test]
async fn goods_that_are_taken_late_are_put_back() {
    let bench = Bench::new().await;
    bench.bus.set_down(Topic::Stock, true);
    let mut machine = before_stock(&bench).await;
    bench
        .ask()
        .ask(&asks(&machine, TAKE, "a", 0))
        .await
        .unwrap();
    let cancel = CommandRequest::Cancel {
        order_id: machine.id.clone(),
    };
    bench.commands().take(&cancel).await.unwrap();
    bench.bus.set_down(Topic::Stock, false);
    machine.hears().await;
    let names = bench.history(&machine.id).await;
    let late = names.last().unwrap();
    assert_eq!(serde_json::to_value(late.name).unwrap(), "step_done_late");
    assert_eq!(
        machine.turns_back(Cause::default()).await,
        OrderStatus::Cancelled
    );
    bench.is_nowhere(&machine.id).await;
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_holds_up_no_other_and_goes_to_the_dead_letters_at_once() {
    let bench = Bench::new().await;
    let machine = before_stock(&bench).await;
    bench
        .ask()
        .ask(&asks(&machine, TAKE, "a", 0))
        .await
        .unwrap();
    bench.bus.carry_requests(&machine.id).await;
    let requests = bench.bus.requests(&machine.id).await;
    let asked = requests.last().unwrap()["detail"]["id"].clone();
    let bodies = [
        "no JSON".to_owned(),
        json!({"detail-type": "stock_sold", "detail": {}}).to_string(),
        json!({"detail-type": "stock_available", "detail": {"order_id": "o-9", "request_id": "o-9/order.1"}}).to_string(),
        json!({"detail-type": "stock_available", "detail": {"order_id": "o-1", "request_id": asked}}).to_string(),
        json!({"detail-type": "stock_available", "detail": {"order_id": "o-1", "request_id": "o-1/order.99"}}).to_string(),
    ];
    let records = (0..).zip(bodies).map(|(number, body): (u32, _)| Delivered {
        message_id: format!("m{number}"),
        receipt_handle: format!("r{number}"),
        body,
        attributes: Attributes {
            // The order that is not there could still have been written at an earlier try.
            approximate_receive_count: "5".to_owned(),
        },
    });
    let (queue, batch) = (
        Patient::default(),
        Batch {
            records: records.collect(),
        },
    );
    let failed = bench.answers().consume(batch, &queue).await.unwrap();
    let failed = failed.batch_item_failures.into_iter();
    let failed: Vec<_> = failed.map(|failed| failed.item_identifier).collect();
    assert_eq!(failed, ["m0", "m1", "m2", "m4"]);
    let mut pauses = queue.0.lock().unwrap().clone();
    pauses.sort();
    let of = |receipt: &str, pause| (receipt.to_owned(), pause);
    assert_eq!(
        pauses,
        [of("r0", 0), of("r1", 0), of("r2", 0), of("r4", 16)]
    );
    assert!(succeeded(bench.waits.told("a")));
}

#[tokio::test]
async fn whoever_comes_second_decides_upon_the_whole_order_as_it_is_now() {
    let bench = Bench::new().await;
    let machine = before_stock(&bench).await;
    let outdated = bench.snapshot(&machine.id).await;
    let cancel = CommandRequest::Cancel {
        order_id: machine.id.clone(),
    };
    bench.commands().take(&cancel).await.unwrap();
    let now = bench.snapshot(&machine.id).await;
    let seen = Mutex::new(Vec::new());
    // Writes the order alone, none of the steps that the cancellation has skipped.
    let note = |snapshot: &Snapshot| {
        seen.lock().unwrap().push(snapshot.clone());
        let clock = bench.clock();
        let clerk = clock.stamp("test");
        Ok(Some(Transition::within(
            snapshot,
            EventName::DeskRedriven,
            clerk,
        )))
    };
    bench.store.change(outdated.clone(), note).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [outdated, now]);
    bench.history(&machine.id).await;
}

#[tokio::test]
async fn a_twin_that_begins_a_step_a_moment_later_goes_on_from_what_is_written() {
    let bench = Bench::new().await;
    let machine = Machine::up_to(&bench, "o-1", StepName::CheckCredit).await;
    let seen = bench.snapshot(&machine.id).await;
    let (name, tried) = (StepName::AuthorizePayment, Try::Numbered(0));
    let clock = bench.clock();
    let begin = |snapshot: &Snapshot| begin(snapshot, name, tried, clock.stamp("payment"));
    let first = bench.store.change(seen.clone(), begin).await.unwrap();
    bench.pass(Duration::from_millis(12));
    let second = bench.store.change(seen, begin).await.unwrap();
    assert_eq!(second, first);
    let done = Outcome::Done(StepData::default());
    let record = |snapshot: &Snapshot| Ok(record(snapshot, name, &done, clock.stamp("payment")));
    bench.store.change(second, record).await.unwrap();
    // Asserts that the events fold to the record.
    bench.history(&machine.id).await;
}
