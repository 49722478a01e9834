//! What each request is answered, by what is recorded.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use holdfast_core::fault::Fault;
use holdfast_core::time::Timestamp;
use holdfast_stock_rules::answering::{Moved, Shortage, Transition, answer};
use holdfast_stock_rules::event::{EventName, fold};
use holdfast_stock_rules::items::{Items, Line};
use holdfast_stock_rules::request::{Request, Wish};
use holdfast_stock_rules::reservation::{Reservation, State, Status};
use serde_json::json;

fn items(lines: &[(&str, u32)]) -> Items {
    let lines = lines.iter().map(|(sku, quantity)| Line {
        sku: sku.parse().unwrap(),
        quantity: *quantity,
    });
    Items::try_from(lines.collect::<Vec<_>>()).unwrap()
}

fn request(number: u32, wish: Wish) -> Request {
    let id = json!(format!("o-1/order.{number}"));
    Request {
        id: serde_json::from_value(id).unwrap(),
        order_id: "o-1".parse().unwrap(),
        trace_id: "0af7651916cd43dd8448eb211c80319c".parse().unwrap(),
        wish,
        fault: Fault::Ok,
    }
}

fn books() -> Items {
    items(&[("BOOK-001", 2), ("LAST-ONE", 2)])
}

fn asked(number: u32) -> Request {
    request(number, Wish::Take(books()))
}

fn given_up(number: u32) -> Request {
    request(number, Wish::PutBack)
}

fn one_left() -> Vec<Shortage> {
    vec![Shortage {
        sku: "LAST-ONE".parse().unwrap(),
        left: Some(1),
    }]
}

/// An order with its history.
#[derive(Default)]
struct Story {
    reservation: Option<Reservation>,
    told: Vec<Transition>,
}

impl Story {
    fn then(mut self, request: &Request, short: &[Shortage]) -> Self {
        let at = Timestamp::from_millis(1_000 * i64::try_from(self.told.len()).unwrap());
        let transition = answer(self.reservation.as_ref(), request, short, at);
        self.reservation = Some(transition.reservation.clone());
        self.told.push(transition);
        let events: Vec<_> = self.told.iter().map(|told| told.event.clone()).collect();
        assert_eq!(fold(&events).as_ref(), Ok(&self.state()));
        self
    }

    fn state(&self) -> State {
        self.reservation.clone().unwrap().state
    }

    fn names(&self) -> Vec<EventName> {
        self.told.iter().map(|told| told.event.name).collect()
    }

    fn last(&self) -> &Transition {
        self.told.last().unwrap()
    }
}

#[test]
fn an_order_gets_all_that_it_wants_and_is_told_so_again() {
    let story = Story::default().then(&asked(1), &[]);
    assert_eq!(story.last().moved, Moved::Out(books()));
    assert_eq!(story.last().event.items, Some(books()));
    assert_eq!(story.last().event.request_id.as_str(), "o-1/order.1");
    let story = story.then(&asked(2), &one_left());
    assert_eq!(story.names(), [EventName::StockAvailable; 2]);
    assert_eq!(story.last().moved, Moved::Nothing);
    assert_eq!(story.last().event.request_id.as_str(), "o-1/order.2");
    assert_eq!(story.last().event.items, Some(books()));
}

#[test]
fn an_order_that_wants_too_much_gets_nothing_however_often_it_asks() {
    let story = Story::default().then(&asked(1), &one_left());
    let story = story.then(&asked(2), &[]);
    assert_eq!(story.names(), [EventName::StockUnavailable; 2]);
    for told in &story.told {
        assert_eq!(told.moved, Moved::Nothing);
        let reason = told.event.reason.as_deref();
        assert_eq!(reason, Some("LAST-ONE: 2 wanted, 1 left"));
    }
}

#[test]
fn the_reason_names_each_product_that_is_short() {
    let mut short = one_left();
    short.push(Shortage {
        sku: "BOOK-001".parse().unwrap(),
        left: None,
    });
    let story = Story::default().then(&asked(1), &short);
    let reason = story.last().event.reason.clone().unwrap();
    assert_eq!(
        reason,
        "LAST-ONE: 2 wanted, 1 left; BOOK-001: 2 wanted, there is no such product"
    );
}

#[test]
fn goods_are_put_back_once_and_not_taken_again() {
    let story = Story::default()
        .then(&asked(1), &[])
        .then(&given_up(2), &[]);
    assert_eq!(story.last().moved, Moved::Back(books()));
    let story = story.then(&given_up(3), &[]).then(&asked(4), &[]);
    let later = story.told[2..].iter();
    assert!(later.clone().all(|told| told.moved == Moved::Nothing));
    assert_eq!(
        story.names()[1..],
        [
            EventName::StockReturned,
            EventName::StockReturned,
            EventName::StockUnavailable
        ]
    );
    let reason = story.last().event.reason.as_deref();
    assert_eq!(reason, Some("the goods were put back"));
}

#[test]
fn a_request_that_comes_after_the_order_gave_up_is_refused() {
    let story = Story::default().then(&given_up(2), &[]);
    assert_eq!(story.state(), State::ReturnedBeforeTaken);
    let story = story.then(&asked(1), &[]).then(&given_up(3), &[]);
    assert!(story.told.iter().all(|told| told.moved == Moved::Nothing));
    let reason = story.told[1].event.reason.as_deref();
    assert_eq!(reason, Some("the order gave up before it asked"));
    assert_eq!(story.state().status(), Status::ReturnedBeforeTaken);
}

#[test]
fn an_order_that_was_refused_has_nothing_to_put_back() {
    let story = Story::default()
        .then(&asked(1), &one_left())
        .then(&given_up(2), &[]);
    assert_eq!(story.last().event.name, EventName::StockReturned);
    assert_eq!(story.last().moved, Moved::Nothing);
    assert_eq!(story.state().status(), Status::Refused);
}

#[test]
fn a_refusal_and_lost_answers_are_played_as_they_are_scripted() {
    let scripted = |fault, request: Request| Request { fault, ..request };
    let refused = scripted(Fault::Refuse, asked(1));
    let story = Story::default().then(&refused, &[]);
    let reason = story.last().event.reason.as_deref();
    assert_eq!(reason, Some("refused, as scripted"));

    let lost = Fault::Lost(Some(2));
    let mut story = Story::default();
    for number in 1..=3 {
        story = story.then(&scripted(lost, asked(number)), &[]);
    }
    for number in 4..=6 {
        story = story.then(&scripted(lost, given_up(number)), &[]);
    }
    let unheard = EventName::StockAnswerLost;
    let (available, returned) = (EventName::StockAvailable, EventName::StockReturned);
    assert_eq!(
        story.names(),
        [unheard, unheard, available, unheard, unheard, returned]
    );
    assert_eq!(story.told[0].moved, Moved::Out(books()));
    assert_eq!(story.told[0].event.items, None);
    assert_eq!(story.told[3].moved, Moved::Back(books()));
}

#[test]
fn a_reservation_reads_as_it_was_written() {
    let story = Story::default().then(&asked(1), &[]);
    let reservation = story.reservation.unwrap();
    let text = serde_json::to_value(&reservation).unwrap();
    assert_eq!(
        text,
        json!({
            "order_id": "o-1",
            "created": "1970-01-01T00:00:00.000Z",
            "updated": "1970-01-01T00:00:00.000Z",
            "version": 1,
            "status": "taken",
            "items": [{"sku": "BOOK-001", "quantity": 2}, {"sku": "LAST-ONE", "quantity": 2}],
        })
    );
    let read: Reservation = serde_json::from_value(text).unwrap();
    assert_eq!(read, reservation);
}
