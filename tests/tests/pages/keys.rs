//! Without a mouse: all of it can be done with the keyboard alone.

use holdfast_tests::guest::flight;

use crate::person::{Person, test};

const ENTER: &str = "\u{e007}";
const SPACE: &str = " ";

#[tokio::test]
async fn a_trip_is_paid_with_the_keyboard_alone() {
    let person = Person::arrives("keys", "").await;
    let browser = &person.browser;
    let id = person.guest.holds(&flight()).await;
    browser.goes_to(&format!("#/bookings/{id}")).await;
    browser.tabs_to(&test("pay-tok_visa", "")).await;
    browser.types(SPACE).await;
    browser.tabs_to(&test("pay", "")).await;
    browser.types(ENTER).await;
    browser
        .find("[data-test='status'][data-status='booked']")
        .await;
    // And given back.
    browser.tabs_to(&test("cancel", "")).await;
    browser.types(ENTER).await;
    browser.tabs_to(&test("cancel-yes", "")).await;
    browser.types(ENTER).await;
    browser
        .find("[data-test='status'][data-status='cancelled']")
        .await;
    person.browser.closes().await;
}

#[tokio::test]
async fn a_leg_is_searched_and_held_with_the_keyboard_alone() {
    let person = Person::arrives("keys-search", "").await;
    let browser = &person.browser;
    browser.tabs_to(&test("origin", "")).await;
    browser.types("GRU").await;
    browser.writes(&test("start", ""), "2027-03-01").await;
    browser.tabs_to(&test("search", "")).await;
    browser.types(ENTER).await;
    browser.find("[data-test='offer']").await;
    browser.tabs_to(&test("add", "")).await;
    browser.types(ENTER).await;
    browser
        .find("[data-test='panel-leg'][data-status='held']")
        .await;
    person.browser.closes().await;
}
