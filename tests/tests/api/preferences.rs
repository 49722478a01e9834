//! What customers wish to be written.

use holdfast_tests::client::ask;
use holdfast_tests::guest::Guest;
use serde_json::json;

#[tokio::test]
async fn a_customer_chooses_language_and_letters_and_nobody_else_does() {
    let (ana, bob) = (
        Guest::arrives("wishes").await,
        Guest::arrives("others").await,
    );
    let usual = json!({"language": "en", "bookings": true, "orders": true});
    assert_eq!(ana.get("/preferences").await.expect(200), usual);
    let wishes = json!({"language": "pt-BR", "bookings": false, "orders": true});
    let put = || ana.ask("PUT", "/preferences").json(&wishes).send();
    assert_eq!(put().await.expect(200), wishes);
    assert_eq!(put().await.expect(200), wishes);
    assert_eq!(ana.get("/preferences").await.expect(200), wishes);
    assert_eq!(bob.get("/preferences").await.expect(200), usual);
}

#[tokio::test]
async fn preferences_that_make_no_sense_are_refused_by_their_field() {
    let ana = Guest::arrives("senseless").await;
    for (field, value) in [
        ("language", json!("fr")),
        ("language", json!(null)),
        ("bookings", json!("no")),
        ("orders", json!(1)),
        ("money", json!(false)),
    ] {
        let mut wishes = json!({"language": "en", "bookings": true, "orders": true});
        wishes[field] = value;
        let refused = ana.ask("PUT", "/preferences").json(&wishes).send().await;
        assert_eq!(refused.status, 422, "{field}");
    }
    let half = json!({"language": "en"});
    let refused = ana.ask("PUT", "/preferences").json(&half).send().await;
    assert_eq!(refused.status, 422);
    ask("GET", "/preferences")
        .send()
        .await
        .problem(401, "unauthorized");
}
