//! Orders from their start to their end: completed, refused by each participant in turn, cancelled, and
//! overtaken by their deadline.

use std::time::Duration;

use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_order_rules::action::StepName;
use holdfast_order_rules::event::EventName;
use holdfast_order_rules::order::{OrderStatus, Snapshot};
use holdfast_order_rules::status::InvoiceStatus;
use holdfast_tests::shop::{Basket, Shop};
use holdfast_tests::{Ended, fresh_name};

/// What an order that is completed may cost.
const MOST_TRANSITIONS: usize = 10;
/// Long enough to do something meanwhile.
const SLOW: &str = "slow:6000";

fn reason(ended: &Ended) -> &str {
    ended.output["reason"].as_str().unwrap_or_default()
}

/// Nothing is left of an order, wherever one looks.
async fn assert_nothing_left(shop: &Shop, what: &str, ended: &Ended) {
    let said = (ended.status.clone(), &ended.output["status"]);
    assert_eq!(said.0, ExecutionStatus::Succeeded, "{what}: {ended:?}");
    assert_eq!(said.1, "failed", "{what}: {ended:?}");
    let audited = shop.look_from_all_sides(&ended.name).await;
    assert!(audited.violations.is_empty(), "{what}: {audited:?}");
    let left = shop.left(&ended.name).await;
    assert_eq!(left.with(), [""; 0], "{what}: {left:?}");
}

fn waits_for_its_invoice(snapshot: &Snapshot) -> bool {
    let invoice: InvoiceStatus = snapshot.progress(StepName::GenerateInvoice).into();
    invoice == InvoiceStatus::Requested && snapshot.order.waiting.is_some()
}

#[tokio::test]
async fn an_order_is_paid_for_invoiced_and_shipped() {
    let shop = Shop::connect().await;
    let name = fresh_name("order");
    let arn = shop.start(&name, &Basket::sample()).await;
    let ended = shop.stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "completed", "{ended:?}");
    let audited = shop.look_from_all_sides(&name).await;
    assert!(audited.violations.is_empty(), "{audited:?}");
    let invoice = shop.left(&name).await.invoice.expect("an invoice");
    assert_eq!(
        ended.output["invoice"]["number"],
        invoice.number.to_string()
    );
    let tracking = ended.output["shipment"]["tracking"].as_str();
    assert!(tracking.is_some_and(|code| !code.is_empty()), "{ended:?}");
    let transitions = shop.stack.transitions(&arn).await;
    println!("an order is completed in {transitions} transitions");
    assert!(transitions <= MOST_TRANSITIONS, "{transitions} transitions");
}

#[tokio::test]
async fn whoever_refuses_an_order_leaves_nothing_of_it() {
    let shop = Shop::connect().await;
    let sample = Basket::sample;
    let no_credit = sample().bought_by("buyer@no-credit.example");
    for (what, basket, why) in [
        ("no credit", no_credit, "check_credit: Refused"),
        (
            "declined",
            sample().paid_with("tok_declined"),
            "authorize_payment: Declined",
        ),
        (
            "sold out",
            Basket::of("SOLD-OUT", 1),
            "SOLD-OUT: 1 wanted, 0 left",
        ),
        (
            "no invoice",
            sample().simulate("generate_invoice", "refuse"),
            "generate_invoice: Refused",
        ),
        (
            "no carrier",
            sample().simulate("ship_order", "refuse"),
            "ship_order: Refused",
        ),
        (
            "no money",
            sample().simulate("capture_payment", "refuse"),
            "capture_payment: ",
        ),
    ] {
        let ended = shop.order("refused", &basket).await;
        assert_nothing_left(&shop, what, &ended).await;
        assert!(reason(&ended).contains(why), "{what}: {}", reason(&ended));
    }
}

#[tokio::test]
async fn an_invoice_of_an_order_that_is_undone_has_its_credit_note() {
    let shop = Shop::connect().await;
    let basket = Basket::sample().simulate("ship_order", "refuse");
    let ended = shop.order("credited", &basket).await;
    assert_nothing_left(&shop, "credited", &ended).await;
    let invoice = shop.left(&ended.name).await.invoice.expect("an invoice");
    let note = invoice
        .credit_note
        .expect("a credit note")
        .number
        .to_string();
    assert_eq!(ended.output["invoice"]["credit_note"], note);
    let history = shop.history(&ended.name).await;
    let place = |name| history.iter().position(|event| event.name == name);
    let undone = [
        EventName::InvoiceCredited,
        EventName::StockPutBack,
        EventName::PaymentVoided,
    ]
    .map(place);
    assert!(undone.is_sorted() && undone[0].is_some(), "{undone:?}");
}

#[tokio::test]
async fn a_carrier_whose_answer_is_lost_ships_once() {
    let shop = Shop::connect().await;
    let basket = Basket::sample().simulate("ship_order", "lost");
    let ended = shop.order("found", &basket).await;
    assert_eq!(ended.output["status"], "completed", "{ended:?}");
    assert_eq!(shop.left(&ended.name).await.shipments.len(), 1);
}

#[tokio::test]
async fn a_customer_cancels_until_the_order_is_shipped() {
    let shop = Shop::connect().await;
    let name = fresh_name("cancel");
    let basket = Basket::sample().simulate("generate_invoice", SLOW);
    let arn = shop.start(&name, &basket).await;
    shop.until(&name, "it waits for its invoice", waits_for_its_invoice)
        .await;
    let said = shop.cancel(&name).await;
    assert!(said.is_ok(), "{said:?}");
    let ended = shop.stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "cancelled", "{ended:?}");
    assert_eq!(reason(&ended), "cancelled by the customer");
    let audited = shop.look_from_all_sides(&name).await;
    assert!(audited.violations.is_empty(), "{audited:?}");

    let done = shop.order("too-late", &Basket::sample()).await;
    let refused = shop.cancel(&done.name).await.expect_err("it is too late");
    assert_eq!(refused.name, "Conflict", "{refused:?}");
}

#[tokio::test]
async fn an_order_whose_deadline_comes_is_cancelled() {
    let shop = Shop::connect().await;
    let name = fresh_name("deadline");
    let basket = Basket::sample().simulate("generate_invoice", SLOW);
    let arn = shop.start(&name, &basket).await;
    shop.until(&name, "it waits for its invoice", waits_for_its_invoice)
        .await;
    shop.make_due(&name).await;
    let ended = shop.stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "cancelled", "{ended:?}");
    let audited = shop.look_from_all_sides(&name).await;
    assert!(audited.violations.is_empty(), "{audited:?}");
    let history = shop.history(&name).await;
    let fired = history
        .iter()
        .filter(|event| event.name == EventName::TimerFired);
    assert_eq!(fired.count(), 1);
}

#[tokio::test]
async fn what_cannot_be_undone_waits_at_the_desk_and_is_undone_there() {
    let shop = Shop::connect().await;
    let basket = Basket::sample()
        .simulate("capture_payment", "refuse")
        .simulate("cancel_shipment", "unavailable:8");
    let ended = shop.order("desk", &basket).await;
    // The desk's queue does it again until the carrier does as it is told, during the execution or after.
    let finished = |snapshot: &Snapshot| snapshot.order.state.status == OrderStatus::Failed;
    shop.until_within(
        Duration::from_secs(180),
        &ended.name,
        "it is undone",
        finished,
    )
    .await;
    let audited = shop.look_from_all_sides(&ended.name).await;
    assert!(audited.violations.is_empty(), "{audited:?}");
    let history = shop.history(&ended.name).await;
    let mut handed_over = history
        .iter()
        .filter(|event| event.name == EventName::UndoFailed);
    assert!(handed_over.next().is_some(), "it was never at the desk");
}
