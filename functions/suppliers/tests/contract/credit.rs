//! The credit bureau: it reads, answers once per key, and keeps nothing readable about a person.

use serde_json::json;

use crate::shop::{Shop, brl};

#[tokio::test]
async fn a_customer_is_approved_with_a_score_and_a_limit() {
    let shop = Shop::open().await;
    let first = shop.credit("o1", json!({})).await.expect(200);
    assert_eq!(first["status"], "approved");
    assert!(first["reference"].as_str().unwrap().starts_with("CR-"));
    assert_eq!(first["limit"], brl(100_000_000));
    let second = shop.credit("o2", json!({})).await.expect(200);
    assert_eq!(second["score"], first["score"], "the same customer");
    assert!(shop.audit("").await.is_empty(), "a check left something");
}

#[tokio::test]
async fn an_address_without_credit_and_an_amount_over_the_limit_are_refused() {
    let shop = Shop::open().await;
    let poor = json!({"customer": {"id": "cus_1", "email": "buyer@No-Credit.example"}});
    let refused = shop.credit("o1", poor.clone()).await;
    refused.problem(409, "refused");
    assert_eq!(shop.credit("o1", poor).await, refused);
    let much = json!({"amount": brl(100_000_001)});
    let said = shop.credit("o2", much).await.problem(409, "refused");
    assert!(said.contains("BRL 1000000"), "{said}");
}

#[tokio::test]
async fn a_key_that_comes_back_for_another_customer_is_a_mistake() {
    let shop = Shop::open().await;
    let first = shop.credit("o1", json!({})).await;
    first.expect(200);
    for other in [
        json!({"customer": {"id": "cus_2", "email": "buyer@example.com"}}),
        json!({"customer": {"id": "cus_1", "email": "other@example.com"}}),
        json!({"amount": brl(1)}),
    ] {
        shop.credit("o1", other).await.problem(422, "invalid");
    }
    assert_eq!(shop.credit("o1", json!({})).await, first);
}
