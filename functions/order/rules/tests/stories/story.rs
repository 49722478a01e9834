//! An order and all that has happened to it.

use std::time::Duration;

use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::time::Timestamp;
use holdfast_order_rules::action::{Action, StepName};
use holdfast_order_rules::asking::{Listener, Since, ask};
use holdfast_order_rules::beginning::{Try, begin};
use holdfast_order_rules::broker::Answer;
use holdfast_order_rules::event::{Ended, Event, EventName, Folded, fold, replay};
use holdfast_order_rules::order::{OrderStatus, Progress, Snapshot, StepData};
use holdfast_order_rules::placing::{Execution, place};
use holdfast_order_rules::recording::{Outcome, record};
use holdfast_order_rules::request::OrderRequest;
use holdfast_order_rules::telling::{Told, telling};
use holdfast_order_rules::transition::Transition;
use holdfast_order_rules::undoing::{Work, remaining_work};
use holdfast_order_rules::{answering, closing, undoing, view};
use serde_json::{Value, json};

/// An order has an hour.
pub(crate) const LIFETIME: Duration = Duration::from_secs(3600);

/// An order and its history.
pub(crate) struct Story {
    pub(crate) snapshot: Snapshot,
    pub(crate) events: Vec<Event>,
    pub(crate) now: Timestamp,
    waits: u32,
}

pub(crate) fn request() -> Value {
    json!({
        "customer": {"id": "cus_1", "email": "buyer@example.com"},
        "items": [{"sku": "BOOK-001", "quantity": 2}, {"sku": "MUG-001", "quantity": 1}],
        "deliver_to": {"name": "Example Buyer", "postcode": "01310-100", "city": "São Paulo", "country": "BR"},
        "payment": {"token": "tok_visa"},
        "simulate": {"remove_from_stock": "unavailable:2"},
    })
}

impl Story {
    pub(crate) fn placed() -> Self {
        let asked = OrderRequest::read(&request()).unwrap();
        let execution = Execution {
            name: "o-1",
            arn: "arn:1",
            definition: "1",
        };
        let now = Timestamp::from_millis(0);
        let snapshot = place(execution, &asked, LIFETIME, now).unwrap();
        let placing = Transition::placing(&snapshot, "place");
        Self {
            snapshot,
            events: vec![placing.event],
            now,
            waits: 0,
        }
    }

    /// An order of which these steps are done.
    pub(crate) fn up_to(last: StepName) -> Self {
        let mut story = Self::placed();
        let steps = StepName::ALL.iter().skip(1);
        for step in steps.take_while(|step| **step <= last) {
            story.does(*step);
        }
        story
    }

    pub(crate) fn stamp(&self) -> Stamp<'static> {
        Stamp {
            actor: "test",
            at: self.now,
        }
    }

    /// A change is written, if there is one; a second later.
    pub(crate) fn writes(&mut self, change: Option<Transition>) -> bool {
        let Some(change) = change else {
            return false;
        };
        let before = self.status();
        self.snapshot = self.snapshot.after(&change);
        let ends = self.status() != before && self.status().has_ended();
        assert_eq!(change.event.ended.is_some(), ends, "{:?}", change.event);
        self.events.push(change.event);
        self.now = self.now + Duration::from_secs(1);
        assert_eq!(fold(&self.events).unwrap(), Folded::from(&self.snapshot));
        let told = view::told(&self.events).unwrap();
        assert_eq!(view::saga(&self.snapshot).unwrap(), told);
        true
    }

    pub(crate) fn begins(&mut self, step: StepName) -> Result<bool, Failure> {
        let change = begin(&self.snapshot, step, Try::Numbered(0), self.stamp())?;
        Ok(self.writes(change))
    }

    pub(crate) fn asks(&mut self, action: Action) -> Result<bool, Failure> {
        self.waits += 1;
        let handle = format!("token {}", self.waits);
        self.asks_as(action, &handle, self.waits, 0)
    }

    pub(crate) fn asks_as(
        &mut self,
        action: Action,
        handle: &str,
        entered: u32,
        retry: u32,
    ) -> Result<bool, Failure> {
        let since = Since {
            entered: Some(Timestamp::from_millis(i64::from(entered))),
            retry: Some(retry),
        };
        let listener = Some(Listener { handle, since });
        let tried = Try::Numbered(retry);
        let change = ask(&self.snapshot, action, listener, tried, self.stamp())?;
        Ok(self.writes(change))
    }

    /// The id of the request that went out last.
    pub(crate) fn last_request(&self) -> String {
        let mut requests = self.events.iter().filter(|event| event.request.is_some());
        requests.next_back().unwrap().id()
    }

    pub(crate) fn hears(&mut self, name: &str, more: Value) -> Result<bool, Failure> {
        let mut detail = json!({"order_id": "o-1", "request_id": self.last_request(), "at": "x"});
        let fields = detail.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        let answer = Answer::read(name, &detail)?;
        let change = answering::record_answer(&self.snapshot, &answer, self.stamp())?;
        Ok(self.writes(change))
    }

    pub(crate) fn records(&mut self, step: StepName, outcome: &Outcome) -> bool {
        let change = record(&self.snapshot, step, outcome, self.stamp());
        self.writes(change)
    }

    pub(crate) fn is_done(&mut self, step: StepName) -> bool {
        let data = StepData {
            reference: Some(format!("REF-{step}")),
            tracking: (step == StepName::ShipOrder).then(|| "BR123".to_owned()),
            ..StepData::default()
        };
        self.records(step, &Outcome::Done(data))
    }

    pub(crate) fn is_refused(&mut self, step: StepName) -> bool {
        self.records(step, &Outcome::Refused("no".to_owned()))
    }

    /// A step is taken as a whole.
    pub(crate) fn does(&mut self, step: StepName) {
        match step {
            StepName::RemoveFromStock => {
                assert!(self.asks(step.action()).unwrap());
                assert!(self.hears("stock_available", json!({})).unwrap());
            }
            StepName::GenerateInvoice => {
                assert!(self.asks(step.action()).unwrap());
                let number = json!({"number": "2027-000001"});
                assert!(self.hears("invoice_issued", number).unwrap());
            }
            step => {
                assert!(self.begins(step).unwrap(), "{step}");
                assert!(self.is_done(step), "{step}");
            }
        }
    }

    pub(crate) fn undoes(&mut self, action: Action) {
        match action {
            Action::ReturnStock => {
                assert!(self.asks(action).unwrap());
                assert!(self.hears("stock_returned", json!({})).unwrap());
            }
            Action::CancelInvoice => {
                assert!(self.asks(action).unwrap());
                let note = json!({"number": "2027-000001", "credit_note": "C-1"});
                assert!(self.hears("invoice_cancelled", note).unwrap());
            }
            action => {
                let change = undoing::begin(&self.snapshot, action, Try::Numbered(0), self.stamp());
                assert!(self.writes(change.unwrap()), "{action}");
                assert!(self.is_undone(action), "{action}");
            }
        }
    }

    pub(crate) fn is_undone(&mut self, action: Action) -> bool {
        let nothing = StepData::default();
        let change = undoing::undone(&self.snapshot, action, &nothing, self.stamp());
        self.writes(change)
    }

    pub(crate) fn closes(&mut self) -> OrderStatus {
        let change = closing::close(&self.snapshot, self.stamp());
        self.writes(change);
        self.status()
    }

    /// What the last event tells other services.
    pub(crate) fn ended(&self) -> Ended {
        let last = self.events.last().unwrap();
        last.ended.clone().expect("an event that ends the order")
    }

    pub(crate) fn status(&self) -> OrderStatus {
        self.snapshot.order.state.status
    }

    pub(crate) fn progress(&self, step: StepName) -> Progress {
        self.snapshot.progress(step)
    }

    pub(crate) fn work(&self) -> Vec<Action> {
        let work = remaining_work(&self.snapshot);
        work.iter().map(|work: &Work| work.action).collect()
    }

    pub(crate) fn told(&self) -> Option<(String, Told)> {
        let (waiting, told) = telling(&self.snapshot)?;
        Some((waiting.handle.clone(), told))
    }

    pub(crate) fn names(&self) -> Vec<EventName> {
        self.events.iter().map(|event| event.name).collect()
    }

    /// Every state on the way, each an order's status.
    pub(crate) fn way(&self) -> Vec<OrderStatus> {
        let states = replay(&self.events).unwrap();
        let mut way: Vec<_> = states.iter().map(|(_, state)| state.order.status).collect();
        way.dedup();
        way
    }
}
