//! Random histories against a model: orders ask and take back, messages come twice, in another order and
//! at once, answers are lost, processes end. Whatever happens, the books agree.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_invoices::rules::{Event, EventName, Message, State};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::road::{Lost, Road};
use crate::stage::{Stage, first, requests, unwants, unwants_with, wants, wants_with};

const ORDERS: u8 = 4;

/// A message, and how it fares.
#[derive(Clone, Debug)]
struct Step {
    order: u8,
    /// The same number is the same event.
    event: u8,
    cancels: bool,
    fault: Option<&'static str>,
    fares: Fares,
}

#[derive(Clone, Copy, Debug)]
enum Fares {
    Well,
    Twice,
    /// The process ends at its n-th request to the table; the message comes again, or does not.
    Killed(usize, Lost, bool),
    Conflict,
    /// It is taken at the same time as the next one.
    WithTheNext,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let fault = prop_oneof![
        6 => Just(None),
        1 => Just(Some("refuse")),
        1 => Just(Some("lost:1")),
        1 => Just(Some("unavailable:1")),
    ];
    let lost = prop_oneof![Just(Lost::Request), Just(Lost::Answer)];
    let fares = prop_oneof![
        4 => Just(Fares::Well),
        1 => Just(Fares::Twice),
        2 => (0_usize..3, lost, any::<bool>())
            .prop_map(|(place, lost, again)| Fares::Killed(place, lost, again)),
        1 => Just(Fares::Conflict),
        2 => Just(Fares::WithTheNext),
    ];
    let step = (0..ORDERS, 0_u8..4, any::<bool>(), fault, fares);
    let step = step.prop_map(|(order, event, cancels, fault, fares)| Step {
        order,
        event,
        cancels,
        fault,
        fares,
    });
    prop::collection::vec(step, 1..14)
}

impl Step {
    fn order(&self) -> String {
        format!("o-{}", self.order)
    }

    fn message(&self) -> Message {
        let (order, event) = (self.order(), self.event_name());
        match (self.cancels, self.fault) {
            (false, None) => wants(&order, &event),
            (false, Some(fault)) => wants_with(&order, &event, fault),
            (true, None) => unwants(&order, &event),
            (true, Some(fault)) => unwants_with(&order, &event, fault),
        }
    }

    fn event_name(&self) -> String {
        let kind = if self.cancels { "cancel" } else { "wants" };
        format!(
            "order.{kind}.{}.{}",
            self.event,
            self.fault.unwrap_or("ok").replace(':', ".")
        )
    }
}

/// What the events of an order must have led to, by themselves: who asked first has it.
#[derive(Debug, Default)]
struct Book {
    number: Option<String>,
    credit_note: Option<String>,
    closed: bool,
}

impl Book {
    /// Checks an answer against what was before it, and takes over what it says.
    fn enter(&mut self, answer: &Event) {
        let wants = answer.request_id.to_string().contains("order.wants");
        let number = answer.number.as_ref().map(ToString::to_string);
        let credit_note = answer.credit_note.as_ref().map(ToString::to_string);
        match answer.name {
            EventName::InvoiceIssued => {
                assert!(wants && !self.closed, "{answer:?} after {self:?}");
                assert!(self.number.is_none() || self.number == number);
                self.number = number;
            }
            EventName::InvoiceRefused => {
                let scripted = answer.request_id.to_string().ends_with("refuse");
                assert!(self.closed || scripted, "{answer:?} after {self:?}");
                self.closed |= wants && self.number.is_none();
            }
            EventName::InvoiceCancelled => {
                assert!(!wants, "{answer:?}");
                assert_eq!(number, self.number, "after {self:?}");
                assert_eq!(credit_note.is_some(), self.number.is_some());
                assert!(self.credit_note.is_none() || self.credit_note == credit_note);
                (self.credit_note, self.closed) = (credit_note, true);
            }
            EventName::InvoiceAnswerLost => {}
        }
        self.look(&answer.invoice.after);
    }

    /// What a lost answer would have told is found in the state.
    fn look(&mut self, state: &State) {
        match state {
            State::Issued { number, .. } => {
                assert!(!self.closed, "{state:?} after {self:?}");
                self.number.get_or_insert(number.to_string());
            }
            State::Cancelled {
                number,
                credit_note,
                ..
            } => {
                assert_eq!(self.number, Some(number.to_string()));
                self.credit_note.get_or_insert(credit_note.to_string());
                assert_eq!(self.credit_note, Some(credit_note.to_string()));
                self.closed = true;
            }
            State::Refused { .. } | State::NeverIssued => {
                assert_eq!(self.number, None);
                self.closed = true;
            }
        }
    }
}

async fn killed(stage: &Stage, message: &Message, place: usize, lost: Lost) {
    let (road, store) = Road::to(&stage.address, Some((place, lost))).await;
    let requests = requests(store);
    tokio::select! {
        () = road.ended() => {}
        _ = requests.answer(message, 9) => {}
    }
}

async fn play(steps: &[Step]) {
    let stage = Stage::new().await;
    let mut answered = BTreeSet::new();
    for (place, step) in steps.iter().enumerate() {
        let message = step.message();
        match step.fares {
            Fares::Well => stage.deliver(&message).await,
            Fares::Twice => {
                let other = stage.other_process();
                tokio::join!(stage.deliver(&message), other.deliver(&message));
            }
            Fares::Killed(place, lost, again) => {
                killed(&stage, &message, place, lost).await;
                if again {
                    stage.deliver(&message).await;
                }
            }
            Fares::Conflict => {
                let (road, store) = Road::to(&stage.address, None).await;
                road.meet(6);
                let requests = requests(store);
                let met = requests.answer(&message, 9).await;
                if met.is_err() {
                    stage.deliver(&message).await;
                }
            }
            Fares::WithTheNext => {
                let next = steps.get(place + 1).unwrap_or(step).message();
                let other = stage.other_process();
                tokio::join!(stage.deliver(&message), other.deliver(&next));
            }
        }
        if !matches!(step.fares, Fares::Killed(_, _, false)) {
            answered.insert((step.order(), message.id().to_string()));
        }
    }
    audit(&stage, &answered).await;
}

async fn audit(stage: &Stage, answered: &BTreeSet<(String, String)>) {
    let mut books = BTreeMap::new();
    for order in (0..ORDERS).map(|order| format!("o-{order}")) {
        let mut book = Book::default();
        let answers = stage.answers(&order).await;
        let requests: BTreeSet<_> = answers.iter().map(|it| it.request_id.to_string()).collect();
        assert_eq!(requests.len(), answers.len(), "one answer for each request");
        let expected = answered.iter().filter(|(of, _)| *of == order);
        let missing: Vec<_> = expected.filter(|(_, id)| !requests.contains(id)).collect();
        assert!(missing.is_empty(), "never answered: {missing:?}");
        for answer in &answers {
            book.enter(answer);
        }
        books.insert(order, book);
    }
    let given = stage.given().await;
    let places = |series: &str| given.get(series).cloned().unwrap_or_default();
    let (invoices, notes) = (places("2027"), places("2027-C"));
    assert_eq!(
        invoices,
        first(invoices.len() as u64),
        "no gap, no repetition"
    );
    assert_eq!(notes, first(notes.len() as u64), "no gap, no repetition");
    let numbered = books.values().filter(|book| book.number.is_some()).count();
    let noted = books
        .values()
        .filter(|book| book.credit_note.is_some())
        .count();
    assert_eq!((invoices.len(), notes.len()), (numbered, noted));
    sums_agree(stage, numbered - noted).await;
}

/// What is owed by the records is what the invoices that stand say.
async fn sums_agree(stage: &Stage, standing: usize) {
    let (mut issued, mut noted) = (0, 0);
    for record in stage.records().await {
        let is_cancelled = matches!(record.state, State::Cancelled { .. });
        let Some(invoice) = record.invoice() else {
            continue;
        };
        assert_eq!(invoice.contents.check(), Ok(()));
        issued += invoice.contents.total.amount;
        noted += u64::from(is_cancelled) * invoice.contents.total.amount;
    }
    assert_eq!(issued - noted, 12_480 * standing as u64);
}

#[test]
fn whatever_happens_the_books_agree() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let config = Config {
        cases: 64,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Config::default()
    };
    let run = |steps: Vec<Step>| {
        runtime.block_on(play(&steps));
        Ok(())
    };
    TestRunner::new(config).run(&steps(), run).unwrap();
}
