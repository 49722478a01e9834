//! How the state machine has a step taken: it tries again, it gives tries up that go on all the same,
//! a step is delivered twice, or its supplier is not heard.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use holdfast_core::failure::Failure;

use super::round::Round;
use super::step::{Answer, Step};
use crate::support::Bench;
use crate::support::zombie::{Late, Zombie};

/// How often a step is tried.
pub(crate) const TRIES: u32 = 3;

/// The execution does not run any more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped;

/// Has steps taken for one execution.
#[derive(Clone)]
pub(crate) struct Hand {
    pub(crate) round: Arc<Round>,
    pub(crate) arn: String,
    pub(crate) rng: Rng,
}

/// What befalls one try.
enum Fate {
    Well,
    GivenUp(Late),
    Twice,
    Unheard(usize),
}

impl Hand {
    /// Another hand of the same execution, for steps that are taken at the same time.
    pub(crate) fn other(&mut self) -> Self {
        Self {
            rng: self.rng.fork(),
            ..self.clone()
        }
    }

    pub(crate) fn check_runs(&self) -> Result<(), Stopped> {
        match self.round.world.cloud.runs(&self.arn) {
            true => Ok(()),
            false => Err(Stopped),
        }
    }

    /// Has a step taken, and tries again where that may help.
    pub(crate) async fn take(&mut self, step: &Step) -> Result<Result<Answer, Failure>, Stopped> {
        let mut last = timed_out();
        for _ in 0..TRIES {
            match self.try_once(step).await? {
                Err(failure @ (Failure::Unavailable(_) | Failure::SupplierDown(_))) => {
                    last = failure;
                }
                done => return Ok(done),
            }
        }
        Ok(Err(last))
    }

    /// Has a step taken once.
    pub(crate) async fn try_once(
        &mut self,
        step: &Step,
    ) -> Result<Result<Answer, Failure>, Stopped> {
        self.check_runs()?;
        linger(&mut self.rng).await;
        let (fate, prefers_first) = (self.fate(), self.rng.bool());
        let (round, bench) = (self.round.clone(), &self.round.world.bench);
        round.count(&["step", step.name()]);
        let answer = match fate {
            Fate::Well => self.act(bench, step).await,
            Fate::Unheard(mute) => {
                let mute = round.world.mute[mute].clone();
                self.act(&bench.with_supplier(mute), step).await
            }
            Fate::Twice => {
                let (first, second) = tokio::join!(self.act(bench, step), self.act(bench, step));
                if prefers_first { first } else { second }
            }
            Fate::GivenUp(late) => {
                round.count(&["zombie", step.name(), &format!("{late:?}")]);
                let zombie = self.give_up(step, late).await;
                round.bury(zombie);
                Err(timed_out())
            }
        };
        self.check_runs()?;
        Ok(answer)
    }

    fn fate(&mut self) -> Fate {
        match self.rng.u8(0..40) {
            0..=2 => Fate::GivenUp(Late::ALL[self.rng.usize(0..3)]),
            3 | 4 => Fate::Twice,
            5 => Fate::Unheard(self.rng.usize(0..2)),
            _ => Fate::Well,
        }
    }

    async fn act(&self, bench: &Bench, step: &Step) -> Result<Answer, Failure> {
        let round = &self.round;
        Box::pin(step.clone().take(&round.world, bench, &round.id)).await
    }

    async fn give_up(&self, step: &Step, late: Late) -> Zombie {
        let (hand, step) = (self.clone(), step.clone());
        let act = |bench: Bench| async move { drop(hand.act(&bench, &step).await) };
        Zombie::of(&self.round.world.bench, late, act).await
    }
}

fn timed_out() -> Failure {
    Failure::Unavailable("it took too long".to_owned())
}

/// Lets others go first, or not.
pub(crate) async fn linger(rng: &mut Rng) {
    match rng.u8(0..4) {
        0 => tokio::time::sleep(Duration::from_millis(rng.u64(0..8))).await,
        _ => tokio::task::yield_now().await,
    }
}
