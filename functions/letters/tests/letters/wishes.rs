//! What customers wish: the language, and whether they are written to where no money is concerned.

use holdfast_core::language::Language;
use holdfast_letters::kinds::Letter;
use holdfast_letters::kinds::money::Payment;
use holdfast_letters::rules::{Message, Preferences, Status, Topic};

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
