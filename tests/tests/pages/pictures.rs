//! The pictures of the READMEs: `make screenshots`.

use std::env;
use std::path::Path;

use holdfast_tests::browser::{Browser, Look};
use holdfast_tests::guest::Guest;
use serde_json::{Value, json};

use crate::looks::rests;
use crate::person::{Person, operator_looks, test};

/// As high as a timeline, or as a graph that can be read.
const HIGH: u32 = 1130;

const WIDE: Look = Look {
    width: 1440,
    height: 900,
    dark: false,
    language: "en-US",
};

/// Below what stays at the top of the window.
const TO_THE_TABS: &str = "const tabs = document.querySelector(\"[role='tablist']\").getBoundingClientRect(); \
    scrollTo({top: tabs.top + scrollY - 90, behavior: 'instant'})";

async fn has_no_scrollbars(browser: &Browser) {
    let hidden = json!({"hidden": true});
    browser
        .devtools("Emulation.setScrollbarsHidden", hidden)
        .await;
}

/// Two weeks in Lisbon; `simulate` is what the hotel does.
fn lisbon(simulate: &Value) -> Value {
    json!({
        "legs": [
            {"id": "out", "kind": "flight", "spec": {"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}},
            {"id": "hotel", "kind": "hotel", "simulate": simulate,
                "spec": {"city": "LIS", "check_in": "2027-03-02", "check_out": "2027-03-14", "guests": 2}},
            {"id": "car", "kind": "car", "spec": {"city": "LIS", "pick_up": "2027-03-05", "drop_off": "2027-03-09"}},
            {"id": "back", "kind": "flight", "spec": {"from": "LIS", "to": "GRU", "date": "2027-03-14", "passengers": 2}},
        ],
        "passengers": ["Ana Souza", "Bruno Lima"],
    })
}

/// A booked trip whose hotel then neither takes the guests nor gives its hold back.
async fn stuck(guest: &Guest) -> String {
    let mut trip = lisbon(&json!({"confirm": "refuse", "release": "refuse"}));
    trip["payment"] = json!({"token": "tok_visa"});
    let id = guest.books(&trip).await;
    guest.comes_to(&id, "needs_attention").await;
    id
}

#[tokio::test]
#[ignore = "make screenshots"]
async fn the_readmes_have_their_pictures() {
    let folder =
        env::var("HOLDFAST_PICTURES").expect("HOLDFAST_PICTURES: the folder of the pictures");
    let picture = |name: &str| Path::new(&folder).join(format!("{name}.webp"));
    let person = Person::looks("ana.souza", "", WIDE).await;
    let id = person.guest.holds(&lisbon(&json!({}))).await;
    let browser = &person.browser;
    has_no_scrollbars(browser).await;
    browser.goes_to(&format!("#/bookings/{id}")).await;
    browser.find(&test("pay-form", "")).await;
    rests(browser, "the trip").await;
    browser.is_drawn(&picture("trip")).await;
    let id = stuck(&person.guest).await;
    person.browser.closes().await;
    let browser = operator_looks(&format!("#/sagas/booking/{id}"), WIDE).await;
    has_no_scrollbars(&browser).await;
    let tall = Look {
        height: HIGH,
        ..WIDE
    };
    browser.looks(tall).await;
    browser.find(&test("timeline", "")).await;
    rests(&browser, "the timeline").await;
    browser.is_drawn(&picture("timeline")).await;
    browser.looks(Look { dark: true, ..tall }).await;
    browser.presses("tab-graph").await;
    browser.find(&test("graph", "")).await;
    rests(&browser, "the graph").await;
    browser.run(TO_THE_TABS, vec![]).await;
    browser.is_drawn(&picture("graph")).await;
    browser.closes().await;
}
