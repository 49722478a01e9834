//! An execution: what the state machine does, as far as it gets.

use futures_util::future::join_all;
use holdfast_booking::steps::{LegName, OpenRequest, Opened};
use holdfast_booking_rules::action::Action;
use holdfast_core::cause::{CANCELLED, Cause};
use holdfast_core::failure::Failure;
use holdfast_kit::task_tokens::Word;
use serde_json::{Value, json};
use tokio::sync::oneshot::Receiver;

use super::hand::{Hand, Stopped, TRIES};
use super::step::{Answer, Step, Token};

/// A state may be tried again after a timeout for as long as it likes.
const MOST_POLLS: u32 = 200;

/// An execution.
pub(crate) struct Execution {
    hand: Hand,
    name: String,
    input: Value,
    /// How often it has come to a state in which it waits.
    waits: i64,
}

/// What came of a payment that is decided later.
enum Decided {
    /// Its supplier has reserved the money.
    Paid(Vec<LegName>),
    /// The traveller has spoken first.
    Instead(Said),
}

/// What the traveller has said.
enum Said {
    Pay(u32, Value),
    Cancel,
    AddLeg(LegName),
    DropLeg(LegName),
}

/// How a way ends, if the execution is not stopped: well, or with a failure and where it was.
type Way<T> = Result<Result<T, Cause>, Stopped>;

fn cause(step: impl Into<String>, failure: &Failure) -> Cause {
    Cause {
        step: step.into(),
        ..Cause::from(failure)
    }
}

impl Execution {
    pub(crate) fn new(hand: Hand, name: String, input: Value) -> Self {
        Self {
            hand,
            name,
            input,
            waits: 0,
        }
    }

    /// Runs to its end, or until it is stopped.
    pub(crate) async fn run(mut self) {
        self.hand.round.busy();
        let end = self.drive().await;
        self.hand.round.idle();
        let cloud = &self.hand.round.world.cloud;
        match end {
            Ok(()) => cloud.stop(&self.hand.arn),
            Err(Stopped) => self.hand.round.count(&["execution stopped"]),
        }
    }

    async fn drive(&mut self) -> Result<(), Stopped> {
        let request = OpenRequest {
            name: self.name.clone(),
            execution: self.hand.arn.clone(),
            started: None,
            input: self.input.clone(),
            retry: 0,
        };
        let Ok(Answer::Opened(opened)) = self.hand.take(&Step::Open(request)).await? else {
            return Ok(());
        };
        let causes = self.hold(&opened).await?;
        if opened.resumes || !causes.is_empty() {
            return self.go_back(causes).await;
        }
        match self.go_forward().await? {
            Ok(()) => Ok(()),
            Err(cause) => self.go_back(vec![cause]).await,
        }
    }

    /// Holds all legs at once; tells which could not be held.
    async fn hold(&mut self, opened: &Opened) -> Result<Vec<Cause>, Stopped> {
        let holds = opened.legs.iter().map(|leg| {
            let (mut hand, step) = (self.hand.other(), Step::Leg(leg.clone(), Action::Hold));
            async move {
                let held = hand.take(&step).await?;
                let name = format!("hold {}", leg.leg);
                Ok(held.err().map(|failure| cause(name, &failure)))
            }
        });
        let holds: Vec<_> = holds.collect();
        let held = join_all(holds).await.into_iter();
        let causes: Result<Vec<_>, Stopped> = held.collect();
        Ok(causes?.into_iter().flatten().collect())
    }

    async fn go_forward(&mut self) -> Way<()> {
        let up_front = self.input.get("payment").cloned();
        let mut pays_up_front = up_front.is_some();
        let mut said = up_front.map(|payment| Said::Pay(1, payment));
        loop {
            let done = match said.take() {
                None => Ok(()),
                Some(Said::Pay(attempt, payment)) => match self.pay(attempt, payment).await? {
                    Ok(Decided::Paid(legs)) => return self.confirm_and_settle(legs).await,
                    Ok(Decided::Instead(next)) => {
                        pays_up_front = false;
                        match self.withdraw_for(&next, attempt).await? {
                            Ok(()) => said = Some(next),
                            Err(failure) => return Ok(Err(cause("payment", &failure))),
                        }
                        continue;
                    }
                    Err(Failure::Declined(_)) if !pays_up_front => Ok(()),
                    Err(failure) => Err(cause("payment", &failure)),
                },
                Some(Said::Cancel) => Err(Cause {
                    step: "traveller".to_owned(),
                    error: CANCELLED.to_owned(),
                    ..Cause::default()
                }),
                Some(Said::AddLeg(leg)) => self.add(leg).await?,
                Some(Said::DropLeg(leg)) => self.release(leg).await?,
            };
            if let Err(cause) = done {
                return Ok(Err(cause));
            }
            match self.listen().await? {
                Ok(next) => said = Some(next),
                Err(failure) => return Ok(Err(cause("", &failure))),
            }
        }
    }

    async fn add(&mut self, leg: LegName) -> Way<()> {
        match self
            .hand
            .take(&Step::Leg(leg.clone(), Action::Hold))
            .await?
        {
            Ok(_) | Err(Failure::Refused(_)) => Ok(Ok(())),
            Err(Failure::Unavailable(_) | Failure::SupplierDown(_)) => self.release(leg).await,
            Err(failure) => Ok(Err(cause(format!("leg {}", leg.leg), &failure))),
        }
    }

    async fn release(&mut self, leg: LegName) -> Way<()> {
        let step = Step::Leg(leg.clone(), Action::Release);
        let failure = match self.hand.take(&step).await? {
            Ok(_) => return Ok(Ok(())),
            Err(failure) => failure,
        };
        if !matches!(failure, Failure::Refused(_) | Failure::Unavailable(_)) {
            return Ok(Err(cause(format!("leg {}", leg.leg), &failure)));
        }
        let why = cause(format!("release {}", leg.leg), &failure);
        let work = json!({
            "kind": leg.kind, "leg": leg.leg, "order": leg.order, "action": "release",
        });
        let work = serde_json::from_value(work).unwrap();
        let handed = self.hand.take(&Step::HandOver(work, why)).await?;
        Ok(handed.map(drop).map_err(|failure| cause("desk", &failure)))
    }

    async fn pay(
        &mut self,
        attempt: u32,
        payment: Value,
    ) -> Result<Result<Decided, Failure>, Stopped> {
        match self.hand.take(&Step::Authorize(attempt, payment)).await? {
            Ok(Answer::Legs(legs)) => Ok(Ok(Decided::Paid(legs))),
            Err(Failure::Pending(_)) => self.await_decision(attempt).await,
            Ok(other) => panic!("authorized: {other:?}"),
            Err(failure) => Ok(Err(failure)),
        }
    }

    /// Before another payment, the one that is pending is withdrawn.
    async fn withdraw_for(
        &mut self,
        next: &Said,
        attempt: u32,
    ) -> Result<Result<(), Failure>, Stopped> {
        match next {
            Said::Pay(..) => Ok(self.hand.take(&Step::Withdraw(attempt)).await?.map(drop)),
            _ => Ok(Ok(())),
        }
    }

    async fn confirm_and_settle(&mut self, legs: Vec<LegName>) -> Way<()> {
        for leg in legs {
            let name = format!("confirm {}", leg.leg);
            let step = Step::Leg(leg, Action::Confirm);
            if let Err(failure) = self.hand.take(&step).await? {
                return Ok(Err(cause(name, &failure)));
            }
        }
        let settled = self.hand.take(&Step::Settle).await?;
        Ok(settled
            .map(drop)
            .map_err(|failure| cause("settle", &failure)))
    }

    async fn go_back(&mut self, causes: Vec<Cause>) -> Result<(), Stopped> {
        let turned = self.hand.take(&Step::TurnBack(causes)).await?;
        let Ok(Answer::Plan(plan)) = turned else {
            return Ok(());
        };
        for work in plan.work {
            let name = format!("{} {}", work.action, work.leg);
            if let Err(failure) = self.hand.take(&Step::Undo(work.clone())).await? {
                let handed = Step::HandOver(work, cause(name, &failure));
                // What cannot be handed over is left to the sweep.
                drop(self.hand.take(&handed).await?);
            }
        }
        let close = Step::Close(plan.cancellation);
        self.hand.take(&close).await.map(drop)
    }

    /// Waits for the traveller.
    async fn listen(&mut self) -> Result<Result<Said, Failure>, Stopped> {
        self.waits += 1;
        let mut last = Failure::Unavailable("no try was made".to_owned());
        for retry in 0..TRIES * 2 {
            let (token, mut task) = self.task(retry);
            let kept = self.hand.try_once(&Step::Wait(token.clone())).await?;
            // The task times out now and then, though nothing is wrong.
            let word = match kept.is_ok() && self.hand.rng.u8(0..12) > 0 {
                true => self.hear(&mut task).await?,
                false => self.end_task(&token, &mut task),
            };
            match (word, kept) {
                (Some(word), _) => return Ok(word.map(|output| said(&output))),
                (None, Ok(_)) => {}
                (None, Err(failure @ Failure::Unavailable(_))) => last = failure,
                (None, Err(failure)) => return Ok(Err(failure)),
            }
        }
        Ok(Err(last))
    }

    /// Waits for a decision about a payment, and asks for it every now and then.
    async fn await_decision(&mut self, attempt: u32) -> Result<Result<Decided, Failure>, Stopped> {
        self.waits += 1;
        for retry in 0..MOST_POLLS {
            let (token, mut task) = self.task(retry);
            let step = Step::Await(attempt, token.clone());
            let kept = self.hand.try_once(&step).await?;
            let round = self.hand.round.clone();
            let heard = tokio::select! {
                word = self.hear(&mut task), if kept.is_ok() => word?,
                () = round.tick(), if kept.is_ok() => None,
                else => None,
            };
            let word = heard.or_else(|| self.end_task(&token, &mut task));
            match (word, kept) {
                (Some(word), _) => {
                    return Ok(word.map(|output| decided(&output)));
                }
                (None, Ok(_) | Err(Failure::Unavailable(_))) => {}
                (None, Err(failure)) => return Ok(Err(failure)),
            }
        }
        Ok(Err(Failure::Unavailable("it was never decided".to_owned())))
    }

    /// A task waits no longer. What it was told just before counts.
    fn end_task(&self, token: &Token, task: &mut Receiver<Word>) -> Option<Result<Value, Failure>> {
        self.hand.round.world.cloud.end_task(&token.handle);
        task.try_recv().ok().map(output)
    }

    fn task(&self, retry: u32) -> (Token, Receiver<Word>) {
        let (round, entered) = (&self.hand.round, self.waits);
        let handle = format!("{}/{}/{entered}.{retry}", round.id, self.name);
        let task = round.world.cloud.task(&handle);
        let token = Token {
            handle,
            entered,
            retry,
        };
        (token, task)
    }

    /// Waits until it is told something, or stopped; tells nothing where the task times out.
    async fn hear(
        &self,
        task: &mut Receiver<Word>,
    ) -> Result<Option<Result<Value, Failure>>, Stopped> {
        let round = &self.hand.round;
        let _rest = round.rests();
        tokio::select! {
            word = task => Ok(word.ok().map(output)),
            () = round.world.cloud.stopped(&self.hand.arn) => Err(Stopped),
        }
    }
}

fn output(word: Word) -> Result<Value, Failure> {
    match word {
        Word::Success(output) => Ok(output),
        Word::Failure(failure) => Err(failure),
    }
}

fn decided(output: &Value) -> Decided {
    match output.get("legs") {
        Some(legs) => Decided::Paid(serde_json::from_value(legs.clone()).unwrap()),
        None => Decided::Instead(said(output)),
    }
}

fn said(output: &Value) -> Said {
    let leg = || serde_json::from_value(output.clone()).unwrap();
    match output["command"].as_str() {
        Some("pay") => {
            let attempt = output["attempt"].as_u64().unwrap();
            Said::Pay(u32::try_from(attempt).unwrap(), output["payment"].clone())
        }
        Some("add_leg") => Said::AddLeg(leg()),
        Some("drop_leg") => Said::DropLeg(leg()),
        Some("cancel") => Said::Cancel,
        other => panic!("{other:?} is no command"),
    }
}
