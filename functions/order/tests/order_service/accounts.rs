//! Orders that an account pays for: the same steps, and payments from accounts at an address of their own.

use axum::Router;
use holdfast_core::payment::Method;
use holdfast_kit::https::Https;
use holdfast_kit::suppliers::Endpoint;
use holdfast_order::desk::Errand;
use holdfast_order_rules::event::EventName;
use holdfast_order_rules::order::OrderStatus;
use holdfast_suppliers::{Settings, Supplies, router};
use holdfast_testing::Accounts;
use serde_json::{Value, json};

use crate::support::{Bench, Machine, order};

const TABLE: &str = "account-payments";

/// A bench on which accounts pay, too.
async fn stage() -> (Bench, Accounts) {
    let bench = Bench::new().await;
    let client = bench.bus.stock.items().client().clone();
    let table = holdfast_suppliers::testing::create_table(&client, TABLE);
    table.await.expect("a table");
    let protocol = Supplies::new(client, TABLE, Settings::default());
    let protocol: Router = router(protocol.with_clock(bench.clock()));
    let accounts = Accounts::behind(protocol).await;
    let supplier = bench.supplier.clone();
    let supplier = supplier.with_account_payments(&accounts.address);
    let supplier = supplier.with_key(Accounts::KEY.parse().unwrap());
    (Bench { supplier, ..bench }, accounts)
}

fn paid_by(bench: &Bench, id: &str, token: &str, simulate: Value) -> Machine {
    let mut input = order(simulate);
    input["payment"]["token"] = json!(token);
    Machine::new(bench, id, input)
}

/// How the payments from accounts of an order stand that are alive.
async fn reserved(accounts: &Accounts, id: &str) -> Vec<String> {
    let patience = std::time::Duration::from_secs(30);
    let endpoint = Endpoint::new(Https::default(), &accounts.address, patience);
    let endpoint = endpoint.with_key(Accounts::KEY.parse().unwrap());
    let audit = endpoint.get(&format!("audit?booking={id}"), "0").await;
    let (_, body) = audit.expect("an answer");
    let audit: Value = serde_json::from_slice(&body).unwrap();
    let items = audit["items"].as_array().unwrap().iter();
    let status = |item: &Value| item["status"].as_str().unwrap().to_owned();
    items.map(status).collect()
}

/// What was asked of payments, without what the test looked at.
fn asked(accounts: &Accounts) -> Vec<String> {
    let mut asked = accounts.asked();
    asked.retain(|what| !what.contains("audit"));
    asked
}

#[tokio::test]
async fn an_order_that_an_account_pays_for_is_reserved_and_captured_there() {
    let (bench, accounts) = stage().await;
    let mut machine = paid_by(&bench, "o-paid", Accounts::RICH, json!({}));
    assert_eq!(machine.runs().await, OrderStatus::Completed);
    assert_eq!(reserved(&accounts, "o-paid").await, ["captured"]);
    let steps = ["POST payment/authorize", "POST payment/capture"];
    assert_eq!(asked(&accounts), steps);
    assert_eq!(
        bench.audit(&machine.id).await,
        ["booked"],
        "by the bank: nothing"
    );
}

#[tokio::test]
async fn what_an_order_is_paid_by_is_recorded_when_it_is_placed_and_its_events_tell_it() {
    let (bench, accounts) = stage().await;
    for (id, token, method, stored) in [
        ("o-acct", Accounts::RICH, Method::Account, json!("account")),
        ("o-card", "tok_visa", Method::Card, Value::Null),
    ] {
        let mut machine = paid_by(&bench, id, token, json!({}));
        machine.places().await.expect("an order");
        assert_eq!(accounts.asked(), [""; 0], "nobody is asked yet");
        let state = bench.snapshot(&machine.id).await.order.state;
        assert_eq!(state.method, method);
        let history = bench.history(&machine.id).await;
        let first = &history[0];
        assert_eq!(first.name, EventName::OrderFilled);
        assert_eq!(first.order.after.method, method);
        let told = serde_json::to_value(first).unwrap();
        assert_eq!(told["order"]["after"]["method"], stored, "{told}");
        assert!(
            !told.to_string().contains(token),
            "the token is told: {told}"
        );
    }
}

#[tokio::test]
async fn an_order_that_is_undone_is_voided_where_it_was_reserved() {
    let (bench, accounts) = stage().await;
    let script = json!({"ship_order": "refuse"});
    let mut machine = paid_by(&bench, "o-undone", Accounts::RICH, script);
    assert_eq!(machine.runs().await, OrderStatus::Failed);
    assert_eq!(
        asked(&accounts),
        ["POST payment/authorize", "POST payment/void"]
    );
    assert_eq!(reserved(&accounts, "o-undone").await, [""; 0]);
    bench.is_nowhere(&machine.id).await;
}

#[tokio::test]
async fn an_account_that_cannot_pay_declines_and_a_lost_answer_is_asked_about_there() {
    let (bench, accounts) = stage().await;
    let mut poor = paid_by(&bench, "o-poor", Accounts::POOR, json!({}));
    assert_eq!(poor.runs().await, OrderStatus::Failed);
    let reason = bench.view(&poor.id).await.reason.unwrap();
    assert!(
        reason.starts_with("authorize_payment: Declined"),
        "{reason}"
    );
    let script = json!({"authorize_payment": "lost:1"});
    let mut lost = paid_by(&bench, "o-lost", Accounts::RICH, script);
    assert_eq!(lost.runs().await, OrderStatus::Completed);
    let question = "GET operations?key=o-lost%2Fpayment%2Fauthorize".to_owned();
    assert!(
        asked(&accounts).contains(&question),
        "{:?}",
        asked(&accounts)
    );
}

#[tokio::test]
async fn a_capture_that_an_account_owes_is_redriven_there() {
    let (bench, accounts) = stage().await;
    // To the capture and to the work that is left, six tries each.
    let script = json!({"capture_payment": "unavailable:12"});
    let mut machine = paid_by(&bench, "o-owed", Accounts::RICH, script);
    assert_eq!(machine.runs().await, OrderStatus::NeedsAttention);
    assert_eq!(reserved(&accounts, "o-owed").await, ["authorized"]);
    let errand = Errand::all_of(machine.id.clone());
    let report = bench.clerk("ana").redrive(&errand, &bench.supplier).await;
    assert_eq!(report.unwrap().after, OrderStatus::Completed);
    assert_eq!(reserved(&accounts, "o-owed").await, ["captured"]);
}
