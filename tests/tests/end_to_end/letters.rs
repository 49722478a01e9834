//! Letters, as LocalStack's mailbox has them.

use holdfast_tests::Stack;
use holdfast_tests::guest::{Guest, flight};
use holdfast_tests::mailbox::{letter_to, letters_to};
use serde_json::{Value, json};

fn paid_flight() -> Value {
    let mut trip = flight();
    trip["payment"] = json!({"token": "tok_visa"});
    trip
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
            stack.booked_once_more(&id).await;
        }
        stack.all_letters_are_written().await;
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
    stack.all_letters_are_written().await;
    assert_eq!(letters_to(&ana.email).await, []);
}
