//! Scripted mishaps around the steps of an order: finds the order's script, and has the kit take the step
//! as scripted. Where the stack's `Simulation` is off, steps are taken as they are.

use holdfast_core::failure::Failure;
use holdfast_core::fault::Script;
use holdfast_core::ids::OrderId;
use holdfast_kit::rehearsal::Simulation;
use holdfast_order_rules::action::Action;
use holdfast_order_rules::request::OrderRequest;

use crate::steps::PlaceRequest;
use crate::store::{Orders, Store};

/// Takes steps as they are scripted.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    /// The orders, which hold the scripts.
    pub store: Store,
    /// Whether mishaps happen here.
    pub simulation: Simulation,
}

impl Rehearsed {
    /// Places an order. Scripts that cannot be followed here are refused by the field that they stand in.
    ///
    /// # Errors
    /// [`Failure::InvalidOrder`], and what the step fails with.
    pub async fn place<A, F>(
        &self,
        request: &PlaceRequest,
        step: impl Fn() -> F,
    ) -> Result<A, Failure>
    where
        F: Future<Output = Result<A, Failure>>,
    {
        if request.input.get("unwind").is_some() {
            return step().await;
        }
        let script = OrderRequest::read(&request.input)?.simulate;
        let named = [("simulate".to_owned(), &script)];
        self.simulation.allow::<Orders, _>(named)?;
        let scripted = [(Action::PlaceOrder, &script)];
        self.simulation.step(&scripted, request.retry, step).await
    }

    /// Takes a step whose participant, if any, is called over HTTP: its mishaps happen around the call.
    ///
    /// # Errors
    /// What the step fails with, or [`Failure::Unavailable`].
    pub async fn step<A, F>(
        &self,
        order: &OrderId,
        action: Action,
        retry: u32,
        step: impl Fn() -> F,
    ) -> Result<A, Failure>
    where
        F: Future<Output = Result<A, Failure>>,
    {
        let Some(script) = self.script(order).await? else {
            return step().await;
        };
        let scripted: Vec<_> = taken_as(action).map(|action| (action, &script)).collect();
        self.simulation.step(&scripted, retry, step).await
    }

    /// Takes a step that asks over the broker. To ask is all that it does, so its mishaps happen around
    /// it.
    ///
    /// # Errors
    /// What the step fails with, or [`Failure::Unavailable`].
    pub async fn ask<A, F>(
        &self,
        order: &OrderId,
        action: Action,
        retry: u32,
        step: impl Fn() -> F,
    ) -> Result<A, Failure>
    where
        F: Future<Output = Result<A, Failure>>,
    {
        let Some(script) = self.script(order).await? else {
            return step().await;
        };
        let scripted = [(action, &script)];
        let asks = || self.simulation.call(&script, action, step());
        self.simulation.step(&scripted, retry, asks).await
    }

    /// The order's script, where scripts are followed.
    async fn script(&self, order: &OrderId) -> Result<Option<Script<Action>>, Failure> {
        if !self.simulation.is_on() {
            return Ok(None);
        }
        Ok(Some(self.store.load(order).await?.order.simulate))
    }
}

/// The actions that a step comes to: money that cannot be voided any more is refunded in the same step.
fn taken_as(action: Action) -> impl Iterator<Item = Action> {
    let instead = (action == Action::VoidPayment).then_some(Action::RefundPayment);
    std::iter::once(action).chain(instead)
}
