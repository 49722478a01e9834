//! Batches of the queue, and the events that the bus delivers.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use holdfast_core::email::Email;
use holdfast_kit::batch::{Batch, Message as Delivered};
use holdfast_kit::queue::Postpones;
use holdfast_letters::kinds::money::Payment;
use holdfast_letters::rules::message::{PURCHASE, REDRIVEN, REQUESTED};
use holdfast_letters::rules::{Message, To};
use serde_json::{Value, json};

use crate::stage::{Stage, TRACE, booking, brl, delivered, order, purchase, read};

/// Notes which messages are to come again, and when.
#[derive(Default)]
struct Source(Mutex<Vec<(String, Duration)>>);

impl Postpones for Source {
    async fn postpone(&self, receipt: &str, pause: Duration) {
        self.0.lock().unwrap().push((receipt.to_owned(), pause));
    }
}

async fn consume(stage: &Stage, bodies: &[String]) -> (Vec<String>, Vec<(String, Duration)>) {
    let records = bodies.iter().enumerate().map(|(place, body)| {
        json!({
            "messageId": format!("m-{place}"),
            "receiptHandle": format!("r-{place}"),
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1"},
        })
    });
    let records: Vec<_> = records.collect();
    let batch: Batch<Delivered> = serde_json::from_value(json!({ "Records": records })).unwrap();
    let source = Source::default();
    let answer = stage.delivery.consume(batch, &source).await.unwrap();
    let failed = answer.batch_item_failures.into_iter();
    let failed = failed.map(|failed| failed.item_identifier).collect();
    (failed, source.0.into_inner().unwrap())
}

#[tokio::test]
async fn messages_that_make_no_sense_fail_at_once_and_all_others_are_sent() {
    let stage = Stage::new().await;
    let good = || booking("b-0", "booked", "captured");
    let spoilt = |path: &str, value: Value| {
        let mut message = good();
        *message.pointer_mut(path).unwrap() = value;
        message.to_string()
    };
    let bad = [
        String::new(),
        "no JSON".to_owned(),
        "{}".to_owned(),
        spoilt("/detail", json!(null)),
        spoilt("/detail/id", json!("an id\nof two lines")),
        spoilt("/detail/booking_id", json!("b/0")),
        spoilt("/detail/booking", json!(null)),
        spoilt("/detail/booking/after/status", json!("lost")),
        spoilt("/detail/booking/after/amount", json!(1842)),
        spoilt("/detail/ended/customer", json!("ana")),
        spoilt("/detail/ended/payment", json!("stolen")),
        delivered(
            PURCHASE,
            &json!({"id": "123/purchase.1", "email": "ana@example.com"}),
        )
        .to_string(),
        delivered(REDRIVEN, &json!({"id": "b-0/booking.1"})).to_string(),
        delivered(
            REQUESTED,
            &json!({"id": "x", "to": "operator", "kind": "song", "data": {}}),
        )
        .to_string(),
    ];
    for (number, bad) in bad.iter().enumerate() {
        let ids = [format!("before-{number}"), format!("after-{number}")];
        let [before, after] = ids.map(|id| booking(&id, "booked", "captured").to_string());
        let (failed, postponed) = consume(&stage, &[before, bad.clone(), after]).await;
        assert_eq!(failed, ["m-1"], "{bad}");
        // Without a pause: it is through its tries in no time.
        assert_eq!(postponed, [("r-1".to_owned(), Duration::ZERO)], "{bad}");
    }
    assert_eq!(stage.ses.taken().len(), 2 * bad.len());
}

#[tokio::test]
async fn a_letter_of_any_kind_is_asked_for_by_an_event() {
    let stage = Stage::new().await;
    let asked = json!({
        "id": "mail/1",
        "trace_id": TRACE,
        "to": {"customer": {"id": "cus_2", "email": "bob@example.com"}},
        "language": "pt-BR",
        "kind": "order",
        "data": {"order_id": "o-1", "end": "cancelled", "total": brl(4_990), "payment": "refunded"},
    });
    let message = read(delivered(REQUESTED, &asked));
    stage.deliver(&message).await;
    stage.deliver(&message).await;
    let taken = stage.ses.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(
        (&*taken[0].to, &*taken[0].subject),
        ("bob@example.com", "Seu pedido o-1 foi cancelado")
    );
}

#[test]
fn what_is_wrong_with_a_message_is_told_without_what_stands_in_it() {
    let mut event = booking("b-1", "booked", "captured");
    event["detail"]["ended"]["customer"] = json!("ana@example.com");
    let problem = serde_json::from_value::<Message>(event).unwrap_err();
    assert_eq!(
        problem.to_string(),
        "booked: detail.ended.customer is missing or wrong"
    );
}

/// The authorizer writes the event, and this service reads it.
#[test]
fn an_approved_purchase_is_understood_as_the_authorizer_tells_it() {
    use holdfast_authorizer_rules::event::PurchaseApproved;
    use holdfast_authorizer_rules::movement::Line;
    let line: Line = serde_json::from_value(json!({
        "account_id": "123", "customer_id": "cus_1", "key": "0123456789abcdef", "id": "t-1", "seq": 1, "before": "-",
        "kind": "purchase", "code": "00", "category": "MEAL", "amount": 10_050, "at": 1_799_582_399_000_i64,
        "mark": "m", "mcc": "5811", "merchant": "PADARIA DO ZÉ               SAO PAULO BR",
    }))
    .unwrap();
    let email = Email::read("ana@example.com").unwrap();
    let event = PurchaseApproved {
        email: Some(email),
        ..PurchaseApproved::of(line).unwrap()
    };
    let told = delivered(PurchaseApproved::NAME, &json!(event));
    assert_eq!(told, purchase("123", Some("ana@example.com")));
    assert!(matches!(read(told), Message::Due(_)));
}

#[test]
fn an_event_that_tells_no_end_is_no_reason_to_write() {
    let from_before = |mut event: Value| {
        event["detail"].as_object_mut().unwrap().remove("ended");
        read(event)
    };
    assert_eq!(
        from_before(booking("b-1", "booked", "captured")),
        Message::Nothing
    );
    assert_eq!(
        from_before(order("o-1", "completed", "captured")),
        Message::Nothing
    );
    let resolved =
        json!({"id": "b-1/hotel.4", "booking_id": "b-1", "name": "desk_resolved", "legs": {}});
    assert_eq!(
        read(delivered("desk_resolved", &resolved)),
        Message::Nothing
    );
}

#[test]
fn what_waits_at_the_desk_is_told_the_operators_and_every_other_end_the_customer() {
    let to = |event: Value| match read(event) {
        Message::Due(request) => request.to,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        to(booking("b-1", "needs_attention", "unknown")),
        To::Operator
    );
    assert_eq!(to(order("o-1", "needs_attention", "unknown")), To::Operator);
    for status in ["booked", "expired", "cancelled", "failed"] {
        assert!(
            to(booking("b-1", status, "none")).customer().is_some(),
            "{status}"
        );
    }
    for status in ["completed", "cancelled", "failed"] {
        assert!(
            to(order("o-1", status, "none")).customer().is_some(),
            "{status}"
        );
    }
}

#[test]
fn the_bus_rule_brings_the_events_that_can_end_a_booking_or_an_order_and_purchases() {
    use holdfast_booking_rules::event::EventName as Of;
    use holdfast_order_rules::event::EventName as OfAnOrder;
    let bookings = [
        Of::Booked,
        Of::BookingClosed,
        Of::CancellationDone,
        Of::DeskResolved,
        Of::DeskAbandoned,
    ];
    let orders = [
        OfAnOrder::OrderCompleted,
        OfAnOrder::OrderCancelled,
        OfAnOrder::OrderFailed,
        OfAnOrder::OrderNeedsAttention,
        OfAnOrder::DeskResolved,
        OfAnOrder::DeskAbandoned,
    ];
    let mut ends: BTreeSet<String> = [REQUESTED, PURCHASE].map(str::to_owned).into();
    let word = |name: Value| name.as_str().unwrap().to_owned();
    ends.extend(bookings.map(|name| word(json!(name))));
    ends.extend(orders.map(|name| word(json!(name))));
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
    let template = std::fs::read_to_string(template).unwrap();
    let rule = template.split("\n  LettersRule:").nth(1).unwrap();
    let names = rule.split("detail-type:").nth(1).unwrap().trim_start();
    let names = names.trim_start_matches('[').split(']').next().unwrap();
    let names: BTreeSet<_> = names
        .split(',')
        .map(|name| name.trim().to_owned())
        .collect();
    assert_eq!(names, ends);
}

#[test]
fn every_status_of_a_payment_is_understood() {
    let mut known: Vec<String> = Payment::ALL
        .iter()
        .map(|it| it.as_str().to_owned())
        .collect();
    for payment in Payment::ALL {
        assert_eq!(json!(payment), payment.as_str());
    }
    let bookings = holdfast_booking_rules::booking::PaymentStatus::ALL.iter();
    let mut told: Vec<String> = bookings
        .map(|it| json!(it).as_str().unwrap().to_owned())
        .collect();
    known.sort();
    told.sort();
    assert_eq!(known, told);
    use holdfast_order_rules::status::PaymentStatus as Of;
    let orders = [
        Of::None,
        Of::Authorized,
        Of::Captured,
        Of::Declined,
        Of::Voided,
        Of::Refunded,
        Of::ReleaseFailed,
        Of::Unknown,
    ];
    for status in orders {
        let word = json!(status);
        assert!(known.contains(&word.as_str().unwrap().to_owned()), "{word}");
    }
}
