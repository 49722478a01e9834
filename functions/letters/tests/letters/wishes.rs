//! What customers wish: the language, and whether they are written to where no money is concerned.

use std::time::Duration;

use holdfast_core::email::ERASED;
use holdfast_core::failure::Failure;
use holdfast_core::language::Language;
use holdfast_letters::kinds::Letter;
use holdfast_letters::kinds::money::Payment;
use holdfast_letters::links::Opened;
use holdfast_letters::rules::{Message, Preferences, Status, Topic};

use serde_json::json;

use crate::stage::{Stage, booked, booking, order, read};

const NOTHING: Preferences = Preferences {
    language: Language::En,
    bookings: false,
    orders: false,
};

fn letter(message: &Message) -> Letter {
    match message {
        Message::Due(request) => request.letter.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_concerns_money_cannot_be_turned_off() {
    for payment in Payment::ALL {
        let costs = payment.concerns_money();
        for status in ["expired", "cancelled", "failed"] {
            let ended = letter(&read(booking("b-1", status, payment.as_str())));
            assert_eq!(
                ended.topic(),
                (!costs).then_some(Topic::Bookings),
                "{status} {payment:?}"
            );
        }
        for (message, always) in [
            (booking("b-1", "booked", payment.as_str()), true),
            (order("o-1", "completed", payment.as_str()), true),
            (order("o-1", "needs_attention", payment.as_str()), true),
        ] {
            assert_eq!(
                letter(&read(message)).topic().is_none(),
                always,
                "{payment:?}"
            );
        }
        let mut failed = order("o-1", "failed", payment.as_str());
        // An invoice is about money, too.
        assert_eq!(letter(&read(failed.clone())).topic(), None);
        failed["detail"]["ended"]["invoice"].take();
        let failed = letter(&read(failed));
        assert_eq!(
            failed.topic(),
            (!costs).then_some(Topic::Orders),
            "{payment:?}"
        );
    }
    assert!(!Payment::None.concerns_money() && !Payment::Declined.concerns_money());
    assert!(NOTHING.allow(None) && !NOTHING.allow(Some(Topic::Orders)));
}

#[tokio::test]
async fn a_customer_who_turned_letters_off_gets_those_about_money_and_no_others() {
    let stage = Stage::new().await;
    let customer = "cus_1".parse().unwrap();
    stage.store.prefer(&customer, NOTHING).await.unwrap();
    assert_eq!(stage.store.preferences(&customer).await.unwrap(), NOTHING);
    stage
        .deliver(&read(booking("b-1", "expired", "none")))
        .await;
    stage
        .deliver(&read(booking("b-2", "failed", "declined")))
        .await;
    assert!(stage.ses.taken().is_empty());
    assert_eq!(stage.status("b-1/booking.7").await, Status::NotWanted);
    stage
        .deliver(&read(booking("b-3", "expired", "voided")))
        .await;
    stage.deliver(&booked("b-4")).await;
    stage.deliver(&read(order("o-1", "failed", "none"))).await;
    assert_eq!(stage.ses.taken().len(), 3);
    assert_eq!(stage.waiting().await, []);
}

#[tokio::test]
async fn a_letter_is_in_the_language_that_its_customer_chose_and_english_without_a_choice() {
    let stage = Stage::new().await;
    stage.deliver(&booked("b-1")).await;
    let wishes = Preferences {
        language: Language::PtBr,
        ..Preferences::default()
    };
    stage
        .store
        .prefer(&"cus_1".parse().unwrap(), wishes)
        .await
        .unwrap();
    stage.deliver(&booked("b-2")).await;
    let subjects: Vec<_> = stage
        .ses
        .taken()
        .into_iter()
        .map(|letter| letter.subject)
        .collect();
    assert_eq!(
        subjects,
        ["Your trip b-1 is booked", "Sua viagem b-2 está reservada"]
    );
}

#[tokio::test]
async fn without_a_sender_nothing_is_sent_and_without_an_operator_no_operator_is_written_to() {
    let silent = Stage::sending(None, Some("desk@example.com")).await;
    silent.deliver(&booked("b-1")).await;
    assert_eq!(silent.status("b-1/booking.7").await, Status::NotSent);
    let lonely = Stage::sending(Some("agency@example.com"), None).await;
    lonely
        .deliver(&read(booking("b-1", "needs_attention", "unknown")))
        .await;
    assert_eq!(lonely.status("b-1/booking.7").await, Status::NotSent);
    lonely.deliver(&booked("b-2")).await;
    assert_eq!(lonely.ses.taken().len(), 1);
    for stage in [silent, lonely] {
        assert_eq!(stage.waiting().await, []);
    }
}

#[tokio::test]
async fn an_address_that_is_none_waits_for_an_operator() {
    let stage = Stage::new().await;
    let mut event = booking("b-1", "booked", "captured");
    event["detail"]["ended"]["customer"]["email"] = "nobody".into();
    stage.take(&read(event), 1).await.unwrap();
    assert_eq!(stage.status("b-1/booking.7").await, Status::Undelivered);
}

/// A letter with a one-time link, as the API asks for it.
fn link(purpose: &str) -> Message {
    read(json!({"detail-type": "letter_requested", "detail": {
        "id": "cus_1/link.1", "to": {"customer": {"id": "cus_1", "email": "traveller@example.com"}},
        "kind": "link",
        "data": {"purpose": purpose, "link": "1", "key": "v1", "ends": "2027-01-10T12:30:00.000Z"},
    }}))
}

#[test]
fn a_link_is_shown_as_an_address_in_both_languages() {
    for (purpose, fragment, subjects) in [
        (
            "reset_password",
            "reset",
            ["Choose a new password", "Escolha uma nova senha"],
        ),
        (
            "confirm_address",
            "confirm",
            [
                "Confirm your e-mail address",
                "Confirme seu endereço de e-mail",
            ],
        ),
    ] {
        let Letter::Link(link) = letter(&link(purpose)) else {
            panic!("another letter");
        };
        for (language, subject) in [Language::En, Language::PtBr].into_iter().zip(subjects) {
            let address = Opened::at("https://trips.example.com/app/", link.purpose, "lt_1");
            let written = link.opened(language, &address).written(language);
            assert_eq!(written.subject, subject);
            let address = format!("https://trips.example.com/app/#{fragment}=lt_1");
            let anchor = format!("<a href=\"{address}\">{address}</a>");
            assert!(written.html.contains(&anchor), "{}", written.html);
            assert!(written.text.contains(&address), "{}", written.text);
            assert!(written.text.contains("12:30 UTC"), "{}", written.text);
        }
    }
}

#[tokio::test]
async fn a_link_that_is_over_is_not_sent_and_what_is_kept_of_it_holds_no_token() {
    let stage = Stage::new().await;
    stage.passes(Duration::from_secs(30 * 60));
    stage.deliver(&link("reset_password")).await;
    assert!(stage.ses.taken().is_empty());
    let record = stage.record("cus_1/link.1").await;
    assert_eq!(record.status, Status::Undelivered);
    assert!(!format!("{record:?}").contains("lt_"));
}

#[tokio::test]
async fn an_erased_customer_is_forgotten_in_old_letters_and_gets_no_new_ones() {
    let stage = Stage::new().await;
    let customer = "cus_1".parse().unwrap();
    stage.deliver(&booked("b-1")).await;
    assert_eq!(stage.ses.taken().len(), 1);
    let now = "2027-01-10T12:00:00Z".parse().unwrap();
    for _ in 0..2 {
        stage.store.forget(&customer, now).await.unwrap();
        let mut late = booking("b-2", "booked", "captured");
        late["detail"]["ended"]["passengers"] = json!(["Ana Souza"]);
        stage.deliver(&read(late)).await;
    }
    assert_eq!(stage.ses.taken().len(), 1);
    for (letter, status) in [
        ("b-1/booking.7", Status::Sent),
        ("b-2/booking.7", Status::NotWanted),
    ] {
        let record = stage.record(letter).await;
        assert_eq!(record.status, status);
        assert_eq!(record.request.to.customer().unwrap().email, ERASED);
        let kept = serde_json::to_string(&record).unwrap();
        assert!(!kept.contains("Ana Souza"), "{kept}");
    }
    let refused = stage.store.prefer(&customer, NOTHING).await;
    assert!(matches!(refused, Err(Failure::Conflict(_))), "{refused:?}");
}
