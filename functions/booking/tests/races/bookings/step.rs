//! One step of an execution, as its function takes it.

use holdfast_booking::steps::{
    DeskRequest, LegName, OpenRequest, Opened, PaymentStep, UnwindPlan, WaitRequest,
};
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::unwinding::Work;
use holdfast_booking_rules::waiting::Since;
use holdfast_core::cause::Cause;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_core::time::Timestamp;
use holdfast_core::verb::Verb;
use serde_json::Value;

use super::world::World;
use crate::support::{Bench, payment_step};

/// A step.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Open(OpenRequest),
    Leg(LegName, Action),
    Wait(Token),
    Authorize(u32, Value),
    Await(u32, Token),
    Withdraw(u32),
    Settle,
    TurnBack(Vec<Cause>),
    Undo(Work),
    HandOver(Work, Cause),
    Close(Option<u32>),
}

/// A task token, and the place of its task among those of its execution.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) handle: String,
    pub(crate) entered: i64,
    pub(crate) retry: u32,
}

impl Token {
    fn entered(&self) -> Timestamp {
        Timestamp::from_millis(self.entered)
    }
}

/// What the state machine goes on with.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Done,
    Opened(Opened),
    Legs(Vec<LegName>),
    Plan(UnwindPlan),
}

impl Step {
    /// What it is called in the tally.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Leg(_, action) => action.as_str(),
            Self::Wait(_) => "wait",
            Self::Authorize(..) => "authorize",
            Self::Await(..) => "await",
            Self::Withdraw(_) => "withdraw",
            Self::Settle => "settle",
            Self::TurnBack(_) => "unwind",
            Self::Undo(work) => work.action.as_str(),
            Self::HandOver(..) => "hand over",
            Self::Close(_) => "close",
        }
    }

    /// Takes the step.
    pub(crate) async fn take(
        self,
        world: &World,
        bench: &Bench,
        id: &BookingId,
    ) -> Result<Answer, Failure> {
        match self {
            Self::Open(request) => {
                let opened = bench.open_step().open(&request).await?;
                return Ok(Answer::Opened(opened));
            }
            Self::Leg(leg, action) => {
                let LegName { kind, leg, order } = leg;
                bench.leg(id, kind, leg.as_str(), order, action).await?;
            }
            Self::Wait(token) => bench.wait_step().wait(&wait(id, token)).await?,
            Self::Authorize(attempt, payment) => {
                let paid = bench.pay(id, attempt, payment).await?;
                return Ok(Answer::Legs(paid.legs));
            }
            Self::Await(attempt, token) => {
                let step = awaits(id, attempt, token);
                world.decisions(bench).wait(&step).await?;
            }
            Self::Withdraw(attempt) => {
                let step = payment_step(id, Action::Withdraw, attempt, None);
                bench.take(&step).await?;
            }
            Self::Settle => drop(bench.settle(id).await?),
            Self::TurnBack(causes) => {
                return bench.turn_back(id, causes).await.map(Answer::Plan);
            }
            Self::Undo(work) => bench.work(id, &work).await?,
            Self::HandOver(work, cause) => {
                let request = DeskRequest {
                    booking_id: id.clone(),
                    trace_id: "0".repeat(32),
                    work,
                    cause,
                };
                world.desk(bench).hand_over(&request).await?;
            }
            Self::Close(cancellation) => drop(bench.close_after(id, cancellation).await?),
        }
        Ok(Answer::Done)
    }
}

fn wait(id: &BookingId, token: Token) -> WaitRequest {
    WaitRequest {
        booking_id: id.clone(),
        since: Since {
            entered: Some(token.entered()),
            retry: Some(token.retry),
        },
        token: token.handle,
    }
}

fn awaits(id: &BookingId, attempt: u32, token: Token) -> PaymentStep {
    PaymentStep {
        entered: Some(token.entered()),
        retry: token.retry,
        token: Some(token.handle),
        ..payment_step(id, Action::Await, attempt, None)
    }
}
