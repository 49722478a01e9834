//! A connection takes a ticket: one that the API has issued, once, and soon.

use std::time::Duration;

use futures_util::future::join_all;
use holdfast_push::rules::Audience;
use holdfast_push::rules::connection::MOST_OF_A_CUSTOMER;
use serde_json::json;

use crate::stage::{Stage, customer, operator};

fn ana() -> Audience {
    customer("cus_ana").audience()
}

#[tokio::test]
async fn a_ticket_opens_one_connection() {
    let stage = Stage::new().await;
    let ticket = stage.ticket(customer("cus_ana")).await;
    assert_eq!(stage.handshake("c1=", Some(ticket.as_str())).await, 200);
    assert_eq!(stage.handshake("c2=", Some(ticket.as_str())).await, 403);
    let [open] = &stage.open(&ana()).await[..] else {
        panic!("one connection")
    };
    assert_eq!(open.connection_id.as_str(), "c1=");
    assert_eq!(open.listener, customer("cus_ana"));
}

#[tokio::test]
async fn of_ten_simultaneous_handshakes_with_one_ticket_one_succeeds() {
    let stage = Stage::new().await;
    let ticket = stage.ticket(customer("cus_ana")).await;
    let names: Vec<_> = (0..10).map(|number| format!("c{number}")).collect();
    let all = names
        .iter()
        .map(|name| stage.handshake(name, Some(ticket.as_str())));
    let opened = join_all(all).await;
    assert_eq!(opened.iter().filter(|status| **status == 200).count(), 1);
    assert_eq!(stage.open(&ana()).await.len(), 1);
}

#[tokio::test]
async fn a_ticket_of_half_a_minute_ago_opens_nothing() {
    let stage = Stage::new().await;
    let ticket = stage.ticket(customer("cus_ana")).await;
    stage.passes(Duration::from_secs(30));
    assert_eq!(stage.handshake("c1", Some(ticket.as_str())).await, 403);
    assert!(stage.open(&ana()).await.is_empty());
}

#[tokio::test]
async fn what_is_no_ticket_opens_nothing() {
    let stage = Stage::new().await;
    let ticket = stage.ticket(customer("cus_ana")).await;
    let hash = ticket.hash();
    let long = "a".repeat(10_000);
    for forged in ["", "x", "CUSTOMER#cus_ana", hash.as_str(), long.as_str()] {
        let status = stage.handshake("c1", Some(forged)).await;
        assert_eq!(status, 403, "{forged}");
    }
    assert_eq!(stage.handshake("c1", None).await, 403);
    assert_eq!(stage.handshake("c1", Some(ticket.as_str())).await, 200);
}

#[tokio::test]
async fn parameters_beside_the_ticket_change_nothing() {
    let stage = Stage::new().await;
    let ticket = stage.ticket(customer("cus_ana")).await;
    let wishes =
        json!({"ticket": ticket.as_str(), "customer_id": "cus_bob", "is_operator": "true"});
    assert_eq!(stage.told("$connect", "c1", Some(wishes)).await, 200);
    assert_eq!(stage.open(&ana()).await.len(), 1);
    assert!(stage.open(&Audience::Operators).await.is_empty());
    let bob = customer("cus_bob").audience();
    assert!(stage.open(&bob).await.is_empty());
}

#[tokio::test]
async fn a_connection_that_ends_is_forgotten_and_its_page_connects_again() {
    let stage = Stage::new().await;
    stage.connects("c1", customer("cus_ana")).await;
    stage.connects("c2", operator("cus_olga")).await;
    stage.disconnect("c1").await;
    assert!(stage.open(&ana()).await.is_empty());
    assert_eq!(stage.open(&Audience::Operators).await.len(), 1);
    // API Gateway may tell it twice, and of connections that were refused.
    stage.disconnect("c1").await;
    stage.disconnect("c9").await;
    stage.connects("c3", customer("cus_ana")).await;
    assert_eq!(stage.open(&ana()).await.len(), 1);
}

#[tokio::test]
async fn what_a_page_sends_changes_nothing() {
    let stage = Stage::new().await;
    stage.connects("c1", customer("cus_ana")).await;
    assert_eq!(stage.told("$default", "c1", None).await, 200);
    assert_eq!(stage.open(&ana()).await.len(), 1);
}

#[tokio::test]
async fn a_customer_has_so_many_connections_and_others_are_not_in_their_way() {
    let stage = Stage::new().await;
    for number in 0..MOST_OF_A_CUSTOMER {
        stage
            .connects(&format!("c{number}"), customer("cus_ana"))
            .await;
    }
    let ticket = stage.ticket(customer("cus_ana")).await;
    assert_eq!(stage.handshake("more", Some(ticket.as_str())).await, 429);
    stage.connects("bobs", customer("cus_bob")).await;
    stage.disconnect("c0").await;
    stage.connects("another", customer("cus_ana")).await;
}
