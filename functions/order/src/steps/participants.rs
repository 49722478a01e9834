//! The participants outside, called over HTTP: credit bureau, payment supplier, carrier. Do and undo,
//! side by side. A step is written before its call, so that it can never be forgotten that something may
//! have to be undone.

use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_core::payment::Method;
use holdfast_core::verb::Verb;
use holdfast_kit::clock::Clock;
use holdfast_kit::suppliers::{Answer, Call, Deadline, Endpoint, Outcome, Supplier, UNDECIDED};
use holdfast_order_rules::action::{Action, StepName, Topic};
use holdfast_order_rules::beginning::{self, Try, is_to_do};
use holdfast_order_rules::deadline::starts_before;
use holdfast_order_rules::order::{Order, Snapshot};
use holdfast_order_rules::recording::{self, record};
use holdfast_order_rules::request::PaymentRequest;
use holdfast_order_rules::telling::ActionDone;
use holdfast_order_rules::undoing::{self, instead, is_to_undo, undone};
use serde::Deserialize;
use serde_json::Value;

use super::calls::{Body, known};
use crate::store::Store;

/// Calls the participants outside.
#[derive(Clone, Debug)]
pub struct Participants {
    /// The orders.
    pub store: Store,
    /// The participants.
    pub supplier: Endpoint,
    /// The time.
    pub clock: Clock,
}

/// What the state machine asks.
#[derive(Clone, Deserialize)]
pub struct StepRequest {
    /// Whose order it is.
    pub order_id: OrderId,
    /// Follows the order.
    #[serde(default)]
    pub trace_id: String,
    /// What to do.
    pub action: Action,
    /// What is paid with (to authorize); never stored, never logged.
    #[serde(default)]
    pub payment: Value,
    /// How often the state machine has tried it again.
    #[serde(default)]
    pub retry: u32,
}

impl Participants {
    /// Takes a step, or undoes one.
    ///
    /// # Errors
    /// [`Failure::Refused`], [`Failure::Declined`], [`Failure::Cancelled`] and [`Failure::Conflict`] for good,
    /// [`Failure::Pending`], [`Failure::SupplierDown`] and [`Failure::Unavailable`] to be tried again.
    pub async fn take(&self, request: &StepRequest) -> Result<ActionDone, Failure> {
        let found = self.store.load(&request.order_id).await?;
        let tried = Try::Numbered(request.retry);
        let after = match request.action.is_undo() {
            true => self.undo(found, request.action, tried).await?,
            false => {
                self.act(found, request.action, tried, &request.payment)
                    .await?
            }
        };
        Ok(ActionDone::of(&after, request.action))
    }

    /// Takes a step that leads forward.
    pub(crate) async fn act(
        &self,
        found: Snapshot,
        action: Action,
        tried: Try,
        payment: &Value,
    ) -> Result<Snapshot, Failure> {
        let name = step_of(action)?;
        let begin =
            |snapshot: &Snapshot| beginning::begin(snapshot, name, tried, self.stamp(action));
        let begun = self.store.change(found, begin).await?;
        if !is_to_do(&begun, name)? {
            return Ok(begun);
        }
        let paid_with = match action {
            Action::AuthorizePayment => Some(PaymentRequest::read(payment)?),
            _ => None,
        };
        let token = paid_with.as_ref().map(|payment| payment.token.as_str());
        let outcome = match self.ask(&begun.order, action, token).await? {
            Outcome::Done(answer) => recording::Outcome::Done(known(action, answer)),
            Outcome::Refused(why) | Outcome::Declined(why) => recording::Outcome::Refused(why),
            other => return Err(undecided(action, other)),
        };
        let recorded = |snapshot: &Snapshot| {
            let stamp = self.stamp(action);
            Ok(record(snapshot, name, &outcome, stamp))
        };
        let after = self.store.change(begun, recorded).await?;
        is_to_do(&after, name).map(|_| after)
    }

    /// Undoes a step. A payment that may have been taken though it cannot be voided is refunded.
    pub(crate) async fn undo(
        &self,
        found: Snapshot,
        action: Action,
        tried: Try,
    ) -> Result<Snapshot, Failure> {
        let begin =
            |snapshot: &Snapshot| undoing::begin(snapshot, action, tried, self.stamp(action));
        let begun = self.store.change(found, begin).await?;
        if !is_to_undo(&begun, action)? {
            return Ok(begun);
        }
        let instead = instead(&begun.order.state, action);
        match (self.give_back(begun.clone(), action).await, instead) {
            (Err(Failure::Refused(why)), Some(instead)) => {
                let given_back = self.give_back(begun, instead).await;
                given_back.map_err(|failure| match failure {
                    Failure::Refused(then) => Failure::Refused(format!("{why}; {instead}: {then}")),
                    other => other,
                })
            }
            (given_back, _) => given_back,
        }
    }

    async fn give_back(&self, begun: Snapshot, action: Action) -> Result<Snapshot, Failure> {
        match self.ask(&begun.order, action, None).await? {
            Outcome::Done(_) => {}
            Outcome::Refused(why) | Outcome::Declined(why) => return Err(Failure::Refused(why)),
            other => return Err(undecided(action, other)),
        }
        // What the participant calls the thing is known from when it was done.
        let nothing = known(Action::CancelShipment, Answer::default());
        let gone = |snapshot: &Snapshot| {
            let stamp = self.stamp(action);
            Ok(undone(snapshot, action, &nothing, stamp))
        };
        self.store.change(begun, gone).await
    }

    async fn ask(
        &self,
        order: &Order,
        action: Action,
        token: Option<&str>,
    ) -> Result<Outcome, Failure> {
        let call = Call {
            supplier: supplier(order.state.method, action),
            action,
            script: &order.simulate,
            key: action.key(&order.order_id),
            trace_id: &order.trace_id,
            deadline: self.deadline(order, action),
            body: Body::of(order, action, token)?,
        };
        Ok(self.supplier.ask(&call).await)
    }

    /// When a call must have left: nothing begins once the order's time is over.
    fn deadline(&self, order: &Order, action: Action) -> Option<Deadline> {
        let at = starts_before(&order.state).filter(|_| !action.is_undo())?;
        let clock = self.clock.clone();
        Some(Deadline { at, clock })
    }

    /// Participants act under their own names.
    fn stamp(&self, action: Action) -> Stamp<'static> {
        self.clock.stamp(action.topic().as_str())
    }
}

/// All that orders ask from behind a breaker.
pub fn guarded() -> Vec<Supplier> {
    let actions = Action::ALL.iter().filter(|action| action.is_guarded());
    let asked = |action: &Action| {
        let action = *action;
        let methods = Method::ALL.iter();
        methods.map(move |method| supplier(*method, action))
    };
    let mut suppliers: Vec<_> = actions.flat_map(asked).collect();
    // Only payments depend on the method.
    suppliers.dedup();
    suppliers
}

/// Whom to ask for an action.
fn supplier(method: Method, action: Action) -> Supplier {
    match action.topic() {
        Topic::Payment => Supplier::Payment(method),
        topic => Supplier::Named(topic.as_str()),
    }
}

fn step_of(action: Action) -> Result<StepName, Failure> {
    action.step().ok_or_else(|| {
        let problem = format!("{action} is no step");
        Failure::invalid_order("action", problem)
    })
}

/// The failure of a call that was neither done nor refused.
fn undecided(action: Action, outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Pending(_) if action == Action::AuthorizePayment => {
            let problem = "the payment supplier has not decided yet";
            Failure::Pending(problem.to_owned())
        }
        Outcome::Down(why) => Failure::SupplierDown(why),
        Outcome::Unknown(why) => Failure::Unavailable(format!(
            "it may have been done; {} does not say: {why}",
            action.topic()
        )),
        Outcome::NotDone(why) | Outcome::Refused(why) | Outcome::Declined(why) => {
            Failure::Unavailable(why)
        }
        Outcome::Pending(_) | Outcome::Done(_) => Failure::Unavailable(UNDECIDED.to_owned()),
    }
}
