//! What every answer has, whatever it says.

use serde_json::Value;

use holdfast_booking_rules::spec::Kind;
use holdfast_tests::client::{Answer, ask};

/// The origin that the local stack allows.
const ORIGIN: &str = "http://localhost:5173";

async fn all_sorts() -> [Answer; 3] {
    [
        ask("GET", "/health").send().await,
        ask("GET", "/bookings").send().await,
        ask("GET", "/nothing").send().await,
    ]
}

#[tokio::test]
async fn every_answer_has_its_trace_and_is_not_to_be_guessed_framed_or_kept() {
    for answer in all_sorts().await {
        assert_eq!(answer.header("trace-id").len(), 32, "{answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(
            answer
                .header("strict-transport-security")
                .contains("max-age")
        );
        assert!(
            answer
                .header("content-security-policy")
                .contains("default-src 'none'")
        );
    }
}

#[tokio::test]
async fn a_page_of_the_origin_that_is_allowed_may_ask_and_no_other() {
    let preflight = |origin: &'static str| {
        ask("OPTIONS", "/bookings")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "authorization,idempotency-key",
            )
            .send()
    };
    let allowed = preflight(ORIGIN).await;
    assert!(matches!(allowed.status, 200 | 204), "{allowed:?}");
    assert_eq!(allowed.header("access-control-allow-origin"), ORIGIN);
    assert!(
        allowed
            .header("access-control-allow-methods")
            .contains("DELETE")
    );
    assert!(
        allowed
            .header("access-control-allow-headers")
            .contains("idempotency-key")
    );
    let asked = ask("GET", "/bookings")
        .header("origin", ORIGIN)
        .send()
        .await;
    assert_eq!(asked.header("access-control-allow-origin"), ORIGIN);
    let other = preflight("https://elsewhere.example").await;
    assert_eq!(other.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn the_description_is_served_and_describes_what_there_is() {
    let document = ask("GET", "/openapi.json").send().await.expect(200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap();
    for path in [
        "/customers",
        "/sessions",
        "/sessions/refresh",
        "/offers",
        "/bookings",
    ] {
        assert!(paths.contains_key(path), "{path}");
    }
    let leg = &document["components"]["schemas"]["NewLeg"]["oneOf"];
    assert_eq!(leg.as_array().map(Vec::len), Some(Kind::ALL.len()), "{leg}");
    assert_ne!(
        document["components"]["securitySchemes"]["bearer"],
        Value::Null
    );
}
