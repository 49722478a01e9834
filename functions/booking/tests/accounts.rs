//! Trips that an account pays for: real steps and a real DynamoDB engine in process, and payments from
//! accounts at an address of their own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::num::NonZeroU32;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use holdfast_booking::desk::{Clerk, Errand, Report};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingStatus, PaymentStatus};
use holdfast_booking_rules::event::EventName;
use holdfast_core::breaker::Rules;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::payment::Method;
use holdfast_kit::breakers::Breakers;
use holdfast_kit::suppliers::Endpoint;
use holdfast_suppliers::{Settings, Supplies, router};
use holdfast_testing::Accounts;
use lambda_http::Service;
use serde_json::{Value, json};

use support::{Bench, PATIENCE, TOKEN};

const TABLE: &str = "account-payments";
const RULES: Rules = Rules {
    failures: NonZeroU32::MIN,
    memory: Duration::from_secs(60),
    open: Duration::from_secs(30),
    lease: Duration::from_secs(9),
};

/// A bench on which accounts pay, too.
async fn stage() -> (Bench, Accounts) {
    let bench = Bench::new().await;
    let table = holdfast_suppliers::testing::create_table(&bench.client, TABLE);
    table.await.expect("a table");
    let protocol = Supplies::new(bench.client.clone(), TABLE, Settings::default());
    let accounts = Accounts::behind(router(protocol.with_clock(bench.clock()))).await;
    let supplier = bench.supplier.clone();
    let supplier = supplier.with_account_payments(&accounts.address);
    let supplier = supplier.with_key(Accounts::KEY.parse().unwrap());
    (bench.with_supplier(supplier), accounts)
}

/// How the payments from accounts of a booking stand that are alive.
async fn reserved(bench: &Bench, accounts: &Accounts, id: &BookingId) -> Vec<String> {
    let endpoint = Endpoint::new(bench.https.clone(), &accounts.address, PATIENCE);
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

async fn method(bench: &Bench, id: &BookingId) -> Method {
    bench.snapshot(id).await.payment.state.method
}

async fn redrive(bench: &Bench, id: &BookingId) -> Report {
    let clerk = Clerk {
        store: bench.store.clone(),
        clock: bench.clock(),
        name: "ana".to_owned(),
    };
    let errand = Errand::all_of(id.clone());
    let report = clerk.redrive(&errand, &bench.supplier).await;
    report.expect("a report")
}

/// Puts the payments by card out of order.
async fn stop_the_bank(bench: &Bench) {
    let request = Request::put("/outage/payment").body(Body::empty()).unwrap();
    let answer = Service::call(&mut bench.suppliers.clone(), request).await;
    assert!(answer.unwrap().status().is_success());
}

#[tokio::test]
async fn a_trip_that_an_account_pays_for_is_reserved_and_captured_there_and_the_bank_hears_nothing()
{
    let (bench, accounts) = stage().await;
    let id = bench.held("paid").await;
    bench.authorize(&id, 1, Accounts::RICH).await.expect("paid");
    assert_eq!(reserved(&bench, &accounts, &id).await, ["authorized"]);
    bench.all_legs(&id, Action::Confirm).await.expect("legs");
    let view = bench.settle(&id).await.expect("booked");
    assert_eq!(view.status, BookingStatus::Booked);
    assert_eq!(reserved(&bench, &accounts, &id).await, ["captured"]);
    assert_eq!(
        asked(&accounts),
        ["POST payment/authorize", "POST payment/capture"]
    );
    let legs = bench.audit(&id).await;
    assert!(
        !legs.iter().any(|line| line.starts_with("payment")),
        "{legs:?}"
    );
    assert!(!bench.suppliers_know("paid/payment/authorize").await);
    bench.history(&id).await;
}

#[tokio::test]
async fn what_a_trip_is_paid_by_is_recorded_before_the_first_call_and_its_undo_goes_there() {
    let (bench, accounts) = stage().await;
    let id = bench.held("before").await;
    accounts.set_out_of_order(true);
    let failed = bench.authorize(&id, 1, Accounts::RICH).await.unwrap_err();
    assert_eq!(failed.name(), "Unavailable", "{failed}");
    assert_eq!(method(&bench, &id).await, Method::Account);
    let history = bench.history(&id).await;
    let begun = history
        .iter()
        .find(|event| event.name == EventName::PaymentStarted);
    let begun = begun.and_then(|event| event.payment.as_ref()).unwrap();
    assert_eq!(begun.after.method, Method::Account);
    accounts.set_out_of_order(false);
    let view = bench.unwind_and_close(&id, "Cancelled").await;
    assert_eq!(view.payment.status, PaymentStatus::Voided);
    assert_eq!(
        asked(&accounts),
        ["POST payment/authorize", "POST payment/void"]
    );
    assert!(!bench.suppliers_know("before/payment/void").await);
}

#[tokio::test]
async fn what_became_of_a_payment_from_an_account_is_asked_there() {
    let (bench, accounts) = stage().await;
    let id = bench.held("lost").await;
    let payment = json!({"token": Accounts::RICH, "simulate": {"authorize": "lost:1"}});
    bench.pay(&id, 1, payment).await.expect("paid");
    let question = "GET operations?key=lost%2Fpayment%2Fauthorize";
    assert_eq!(asked(&accounts), ["POST payment/authorize", question]);
    let work = bench.unwind(&id, "Cancelled").await.expect("a plan");
    assert!(work.iter().any(|work| work.action == Action::Void));
    // As after a capture that an account may have paid for.
    let step = support::payment_step(&id, Action::Refund, 0, None);
    let refused = bench.take(&step).await.unwrap_err();
    assert_eq!(refused.name(), "Refused", "nothing was captured: {refused}");
    assert_eq!(asked(&accounts).last().unwrap(), "POST payment/refund");
}

#[tokio::test]
async fn after_a_decline_another_means_of_payment_may_follow_and_is_undone_where_it_was_asked() {
    let (bench, accounts) = stage().await;
    let (card, account) = (TOKEN, Accounts::RICH);
    for (name, first, second) in [
        ("card-first", "tok_declined", account),
        ("account-first", Accounts::POOR, card),
    ] {
        let id = bench.held(name).await;
        let declined = bench.authorize(&id, 1, first).await.unwrap_err();
        assert!(matches!(declined, Failure::Declined(_)), "{declined}");
        bench.authorize(&id, 2, second).await.expect("paid");
        assert_eq!(method(&bench, &id).await, Method::of_token(second));
        let by_account = reserved(&bench, &accounts, &id).await.len();
        assert_eq!(by_account, usize::from(second == account), "{name}");
        let view = bench.unwind_and_close(&id, "Cancelled").await;
        assert_eq!(view.payment.status, PaymentStatus::Voided);
        assert_eq!(reserved(&bench, &accounts, &id).await, [""; 0], "{name}");
        assert_eq!(bench.audit(&id).await, [""; 0], "{name}");
        bench.history(&id).await;
    }
}

#[tokio::test]
async fn after_a_card_that_was_withdrawn_while_its_bank_hesitated_an_account_pays() {
    let (bench, accounts) = stage().await;
    let id = bench.held("hesitating").await;
    let pending = bench.authorize(&id, 1, "tok_pending").await.unwrap_err();
    assert_eq!(pending.name(), "Pending");
    let early = bench.authorize(&id, 2, Accounts::RICH).await.unwrap_err();
    assert_eq!(early.name(), "Conflict", "{early}");
    bench.awaits(&id, 1, "1").await.expect("it waits");
    bench.says(&id, "pay", json!("")).await.expect("taken");
    let withdraw = support::payment_step(&id, Action::Withdraw, 1, None);
    bench.take(&withdraw).await.expect("withdrawn");
    assert!(bench.suppliers_know("hesitating/payment/withdraw").await);
    bench.authorize(&id, 2, Accounts::RICH).await.expect("paid");
    assert_eq!(reserved(&bench, &accounts, &id).await, ["authorized"]);
    bench.all_legs(&id, Action::Confirm).await.expect("legs");
    let view = bench.settle(&id).await.expect("booked");
    assert_eq!(view.status, BookingStatus::Booked);
    assert_eq!(reserved(&bench, &accounts, &id).await, ["captured"]);
    bench.history(&id).await;
}

#[tokio::test]
async fn what_the_desk_does_again_for_an_account_goes_to_the_accounts() {
    let (bench, accounts) = stage().await;
    let undone = bench.confirmed_by(Accounts::RICH, "undone").await;
    let owed = bench.confirmed_by(Accounts::RICH, "owed").await;
    accounts.set_out_of_order(true);
    for work in bench.unwind(&undone, "Cancelled").await.expect("a plan") {
        let done = bench.work(&undone, &work).await;
        assert_eq!(done.is_ok(), work.action == Action::Release, "{work:?}");
    }
    assert!(bench.settle(&owed).await.is_err());
    accounts.set_out_of_order(false);
    assert!(redrive(&bench, &undone).await.went_well());
    assert_eq!(reserved(&bench, &accounts, &undone).await, [""; 0]);
    let report = redrive(&bench, &owed).await;
    assert_eq!(report.after, BookingStatus::Booked, "{report:?}");
    assert_eq!(reserved(&bench, &accounts, &owed).await, ["captured"]);
}

#[tokio::test]
async fn while_the_bank_fails_accounts_pay_and_while_they_fail_cards_pay() {
    let (bench, accounts) = stage().await;
    let breakers = Breakers::new(bench.store.clone(), RULES, bench.clock());
    let bench = bench.with_supplier(bench.supplier.clone().with_breakers(breakers));
    accounts.set_out_of_order(true);
    let (first, second) = (bench.held("first").await, bench.held("second").await);
    let card = bench.held("card").await;
    bench
        .authorize(&first, 1, Accounts::RICH)
        .await
        .unwrap_err();
    let held_up = bench.authorize(&second, 1, Accounts::RICH).await;
    assert_eq!(held_up.unwrap_err().name(), "SupplierDown");
    bench.authorize(&card, 1, TOKEN).await.expect("by card");
    accounts.set_out_of_order(false);
    bench.clock.advance(RULES.open);
    stop_the_bank(&bench).await;
    let (third, fourth) = (bench.held("third").await, bench.held("fourth").await);
    bench.authorize(&third, 1, TOKEN).await.unwrap_err();
    let held_up = bench.authorize(&fourth, 1, TOKEN).await.unwrap_err();
    assert_eq!(held_up.name(), "SupplierDown");
    bench
        .authorize(&second, 1, Accounts::RICH)
        .await
        .expect("from an account");
}

#[tokio::test]
async fn the_item_of_a_payment_by_card_does_not_name_what_it_is_paid_by() {
    let (bench, _) = stage().await;
    for (name, token, stored) in [
        ("card", TOKEN, None),
        ("acct", Accounts::RICH, Some("account")),
    ] {
        let id = bench.confirmed_by(token, name).await;
        let key = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
        let found = bench.client.get_item().table_name(support::table::BOOKINGS);
        let found = found.key("pk", key(format!("BOOKING#{id}")));
        let found = found.key("sk", key("PAYMENT".to_owned())).send().await;
        let item = found.unwrap().item.expect("a payment");
        let method = item
            .get("method")
            .map(|method| method.as_s().unwrap().as_str());
        assert_eq!(method, stored);
        assert!(
            !format!("{item:?}").contains(token),
            "the token is stored: {item:?}"
        );
    }
}

impl Bench {
    /// A booking that is paid for with this token, and whose legs are confirmed.
    async fn confirmed_by(&self, token: &str, name: &str) -> BookingId {
        let id = self.held(name).await;
        self.authorize(&id, 1, token).await.expect("paid");
        self.all_legs(&id, Action::Confirm).await.expect("legs");
        id
    }
}
