//! Operators: how one is made, and what they may do.

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use holdfast_tests::{Stack, output};
use serde_json::json;

use holdfast_tests::client::ask;
use holdfast_tests::guest::{Guest, flight};

/// Makes a customer an operator, as the README says, and signs them in again.
pub(crate) async fn operator(what: &str) -> Guest {
    let mut guest = Guest::arrives(what).await;
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let aws = aws_config::defaults(BehaviorVersion::latest());
    let aws = aws.http_client(http).load().await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    aws_sdk_dynamodb::Client::new(&aws)
        .update_item()
        .table_name(output("CUSTOMERS_TABLE"))
        .key("pk", text(&format!("CUSTOMER#{}", guest.id)))
        .key("sk", text("PROFILE"))
        .update_expression("SET #role = :operator")
        .condition_expression("attribute_exists(pk)")
        .expression_attribute_names("#role", "role")
        .expression_attribute_values(":operator", text("operator"))
        .send()
        .await
        .expect("an operator");
    let body = json!({"refresh_token": guest.refresh});
    let session = ask("POST", "/sessions/refresh").json(&body).send().await;
    let session = session.expect(200);
    assert_eq!(session["role"], "operator");
    guest.access = session["access_token"].as_str().unwrap().to_owned();
    guest
}

#[tokio::test]
async fn a_customer_may_not_go_behind_the_desk() {
    let ana = Guest::arrives("customer").await;
    ana.get("/desk").await.problem(403, "forbidden");
    for act in ["redrive", "resolve", "abandon"] {
        let path = format!("/desk/b-1/{act}");
        ana.post(&path, &json!({"reason": "mine"}))
            .await
            .problem(403, "forbidden");
    }
}

#[tokio::test]
async fn an_operator_sees_what_waits_and_resolves_it() {
    let stack = Stack::connect().await;
    let (ana, olga) = tokio::join!(Guest::arrives("ana"), operator("olga"));
    let mut trip = flight();
    trip["legs"][0]["simulate"] = json!({"release": "refuse"});
    let id = ana.holds(&trip).await;
    ana.delete(&format!("/bookings/{id}")).await.expect(202);
    ana.comes_to(&id, "needs_attention").await;

    let desk = format!("/desk?customer={}", ana.id);
    let desk = olga.get(&desk).await.expect(200);
    let waiting = desk["waiting"].as_array().unwrap();
    let waiting = waiting.iter().find(|waiting| waiting["booking_id"] == *id);
    assert_eq!(waiting.expect("it waits")["left"][0]["leg"], "out");
    let path = |act: &str| format!("/desk/{id}/{act}");
    let redriven = olga
        .post(&path("redrive"), &json!({"part": "out"}))
        .await
        .expect(200);
    assert!(
        redriven["did"][0]["outcome"]["failed"].is_string(),
        "{redriven}"
    );
    olga.post(&path("resolve"), &json!({}))
        .await
        .problem(422, "invalid-fields");
    let resolved = json!({"reason": "cancelled by telephone"});
    let resolved = olga.post(&path("resolve"), &resolved).await.expect(200);
    assert_eq!(resolved["after"], "cancelled", "{resolved}");

    let booking = ana.comes_to(&id, "cancelled").await;
    assert_eq!(booking["legs"][0]["status"], "released");
    let events = ana.get(&format!("/bookings/{id}/events")).await.expect(200);
    assert!(
        !events.to_string().contains(&olga.id),
        "who works at the desk is not told: {events}"
    );
    let history = stack.history(&id).await;
    assert!(
        history.iter().any(|event| event.actor == olga.id),
        "but it is known"
    );
}

#[tokio::test]
async fn an_operator_is_a_stranger_to_the_bookings_of_others() {
    let (ana, olga) = tokio::join!(Guest::arrives("ana"), operator("olga"));
    let id = ana.books(&flight()).await;
    olga.get(&format!("/bookings/{id}"))
        .await
        .problem(404, "not-found");
    let reason = json!({"reason": "why not"});
    let missing = olga.post("/desk/b-none/abandon", &reason).await;
    missing.problem(404, "not-found");
}
