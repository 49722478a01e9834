//! The desk in the browser: what waits is found, looked into, tried again and settled.

use holdfast_booking_rules::booking::BookingStatus;
use holdfast_tests::browser::{Browser, Look};
use holdfast_tests::guest::{Guest, flight};
use holdfast_tests::{Stack, Trip, fresh_name};

use crate::person::{operator, test};

/// A trip whose hotel cannot be released: it waits at the desk.
pub(crate) async fn stuck(stack: &Stack) -> String {
    let trip = Trip::sample()
        .simulate("hotel", "confirm", "refuse")
        .simulate("hotel", "release", "refuse");
    let name = fresh_name("page-desk");
    let arn = stack.start(&name, &trip.0).await;
    stack.end_of(&arn).await;
    name
}

/// Looks through the list of what waits, whose end is the latest; tells which row it is.
async fn finds_in_the_list(browser: &Browser, id: &str) -> String {
    let row = format!("[data-row='booking/{id}']");
    let (more, rows) = (test("more", ""), test("waiting-row", ""));
    browser.find(&rows).await;
    while browser.all(&row).await.is_empty() && !browser.all(&more).await.is_empty() {
        let before = browser.all(&rows).await.len();
        browser.clicks(&more).await;
        let came = async || browser.all(&rows).await.len() > before;
        browser.until("more of the list", came).await;
    }
    browser.find(&row).await;
    row
}

#[tokio::test]
async fn an_undo_that_failed_is_found_tried_again_and_settled() {
    let stack = Stack::connect().await;
    let id = stuck(&stack).await;
    let browser = operator("#/").await;
    let row = finds_in_the_list(&browser, &id).await;
    browser.clicks(&format!("{row} [data-test='act']")).await;
    browser.presses("act-dry").await;
    browser.presses("act-confirm").await;
    browser.find("[data-test='outcome']").await;
    browser.presses("act-close").await;
    // Found by its id, as by an operator who was told it on the telephone.
    browser.types("/").await;
    browser.writes(&test("search-input", ""), &id).await;
    browser.types("\u{e007}").await;
    browser.find("[data-test='saga']").await;
    browser.sees("h1", |text| text.contains(&id)).await;
    browser.find("[data-test='left']").await;
    browser.presses("open-resolve").await;
    browser
        .writes(&test("act-reason", ""), "cancelled by telephone")
        .await;
    browser.presses("act-dry").await;
    browser.presses("act-confirm").await;
    browser
        .find("[data-test='outcome'][data-state='done']")
        .await;
    browser.presses("act-close").await;
    browser
        .find("[data-test='saga'] [data-status='failed']")
        .await;
    let end = stack.booking(&id).await;
    assert_eq!(end.booking.state.status, BookingStatus::Failed);
    browser.closes().await;
}

#[tokio::test]
async fn a_saga_is_seen_live_as_timeline_as_graph_and_as_it_was() {
    let guest = Guest::arrives("watched").await;
    let id = guest.holds(&flight()).await;
    let browser = operator(&format!("#/sagas/booking/{id}")).await;
    browser
        .find("[data-test='saga'] [data-status='awaiting_payment']")
        .await;
    browser.find("[data-test='timeline-row']").await;
    browser.presses("tab-graph").await;
    browser.find(".state.current").await;
    let paid = serde_json::json!({"token": "tok_visa"});
    let path = format!("/bookings/{id}/payment");
    guest.post(&path, &paid).await.expect(202);
    browser
        .find("[data-test='saga'] [data-status='booked']")
        .await;
    browser.find("[data-node='Settle'][data-taken]").await;
    // As it was before it was paid.
    for _ in 0..3 {
        browser.presses("replay-back").await;
    }
    browser
        .sees(&test("replay-told", ""), |text| !text.is_empty())
        .await;
    browser.presses("replay-live").await;
    browser.closes().await;
}

#[tokio::test]
async fn the_desk_is_for_operators_only() {
    let guest = Guest::arrives("curious").await;
    let browser = Browser::open(Look::default()).await;
    browser.goes_to("desk/").await;
    browser.writes("[data-test='email']", &guest.email).await;
    browser
        .writes("[data-test='password']", &guest.password)
        .await;
    browser.presses("submit").await;
    browser
        .sees("body", |text| text.to_lowercase().contains("operator"))
        .await;
    assert!(browser.all(&test("waiting-row", "")).await.is_empty());
    browser.closes().await;
}
