//! Every page, in light and dark, wide and narrow, in both languages: for everybody, and pictured.

use holdfast_tests::Stack;
use holdfast_tests::browser::{Browser, Look};
use holdfast_tests::guest::{Guest, flight, goods};
use serde_json::json;

use crate::desk::stuck;
use crate::person::{Person, operator_looks};

/// What a page shows where something of it is still to come.
pub(crate) const LOADING: &str = "[data-test='loading'], .skeleton, .spinner";

const LOOKS: [(&str, Look); 2] = [
    (
        "wide-light-en",
        Look {
            width: 1440,
            height: 900,
            dark: false,
            language: "en-US",
        },
    ),
    (
        "narrow-dark-pt",
        Look {
            width: 360,
            height: 900,
            dark: true,
            language: "pt-BR",
        },
    ),
];

/// Waits until a page has come to rest.
pub(crate) async fn rests(browser: &Browser, name: &str) {
    browser
        .until(name, async || {
            let loading = browser.all(LOADING).await;
            loading.is_empty() && !browser.all("h1").await.is_empty()
        })
        .await;
}

/// A page for everybody is one that has come to rest, fits its window, and has no fault that a program finds.
async fn is_well(browser: &Browser, name: &str) {
    rests(browser, name).await;
    browser.is_for_everybody(name).await;
    let script = "return document.documentElement.scrollWidth - innerWidth";
    let over = browser.run(script, vec![]).await;
    assert!(over.as_i64() <= Some(1), "{name} is {over} px too wide");
    browser.is_pictured(name).await;
}

async fn booked(guest: &Guest) -> String {
    let mut trip = flight();
    trip["payment"] = json!({"token": "tok_visa"});
    let id = guest.books(&trip).await;
    guest.comes_to(&id, "booked").await;
    id
}

#[tokio::test]
async fn the_pages_of_travellers_and_shoppers_are_for_everybody() {
    for (look, how) in LOOKS {
        let person = Person::looks("looks", "", how).await;
        let (guest, browser) = (&person.guest, &person.browser);
        let (held, booked) = (guest.holds(&flight()).await, booked(guest).await);
        let order = guest.orders(&goods(&json!({}))).await;
        guest.order_comes_to(&order, "completed").await;
        for (name, page) in [
            (
                "search",
                "#/?kind=flight&origin=GRU&start=2027-03-01&people=1".to_owned(),
            ),
            ("trips", "#/bookings".to_owned()),
            ("held", format!("#/bookings/{held}")),
            ("booked", format!("#/bookings/{booked}")),
            ("missing", "#/bookings/none".to_owned()),
            ("shop", "#/shop".to_owned()),
            ("basket", "#/basket".to_owned()),
            ("orders", "#/orders".to_owned()),
            ("order", format!("#/orders/{order}")),
            ("card", "#/card".to_owned()),
            ("account", "#/account".to_owned()),
        ] {
            browser.goes_to(&page).await;
            is_well(browser, &format!("{name}-{look}")).await;
        }
        person.browser.closes().await;
    }
}

#[tokio::test]
async fn the_pages_of_strangers_are_for_everybody() {
    for (look, how) in LOOKS {
        let browser = Browser::open(how).await;
        for (name, page) in [
            ("sign-in", ""),
            ("forgotten", "#/forgotten"),
            ("desk-sign-in", "desk/"),
        ] {
            browser.goes_to(page).await;
            is_well(&browser, &format!("{name}-{look}")).await;
        }
        browser.closes().await;
    }
}

#[tokio::test]
async fn the_pages_of_operators_are_for_everybody() {
    let stack = Stack::connect().await;
    let stuck = stuck(&stack).await;
    for (look, how) in LOOKS {
        let browser = operator_looks("#/", how).await;
        for (name, page) in [
            ("waiting", "#/".to_owned()),
            ("sagas", "#/sagas".to_owned()),
            ("now", "#/now".to_owned()),
            ("timeline", format!("#/sagas/booking/{stuck}")),
            ("graph", format!("#/sagas/booking/{stuck}?view=graph")),
        ] {
            browser.goes_to(&format!("desk/{page}")).await;
            is_well(&browser, &format!("desk-{name}-{look}")).await;
        }
        browser.closes().await;
    }
}
