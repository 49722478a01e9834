//! The history tells the state; with an event too few, too many or bent, it is refused.

use holdfast_order_rules::action::StepName;
use holdfast_order_rules::event::{Event, Folded, fold, replay};
use holdfast_order_rules::order::{OrderStatus, Progress};
use holdfast_order_rules::view;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::story::Story;

#[test]
fn every_event_has_a_name_of_its_own_among_all_orders() {
    let story = Story::up_to(StepName::CapturePayment);
    let ids: std::collections::BTreeSet<_> = story.events.iter().map(Event::id).collect();
    assert_eq!(ids.len(), story.events.len());
    assert!(ids.contains("o-1/order.1"));
}

#[test]
fn an_event_reads_back_as_it_was_written() {
    for event in Story::up_to(StepName::CapturePayment).events {
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
    }
}

#[test]
fn an_order_and_its_steps_read_back_as_they_were_written() {
    let story = Story::up_to(StepName::ShipOrder);
    let order = &story.snapshot.order;
    let json = serde_json::to_string(order).unwrap();
    assert_eq!(serde_json::from_str(&json).ok().as_ref(), Some(order));
    for step in &story.snapshot.steps {
        let json = serde_json::to_string(step).unwrap();
        assert_eq!(serde_json::from_str(&json).ok().as_ref(), Some(step));
    }
}

#[test]
fn a_replay_shows_the_state_after_each_event() {
    let story = Story::up_to(StepName::CheckCredit);
    let states = replay(&story.events).unwrap();
    let credit = |at: usize| states[at].1.steps[&StepName::CheckCredit].progress;
    let way: Vec<_> = (0..3).map(credit).collect();
    assert_eq!(
        way,
        [Progress::PENDING, Progress::RUNNING, Progress::SUCCESS]
    );
    assert_eq!(states.last().unwrap().1, Folded::from(&story.snapshot));
}

#[test]
fn a_saga_without_events_is_none() {
    assert!(view::told(&[]).is_err());
}

proptest! {
    #[test]
    fn a_history_folds_in_any_order(order in Just(Story::up_to(StepName::CapturePayment).events).prop_shuffle()) {
        let folded = fold(&order).unwrap();
        prop_assert_eq!(folded.order.status, OrderStatus::Completed);
        prop_assert_eq!(replay(&order).unwrap().last().map(|(_, state)| state.clone()), Some(folded));
    }

    #[test]
    fn a_history_with_an_event_too_few_or_too_many_is_refused(at in any::<Index>()) {
        let story = Story::up_to(StepName::CapturePayment);
        let at = at.index(story.events.len());
        let mut doubled = story.events.clone();
        doubled.push(doubled[at].clone());
        prop_assert!(fold(&doubled).is_err());
        let mut missing = story.events.clone();
        missing.remove(at);
        // The last one cannot be missed by what is left.
        prop_assert_eq!(fold(&missing).is_err(), at + 1 < story.events.len());
        let mut bent = story.events;
        bent[at].order.after.reason = Some("bent".to_owned());
        prop_assert_eq!(replay(&bent).is_err(), at + 1 < bent.len());
    }
}
