//! Somebody who is signed in, in a browser.

use std::env;

use holdfast_tests::browser::{Browser, Look};
use holdfast_tests::guest::Guest;

/// A traveller or shopper with a browser, signed in.
pub(crate) struct Person {
    pub(crate) guest: Guest,
    pub(crate) browser: Browser,
}

impl Person {
    /// A new customer, who signs in and comes to a page.
    pub(crate) async fn arrives(what: &str, page: &str) -> Self {
        Self::looks(what, page, Look::default()).await
    }

    /// The same, who looks at the pages in their own way.
    pub(crate) async fn looks(what: &str, page: &str, look: Look) -> Self {
        let guest = Guest::arrives(what).await;
        let browser = Browser::open(look).await;
        browser.goes_to(page).await;
        signs_in(&browser, &guest.email, &guest.password).await;
        Self { guest, browser }
    }
}

/// Fills in the form that a page shows to strangers.
pub(crate) async fn signs_in(browser: &Browser, email: &str, password: &str) {
    browser.writes("[data-test='email']", email).await;
    browser.writes("[data-test='password']", password).await;
    browser.presses("submit").await;
    browser.one("sign-out").await;
}

/// A browser with the demo operator at a page of the desk, such as `#/sagas`.
pub(crate) async fn operator(page: &str) -> Browser {
    operator_looks(page, Look::default()).await
}

/// The same, in another look.
pub(crate) async fn operator_looks(page: &str, look: Look) -> Browser {
    let browser = Browser::open(look).await;
    browser.goes_to(&format!("desk/{page}")).await;
    let of = |name: &str| env::var(name).unwrap();
    let (email, password) = (
        of("HOLDFAST_OPERATOR_EMAIL"),
        of("HOLDFAST_OPERATOR_PASSWORD"),
    );
    signs_in(&browser, &email, &password).await;
    browser
}

/// The `data-test` of an element, with more of it.
pub(crate) fn test(name: &str, more: &str) -> String {
    format!("[data-test='{name}']{more}")
}
