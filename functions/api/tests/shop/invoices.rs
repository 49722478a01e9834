//! The invoice as a page, for its owner.

use holdfast_order_rules::action::StepName;
use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn the_invoice_is_a_page_in_the_language_that_is_asked_for() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    let id = stage.orders(&ana, "key", json!({})).await;
    let path = format!("/orders/{id}/invoice");
    let none = stage.get(&ana, &path).await.problem(404, "not-found");
    assert!(none["detail"].as_str().unwrap().contains("no invoice"));
    stage.machine(&id).goes_on(StepName::CheckCredit).await;
    for (query, accepted, tag, word) in [
        ("", "pt-BR,pt;q=0.9,en;q=0.8", "pt-BR", "Fatura"),
        ("", "en-GB,en", "en", "Invoice"),
        ("", "fr", "en", "Invoice"),
        ("?lang=pt-BR", "en", "pt-BR", "Fatura"),
        ("?lang=en", "pt-BR", "en", "Invoice"),
    ] {
        let headers = [("accept-language", accepted)];
        let path = format!("{path}{query}");
        let page = stage.ask(&ana, "GET", &path, &headers, None).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("content-language"), tag);
        assert_eq!(page.header("cache-control"), "no-store");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("style-src 'unsafe-inline'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(
            page.text.contains(&format!("{word} 2027-000001")),
            "{query} {accepted}"
        );
        assert!(page.text.contains("ana@example.com"));
    }
    let bad = stage.get(&ana, &format!("{path}?lang=fr")).await;
    let bad = bad.problem(422, "invalid-fields");
    assert_eq!(bad["errors"][0]["field"], "lang");
}
