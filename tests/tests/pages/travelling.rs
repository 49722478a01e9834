//! A trip in the browser: searched, held, paid, booked, given back.

use holdfast_tests::browser::{Browser, Look};
use holdfast_tests::fresh_name;
use holdfast_tests::guest::flight;

use crate::person::{Person, signs_in, test};

const HELD: &str = "[data-test='panel-leg'][data-status='held']";

async fn registers(browser: &Browser) {
    browser.goes_to("").await;
    browser.presses("turn").await;
    let email = format!("{}@example.com", fresh_name("page"));
    browser.writes("[data-test='email']", &email).await;
    let password = "seven tulips in a jar";
    browser.writes("[data-test='password']", password).await;
    browser.presses("submit").await;
    browser.one("search-form").await;
}

/// Searches, and puts the first offer whose text has these words into the trip.
async fn adds(browser: &Browser, words: &str, legs: usize) {
    browser.presses("search").await;
    let offer = test("offer", "");
    browser.sees(&offer, |text| text.contains(words)).await;
    for found in browser.all(&offer).await {
        if found.text().await.unwrap().contains(words) {
            let button = found.find(fantoccini::Locator::Css("[data-test='add']"));
            // A double click puts it in once.
            let button = button.await.unwrap();
            button.click().await.unwrap();
            let _ = button.click().await;
            break;
        }
    }
    let held = async || browser.all(HELD).await.len() == legs;
    browser.until(&format!("{legs} legs are held"), held).await;
}

async fn flies_to_lisbon(browser: &Browser) {
    browser.writes(&test("origin", ""), "GRU").await;
    browser.writes(&test("start", ""), "2027-03-01").await;
    adds(browser, "Lis", 1).await;
}

async fn sleeps_in_lisbon(browser: &Browser) {
    browser.clicks("label:has([data-test='kind-hotel'])").await;
    browser.writes(&test("destination", ""), "Lisbon").await;
    browser.writes(&test("start", ""), "2027-03-01").await;
    browser.writes(&test("end", ""), "2027-03-05").await;
    adds(browser, "Lis", 2).await;
}

async fn pays_with(browser: &Browser, token: &str) {
    let choice = format!("label:has([data-test='pay-{token}'])");
    browser.clicks(&choice).await;
    browser.presses("pay").await;
}

#[tokio::test]
async fn a_trip_is_searched_held_declined_paid_and_given_back_in_part() {
    let browser = Browser::open(Look::default()).await;
    registers(&browser).await;
    flies_to_lisbon(&browser).await;
    sleeps_in_lisbon(&browser).await;
    browser.presses("to-trip").await;
    browser.one("countdown").await;
    let total = browser.one("total").await.text().await.unwrap();
    pays_with(&browser, "tok_declined").await;
    browser.find("[data-stand='declined']").await;
    pays_with(&browser, "tok_visa").await;
    browser
        .find("[data-test='status'][data-status='booked']")
        .await;
    assert_eq!(browser.one("total").await.text().await.unwrap(), total);
    // What comes back is told before it is asked for.
    browser.presses("cancel").await;
    browser
        .clicks("label:has([data-test^='give-back-flight'])")
        .await;
    let is_sum = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let refund = browser.sees(&test("refund", ""), is_sum).await;
    browser.presses("cancel-yes").await;
    // Before the refund is made, the page tells no sum.
    let refunded = browser.sees(&test("refunded", ""), is_sum).await;
    let legs = browser.all(&test("leg", "")).await;
    assert_eq!(legs.len(), 2, "each was put in once");
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    assert!(
        digits(&refund).contains(&digits(&refunded)),
        "{refund}: {refunded}"
    );
    browser.goes_to("#/bookings").await;
    let trip = test("booking-row", "");
    browser.find(&trip).await;
    assert_eq!(browser.all(&trip).await.len(), 1, "it is one trip");
    browser.closes().await;
}

#[tokio::test]
async fn two_tabs_agree_and_one_reload_forgets_nothing() {
    let person = Person::arrives("tabs", "").await;
    let (browser, guest) = (&person.browser, &person.guest);
    let id = guest.holds(&flight()).await;
    let page = format!("#/bookings/{id}");
    browser.goes_to(&page).await;
    browser.one("pay-form").await;
    let first = browser.window().await;
    let second = browser.opens_another().await;
    browser.turns_to(second).await;
    // The session came along in its cookie; no one signs in again.
    browser.goes_to(&page).await;
    pays_with(browser, "tok_visa").await;
    browser.find("[data-status='booked']").await;
    browser.turns_to(first.clone()).await;
    browser.find("[data-status='booked']").await;
    browser.reloads().await;
    browser.find("[data-status='booked']").await;
    // Who signs out in one has signed out in both.
    browser.presses("sign-out").await;
    browser.one("email").await;
    let windows = browser.windows().await;
    let other = windows.into_iter().find(|window| *window != first).unwrap();
    browser.turns_to(other).await;
    browser.one("email").await;
    signs_in(browser, &guest.email, &guest.password).await;
    browser.find("[data-status='booked']").await;
    person.browser.closes().await;
}

#[tokio::test]
async fn a_payment_that_is_pending_can_be_made_with_another_card() {
    let person = Person::arrives("pending", "").await;
    let id = person.guest.holds(&flight()).await;
    person.browser.goes_to(&format!("#/bookings/{id}")).await;
    pays_with(&person.browser, "tok_pending").await;
    person.browser.find("[data-stand='pending']").await;
    person.browser.presses("pay-other").await;
    pays_with(&person.browser, "tok_visa").await;
    person.browser.find("[data-status='booked']").await;
    person.guest.comes_to(&id, "booked").await;
    person.browser.closes().await;
}

#[tokio::test]
async fn what_a_supplier_says_is_shown_as_text() {
    let person = Person::arrives("html", "").await;
    let trip = serde_json::json!({"legs": [{"id": "out", "kind": "flight",
        "spec": {"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2},
        "simulate": {"hold": "refuse"}}]});
    let id = person.guest.books(&trip).await;
    person.guest.comes_to(&id, "failed").await;
    person.browser.goes_to(&format!("#/bookings/{id}")).await;
    person
        .browser
        .find("[data-test='status'][data-status='failed']")
        .await;
    let words = person.browser.one("stand").await.text().await.unwrap();
    assert!(!words.contains("Refused:"), "no names of errors: {words}");
    person.browser.closes().await;
}
