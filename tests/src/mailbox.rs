//! LocalStack's mailbox: the letters that SES has taken, instead of sending them.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

use std::time::Duration;

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use holdfast_booking_rules::event::EventName as BookingEvent;
use holdfast_order_rules::event::EventName as OrderEvent;
use http_body_util::Full;
use hyper::Request;
use serde_json::{Value, json};

use crate::shop::Shop;
use crate::suppliers::send;
use crate::{Stack, eventually, output};

const SOON: Duration = Duration::from_secs(120);

/// A letter that SES has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// Its HTML.
    pub html: String,
}

/// The subjects of letters that bring a one-time link. Who registers gets one, in the language that they prefer
/// by the time it is written.
const LINKS: [&str; 4] = [
    "Confirm your e-mail address",
    "Confirme seu endereço de e-mail",
    "Choose a new password",
    "Escolha uma nova senha",
];

/// The letters to an address, the oldest first, but for those that bring a one-time link.
pub async fn letters_to(address: &str) -> Vec<Letter> {
    let mut letters = all_letters_to(address).await;
    letters.retain(|letter| !LINKS.contains(&letter.subject.as_str()));
    letters
}

/// Waits for the letter of this subject to an address; the token of the link that it brings, which leads to the
/// stack's own pages.
pub async fn link_to(address: &str, subject: &str) -> String {
    let what = format!("a letter to {address} that brings a link");
    let letter = eventually(&what, SOON, async || {
        let letters = all_letters_to(address).await.into_iter();
        letters.rev().find(|letter| letter.subject == subject)
    });
    let text = letter.await.text;
    let token = text.split_whitespace().find_map(|word| {
        let (_, link) = word.split_once(&output("PAGES_URL"))?;
        let (_, token) = link.split_once('=')?;
        Some(token.to_owned())
    });
    token.expect("a token in the letter")
}

async fn all_letters_to(address: &str) -> Vec<Letter> {
    let endpoint = std::env::var("AWS_ENDPOINT_URL").expect("AWS_ENDPOINT_URL");
    let request = Request::get(format!("{endpoint}/_aws/ses"));
    let (status, mailbox) = send(request.body(Full::default()).expect("a request")).await;
    assert!(status.is_success(), "the mailbox: {status}");
    let messages = mailbox["messages"].as_array().into_iter().flatten();
    let is_to = |letter: &&Value| letter["Destination"]["ToAddresses"][0] == address;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let letters = messages.filter(is_to).map(|letter| Letter {
        subject: text(&letter["Subject"]),
        text: text(&letter["Body"]["text_part"]),
        html: text(&letter["Body"]["html_part"]),
    });
    letters.collect()
}

/// Waits for a letter to an address.
pub async fn letter_to(address: &str) -> Letter {
    let what = format!("a letter to {address}");
    eventually(&what, SOON, async || {
        letters_to(address).await.into_iter().next()
    })
    .await
}

impl Stack {
    /// Waits until nothing waits for the letters' service.
    pub async fn all_letters_are_written(&self) {
        let queue = output("LETTERS_QUEUE_URL");
        eventually("an empty queue", SOON, async || {
            (self.messages_in(&queue).await == 0).then_some(())
        })
        .await;
    }

    /// Puts the event that a trip was booked on the bus again.
    pub async fn booked_once_more(&self, booking: &str) {
        let history = self.history(booking).await;
        let booked = history
            .iter()
            .find(|event| event.name == BookingEvent::Booked);
        let booked = booked.expect("an event that ends it");
        let id = format!("{booking}/{}", booked.unique());
        self.once_more("booked", &id, json!(booked)).await;
    }

    async fn once_more(&self, name: &str, id: &str, mut detail: Value) {
        detail["id"] = json!(id);
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(output("EVENT_BUS_NAME"))
            .source("holdfast")
            .detail_type(name)
            .detail(detail.to_string())
            .build();
        let put = self.events.put_events().entries(entry).send().await;
        assert_eq!(put.expect("the bus takes it").failed_entry_count(), 0);
    }
}

impl Shop {
    /// Puts the event that an order was completed on the bus again.
    pub async fn completed_once_more(&self, order: &str) {
        let history = self.history(order).await;
        let completed = history
            .iter()
            .find(|event| event.name == OrderEvent::OrderCompleted);
        let completed = completed.expect("an event that ends it");
        let detail = json!(completed);
        self.stack
            .once_more("order_completed", &completed.id(), detail)
            .await;
    }
}
