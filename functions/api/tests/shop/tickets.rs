//! Tickets for those who want to hear of changes.

use std::time::Duration;

use holdfast_push::{Listener, Secret};
use serde_json::{Value, json};

use crate::stage::{Guest, PUSH_URL, Stage};

/// Asks for a ticket; tells its secret.
async fn ticket(stage: &Stage, guest: &Guest) -> Secret {
    let issued = stage.post(guest, "/tickets", &json!({})).await.expect(200);
    assert_eq!(issued["expires_in"], 30);
    let url = issued["url"].as_str().unwrap();
    let (address, secret) = url.split_once("?ticket=").expect("a ticket");
    assert_eq!(address, PUSH_URL);
    Secret::try_from(secret.to_owned()).unwrap()
}

async fn redeemed(stage: &Stage, secret: &Secret) -> Option<Listener> {
    let now = stage.bench.clock().now();
    let ticket = stage.connections.redeem(secret, now).await.unwrap();
    ticket.map(|ticket| ticket.listener)
}

#[tokio::test]
async fn a_ticket_is_for_the_one_who_is_signed_in_and_for_one_connection() {
    let stage = Stage::new().await;
    let (ana, olga) = (stage.customer("ana").await, stage.operator("olga").await);
    for (guest, is_operator) in [(&ana, false), (&olga, true)] {
        let secret = ticket(&stage, guest).await;
        let listener = redeemed(&stage, &secret).await.expect("a listener");
        assert_eq!(listener.customer_id.as_str(), guest.id);
        assert_eq!(listener.is_operator, is_operator);
        assert_eq!(redeemed(&stage, &secret).await, None, "it was used");
    }
}

#[tokio::test]
async fn a_ticket_is_worth_nothing_after_half_a_minute() {
    let stage = Stage::new().await;
    let ana = stage.customer("ana").await;
    let (early, late) = (ticket(&stage, &ana).await, ticket(&stage, &ana).await);
    assert_ne!(early, late);
    let issued = stage.bench.clock().now();
    let after = |millis| issued + Duration::from_millis(millis);
    let redeem = |secret, at| stage.connections.redeem(secret, at);
    assert!(redeem(&early, after(29_000)).await.unwrap().is_some());
    assert!(redeem(&late, after(31_000)).await.unwrap().is_none());
}

#[tokio::test]
async fn no_ticket_is_issued_to_strangers_or_for_what_is_asked_for() {
    let stage = Stage::new().await;
    let stranger = stage.stranger();
    let refused = stage.post(&stranger, "/tickets", &json!({})).await;
    refused.problem(401, "unauthorized");
    let ana = stage.customer("ana").await;
    let nobody: Option<&Value> = None;
    let issued = stage.ask(&ana, "POST", "/tickets", &[], nobody).await;
    issued.expect(200);
    for wish in [
        json!({"customer_id": "cus_bob"}),
        json!({"is_operator": true}),
    ] {
        let refused = stage.post(&ana, "/tickets", &wish).await;
        refused.problem(422, "invalid-fields");
    }
}
