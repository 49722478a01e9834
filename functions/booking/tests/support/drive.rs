//! A booking is taken through its steps, as the state machine does it.

use holdfast_booking::steps::{
    Close, CloseRequest, Decisions, LegDone, LegStep, OpenRequest, Opened, PaymentDone,
    PaymentStep, Settle, SettleRequest, Tendered, Unwind, UnwindPlan, UnwindRequest,
};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::spec::Kind;
use holdfast_booking_rules::unwinding::{Participant, Work};
use holdfast_booking_rules::view::BookingView;
use holdfast_core::cause::Cause;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_kit::task_tokens::{Heard, Tells, Word};
use serde_json::{Value, json};

use super::traveller::since;
use super::{Bench, LEASE, TOKEN, flight_and_hotel};

impl Bench {
    /// Opens a booking of these legs.
    pub(crate) async fn open(&self, id: &str, legs: Value) -> Opened {
        self.open_as(id, legs, json!({})).await
    }

    /// Opens a booking of a flight and a hotel, with mishaps of its own steps.
    pub(crate) async fn open_with(&self, id: &str, simulate: Value) -> Opened {
        self.open_as(id, flight_and_hotel(), simulate).await
    }

    async fn open_as(&self, id: &str, legs: Value, simulate: Value) -> Opened {
        let more = json!({ "simulate": simulate });
        self.open_saying(id, legs, more).await
    }

    /// Opens a booking of these legs, with more in its input.
    pub(crate) async fn open_saying(&self, id: &str, legs: Value, more: Value) -> Opened {
        let mut input = json!({
            "customer": {"id": "cus_1", "email": "traveller@example.com"},
            "legs": legs,
            "hold_seconds": 900,
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        let request = OpenRequest {
            name: id.to_owned(),
            execution: format!("execution:{id}"),
            started: None,
            input,
            retry: 0,
        };
        self.open_step().open(&request).await.expect("a booking")
    }

    /// Does the same with all legs of a booking.
    pub(crate) async fn all_legs(&self, id: &BookingId, action: Action) -> Result<(), Failure> {
        for leg in self.snapshot(id).await.legs {
            self.leg(id, leg.kind, leg.id.as_str(), leg.order, action)
                .await?;
        }
        Ok(())
    }

    /// Opens a booking of a flight and a hotel, and holds both.
    pub(crate) async fn held(&self, id: &str) -> BookingId {
        let opened = self.open(id, flight_and_hotel()).await;
        let id = opened.booking_id;
        self.all_legs(&id, Action::Hold).await.expect("holds");
        id
    }

    /// Opens, holds, authorizes and confirms.
    pub(crate) async fn confirmed(&self, id: &str) -> BookingId {
        let id = self.held(id).await;
        self.authorize(&id, 1, TOKEN).await.expect("authorized");
        self.all_legs(&id, Action::Confirm)
            .await
            .expect("confirmed");
        id
    }

    pub(crate) async fn leg(
        &self,
        id: &BookingId,
        kind: Kind,
        leg: &str,
        order: u32,
        action: Action,
    ) -> Result<LegDone, Failure> {
        let step = LegStep {
            booking_id: id.clone(),
            trace_id: "0".repeat(32),
            leg: leg.to_owned(),
            order,
            action,
            retry: 0,
        };
        self.legs(kind).take(&step).await
    }

    pub(crate) async fn authorize(
        &self,
        id: &BookingId,
        attempt: u32,
        token: &str,
    ) -> Result<PaymentDone, Failure> {
        self.pay(id, attempt, json!({ "token": token })).await
    }

    pub(crate) async fn pay(
        &self,
        id: &BookingId,
        attempt: u32,
        payment: Value,
    ) -> Result<PaymentDone, Failure> {
        let tendered: Tendered = serde_json::from_value(payment).unwrap();
        let step = payment_step(id, Action::Authorize, attempt, Some(tendered));
        self.take(&step).await
    }

    pub(crate) async fn settle(&self, id: &BookingId) -> Result<BookingView, Failure> {
        let settle = Settle {
            payments: self.payments(),
            waker: self.wakes.clone(),
        };
        let (booking_id, retry) = (id.clone(), 0);
        settle.settle(&SettleRequest { booking_id, retry }).await
    }

    /// Begins the unwinding, and tells what is to be done.
    pub(crate) async fn unwind(&self, id: &BookingId, error: &str) -> Result<Vec<Work>, Failure> {
        let cause = Cause {
            error: error.to_owned(),
            ..Cause::default()
        };
        Ok(self.turn_back(id, vec![cause]).await?.work)
    }

    /// The same, for these causes.
    pub(crate) async fn turn_back(
        &self,
        id: &BookingId,
        causes: Vec<Cause>,
    ) -> Result<UnwindPlan, Failure> {
        let unwind = Unwind {
            store: self.store.clone(),
            clock: self.clock(),
        };
        let request = UnwindRequest {
            booking_id: id.clone(),
            causes,
            retry: 0,
        };
        unwind.unwind(&request).await
    }

    /// The execution waits for the decision about an attempt, reached by `token`; told nothing.
    pub(crate) async fn awaits(
        &self,
        id: &BookingId,
        attempt: u32,
        token: &str,
    ) -> Result<PaymentDone, Failure> {
        let decisions = Decisions {
            payments: self.payments(),
            lease: LEASE,
            task_tokens: Deaf,
        };
        let step = PaymentStep {
            token: Some(token.to_owned()),
            entered: since(token).entered,
            ..payment_step(id, Action::Await, attempt, None)
        };
        decisions.wait(&step).await
    }

    /// Takes a step of the payment, as its function does.
    pub(crate) async fn take(&self, step: &PaymentStep) -> Result<PaymentDone, Failure> {
        match step.action {
            Action::Authorize => self.authorizations().take(step).await,
            _ => self.payments().take(step).await,
        }
    }

    /// Does one piece of the unwinding's work.
    pub(crate) async fn work(&self, id: &BookingId, work: &Work) -> Result<(), Failure> {
        match work.kind {
            Participant::Leg(kind) => self
                .leg(id, kind, &work.leg, work.order, work.action)
                .await
                .map(drop),
            Participant::Payment => {
                let step = payment_step(id, work.action, 0, None);
                self.take(&step).await.map(drop)
            }
        }
    }

    pub(crate) async fn close(&self, id: &BookingId) -> Result<BookingView, Failure> {
        self.close_after(id, None).await
    }

    /// The end of an execution that has carried a cancellation out, or none.
    pub(crate) async fn close_after(
        &self,
        id: &BookingId,
        cancellation: Option<u32>,
    ) -> Result<BookingView, Failure> {
        let close = Close {
            store: self.store.clone(),
            waker: self.wakes.clone(),
            clock: self.clock(),
        };
        let request = CloseRequest {
            booking_id: id.clone(),
            cancellation,
            retry: 0,
        };
        close.close(&request).await
    }

    /// Begins the unwinding, carries it out as the state machine does, and closes.
    pub(crate) async fn unwind_and_close(&self, id: &BookingId, error: &str) -> BookingView {
        for work in self.unwind(id, error).await.expect("a plan") {
            let done = self.work(id, &work).await;
            assert_eq!(done, Ok(()), "{id}: {work:?}");
        }
        self.close(id).await.expect("an end")
    }
}

/// Executions that hear nothing.
#[derive(Clone, Copy)]
struct Deaf;

impl Tells for Deaf {
    async fn tell(&self, _: &str, _: Word) -> Result<Heard, Failure> {
        Ok(Heard::GoneOn)
    }
}

pub(crate) fn payment_step(
    id: &BookingId,
    action: Action,
    attempt: u32,
    payment: Option<Tendered>,
) -> PaymentStep {
    PaymentStep {
        booking_id: id.clone(),
        trace_id: "0".repeat(32),
        action,
        attempt,
        payment,
        token: None,
        entered: None,
        retry: 0,
    }
}
