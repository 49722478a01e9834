//! Scripted mishaps: our own processes end in the middle of a step, or a step is delivered twice.
//!
//! They happen where the stack's parameter `Simulation` is `on` and nowhere else, the first time
//! that a step is tried and not again. Both decorators are here, around a step and around a call to
//! a supplier; steps and suppliers know nothing of them.

use std::process;
use std::str::FromStr;

use holdfast_core::failure::Failure;
use holdfast_core::fault::{Mishap, Script};
use holdfast_core::verb::Verb;

use crate::subject::Subject;

tokio::task_local! {
    /// How often the step that runs here has been tried again.
    static RETRY: u32;
}

/// Whether scripted mishaps happen here, and how a process ends.
#[derive(Clone, Copy, Debug)]
pub struct Simulation {
    on: bool,
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
    /// [`Subject::invalid`], naming the first mishap that is scripted.
    pub fn allow<'a, S: Subject, V: Verb>(
        &self,
        scripts: impl IntoIterator<Item = (String, &'a Script<V>)>,
    ) -> Result<(), Failure> {
        if self.on {
            return Ok(());
        }
        let scripted = scripts.into_iter().find_map(|(path, script)| {
            let (action, mishap) = script.mishaps().next()?;
            Some((format!("{path}.{action}"), mishap))
        });
        match scripted {
            Some((field, mishap)) => Err(S::invalid(
                field,
                format!("`{mishap}` needs a stack deployed with Simulation=on"),
            )),
            None => Ok(()),
        }
    }

    /// Whether mishaps happen here.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Takes a step as its scripts will have it: the process ends before the step or after it, or
    /// the step is delivered twice at the same time and once more afterwards. The answer of the
    /// first delivery is the answer. Where a supplier is asked for an action, its mishaps happen
    /// around that call: see [`Simulation::call`].
    pub async fn step<V: Verb, A, F: Future<Output = A>>(
        &self,
        scripted: &[(V, &Script<V>)],
        retry: u32,
        step: impl Fn() -> F,
    ) -> A {
        let happens = |wanted: Mishap, action: &V| !action.is_asked() || wanted == Mishap::Twice;
        let is_scripted = |wanted| {
            let mut scripted = scripted.iter();
            self.on
                && retry == 0
                && scripted.any(|(action, script)| {
                    script.mishap(*action) == Some(wanted) && happens(wanted, action)
                })
        };
        if is_scripted(Mishap::CrashBefore) {
            self.end_process(Mishap::CrashBefore);
        }
        let answer = RETRY.scope(retry, async {
            if !is_scripted(Mishap::Twice) {
                return step().await;
            }
            tracing::warn!("the step is delivered three times, as scripted");
            let (first, _) = tokio::join!(step(), step());
            step().await;
            first
        });
        let answer = answer.await;
        if is_scripted(Mishap::CrashAfter) {
            self.end_process(Mishap::CrashAfter);
        }
        answer
    }

    /// Calls a supplier as the script will have it: the process ends before the call, or after it
    /// and before anything is recorded.
    pub async fn call<V: Verb, A>(
        &self,
        script: &Script<V>,
        action: V,
        call: impl Future<Output = A>,
    ) -> A {
        let first = self.on && RETRY.try_with(|retry| *retry).unwrap_or_default() == 0;
        let mishap = script.mishap(action).filter(|_| first);
        if mishap == Some(Mishap::CrashBefore) {
            self.end_process(Mishap::CrashBefore);
        }
        let answer = call.await;
        if mishap == Some(Mishap::CrashAfter) {
            self.end_process(Mishap::CrashAfter);
        }
        answer
    }

    fn end_process(&self, mishap: Mishap) {
        tracing::warn!(
            mishap = mishap.as_str(),
            "the process ends here, as scripted"
        );
        (self.die)();
    }
}
