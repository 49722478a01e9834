//! What the API cannot do is said in words, what was typed is kept, and the page goes on when it can.

use std::time::{Duration, Instant};

use holdfast_tests::browser::Browser;
use holdfast_tests::guest::flight;
use serde_json::{Value, json};

use crate::person::{Person, operator, signs_in, test};

/// Puts itself between a page and the network: `trouble` says what happens to requests.
const BETWEEN: &str = "const Socket = window.WebSocket; window.sockets = []; \
    window.WebSocket = class extends Socket { constructor(...given) { super(...given); window.sockets.push(this); } }; \
    const real = window.fetch; window.trouble = null; \
    window.fetch = async (address, how = {}) => { \
        const it = window.trouble; const method = how.method ?? 'GET'; \
        if (!it || (it.method && it.method !== method) || (it.path && !`${address}`.includes(it.path))) return real(address, how); \
        if (it.once) window.trouble = null; \
        if (it.cut) throw new TypeError('cut'); \
        if (it.lost) { await real(address, how); throw new TypeError('lost'); } \
        if (it.slow) { await new Promise((go) => setTimeout(go, it.slow)); return real(address, how); } \
        return new Response(JSON.stringify({type: `urn:holdfast:problem:${it.type}`, status: it.status, title: 'x', detail: 'y'}), \
            {status: it.status, headers: {'Content-Type': 'application/problem+json', ...(it.headers ?? {})}}); };";

pub(crate) async fn trouble(browser: &Browser, what: Value) {
    let script = "window.trouble = arguments[0]; \
        if (window.trouble?.cut) window.sockets.forEach((socket) => socket.close())";
    browser.run(script, vec![what]).await;
}

/// From the next page on, `trouble` can be made.
pub(crate) async fn stands_between(browser: &Browser) {
    let script = json!({"source": BETWEEN});
    let added = browser.devtools("Page.addScriptToEvaluateOnNewDocument", script);
    added.await;
}

/// A traveller whose trip is held, and who has filled in how to pay.
pub(crate) async fn ready_to_pay(what: &str) -> (Person, String) {
    let person = Person::arrives(what, "").await;
    stands_between(&person.browser).await;
    let id = person.guest.holds(&flight()).await;
    person.browser.goes_to(&format!("#/bookings/{id}")).await;
    person.browser.reloads().await;
    person
        .browser
        .clicks("label:has([data-test='pay-token'])")
        .await;
    let field = test("token-field", "");
    person.browser.writes(&field, "tok_visa").await;
    (person, id)
}

#[tokio::test]
async fn each_refusal_is_said_in_words_and_what_was_typed_is_kept() {
    let (person, id) = ready_to_pay("trouble").await;
    let browser = &person.browser;
    let refusals = [
        (
            json!({"method": "POST", "status": 409, "type": "booking-conflict"}),
            "changed meanwhile",
        ),
        (
            json!({"method": "POST", "status": 429, "type": "too-many-requests", "headers": {"Retry-After": "7"}}),
            "in 7 seconds",
        ),
        (
            json!({"method": "POST", "status": 500, "type": "broken"}),
            "failed on our side",
        ),
        (
            json!({"method": "POST", "status": 503, "type": "unavailable"}),
            "does not answer",
        ),
        (json!({"method": "POST", "cut": true}), "cannot be reached"),
    ];
    for (refusal, words) in refusals {
        trouble(browser, refusal.clone()).await;
        browser.presses("pay").await;
        let said = browser
            .sees(&test("problem", ""), |text| text.contains(words))
            .await;
        for bad in ["urn:", "undefined", "null", "TypeError", "[object"] {
            assert!(!said.contains(bad), "{refusal}: {said}");
        }
        let typed = browser.find(&test("token-field", "")).await;
        let typed = typed.prop("value").await.unwrap();
        assert_eq!(typed.as_deref(), Some("tok_visa"), "{refusal}");
        trouble(browser, Value::Null).await;
    }
    browser.presses("pay").await;
    browser
        .find("[data-test='status'][data-status='booked']")
        .await;
    // However often it was tried, it was paid once.
    let booked = person.guest.comes_to(&id, "booked").await;
    assert_eq!(booked["payment"]["attempts"], 1);
    person.browser.closes().await;
}

#[tokio::test]
async fn a_payment_whose_answer_is_lost_is_made_once_and_seen() {
    let (person, id) = ready_to_pay("lost").await;
    let browser = &person.browser;
    let lost = json!({"method": "POST", "lost": true, "once": true});
    trouble(browser, lost).await;
    browser.presses("pay").await;
    browser
        .find("[data-test='status'][data-status='booked']")
        .await;
    let booked = person.guest.comes_to(&id, "booked").await;
    assert_eq!(booked["payment"]["attempts"], 1);
    person.browser.closes().await;
}

#[tokio::test]
async fn a_slow_answer_is_waited_for_and_told() {
    let (person, _) = ready_to_pay("slow").await;
    let browser = &person.browser;
    trouble(
        browser,
        json!({"method": "POST", "slow": 5000, "once": true}),
    )
    .await;
    browser.presses("pay").await;
    let button = browser.one("pay").await;
    let busy = button.attr("aria-disabled").await.unwrap();
    let off = !button.is_enabled().await.unwrap();
    assert!(off || busy.as_deref() == Some("true"), "it is busy");
    let told = test("pay-form", " [role='status']");
    browser
        .sees(&told, |text| text.contains("longer than usual"))
        .await;
    browser
        .find("[data-test='status'][data-status='booked']")
        .await;
    person.browser.closes().await;
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle_is_begun_anew_where_it_was() {
    let (person, id) = ready_to_pay("ended").await;
    let (browser, guest) = (&person.browser, &person.guest);
    guest.delete("/sessions").await.expect(204);
    // As when the access token has run out: its cookie is worth nothing either.
    let refused = json!({"method": "POST", "status": 401, "type": "unauthorized", "once": true});
    trouble(browser, refused).await;
    browser.presses("pay").await;
    browser.one("sign-in-dialog").await;
    let typed = browser.find(&test("token-field", "")).await;
    let typed = typed.prop("value").await.unwrap();
    assert_eq!(typed.as_deref(), Some("tok_visa"), "what was typed is kept");
    signs_in(browser, &guest.email, &guest.password).await;
    // The payment goes on by itself, where it was.
    browser
        .find("[data-test='status'][data-status='booked']")
        .await;
    assert!(browser.told().await.contains(&id));
    let booked = guest.comes_to(&id, "booked").await;
    assert_eq!(booked["payment"]["attempts"], 1);
    person.browser.closes().await;
}

#[tokio::test]
async fn a_lost_connection_is_shown_and_heals_and_misses_nothing() {
    const LOST: Duration = Duration::from_secs(10);
    let (person, id) = ready_to_pay("offline").await;
    let (browser, guest) = (&person.browser, &person.guest);
    trouble(browser, json!({"cut": true})).await;
    browser
        .sees(&test("connection", ""), |text| !text.is_empty())
        .await;
    let path = format!("/bookings/{id}/payment");
    let paid = guest.post(&path, &json!({"token": "tok_visa"})).await;
    paid.expect(202);
    guest.comes_to(&id, "booked").await;
    trouble(browser, Value::Null).await;
    let began = Instant::now();
    browser
        .find("[data-test='status'][data-status='booked']")
        .await;
    assert!(
        began.elapsed() < LOST,
        "it healed after {:?}",
        began.elapsed()
    );
    browser.sees(&test("connection", ""), str::is_empty).await;
    person.browser.closes().await;
}

#[tokio::test]
async fn nothing_secret_is_kept_where_a_script_can_read_it() {
    let person = Person::arrives("secrets", "").await;
    let browser = &person.browser;
    let script = "return JSON.stringify({...localStorage, ...sessionStorage}) + document.cookie + location.href";
    let kept = browser.run(script, vec![]).await;
    let kept = kept.as_str().unwrap();
    for secret in ["rt_", "eyJ", &person.guest.password, "__Host"] {
        assert!(!kept.contains(secret), "{secret} in {kept}");
    }
    person.browser.closes().await;
}

#[tokio::test]
async fn figures_that_do_not_come_hold_up_the_breakers_for_three_seconds() {
    let browser = operator("#/sagas").await;
    stands_between(&browser).await;
    browser.reloads().await;
    browser.one("saga-row").await;
    trouble(&browser, json!({"path": "/figures", "slow": 60_000})).await;
    let began = Instant::now();
    browser.presses("nav-now").await;
    browser.find(&test("now-breakers", "")).await;
    let waited = began.elapsed();
    assert!(waited > Duration::from_secs(3), "shown after {waited:?}");
    browser.find(&test("now-hour", " .skeleton")).await;
    browser.closes().await;
}
