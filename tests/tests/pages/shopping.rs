//! Goods from the shop: into the basket, ordered once, followed to their invoice.

use crate::person::{Person, test};

#[tokio::test]
async fn goods_are_ordered_once_and_followed_to_their_invoice() {
    let person = Person::arrives("shop", "#/shop").await;
    let browser = &person.browser;
    browser.find("[data-test='product']").await;
    browser.presses("put-in").await;
    browser
        .sees(&test("basket-count", ""), |text| text.contains('1'))
        .await;
    browser.presses("to-basket").await;
    let address = [
        ("name", "Ana Souza"),
        ("postcode", "01310-100"),
        ("city", "São Paulo"),
    ];
    for (field, text) in address {
        browser.writes(&test(field, ""), text).await;
    }
    browser
        .clicks("label:has([data-test='pay-tok_visa'])")
        .await;
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
