//! Letters, as LocalStack's mailbox has them.

use std::time::Duration;

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sqs::types::QueueAttributeName;
use holdfast_booking_rules::event::EventName;
use holdfast_tests::guest::{Guest, flight};
use holdfast_tests::mailbox::{Letter, letters_to};
use holdfast_tests::{Stack, Trip, eventually, fresh_name, output};
use serde_json::{Value, json};

/// Longer than the service may be switched off by another test here, and longer than a try or two.
const SOON: Duration = Duration::from_secs(120);

async fn letter_to(address: &str) -> Letter {
    let what = format!("a letter to {address}");
    eventually(&what, SOON, async || {
        letters_to(address).await.into_iter().next()
    })
    .await
}

/// Until nothing waits for the service.
async fn the_queue_is_empty(stack: &Stack) {
    let queue = output("LETTERS_QUEUE_URL");
    eventually("an empty queue", SOON, async || {
        (stack.messages_in(&queue).await == 0).then_some(())
    })
    .await;
}

fn paid_flight() -> Value {
    let mut trip = flight();
    trip["payment"] = json!({"token": "tok_visa"});
    trip
}

/// Puts the event that ended a booking on the bus again.
async fn end_once_more(stack: &Stack, booking: &str) {
    let history = stack.history(booking).await;
    let booked = history.iter().find(|event| event.name == EventName::Booked);
    let booked = booked.expect("an event that ends it");
    let mut detail = json!(booked);
    detail["id"] = json!(format!("{booking}/{}", booked.unique()));
    let entry = PutEventsRequestEntry::builder()
        .event_bus_name(output("EVENT_BUS_NAME"))
        .source("holdfast")
        .detail_type("booked")
        .detail(detail.to_string())
        .build();
    let put = stack.events.put_events().entries(entry).send().await;
    assert_eq!(put.expect("the bus takes it").failed_entry_count(), 0);
}

#[tokio::test]
async fn a_booked_trip_sends_one_letter_in_the_language_that_its_customer_chose() {
    let stack = Stack::connect().await;
    let (ana, bob) = (Guest::arrives("ana").await, Guest::arrives("bob").await);
    let wishes = json!({"language": "pt-BR", "bookings": false, "orders": false});
    let put = ana.ask("PUT", "/preferences").json(&wishes).send().await;
    put.expect(200);
    for (guest, subject, paid) in [
        (&ana, "Sua viagem {} está reservada", "Você pagou BRL"),
        (&bob, "Your trip {} is booked", "You have paid BRL"),
    ] {
        let id = guest.books(&paid_flight()).await;
        guest.comes_to(&id, "booked").await;
        let letter = letter_to(&guest.email).await;
        assert_eq!(letter.subject, subject.replace("{}", &id));
        assert!(letter.text.contains(paid), "{letter:?}");
        assert!(letter.html.contains(paid), "{letter:?}");
        for _ in 0..3 {
            end_once_more(&stack, &id).await;
        }
        the_queue_is_empty(&stack).await;
        assert_eq!(letters_to(&guest.email).await.len(), 1);
    }
}

#[tokio::test]
async fn a_trip_that_cost_nothing_is_told_only_to_those_who_wish_it() {
    let stack = Stack::connect().await;
    let (ana, bob) = (
        Guest::arrives("quiet").await,
        Guest::arrives("curious").await,
    );
    let wishes = json!({"language": "en", "bookings": false, "orders": true});
    let put = ana.ask("PUT", "/preferences").json(&wishes).send().await;
    put.expect(200);
    for guest in [&ana, &bob] {
        let id = guest.holds(&flight()).await;
        guest.delete(&format!("/bookings/{id}")).await.expect(202);
        guest.comes_to(&id, "cancelled").await;
    }
    let letter = letter_to(&bob.email).await;
    assert!(letter.text.contains("No money was taken."), "{letter:?}");
    the_queue_is_empty(&stack).await;
    assert_eq!(letters_to(&ana.email).await, []);
}

/// Switches what brings messages to the service.
async fn switch(stack: &Stack, on: bool) {
    let queue = output("LETTERS_QUEUE_URL");
    let asked = stack.sqs.get_queue_attributes().queue_url(queue);
    let asked = asked
        .attribute_names(QueueAttributeName::QueueArn)
        .send()
        .await;
    let attributes = asked.unwrap().attributes.unwrap();
    let arn = &attributes[&QueueAttributeName::QueueArn];
    let sources = stack.lambda.list_event_source_mappings();
    let sources = sources.event_source_arn(arn).send().await.unwrap();
    let source = sources.event_source_mappings()[0]
        .uuid()
        .unwrap()
        .to_owned();
    let update = stack.lambda.update_event_source_mapping().uuid(&source);
    update.enabled(on).send().await.unwrap();
    let wanted = if on { "Enabled" } else { "Disabled" };
    eventually("the event source", SOON, async || {
        let source = stack.lambda.get_event_source_mapping().uuid(&source);
        let source = source.send().await.unwrap();
        (source.state() == Some(wanted)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn while_the_service_is_down_trips_are_booked_and_letters_come_later_once() {
    let stack = Stack::connect().await;
    switch(&stack, false).await;
    let (mut addresses, mut ends, mut early) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..3 {
        let address = format!("{}@example.com", fresh_name("patient"));
        let mut trip = Trip::flight();
        trip.0["customer"]["email"] = json!(address);
        let ended = stack.book(&format!("unwritten-{number}"), &trip).await;
        if ended.output["status"] == "booked" {
            end_once_more(&stack, &ended.name).await;
        }
        ends.push(ended.output["status"].clone());
        early.extend(letters_to(&address).await);
        addresses.push(address);
    }
    // Before anything can fail: other tests wait for letters, too.
    switch(&stack, true).await;
    assert_eq!(ends, ["booked", "booked", "booked"]);
    assert_eq!(early, []);
    for address in &addresses {
        letter_to(address).await;
    }
    the_queue_is_empty(&stack).await;
    for address in &addresses {
        assert_eq!(letters_to(address).await.len(), 1, "{address}");
    }
}
