//! What a page brings with it when nothing of it is known yet, and how it settles.

use holdfast_tests::guest::flight;

use crate::person::{Person, operator};
use holdfast_tests::browser::Browser;

/// As much as a page may bring, compressed.
const MOST_BYTES: u64 = 60_000;
/// How far what is on the page may jump while it loads.
const MOST_SHIFT: f64 = 0.05;

/// Compresses what the page has loaded, as API Gateway does, and adds it up.
const WEIGH: &str = "const done = arguments[arguments.length - 1]; (async () => { \
    const own = performance.getEntriesByType('resource').map((each) => each.name).filter((name) => name.includes('/app/')); \
    let bytes = 0; const names = [location.href.split('#')[0], ...new Set(own)]; \
    for (const name of names) { const answer = await fetch(name); \
        const packed = answer.body.pipeThrough(new CompressionStream('gzip')); \
        bytes += (await new Response(packed).arrayBuffer()).byteLength; } \
    const shift = performance.getEntriesByType('layout-shift').filter((each) => !each.hadRecentInput).reduce((sum, each) => sum + each.value, 0); \
    const [page] = performance.getEntriesByType('navigation'); \
    return {bytes, requests: names.length, shift, loaded: page.loadEventEnd}; })().then(done, (error) => done(`${error}`));";

async fn weighs(browser: &Browser, name: &str) {
    let found = browser.run_later(WEIGH, vec![]).await;
    println!("    {name}: {found}");
    let bytes = found["bytes"].as_u64().expect("a weight");
    assert!(
        bytes > 5_000 && bytes <= MOST_BYTES,
        "{name}: {bytes} bytes"
    );
    let shift = found["shift"].as_f64().unwrap();
    assert!(shift < MOST_SHIFT, "{name} jumps by {shift}");
}

#[tokio::test]
async fn a_page_is_light_and_does_not_jump() {
    let person = Person::arrives("weight", "").await;
    let id = person.guest.holds(&flight()).await;
    for (name, page, ready) in [
        ("search", String::new(), "search-form"),
        ("trip", format!("#/bookings/{id}"), "pay-form"),
        ("shop", "#/shop".to_owned(), "product"),
    ] {
        person.browser.goes_to(&page).await;
        person.browser.reloads().await;
        person.browser.one(ready).await;
        weighs(&person.browser, name).await;
    }
    person.browser.closes().await;
    let browser = operator("#/sagas").await;
    browser.reloads().await;
    browser.find("[data-test='saga-row']").await;
    weighs(&browser, "sagas").await;
    browser.closes().await;
}
