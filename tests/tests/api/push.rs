//! Pages that hear of changes.

use std::time::Duration;

use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;
use holdfast_push::rules::{Audience, Connection, Listener, Secret};
use holdfast_push::{Connections, Ticket};
use holdfast_tests::guest::{Guest, flight, goods};
use holdfast_tests::page::{Page, connect, ticket};
use holdfast_tests::{Stack, eventually, fresh_name, output};
use serde_json::json;

use crate::desk::operator;

const SOON: Duration = Duration::from_secs(30);
/// Half of all messages take no longer.
const USUALLY: Duration = Duration::from_secs(1);
/// No message takes longer, however busy the machine is.
const AT_LAST: Duration = Duration::from_secs(10);

async fn connections() -> Connections {
    let client = Stack::connect().await.dynamodb;
    Connections::new(client, output("CONNECTIONS_TABLE"))
}

fn listener(guest: &Guest) -> Listener {
    Listener {
        customer_id: guest.id.parse().unwrap(),
        is_operator: false,
    }
}

/// Waits until a customer has so many open connections.
async fn has_open(guest: &Guest, number: usize) {
    let (connections, audience) = (connections().await, listener(guest).audience());
    eventually(&format!("{number} connections"), SOON, async || {
        let open = connections.of(&audience, now()).await.unwrap().len();
        (open == number).then_some(())
    })
    .await;
}

fn now() -> Timestamp {
    Clock::system().now()
}

#[tokio::test]
async fn a_page_hears_of_each_change_soon() {
    let (stack, ana) = (Stack::connect().await, Guest::arrives("ana").await);
    let mut page = Page::of(&ana).await;
    let trip = json!({"legs": flight()["legs"], "payment": {"token": "tok_visa"}});
    let id = ana.books(&trip).await;
    let mut heard = Vec::new();
    let mut late = Vec::new();
    loop {
        heard.push(page.hears_of(&id).await.at);
        let history = stack.history(&id).await;
        let is_told = |at: Timestamp| heard.iter().find(|heard| **heard >= at).copied();
        let told = history.iter().map(|event| is_told(event.at));
        let told: Option<Vec<_>> = told.collect();
        let is_over = ana.get(&format!("/bookings/{id}")).await.expect(200)["status"] == "booked";
        if let (Some(told), true) = (told, is_over) {
            let events = history.iter().zip(told);
            late.extend(events.map(|(event, told)| event.at.until(told)));
            break;
        }
    }
    late.sort();
    let (half, most) = (late[late.len() / 2], late[late.len() - 1]);
    println!(
        "told of {} events: p50 {half:?}, at most {most:?}",
        late.len()
    );
    assert!(half < USUALLY, "p50 {half:?}");
    assert!(most < AT_LAST, "at most {most:?}");
}

#[tokio::test]
async fn a_customer_hears_of_no_saga_of_another_and_an_operator_of_all() {
    let guests = tokio::join!(
        Guest::arrives("ana"),
        Guest::arrives("eve"),
        operator("olga")
    );
    let (ana, eve, olga) = guests;
    let pages = tokio::join!(Page::of(&ana), Page::of(&eve), Page::of(&olga));
    let (mut anas, mut eves, mut olgas) = pages;
    let (booking, order) = (
        ana.holds(&flight()).await,
        ana.orders(&goods(&json!({}))).await,
    );
    ana.order_comes_to(&order, "completed").await;
    anas.hears_of(&order).await;
    olgas.hears_of(&booking).await;
    olgas.hears_of(&order).await;
    // Whatever Eve was told of Ana's would come before what she is told of her own.
    let own = eve.holds(&flight()).await;
    let first = eves.hears().await.message;
    assert_eq!(first, json!({"kind": "booking", "id": own}));
    olgas.hears_of(&own).await;
}

#[tokio::test]
async fn a_ticket_opens_one_connection() {
    let ana = Guest::arrives("ana").await;
    let url = ticket(&ana).await;
    let mut page = connect(&url).await.unwrap();
    assert_eq!(connect(&url).await.err(), Some(403), "it was used");
    page.says("still here").await;
    let id = ana.books(&flight()).await;
    page.hears_of(&id).await;
}

#[tokio::test]
async fn a_ticket_that_is_forged_missing_or_late_opens_nothing() {
    let ana = Guest::arrives("ana").await;
    let url = ticket(&ana).await;
    let (address, good) = url.split_once('?').unwrap();
    for query in [
        String::new(),
        "?ticket=".to_owned(),
        format!("?ticket={}", fresh_name("forged")),
        format!("?ticket={}", ana.access),
        format!("?customer_id={}&is_operator=true", ana.id),
    ] {
        let refused = connect(&format!("{address}{query}")).await;
        assert_eq!(refused.err(), Some(403), "{query}");
    }
    let secret = Secret::of([fastrand::u8(..); 16]);
    let late = Ticket::new(listener(&ana), now() - Duration::from_secs(30));
    connections().await.issue(&secret, &late).await.unwrap();
    let refused = connect(&format!("{address}?ticket={}", secret.as_str())).await;
    assert_eq!(refused.err(), Some(403), "late");
    let page = connect(&format!("{address}?{good}")).await;
    assert!(page.is_ok(), "nothing of that has used the good one");
}

#[tokio::test]
async fn a_ticket_that_is_altered_anywhere_opens_nothing() {
    let ana = Guest::arrives("ana").await;
    let url = ticket(&ana).await;
    let (address, good) = url.split_once("?ticket=").unwrap();
    for at in 0..good.len() {
        let other = if &good[at..=at] == "A" { "B" } else { "A" };
        let altered = format!("{}{other}{}", &good[..at], &good[at + 1..]);
        let refused = connect(&format!("{address}?ticket={altered}")).await;
        assert_eq!(refused.err(), Some(403), "{altered} for {good}");
    }
    let page = connect(&url).await;
    assert!(page.is_ok(), "nothing of that has used the good one");
}

#[tokio::test]
async fn whatever_a_page_says_it_hears_of_no_other_customers_sagas() {
    let (ana, eve) = tokio::join!(Guest::arrives("ana"), Guest::arrives("eve"));
    let booking = ana.holds(&flight()).await;
    let url = format!("{}&customer_id={}", ticket(&eve).await, ana.id);
    let (mut anas, mut eves) = (Page::of(&ana).await, connect(&url).await.unwrap());
    for said in [
        json!({"kind": "booking", "id": booking}),
        json!({"action": "subscribe", "kind": "booking", "id": booking, "customer_id": ana.id}),
        json!({"action": "$connect", "customer_id": ana.id, "is_operator": true}),
        json!({"requestContext": {"routeKey": "$connect"}, "queryStringParameters": {"ticket": ana.access}}),
    ] {
        eves.says(&said.to_string()).await;
    }
    ana.delete(&format!("/bookings/{booking}"))
        .await
        .expect(202);
    ana.comes_to(&booking, "cancelled").await;
    anas.hears_of(&booking).await;
    // Whatever Eve was told of Ana's would come before what she is told of her own.
    let own = eve.holds(&flight()).await;
    let first = eves.hears().await.message;
    assert_eq!(first, json!({"kind": "booking", "id": own}));
}

#[tokio::test]
async fn a_page_that_has_gone_is_forgotten_and_hears_again_when_it_comes_back() {
    let ana = Guest::arrives("ana").await;
    let (polite, cut_off) = (Page::of(&ana).await, Page::of(&ana).await);
    has_open(&ana, 2).await;
    polite.closes().await;
    has_open(&ana, 1).await;
    drop(cut_off);
    has_open(&ana, 0).await;
    let mut page = Page::of(&ana).await;
    let id = ana.books(&flight()).await;
    page.hears_of(&id).await;
}

#[tokio::test]
async fn a_connection_whose_end_nobody_told_is_forgotten_when_it_is_written_to() {
    let ana = Guest::arrives("ana").await;
    let connection = Connection {
        connection_id: fresh_name("gone").try_into().unwrap(),
        listener: listener(&ana),
        opened: now() - Duration::from_secs(60),
    };
    connections().await.open(&connection).await.unwrap();
    let mut page = Page::of(&ana).await;
    has_open(&ana, 2).await;
    let id = ana.books(&flight()).await;
    page.hears_of(&id).await;
    has_open(&ana, 1).await;
    let operators = connections().await.of(&Audience::Operators, now()).await;
    assert!(
        operators
            .unwrap()
            .iter()
            .all(|one| one.listener.is_operator)
    );
}
