//! Scripted mishaps: our own processes end in the middle of a step, or a step is delivered twice.
//!
//! They happen where the stack's parameter `Simulation` is `on` and nowhere else, the first time
//! that a step is tried and not again. Whatever happens, the booking must come to its end.

use std::process;
use std::str::FromStr;

use holdfast_core::failure::Failure;
use holdfast_core::fault::{Mishap, Script};
use holdfast_core::ids::Action;

/// Whether scripted mishaps happen here, and how a process ends.
#[derive(Clone, Copy, Debug)]
pub struct Simulation {
    on: bool,
    die: fn() -> !,
}

/// When a process may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Everything is read; nothing of this step is done.
    Before,
    /// It is done; nobody has been told, or nothing was recorded.
    After,
}

/// What happens to one try of one step.
#[derive(Clone, Copy, Debug)]
pub struct Rehearsal {
    mishap: Option<Mishap>,
    action: Action,
    die: fn() -> !,
}

impl Default for Simulation {
    /// Nothing happens.
    fn default() -> Self {
        Self {
            on: false,
            die: || process::exit(1),
        }
    }
}

impl FromStr for Simulation {
    type Err = &'static str;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let off = Self::default();
        match word {
            "on" => Ok(Self { on: true, ..off }),
            "off" => Ok(off),
            _ => Err("must be on or off"),
        }
    }
}

impl Simulation {
    /// Mishaps happen, and this is what it is to die.
    pub fn dying_by(die: fn() -> !) -> Self {
        Self { on: true, die }
    }

    /// Refuses scripts that cannot be followed here, each by the field that it stands in.
    ///
    /// # Errors
    /// [`Failure::InvalidBooking`], naming the first mishap that is scripted.
    pub fn allow<'a>(
        &self,
        scripts: impl IntoIterator<Item = (String, &'a Script)>,
    ) -> Result<(), Failure> {
        if self.on {
            return Ok(());
        }
        let scripted = scripts.into_iter().find_map(|(path, script)| {
            let (action, mishap) = script.mishaps().next()?;
            Some((format!("{path}.{action}"), mishap))
        });
        match scripted {
            Some((field, mishap)) => Err(Failure::invalid(
                field,
                format!("`{mishap}` needs a stack deployed with Simulation=on"),
            )),
            None => Ok(()),
        }
    }

    /// What a script has in store for this try of a step.
    pub fn of(&self, script: &Script, action: Action, retry: u32) -> Rehearsal {
        let happens = self.on && retry == 0;
        Rehearsal {
            mishap: script.mishap(action).filter(|_| happens),
            action,
            die: self.die,
        }
    }
}

impl Rehearsal {
    /// Ends the process, if that is what is scripted for this moment.
    pub fn crash_at(&self, moment: Moment) {
        let wanted = match moment {
            Moment::Before => Mishap::CrashBefore,
            Moment::After => Mishap::CrashAfter,
        };
        if self.mishap == Some(wanted) {
            let (action, mishap) = (self.action.as_str(), wanted.as_str());
            tracing::warn!(action, mishap, "the process ends here, as scripted");
            (self.die)();
        }
    }

    /// Delivers a step: once, or twice at the same time and once more afterwards. What the first
    /// delivery answers is the answer.
    pub async fn deliver<A, F: Future<Output = A>>(&self, step: impl Fn() -> F) -> A {
        if self.mishap != Some(Mishap::Twice) {
            return step().await;
        }
        let action = self.action.as_str();
        tracing::warn!(action, "the step is delivered three times, as scripted");
        let (first, _) = tokio::join!(step(), step());
        step().await;
        first
    }
}
