//! How the pages look.

use holdfast_tests::browser::{Browser, Look};

#[tokio::test]
async fn the_first_page_is_for_everybody() {
    let browser = Browser::open(Look::default()).await;
    browser.goes_to("").await;
    browser.one("sign-in").await;
    browser.is_for_everybody("the first page").await;
    browser.is_pictured("first").await;
    browser.closes().await;
}
