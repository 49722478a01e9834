//! How an order ends, whatever its participants say, its customer wishes, and the clock shows.

use holdfast_core::cause::Cause;
use holdfast_core::failure::Failure;
use holdfast_order::commands::CommandRequest;
use holdfast_order_rules::action::{Action, StepName, Topic};
use holdfast_order_rules::order::{OrderStatus, Progress};
use serde_json::{Value, json};

use crate::support::bench::{LIFETIME, PATIENCE};
use crate::support::cloud::Noted;
use crate::support::{Bench, Machine, id, order};

fn cancel(order: &str) -> CommandRequest {
    CommandRequest::Cancel {
        order_id: id(order),
    }
}

#[tokio::test]
async fn an_order_is_completed() {
    let bench = Bench::new().await;
    let mut machine = Machine::new(&bench, "o-1", order(json!({})));
    assert_eq!(machine.runs().await, OrderStatus::Completed);
    bench.is_everywhere(&machine.id).await;
    let view = serde_json::to_value(bench.view(&machine.id).await).unwrap();
    assert_eq!(view["status"], "completed");
    assert_eq!(view["total"]["amount"], 2 * 8_990 + 3_990);
    assert_eq!(view["payment"]["status"], "captured");
    assert_eq!(
        view["invoice"],
        json!({"number": "2027-000001", "status": "issued"})
    );
    assert_eq!(view["shipment"]["status"], "booked");
    let tracking = view["shipment"]["tracking"].as_str().unwrap();
    assert!(tracking.starts_with("TC-"), "{tracking}");
    for step in view["steps"].as_array().unwrap() {
        assert_eq!(step["status"], "success", "{step}");
        assert_eq!(step["attempts"], 1, "{step}");
    }
}

#[tokio::test]
async fn the_timer_is_ordered_before_the_order_is_written_and_forgotten_at_its_end() {
    let bench = Bench::new().await;
    Machine::new(&bench, "o-1", order(json!({}))).runs().await;
    let notes = bench.wakes.notes();
    let Noted::Wake(wake_up) = &notes[0] else {
        panic!("{notes:?}");
    };
    assert_eq!(wake_up.generation, 1);
    assert_eq!(notes.last(), Some(&Noted::Forget(id("o-1"))));
}

#[tokio::test]
async fn what_is_paid_with_is_never_stored() {
    let bench = Bench::new().await;
    Machine::new(&bench, "o-1", order(json!({}))).runs().await;
    for written in bench.killer.written() {
        assert!(!written.to_string().contains("tok_visa"), "{written}");
    }
}

#[tokio::test]
async fn a_refusal_of_any_step_leaves_nothing() {
    for (step, reason) in [
        (
            "check_credit",
            "check_credit: Refused: refused, as scripted",
        ),
        (
            "authorize_payment",
            "authorize_payment: Declined: declined, as scripted",
        ),
        ("remove_from_stock", "remove_from_stock: Refused: "),
        ("generate_invoice", "generate_invoice: Refused: "),
        ("ship_order", "ship_order: Refused: refused, as scripted"),
        (
            "capture_payment",
            "capture_payment: Refused: refused, as scripted",
        ),
    ] {
        let bench = Bench::new().await;
        let mut machine = Machine::new(&bench, "o-1", order(json!({step: "refuse"})));
        assert_eq!(machine.runs().await, OrderStatus::Failed, "{step}");
        let told = bench.view(&machine.id).await.reason.unwrap();
        assert!(told.starts_with(reason), "{told}");
        bench.is_nowhere(&machine.id).await;
    }
}

#[tokio::test]
async fn what_is_not_in_stock_is_named_with_what_is_left() {
    let bench = Bench::new().await;
    let mut input = order(json!({}));
    input["items"] =
        json!([{"sku": "BOOK-001", "quantity": 1}, {"sku": "LAST-ONE", "quantity": 2}]);
    let mut machine = Machine::new(&bench, "o-1", input);
    assert_eq!(machine.runs().await, OrderStatus::Failed);
    let reason = bench.view(&machine.id).await.reason.unwrap();
    assert!(reason.contains("LAST-ONE: 2 wanted, 1 left"), "{reason}");
    bench.is_nowhere(&machine.id).await;
}

#[tokio::test]
async fn a_participant_that_is_unavailable_twice_or_whose_answer_is_lost_does_no_harm() {
    for fault in ["unavailable:2", "lost", "lost:1"] {
        for step in [
            "check_credit",
            "authorize_payment",
            "ship_order",
            "capture_payment",
        ] {
            let bench = Bench::new().await;
            let mut machine = Machine::new(&bench, "o-1", order(json!({step: fault})));
            assert_eq!(
                machine.runs().await,
                OrderStatus::Completed,
                "{step} {fault}"
            );
            bench.is_everywhere(&machine.id).await;
        }
    }
    for step in ["remove_from_stock", "generate_invoice"] {
        for fault in ["unavailable:2", "lost:1"] {
            let bench = Bench::new().await;
            let mut machine = Machine::new(&bench, "o-1", order(json!({step: fault})));
            assert_eq!(
                machine.runs().await,
                OrderStatus::Completed,
                "{step} {fault}"
            );
            bench.is_everywhere(&machine.id).await;
        }
    }
}

#[tokio::test]
async fn a_participant_that_stays_unavailable_ends_the_order() {
    let bench = Bench::new().await;
    let mut machine = Machine::new(&bench, "o-1", order(json!({"ship_order": "unavailable"})));
    assert_eq!(machine.runs().await, OrderStatus::Failed);
    bench.is_nowhere(&machine.id).await;
    let step = bench.snapshot(&machine.id).await;
    let ship = step.step(StepName::ShipOrder).unwrap();
    assert_eq!(
        (ship.state.attempts, ship.state.progress),
        (6, Progress::COMPENSATED)
    );
}

#[tokio::test]
async fn a_customer_cancels_until_the_order_is_being_shipped() {
    let cancellable = [
        StepName::PlaceOrder,
        StepName::CheckCredit,
        StepName::AuthorizePayment,
        StepName::RemoveFromStock,
        StepName::GenerateInvoice,
    ];
    for last in cancellable {
        let bench = Bench::new().await;
        let mut machine = Machine::up_to(&bench, "o-1", last).await;
        let accepted = bench.commands().take(&cancel("o-1")).await.unwrap();
        assert_eq!(accepted.accepted, "cancel");
        assert_eq!(
            bench.status(&machine.id).await,
            OrderStatus::Cancelling,
            "{last}"
        );
        bench
            .commands()
            .take(&cancel("o-1"))
            .await
            .expect("as before");
        let next = StepName::ALL[usize::try_from(last.place()).unwrap() + 1];
        assert_eq!(
            machine.goes_on(next).await,
            OrderStatus::Cancelled,
            "{last}"
        );
        let reason = bench.view(&machine.id).await.reason;
        assert_eq!(reason.as_deref(), Some("cancelled by the customer"));
        bench.is_nowhere(&machine.id).await;
        let late = bench.commands().take(&cancel("o-1")).await;
        assert!(late.is_ok(), "{late:?}");
    }
    for last in [StepName::ShipOrder, StepName::CapturePayment] {
        let bench = Bench::new().await;
        let mut machine = Machine::up_to(&bench, "o-1", last).await;
        let refused = bench.commands().take(&cancel("o-1")).await.unwrap_err();
        assert_eq!(refused.name(), "Conflict", "{last}");
        assert_eq!(
            machine.goes_on(StepName::CapturePayment).await,
            OrderStatus::Completed
        );
    }
}

#[tokio::test]
async fn a_command_that_makes_no_sense_is_refused_by_its_field() {
    let bench = Bench::new().await;
    for bad in [
        json!({}),
        json!({"command": "ship", "order_id": "o-1"}),
        json!({"command": "cancel", "order_id": "a b"}),
        json!({"command": "cancel", "order_id": "o-1", "why": "so"}),
        json!(7),
    ] {
        let refused = CommandRequest::read(&bad).unwrap_err();
        assert_eq!(refused.name(), "InvalidOrder", "{bad}");
    }
    let unknown = bench.commands().take(&cancel("o-9")).await.unwrap_err();
    assert_eq!(unknown.name(), "Conflict");
}

#[tokio::test]
async fn an_execution_that_waits_is_told_that_the_customer_cancels() {
    let bench = Bench::new().await;
    bench.bus.set_down(Topic::Invoices, true);
    let mut machine = Machine::up_to(&bench, "o-1", StepName::RemoveFromStock).await;
    let id = machine.id.clone();
    let waiting = bench.clone();
    let cancels = async {
        while bench
            .snapshot(&id)
            .await
            .progress(StepName::GenerateInvoice)
            == Progress::PENDING
        {
            tokio::task::yield_now().await;
        }
        waiting
            .commands()
            .take(&cancel("o-1"))
            .await
            .expect("cancelled")
    };
    let (told, _) = tokio::join!(machine.asks(Action::GenerateInvoice), cancels);
    assert!(matches!(told, Err(Failure::Cancelled(_))), "{told:?}");
    bench.bus.set_down(Topic::Invoices, false);
    let cause = Cause::from(&told.unwrap_err());
    assert_eq!(machine.turns_back(cause).await, OrderStatus::Cancelled);
    bench.is_nowhere(&id).await;
    assert_eq!(bench.invoice(&id).await.as_deref(), Some("cancelled"));
}

#[tokio::test]
async fn an_order_waits_for_a_service_that_is_down_and_goes_on_when_it_is_back() {
    let bench = Bench::new().await;
    bench.bus.set_down(Topic::Invoices, true);
    let mut machine = Machine::up_to(&bench, "o-1", StepName::RemoveFromStock).await;
    let back = async {
        let asked = async || {
            bench
                .snapshot(&id("o-1"))
                .await
                .step(StepName::GenerateInvoice)
                .unwrap()
                .state
                .attempts
        };
        while asked().await < 5 {
            tokio::task::yield_now().await;
        }
        bench.bus.set_down(Topic::Invoices, false);
    };
    let (told, ()) = tokio::join!(machine.asks(Action::GenerateInvoice), back);
    assert_eq!(told, Ok(()));
    assert_eq!(
        machine.goes_on(StepName::ShipOrder).await,
        OrderStatus::Completed
    );
    bench.is_everywhere(&machine.id).await;
}

#[tokio::test]
async fn an_answer_that_never_comes_is_not_waited_for_longer_than_was_set() {
    let bench = Bench::new().await;
    bench.bus.set_down(Topic::Stock, true);
    let mut machine = Machine::up_to(&bench, "o-1", StepName::AuthorizePayment).await;
    let before = bench.clock.now();
    let failure = machine.asks(Action::RemoveFromStock).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "stock has not answered within 43200 seconds"
    );
    let waited = before.until(bench.clock.now());
    assert!(waited >= PATIENCE && waited < PATIENCE * 2, "{waited:?}");
}

#[tokio::test]
async fn an_order_that_is_not_completed_by_its_deadline_is_undone_wherever_it_is() {
    for last in &StepName::ALL[..6] {
        let bench = Bench::new().await;
        let mut machine = Machine::up_to(&bench, "o-1", *last).await;
        bench.pass(LIFETIME);
        let next = StepName::ALL[usize::try_from(last.place()).unwrap() + 1];
        assert_eq!(
            machine.goes_on(next).await,
            OrderStatus::Cancelled,
            "{last}"
        );
        let reason = bench.view(&machine.id).await.reason.unwrap();
        assert_eq!(reason, "not completed by 2027-01-11T12:00:01.000Z");
        bench.is_nowhere(&machine.id).await;
    }
}

#[tokio::test]
async fn a_payment_that_is_not_decided_yet_is_asked_for_again() {
    let bench = Bench::new().await;
    let mut input = order(json!({}));
    input["payment"]["token"] = json!("tok_pending");
    let mut machine = Machine::new(&bench, "o-1", input);
    machine.places().await.unwrap();
    machine.calls(Action::CheckCredit).await.unwrap();
    let pending = machine.calls(Action::AuthorizePayment).await.unwrap_err();
    assert_eq!(pending.name(), "Pending");
    let status = bench.tell_suppliers("/bank/o-1/approve", json!({})).await;
    assert_eq!(status, 200);
    assert_eq!(
        machine.goes_on(StepName::AuthorizePayment).await,
        OrderStatus::Completed
    );
    bench.is_everywhere(&machine.id).await;
}

#[tokio::test]
async fn a_bad_order_is_refused_by_its_field_and_nothing_is_written() {
    let bench = Bench::new().await;
    let mut input = order(json!({}));
    input["items"][1]["quantity"] = json!(100);
    let failure = Machine::new(&bench, "o-1", input)
        .places()
        .await
        .unwrap_err();
    assert_eq!(failure.name(), "InvalidOrder");
    assert!(
        failure.to_string().starts_with("items[1].quantity: "),
        "{failure}"
    );
    assert!(bench.killer.written().is_empty());
    let script: Value = json!({"ship_order": "crash_before"});
    let failure = Machine::new(&bench, "o-1", order(script))
        .places()
        .await
        .unwrap_err();
    assert!(
        failure.to_string().starts_with("simulate.ship_order: "),
        "{failure}"
    );
}

#[tokio::test]
async fn an_order_is_placed_once_by_one_execution() {
    let bench = Bench::new().await;
    let mut machine = Machine::new(&bench, "o-1", order(json!({})));
    machine.places().await.unwrap();
    machine.places().await.expect("the same again");
    assert_eq!(bench.history(&machine.id).await.len(), 1);
    let mut other = machine.takes_up();
    other.places().await.expect("taken up");
    let again = machine.places().await.unwrap_err();
    assert_eq!(again.name(), "Conflict");
}

#[tokio::test]
async fn an_execution_that_takes_an_order_up_finishes_what_it_finds() {
    for last in &StepName::ALL[2..] {
        let bench = Bench::new().await;
        let lost = Machine::up_to(&bench, "o-1", *last).await;
        let mut other = lost.takes_up();
        assert_eq!(other.runs().await, OrderStatus::Completed, "{last}");
        bench.is_everywhere(&lost.id).await;
    }
    // What is paid with is known to nobody but the execution that is lost.
    let bench = Bench::new().await;
    let lost = Machine::up_to(&bench, "o-1", StepName::CheckCredit).await;
    assert_eq!(lost.takes_up().runs().await, OrderStatus::Failed);
    bench.is_nowhere(&lost.id).await;
}
