//! The time to pay goes by the server's clock, whatever the browser's says.

use std::time::Duration;

use holdfast_tests::guest::flight;
use serde_json::json;

use crate::person::{Person, test};
use crate::trouble::{stands_between, trouble};

/// A browser whose clock is wrong by an hour.
const ONE_HOUR_OFF: &str = "const real = Date; const off = 3600e3; \
    class Wrong extends real { constructor(...given) { given.length ? super(...given) : super(real.now() + off); } \
    static now() { return real.now() + off; } } \
    globalThis.Date = Wrong;";

fn seconds(clock: &str) -> Option<f64> {
    let (minutes, seconds) = clock.trim().rsplit_once(':')?;
    let (minutes, seconds): (f64, f64) = (minutes.parse().ok()?, seconds.parse().ok()?);
    Some(minutes * 60.0 + seconds)
}

#[tokio::test]
async fn a_clock_that_is_an_hour_wrong_changes_nothing() {
    let person = Person::arrives("clock", "").await;
    let browser = &person.browser;
    let script = json!({"source": ONE_HOUR_OFF});
    browser
        .devtools("Page.addScriptToEvaluateOnNewDocument", script)
        .await;
    let id = person.guest.holds(&flight()).await;
    browser.goes_to(&format!("#/bookings/{id}")).await;
    browser.reloads().await;
    browser
        .sees(&test("clock", ""), |text| seconds(text).is_some())
        .await;
    let wrong = browser.run("return Date.now()", vec![]).await;
    let now = now_ms();
    assert!((wrong.as_f64().unwrap() - now - 3_600_000.0).abs() < 60_000.0);
    let path = format!("/bookings/{id}");
    let true_left = async || {
        let view = person.guest.get(&path).await.expect(200);
        view["seconds_left"].as_f64().unwrap()
    };
    for _ in 0..5 {
        // Time passes while it is asked for.
        let before = true_left().await;
        let clock = test("clock", "");
        let left = browser.sees(&clock, |text| seconds(text).is_some()).await;
        let shown = seconds(&left).unwrap();
        let after = true_left().await;
        let is_true = (after - 1.0..=before + 1.0).contains(&shown);
        assert!(is_true, "{shown} between {before} and {after}");
    }
    person.browser.closes().await;
}

fn now_ms() -> f64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    since.as_secs_f64() * 1000.0
}

#[tokio::test]
async fn at_the_deadline_the_page_says_that_the_trip_has_expired() {
    const LATEST: Duration = Duration::from_secs(2);
    let person = Person::arrives("expiry", "").await;
    let browser = &person.browser;
    stands_between(browser).await;
    let mut trip = flight();
    trip["hold_seconds"] = json!(15);
    let id = person.guest.holds(&trip).await;
    browser.goes_to(&format!("#/bookings/{id}")).await;
    browser.reloads().await;
    let view = person
        .guest
        .get(&format!("/bookings/{id}"))
        .await
        .expect(200);
    let deadline = view["deadline"].as_str().unwrap();
    let urgent = test("countdown", "[data-state='urgent']");
    browser.find(&urgent).await;
    // The server cannot tell it; the page knows the deadline.
    trouble(browser, json!({"cut": true})).await;
    let expired = test("status", "[data-status='expired']");
    browser.find(&expired).await;
    let deadline: holdfast_core::time::Timestamp = deadline.parse().unwrap();
    let late = now_ms() / 1000.0 - deadline.as_seconds() as f64;
    assert!(late < LATEST.as_secs_f64() + 1.0, "{late} s late");
    assert!(
        browser.all(&test("pay", "")).await.is_empty(),
        "nobody pays now"
    );
    person.guest.comes_to(&id, "expired").await;
    // It stays so once the server has said it, too.
    browser.reloads().await;
    browser.find(&expired).await;
    person.browser.closes().await;
}
