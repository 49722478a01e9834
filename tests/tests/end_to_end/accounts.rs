//! Bookings and orders that are paid from accounts: without enough, with enough, and not in time.

use aws_sdk_sfn::types::ExecutionStatus;
use holdfast_booking_rules::booking::{PaymentStatus, Snapshot};
use holdfast_tests::accounts::{Given, token_of};
use holdfast_tests::shop::{Basket, Shop};
use holdfast_tests::{Ended, Stack, Trip, fresh_name, waits};

/// Not enough for anything, in cents.
const LITTLE: u64 = 1;
/// Enough for anything.
const PLENTY: u64 = 50_000_000;

fn total(ended: &Ended) -> u64 {
    let total = ended.output["total"]["amount"].as_u64();
    total.unwrap_or_else(|| panic!("it has a total: {ended:?}"))
}

#[tokio::test]
async fn a_traveller_whose_account_has_too_little_pays_once_more_has_come_in() {
    let stack = Stack::connect().await;
    let account = fresh_name("account");
    stack.open_account(&account, LITTLE).await;
    let trip = Trip::flight().unpaid();
    let (name, arn) = stack.start_waiting("poor", &trip).await;
    stack.pay(&name, &token_of(&account)).await.unwrap();
    let again = |snapshot: &Snapshot| waits(snapshot) && snapshot.payment.state.attempts == 1;
    let waiting = stack.until(&name, "it waits again", again).await;
    assert_eq!(waiting.payment.state.status, PaymentStatus::Declined);
    stack.assert_account(&account, LITTLE, Given::Nothing).await;

    stack.credit_account(&account, "salary", PLENTY).await;
    stack.pay(&name, &token_of(&account)).await.unwrap();
    let ended = stack.end_of(&arn).await;
    assert_eq!(ended.output["status"], "booked", "{ended:?}");
    let paid = Given::Captured(total(&ended));
    let came_in = LITTLE + PLENTY;
    stack.assert_account(&account, came_in, paid).await;
    let audited = stack.look_from_all_sides(&name).await;
    assert!(audited.violations.is_empty(), "{audited:?}");
    let attempts = stack.booking(&name).await.payment.state.attempts;
    assert_eq!(attempts, 2);
}

#[tokio::test]
async fn an_order_whose_account_has_too_little_is_declined_and_the_next_one_is_paid() {
    let shop = Shop::connect().await;
    let account = fresh_name("account");
    shop.stack.open_account(&account, LITTLE).await;
    let basket = Basket::sample().paid_with(&token_of(&account));
    let declined = shop.order("poor-order", &basket).await;
    assert_eq!(declined.output["status"], "failed", "{declined:?}");
    let reason = declined.output["reason"].as_str().unwrap();
    assert!(reason.contains("insufficient balance"), "{reason}");
    let nothing = Given::Nothing;
    shop.stack.assert_account(&account, LITTLE, nothing).await;

    shop.stack.credit_account(&account, "salary", PLENTY).await;
    let paid = shop.order("paid-order", &basket).await;
    assert_eq!(paid.output["status"], "completed", "{paid:?}");
    let given = Given::Captured(total(&paid));
    let came_in = LITTLE + PLENTY;
    shop.stack.assert_account(&account, came_in, given).await;
    for ended in [declined, paid] {
        let audited = shop.look_from_all_sides(&ended.name).await;
        assert!(audited.violations.is_empty(), "{audited:?}");
    }
}

#[tokio::test]
async fn a_reservation_that_is_given_back_after_its_time_undoes_a_trip_that_wants_it_later() {
    let stack = Stack::connect().await;
    let (name, account) = (fresh_name("too-late"), fresh_name("account"));
    stack.open_account(&account, PLENTY).await;
    let trip = Trip::flight().paid_with(&token_of(&account));
    // Long enough for the reservation to end between the authorization and the capture.
    let trip = trip.simulate("out", "confirm", "slow:12000");
    let arn = stack.start(&name, &trip.0).await;
    let authorized =
        |snapshot: &Snapshot| snapshot.payment.state.status == PaymentStatus::Authorized;
    let paid = stack.until(&name, "it is authorized", authorized).await;
    let amount = paid.booking.state.amount.unwrap().amount;
    let reserved = Given::Reserved(amount);
    stack.assert_account(&account, PLENTY, reserved).await;
    stack.end_reservation(&name).await;
    stack.assert_account(&account, PLENTY, Given::Nothing).await;

    let ended = stack.end_of(&arn).await;
    let said = (ended.status.clone(), ended.output["status"].as_str());
    assert_eq!(said, (ExecutionStatus::Succeeded, Some("failed")));
    let reason = ended.output["reason"].as_str().unwrap();
    assert!(reason.contains("not captured in time"), "{reason}");
    let audited = stack.look_from_all_sides(&name).await;
    assert!(audited.violations.is_empty(), "{audited:?}");
    stack.assert_account(&account, PLENTY, Given::Nothing).await;
}
