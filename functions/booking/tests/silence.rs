//! A supplier answers nonsense, HTML, or nothing at all: the failure has a name, what is known stays
//! known, what may have been done is called unknown, and a good answer later repairs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::Duration;

use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{Leg, LegStatus, Payment, PaymentStatus};
use holdfast_booking_rules::event::{Event, EventName};
use holdfast_booking_rules::unwinding::Work;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::timer::State;
use holdfast_kit::https::Https;
use holdfast_kit::suppliers::Endpoint;
use serde_json::json;

use support::spoiler::{Nonsense, Spoiler};
use support::{Bench, PATIENCE, TOKEN, payment_step};

/// What such an answer says about the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    MayBeDone,
    NotDone,
    Refused,
}

fn meaning(nonsense: Nonsense) -> Meaning {
    match nonsense {
        Nonsense::Unreachable | Nonsense::Unavailable => Meaning::NotDone,
        Nonsense::Conflict => Meaning::Refused,
        _ => Meaning::MayBeDone,
    }
}

/// A kind of answer, and whether the supplier did what it was asked before it gave it.
#[derive(Clone, Copy, Debug)]
struct Case {
    action: Action,
    nonsense: Nonsense,
    heard: bool,
}

fn cases(actions: &[Action]) -> Vec<Case> {
    let mut cases = Vec::new();
    for &action in actions {
        for nonsense in Nonsense::ALL {
            // Who says that it is not done has not done it.
            let may_be_heard = meaning(nonsense) == Meaning::MayBeDone;
            for heard in [false, true]
                .into_iter()
                .take(1 + usize::from(may_be_heard))
            {
                cases.push(Case {
                    action,
                    nonsense,
                    heard,
                });
            }
        }
    }
    cases
}

impl Case {
    fn id(self) -> String {
        let heard = if self.heard { "heard" } else { "lost" };
        format!("{}-{:?}-{heard}", self.action, self.nonsense)
    }

    fn meaning(self) -> Meaning {
        meaning(self.nonsense)
    }

    /// The failure's name.
    fn failure(self) -> &'static str {
        match (self.meaning(), self.action) {
            (Meaning::Refused, Action::Authorize) => "Declined",
            (Meaning::Refused, _) => "Refused",
            _ => "Unavailable",
        }
    }

    /// The bench with the suppliers spoilt like this.
    async fn spoil(self, bench: &Bench, spoiler: &Spoiler) -> Bench {
        spoiler.spoil(self.nonsense, self.heard);
        bench.with_supplier(match self.nonsense {
            Nonsense::Unreachable => unreachable_supplier().await,
            Nonsense::Slow => spoiler.endpoint(Duration::from_millis(60)),
            _ => spoiler.endpoint(PATIENCE),
        })
    }
}

/// Nothing listens there.
async fn unreachable_supplier() -> Endpoint {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    Endpoint::new(Https::default(), &format!("http://{address}"), PATIENCE)
}

async fn benches() -> (Bench, Spoiler) {
    let bench = Bench::new().await;
    let spoiler = Spoiler::before(&bench.suppliers).await;
    (bench, spoiler)
}

// ---------------------------------------------------------------- legs

/// A booking of one flight, as far as it is before this action.
async fn one_leg(bench: &Bench, case: Case) -> BookingId {
    let legs = json!([{"id": "out", "kind": "flight",
        "spec": {"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}}]);
    let id = bench.open(&case.id(), legs).await.booking_id;
    if case.action != Action::Hold {
        bench.all_legs(&id, Action::Hold).await.expect("held");
    }
    if case.action == Action::Release {
        bench.unwind(&id, "Cancelled").await.expect("a plan");
    }
    id
}

async fn leg(bench: &Bench, id: &BookingId) -> Leg {
    bench.snapshot(id).await.legs.remove(0)
}

/// The status after such an answer, and the event that tells it, if it is another.
fn leg_after(case: Case, before: LegStatus) -> (LegStatus, Option<EventName>) {
    match (case.meaning(), case.action) {
        (Meaning::MayBeDone, _) => (LegStatus::Unknown, Some(EventName::LegUnknown)),
        (Meaning::Refused, Action::Hold) => (LegStatus::Refused, Some(EventName::LegRefused)),
        _ => (before, None),
    }
}

fn newest<'a>(events: &'a [Event], before: &[Event]) -> Vec<&'a Event> {
    events
        .iter()
        .filter(|event| !before.contains(event))
        .collect()
}

#[tokio::test]
async fn after_nonsense_a_leg_is_known_for_what_it_is_and_a_good_answer_repairs_it() {
    let (bench, spoiler) = benches().await;
    for case in cases(Action::OF_A_LEG) {
        let id = one_leg(&bench, case).await;
        let (before, past) = (leg(&bench, &id).await, bench.events(&id).await);
        let spoilt = case.spoil(&bench, &spoiler).await;
        bench.clock.advance(Duration::from_millis(5));
        let failed = spoilt.all_legs(&id, case.action).await.unwrap_err();
        assert_eq!(failed.name(), case.failure(), "{case:?}: {failed}");
        let (status, event) = leg_after(case, before.state.status);
        let after = leg(&bench, &id).await;
        assert_eq!(after.state.status, status, "{case:?}");
        assert_eq!(after.state.reference, before.state.reference, "{case:?}");
        assert!(after.last_error.is_some(), "{case:?}");
        let history = bench.events(&id).await;
        let told: Vec<_> = newest(&history, &past).iter().map(|e| e.name).collect();
        assert_eq!(told, Vec::from_iter(event), "{case:?}");
        if status != LegStatus::Refused {
            assert_eq!(after.attempts, 1, "{case:?}");
            again_and_then_well(&bench, &spoilt, &id, case).await;
        }
        undo(&bench, &id).await;
    }
}

/// The same answer again adds no event; a good one repairs it.
async fn again_and_then_well(bench: &Bench, spoilt: &Bench, id: &BookingId, case: Case) {
    let past = bench.events(id).await;
    let failed = spoilt.all_legs(id, case.action).await.unwrap_err();
    assert_eq!(failed.name(), case.failure(), "{case:?}");
    assert_eq!(leg(bench, id).await.attempts, 2, "{case:?}");
    assert_eq!(bench.events(id).await, past, "{case:?}");
    bench
        .all_legs(id, case.action)
        .await
        .expect("a good answer");
    let (status, word) = match case.action {
        Action::Hold => (LegStatus::Held, "out held"),
        Action::Confirm => (LegStatus::Confirmed, "out confirmed"),
        _ => (LegStatus::Released, ""),
    };
    assert_eq!(leg(bench, id).await.state.status, status, "{case:?}");
    assert_eq!(bench.audit(id).await.concat(), word, "{case:?}");
    assert_eq!(bench.events(id).await.len(), past.len() + 1, "{case:?}");
}

/// Whatever was left is undone, and nothing of it stays at the suppliers.
async fn undo(bench: &Bench, id: &BookingId) {
    let closed = bench.unwind_and_close(id, "Cancelled").await;
    assert!(closed.status.is_finished(), "{id}: {closed:?}");
    assert_eq!(bench.audit(id).await, [""; 0], "{id}");
    bench.history(id).await;
}

#[tokio::test]
async fn a_supplier_that_is_asked_what_became_of_a_call_and_knows_settles_it_at_once() {
    let (bench, spoiler) = benches().await;
    for case in cases(Action::OF_A_LEG) {
        if !case.heard || case.nonsense == Nonsense::Slow {
            continue;
        }
        let id = one_leg(&bench, case).await;
        let spoilt = case.spoil(&bench, &spoiler).await;
        spoiler.spoil_calls(case.nonsense, true);
        assert_eq!(spoilt.all_legs(&id, case.action).await, Ok(()), "{case:?}");
        let after = leg(&bench, &id).await;
        assert_eq!(after.attempts, 0, "{case:?}");
        assert_ne!(after.state.status, LegStatus::Unknown, "{case:?}");
        undo(&bench, &id).await;
    }
}

// ---------------------------------------------------------------- the payment

/// A booking as far as it is before this action on its payment.
async fn paying(bench: &Bench, case: Case) -> BookingId {
    match case.action {
        Action::Authorize => bench.held(&case.id()).await,
        Action::Capture => bench.confirmed(&case.id()).await,
        _ => {
            let id = bench.confirmed(&case.id()).await;
            bench.unwind(&id, "Cancelled").await.expect("a plan");
            id
        }
    }
}

async fn pay(bench: &Bench, id: &BookingId, action: Action) -> Result<(), Failure> {
    match action {
        Action::Authorize => bench.authorize(id, 1, TOKEN).await.map(drop),
        Action::Capture => bench.settle(id).await.map(drop),
        _ => {
            let step = payment_step(id, action, 0, None);
            bench.payments().take(&step).await.map(drop)
        }
    }
}

async fn payment(bench: &Bench, id: &BookingId) -> Payment {
    bench.snapshot(id).await.payment
}

/// The status after such an answer, and all events that tell what happened.
fn payment_after(case: Case) -> (PaymentStatus, Vec<EventName>) {
    use EventName::{Committed, PaymentDeclined, PaymentStarted, PaymentUnknown, UnwindingStarted};
    use PaymentStatus::{Authorized, Declined, None, Unknown};
    match (case.action, case.meaning()) {
        (Action::Authorize, Meaning::MayBeDone) => (Unknown, vec![PaymentStarted, PaymentUnknown]),
        (Action::Authorize, Meaning::NotDone) => (None, vec![PaymentStarted]),
        (Action::Authorize, Meaning::Refused) => (Declined, vec![PaymentStarted, PaymentDeclined]),
        (Action::Capture, Meaning::MayBeDone) => (Unknown, vec![Committed, PaymentUnknown]),
        (Action::Capture, Meaning::NotDone) => (Authorized, vec![Committed]),
        (Action::Capture, Meaning::Refused) => (Authorized, vec![Committed, UnwindingStarted]),
        _ => (Authorized, vec![]),
    }
}

#[tokio::test]
async fn after_nonsense_the_payment_is_known_for_what_it_is_and_a_good_answer_repairs_it() {
    let (bench, spoiler) = benches().await;
    for case in cases(&[Action::Authorize, Action::Capture, Action::Void]) {
        let id = paying(&bench, case).await;
        let past = bench.events(&id).await;
        let spoilt = case.spoil(&bench, &spoiler).await;
        bench.clock.advance(Duration::from_millis(5));
        let failed = pay(&spoilt, &id, case.action).await.unwrap_err();
        assert_eq!(failed.name(), case.failure(), "{case:?}: {failed}");
        let (status, told) = payment_after(case);
        assert_eq!(payment(&bench, &id).await.state.status, status, "{case:?}");
        let history = bench.events(&id).await;
        let mut new = newest(&history, &past);
        new.sort_by_key(|event| told.iter().position(|name| *name == event.name));
        let names: Vec<_> = new.iter().map(|event| event.name).collect();
        assert_eq!(names, told, "{case:?}");

        let again = pay(&spoilt, &id, case.action).await.unwrap_err();
        assert_eq!(again.name(), case.failure(), "{case:?}: {again}");
        assert_eq!(bench.events(&id).await, history, "{case:?}");
        repair(&bench, &id, case).await;
    }
}

/// A good answer goes on from where the bad one left it.
async fn repair(bench: &Bench, id: &BookingId, case: Case) {
    let last = match (case.action, case.meaning()) {
        (Action::Capture, Meaning::Refused) => return undo(bench, id).await,
        (Action::Authorize, Meaning::Refused) => {
            let state = bench.snapshot(id).await.booking.state;
            assert_eq!(state.timer.state, State::Running, "{case:?}");
            bench.authorize(id, 2, TOKEN).await.expect("another card");
            PaymentStatus::Authorized
        }
        (action, _) => {
            let done = pay(bench, id, action).await;
            assert_eq!(done, Ok(()), "{case:?}");
            match action {
                Action::Authorize => PaymentStatus::Authorized,
                Action::Capture => PaymentStatus::Captured,
                _ => PaymentStatus::Voided,
            }
        }
    };
    assert_eq!(payment(bench, id).await.state.status, last, "{case:?}");
    let audit = bench.audit(id).await;
    match last {
        PaymentStatus::Captured => {
            let booked = ["hotel confirmed", "out confirmed", "payment captured"];
            assert_eq!(audit, booked, "{case:?}");
            assert_eq!(bench.unwind(id, "").await, Ok(Vec::<Work>::new()));
            bench.history(id).await;
        }
        _ => undo(bench, id).await,
    }
}

/// A booking whose payment was captured, though the supplier said no: on a bench that hears what the
/// supplier means, and on one that hears no for an answer to everything.
async fn captured_and_refused() -> (Bench, Bench, BookingId) {
    let (bench, spoiler) = benches().await;
    let id = bench.confirmed("captured-and-refused").await;
    spoiler.spoil(Nonsense::Conflict, true);
    let spoilt = bench.with_supplier(spoiler.endpoint(PATIENCE));
    let refused = spoilt.settle(&id).await.unwrap_err();
    assert_eq!(refused.name(), "Refused", "{refused}");
    let left = bench.audit(&id).await;
    assert!(left.contains(&"payment captured".to_owned()), "{left:?}");
    (bench, spoilt, id)
}

#[tokio::test]
async fn what_was_captured_though_its_supplier_refused_to_is_refunded() {
    let (bench, _, id) = captured_and_refused().await;
    undo(&bench, &id).await;
    let payment = payment(&bench, &id).await.state;
    assert_eq!(payment.status, PaymentStatus::Refunded);
    let history = bench.history(&id).await;
    let undone = [EventName::PaymentVoided, EventName::PaymentRefunded];
    let told = history.iter().map(|event| event.name);
    let told: Vec<_> = told.filter(|name| undone.contains(name)).collect();
    assert_eq!(told, [EventName::PaymentRefunded]);
}

#[tokio::test]
async fn what_can_neither_be_voided_nor_refunded_is_told_with_both_reasons() {
    let (bench, spoilt, id) = captured_and_refused().await;
    let failed = pay(&spoilt, &id, Action::Void).await.unwrap_err();
    assert_eq!(failed, Failure::Refused("sold; to refund: sold".to_owned()));
    undo(&bench, &id).await;
}
