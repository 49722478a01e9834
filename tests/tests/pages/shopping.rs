//! Goods from the shop: into the basket, ordered once, followed to their invoice.

use holdfast_tests::browser::Browser;

use crate::person::{Person, test};

async fn puts_one_in(browser: &Browser) {
    browser.find("[data-test='product']").await;
    browser.presses("put-in").await;
    one_is_in_the_basket(browser).await;
    browser.presses("to-basket").await;
}

async fn one_is_in_the_basket(browser: &Browser) {
    let count = test("basket-count", "");
    browser.sees(&count, |text| text.contains('1')).await;
}

async fn says_where_to_and_pays_with(browser: &Browser, token: &str) {
    let address = [
        ("name", "Ana Souza"),
        ("postcode", "01310-100"),
        ("city", "São Paulo"),
    ];
    for (field, text) in address {
        browser.writes(&test(field, ""), text).await;
    }
    let card = format!("label:has([data-test='pay-{token}'])");
    browser.clicks(&card).await;
}

#[tokio::test]
async fn goods_are_ordered_once_and_followed_to_their_invoice() {
    let person = Person::arrives("shop", "#/shop").await;
    let browser = &person.browser;
    puts_one_in(browser).await;
    says_where_to_and_pays_with(browser, "tok_visa").await;
    let order = browser.one("order").await;
    order.click().await.unwrap();
    // A double click orders once.
    let _ = order.click().await;
    browser.find("[data-status='completed']").await;
    let steps = browser.all(&test("step", "")).await;
    assert!(steps.len() >= 6, "{} steps", steps.len());
    let orders = person.guest.get("/orders").await.expect(200);
    assert_eq!(orders["orders"].as_array().unwrap().len(), 1);
    browser.presses("invoice").await;
    browser
        .sees("body", |text| {
            text.contains("Invoice") && text.contains("BRL")
        })
        .await;
    person.browser.closes().await;
}

#[tokio::test]
async fn the_goods_of_an_order_that_failed_go_back_into_the_basket() {
    let person = Person::arrives("shop-again", "#/shop").await;
    let browser = &person.browser;
    puts_one_in(browser).await;
    says_where_to_and_pays_with(browser, "tok_declined").await;
    browser.presses("order").await;
    browser.find("[data-status='failed']").await;
    let stand = browser.one("stand").await.text().await.unwrap();
    assert!(stand.contains("Nothing was charged."), "{stand}");
    browser.presses("again").await;
    browser.one("order").await;
    one_is_in_the_basket(browser).await;
    person.browser.closes().await;
}
