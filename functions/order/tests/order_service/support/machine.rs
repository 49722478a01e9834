//! Takes an order through its steps, as the state machine does: what fails for now is tried again, what
//! fails for good turns the order back, and what cannot be undone goes to the desk.

use std::time::Duration;

use holdfast_core::cause::Cause;
use holdfast_core::failure::Failure;
use holdfast_core::ids::OrderId;
use holdfast_kit::task_tokens::Word;
use holdfast_order::steps::{
    AskRequest, CaptureRequest, CloseRequest, DeskRequest, PlaceRequest, Planned, StepRequest,
    UnwindPlan, UnwindRequest,
};
use holdfast_order_rules::action::{Action, StepName};
use holdfast_order_rules::order::OrderStatus;
use serde_json::{Value, json};

use super::Bench;

/// How often a state is tried in all.
const MOST_TRIES: u32 = 6;
/// How long a wait takes until it is tried again.
pub(crate) const ASK_AGAIN: Duration = Duration::from_secs(600);

/// A state that was come to, with what its function was told.
#[derive(Clone)]
pub(crate) enum Taken {
    Place(PlaceRequest),
    Step(StepRequest),
    Ask(AskRequest),
    Capture(CaptureRequest),
    Unwind(UnwindRequest),
    Desk(DeskRequest),
    Close(CloseRequest),
}

impl Taken {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Place(_) => "place".to_owned(),
            Self::Step(request) => request.action.to_string(),
            Self::Ask(request) => request.action.to_string(),
            Self::Capture(_) => "capture".to_owned(),
            Self::Unwind(_) => "unwind".to_owned(),
            Self::Desk(_) => "desk".to_owned(),
            Self::Close(_) => "close".to_owned(),
        }
    }
}

/// A step that is delivered again after another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Zombie {
    /// Which state, of those that were come to.
    pub(crate) of: usize,
    /// After which.
    pub(crate) after: usize,
}

/// An execution.
pub(crate) struct Machine {
    pub(crate) bench: Bench,
    pub(crate) id: OrderId,
    pub(crate) taken: Vec<Taken>,
    pub(crate) zombie: Option<Zombie>,
    /// Which execution it is, where there were others before.
    number: u32,
    input: Value,
}

impl Machine {
    pub(crate) fn new(bench: &Bench, id: &str, input: Value) -> Self {
        Self {
            bench: bench.clone(),
            id: super::id(id),
            taken: Vec::new(),
            zombie: None,
            number: 1,
            input,
        }
    }

    /// Another execution of the same order, which takes it up.
    pub(crate) fn takes_up(&self) -> Self {
        let mut other = Self::new(&self.bench, self.id.as_str(), json!({"unwind": self.id}));
        other.number = self.number + 1;
        other
    }

    /// From the beginning to the end.
    pub(crate) async fn runs(&mut self) -> OrderStatus {
        if let Err(failure) = self.places().await {
            panic!("not placed: {failure}");
        }
        self.goes_on(StepName::CheckCredit).await
    }

    /// From a step to the end.
    pub(crate) async fn goes_on(&mut self, from: StepName) -> OrderStatus {
        match self.goes_forward(from, StepName::CapturePayment).await {
            Ok(()) => self.bench.status(&self.id).await,
            Err(cause) => self.turns_back(cause).await,
        }
    }

    /// An order that is placed, and of which the steps up to this one are done.
    pub(crate) async fn up_to(bench: &Bench, id: &str, last: StepName) -> Self {
        let mut machine = Self::new(bench, id, super::order(json!({})));
        machine.places().await.expect("an order");
        if last > StepName::PlaceOrder {
            let done = machine.goes_forward(StepName::CheckCredit, last).await;
            done.expect("the steps");
        }
        machine
    }

    pub(crate) async fn places(&mut self) -> Result<(), Failure> {
        let (name, input) = (self.id.to_string(), self.input.clone());
        let execution = format!("execution:{name}.{}", self.number);
        let place = |retry| {
            Taken::Place(PlaceRequest {
                name: name.clone(),
                execution: execution.clone(),
                started: None,
                input: input.clone(),
                retry,
            })
        };
        self.state(place).await.map(drop)
    }

    pub(crate) async fn goes_forward(&mut self, from: StepName, to: StepName) -> Result<(), Cause> {
        let steps = StepName::ALL.iter().copied();
        for step in steps.filter(|step| (from..=to).contains(step)) {
            let done = match step {
                StepName::CapturePayment => self.captures().await,
                step if step.topic().is_asked_over_the_broker() => self.asks(step.action()).await,
                step => self.calls(step.action()).await,
            };
            if let Err(failure) = done {
                let step = step.to_string();
                return Err(Cause {
                    step,
                    ..Cause::from(&failure)
                });
            }
        }
        Ok(())
    }

    pub(crate) async fn turns_back(&mut self, cause: Cause) -> OrderStatus {
        for planned in self.unwinds(cause).await {
            let action = planned.work.action;
            let done = match planned.over_the_broker {
                true => self.asks(action).await,
                false => self.calls(action).await,
            };
            if let Err(failure) = done {
                self.sends_to_desk(planned, failure).await;
            }
        }
        self.closes().await
    }

    pub(crate) async fn unwinds(&mut self, cause: Cause) -> Vec<Planned> {
        let order_id = self.id.clone();
        let unwind = |retry| {
            Taken::Unwind(UnwindRequest {
                order_id: order_id.clone(),
                causes: vec![cause.clone()],
                retry,
            })
        };
        let plan = self.state(unwind).await.expect("a plan");
        let plan: UnwindPlan = serde_json::from_value(plan).unwrap();
        plan.work
    }

    pub(crate) async fn calls(&mut self, action: Action) -> Result<(), Failure> {
        let (order_id, payment) = (self.id.clone(), self.input["payment"].clone());
        let step = |retry| {
            Taken::Step(StepRequest {
                order_id: order_id.clone(),
                trace_id: String::new(),
                action,
                payment: payment.clone(),
                retry,
            })
        };
        self.state(step).await.map(drop)
    }

    async fn captures(&mut self) -> Result<(), Failure> {
        let order_id = self.id.clone();
        let capture = |retry| {
            let order_id = order_id.clone();
            Taken::Capture(CaptureRequest { order_id, retry })
        };
        self.state(capture).await.map(drop)
    }

    /// Asks over the broker and waits; a wait that takes too long is tried again.
    pub(crate) async fn asks(&mut self, action: Action) -> Result<(), Failure> {
        self.bench.pass(Duration::from_secs(1));
        let (order_id, entered) = (self.id.clone(), self.bench.clock.now());
        let token = |retry: u32| format!("{order_id} {action} {entered} {retry}");
        let mut first = 0;
        for _ in 0..200 {
            let mut tried = first;
            let ask = |retry| {
                Taken::Ask(AskRequest {
                    order_id: order_id.clone(),
                    trace_id: String::new(),
                    action,
                    token: token(retry),
                    entered,
                    retry,
                })
            };
            self.state_from(first, &mut tried, ask).await?;
            self.hears().await;
            match self.bench.waits.told(&token(tried)) {
                Some(Word::Success(_)) => return Ok(()),
                Some(Word::Failure(failure)) => return Err(failure),
                None => self.bench.pass(ASK_AGAIN),
            }
            first = tried + 1;
        }
        panic!("{order_id} waits for {action} for ever");
    }

    /// Whatever goes on the bus is delivered, and so are the answers.
    pub(crate) async fn hears(&self) {
        self.bench.bus.carry_requests(&self.id).await;
        for answer in self.bench.bus.new_answers(&self.id).await {
            self.bench.hears(&answer).await.expect("recorded");
        }
    }

    pub(crate) async fn sends_to_desk(&mut self, planned: Planned, failure: Failure) {
        let request = DeskRequest {
            order_id: self.id.clone(),
            trace_id: "0".repeat(32),
            work: planned.work,
            cause: Cause {
                step: planned.work.action.to_string(),
                ..Cause::from(&failure)
            },
        };
        let sent = self.state(|_| Taken::Desk(request.clone())).await;
        sent.expect("handed over");
    }

    pub(crate) async fn closes(&mut self) -> OrderStatus {
        let order_id = self.id.clone();
        let close = |retry| {
            let order_id = order_id.clone();
            Taken::Close(CloseRequest { order_id, retry })
        };
        let view = self.state(close).await.expect("an end");
        serde_json::from_value(view["status"].clone()).unwrap()
    }

    async fn state(&mut self, taken: impl Fn(u32) -> Taken) -> Result<Value, Failure> {
        self.state_from(0, &mut 0, taken).await
    }

    /// Comes to a state and tries it until it is done, or fails for good. `tried` is the try it ends with.
    async fn state_from(
        &mut self,
        first: u32,
        tried: &mut u32,
        taken: impl Fn(u32) -> Taken,
    ) -> Result<Value, Failure> {
        self.bench.pass(Duration::from_secs(1));
        if first == 0 {
            self.taken.push(taken(0));
        }
        let mut last = Failure::Unavailable("it died again and again".to_owned());
        for retry in first..first + MOST_TRIES {
            *tried = retry;
            match self.bench.takes(taken(retry)).await {
                Some(Err(failure @ (Failure::Unavailable(_) | Failure::SupplierDown(_)))) => {
                    last = failure;
                }
                Some(done) => {
                    self.is_haunted().await;
                    return done;
                }
                None => {}
            }
        }
        Err(last)
    }

    /// A zombie acts, if it is its time. Whatever it comes to is nobody's business.
    async fn is_haunted(&self) {
        let Some(zombie) = self.zombie else {
            return;
        };
        if zombie.after + 1 == self.taken.len()
            && let Some(taken) = self.taken.get(zombie.of)
        {
            drop(self.bench.takes(taken.clone()).await);
        }
    }
}

impl Bench {
    /// A process takes a step; nothing if it ends meanwhile, by script or by plan.
    pub(crate) async fn takes(&self, taken: Taken) -> Option<Result<Value, Failure>> {
        let bench = self.clone();
        let process = tokio::spawn(async move { bench.step(&taken).await });
        let abort = process.abort_handle();
        let ended = self.killer.alive(process).await;
        abort.abort();
        match ended? {
            Ok(done) => Some(done),
            Err(death) => {
                assert!(death.is_panic());
                None
            }
        }
    }

    /// An answer is delivered until it is recorded; nothing if it makes no sense.
    pub(crate) async fn hears(
        &self,
        answer: &holdfast_order::answers::Message,
    ) -> Result<(), Failure> {
        for tries in 1..=MOST_TRIES {
            let answers = self.answers();
            match self.killer.alive(answers.take(answer, tries)).await {
                Some(Err(Failure::Unavailable(_))) | None => {}
                Some(done) => return done,
            }
        }
        Err(Failure::Unavailable("never recorded".to_owned()))
    }

    /// A step as its function takes it.
    async fn step(&self, taken: &Taken) -> Result<Value, Failure> {
        let rehearsed = self.rehearsed();
        let json = match taken {
            Taken::Place(request) => {
                let place = self.place();
                json!(rehearsed.place(request, || place.place(request)).await?)
            }
            Taken::Step(request) => {
                let (id, participants) = (&request.order_id, self.participants());
                let step = || participants.take(request);
                let done = rehearsed.step(id, request.action, request.retry, step);
                json!(done.await?)
            }
            Taken::Ask(request) => {
                let (id, ask) = (&request.order_id, self.ask());
                let step = || ask.ask(request);
                let done = rehearsed.ask(id, request.action, request.retry, step);
                json!(done.await?)
            }
            Taken::Capture(request) => {
                let (id, capture) = (&request.order_id, self.capture());
                let step = || capture.capture(request);
                let done = rehearsed.step(id, Action::CapturePayment, request.retry, step);
                json!(done.await?)
            }
            Taken::Unwind(request) => {
                let (id, unwind) = (&request.order_id, self.unwind());
                let step = || unwind.unwind(request);
                let done = rehearsed.step(id, Action::TurnBack, request.retry, step);
                json!(done.await?)
            }
            Taken::Desk(request) => json!(self.send_to_desk().hand_over(request).await?),
            Taken::Close(request) => {
                let (id, close) = (&request.order_id, self.close());
                let step = || close.close(request);
                let done = rehearsed.step(id, Action::CloseOrder, request.retry, step);
                json!(done.await?)
            }
        };
        Ok(json)
    }
}
