//! What a page brings with it when nothing of it is known yet, and how soon it settles.

use std::time::Duration;

use holdfast_tests::browser::Browser;
use holdfast_tests::guest::flight;
use serde_json::json;

use crate::looks::LOADING;
use crate::person::{Person, operator, test};

/// As much as a page may bring, compressed.
const MOST_BYTES: u64 = 60_000;
/// How far what is on the page may jump while it loads.
const MOST_SHIFT: f64 = 0.05;
/// Until something is to be seen, and until the page can be used: far more than either takes, for the machine may be busy.
const PAINTED: Duration = Duration::from_secs(5);
const USABLE: Duration = Duration::from_secs(10);

/// What the pages that are weighed are for.
const MAIN_THINGS: &str = "[data-test='search-form'], [data-test='pay-form'], [data-test='product'], [data-test='saga-row'], [data-test='figures'], [data-test='graph-node']";

/// Notes since when the main thing of a page is there and nothing is still to come, and adds up what jumps.
const WATCHES: &str = "window.usable = null; window.shift = 0; \
    new MutationObserver(() => { const has = (selector) => document.querySelector(selector) !== null; \
        const is = has('main h1') && has(THINGS) && !has(LOADING); \
        window.usable = is ? window.usable ?? performance.now() : null; \
    }).observe(document, {childList: true, subtree: true}); \
    new PerformanceObserver((list) => { \
        for (const each of list.getEntries()) if (!each.hadRecentInput) window.shift += each.value; \
    }).observe({type: 'layout-shift', buffered: true});";

/// Compresses what the page has loaded, as API Gateway does, and adds it up.
const WEIGH: &str = "const done = arguments[arguments.length - 1]; (async () => { \
    const own = performance.getEntriesByType('resource').map((each) => each.name).filter((name) => name.includes('/app/')); \
    let bytes = 0; const names = [location.href.split('#')[0], ...new Set(own)]; \
    for (const name of names) { const answer = await fetch(name); \
        const packed = answer.body.pipeThrough(new CompressionStream('gzip')); \
        bytes += (await new Response(packed).arrayBuffer()).byteLength; } \
    const [page] = performance.getEntriesByType('navigation'); \
    const [painted] = performance.getEntriesByName('first-contentful-paint'); \
    return {bytes, requests: names.length, shift: window.shift, loaded: page.loadEventEnd, \
        painted: painted.startTime, usable: window.usable}; })().then(done, (error) => done(`${error}`));";

async fn watches(browser: &Browser) {
    let script = WATCHES.replace("THINGS", &format!("{MAIN_THINGS:?}"));
    let script = script.replace("LOADING", &format!("{LOADING:?}"));
    let script = json!({"source": script});
    let added = browser.devtools("Page.addScriptToEvaluateOnNewDocument", script);
    added.await;
}

/// Loads the page anew, by a browser that has none of its files.
async fn loads_cold(browser: &Browser) {
    browser
        .devtools("Network.clearBrowserCache", json!({}))
        .await;
    browser.reloads().await;
    let settled = async || {
        browser
            .run("return window.usable", vec![])
            .await
            .is_number()
    };
    browser.until("the page can be used", settled).await;
}

async fn weighs(browser: &Browser, name: &str) {
    let found = browser.run_later(WEIGH, vec![]).await;
    println!("    {name}: {found}");
    let bytes = found["bytes"].as_u64().expect("a weight");
    assert!(
        bytes > 5_000 && bytes <= MOST_BYTES,
        "{name}: {bytes} bytes"
    );
    let number = |field: &str| found[field].as_f64().unwrap();
    let shift = number("shift");
    assert!(shift < MOST_SHIFT, "{name} jumps by {shift}");
    for (field, most) in [("painted", PAINTED), ("usable", USABLE)] {
        let took = Duration::from_secs_f64(number(field) / 1000.0);
        assert!(took < most, "{name} is {field} after {took:?}");
    }
}

#[tokio::test]
async fn a_page_is_light_and_soon_usable_and_does_not_jump() {
    let person = Person::arrives("weight", "").await;
    watches(&person.browser).await;
    let id = person.guest.holds(&flight()).await;
    for (name, page, ready) in [
        ("search", String::new(), "search-form"),
        ("trip", format!("#/bookings/{id}"), "pay-form"),
        ("shop", "#/shop".to_owned(), "product"),
    ] {
        person.browser.goes_to(&page).await;
        loads_cold(&person.browser).await;
        person.browser.find(&test(ready, "")).await;
        weighs(&person.browser, name).await;
    }
    person.browser.closes().await;
    let browser = operator("#/sagas").await;
    watches(&browser).await;
    for (name, page) in [
        ("sagas", "#/sagas".to_owned()),
        ("now", "#/now".to_owned()),
        ("graph", format!("#/sagas/booking/{id}?view=graph")),
    ] {
        browser.goes_to(&format!("desk/{page}")).await;
        loads_cold(&browser).await;
        weighs(&browser, name).await;
    }
    browser.closes().await;
}
