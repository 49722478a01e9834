//! Calls to the suppliers, over HTTP: one key for each thing asked, a time limit, and the question
//! "did you do it?" whenever an answer does not come. A supplier that fails is left alone for a while.
//!
//! - `answer`: what an answer means, and what silence means
//! - `deadline`: the last moment at which a call may leave
//! - `http`: one request, one answer, within a time
//! - `key`: what every call carries
//! - `supplier`: whom to ask, and behind which breaker

mod answer;
mod deadline;
mod http;
mod key;
mod supplier;

pub use answer::{Answer, Outcome, UNDECIDED};
pub use deadline::Deadline;
pub use http::Endpoint;
pub use key::{Key, NotAKey};
pub use supplier::Supplier;

use holdfast_core::fault::{Fault, Script};
use holdfast_core::ids::StepKey;
use holdfast_core::verb::Verb;
use serde::Serialize;

use crate::breakers::{Breakers, Verdict};

/// Something asked of a supplier, in a service's own words `V`.
#[derive(Clone, Debug)]
pub struct Call<'a, V, B> {
    /// Whom to ask.
    pub supplier: Supplier,
    /// For what.
    pub action: V,
    /// Scripted faults of the supplier, and mishaps of our own.
    pub script: &'a Script<V>,
    /// Names what is asked, so that it is done once however often it is asked.
    pub key: StepKey,
    /// Follows the saga.
    pub trace_id: &'a str,
    /// When it must have left this machine, if that matters.
    pub deadline: Option<Deadline>,
    /// The particulars.
    pub body: B,
}

impl<V: Verb, B: Serialize> Call<'_, V, B> {
    /// Where it goes: `hotel/hold`.
    fn path(&self) -> String {
        format!("{}/{}", self.supplier.path(), self.action.asked_as())
    }

    /// How the supplier is to fail, by the script.
    fn fault(&self) -> Fault {
        self.script.of(self.action)
    }

    /// Whether the breaker has a say in it: on the way forward only. A call whose failure is scripted
    /// is neither held up nor counted, for it says nothing about the supplier, and one saga's script
    /// must not stop the calls of all others.
    fn is_guarded(&self) -> bool {
        self.action.is_guarded() && self.fault() == Fault::Ok
    }
}

impl Endpoint {
    /// Asks a supplier, unless its breaker is open: then the supplier is not asked, and nothing is done. If no
    /// answer comes, asks what became of it. What comes back as [`Outcome::Unknown`] may still be
    /// done, even later.
    pub async fn ask<V, B>(&self, call: &Call<'_, V, B>) -> Outcome
    where
        V: Verb,
        B: Serialize,
    {
        let asked = self.ask_if_admitted(call);
        self.simulation.call(call.script, call.action, asked).await
    }

    async fn ask_if_admitted<V, B>(&self, call: &Call<'_, V, B>) -> Outcome
    where
        V: Verb,
        B: Serialize,
    {
        let Some(breakers) = self.breakers.as_ref().filter(|_| call.is_guarded()) else {
            return self.ask_unguarded(call).await;
        };
        // Boxed: what waits for the table is large, and the steps around this are deep.
        Box::pin(self.ask_guarded(breakers, call)).await
    }

    async fn ask_guarded<V, B>(&self, breakers: &Breakers, call: &Call<'_, V, B>) -> Outcome
    where
        V: Verb,
        B: Serialize,
    {
        let supplier = call.supplier.to_string();
        let pass = match breakers.admit(&supplier).await {
            Verdict::Call(pass) => Some(pass),
            Verdict::CallUncounted => None,
            Verdict::Wait(until) => {
                return Outcome::Down(format!(
                    "the {supplier} supplier keeps failing; it is not asked again before {until}"
                ));
            }
        };
        let outcome = self.ask_unguarded(call).await;
        if let Some(pass) = pass {
            breakers.note(&supplier, pass, works(&outcome)).await;
        }
        outcome
    }

    async fn ask_unguarded<V, B>(&self, call: &Call<'_, V, B>) -> Outcome
    where
        V: Verb,
        B: Serialize,
    {
        let outcome = self.call(call).await;
        let Outcome::Unknown(silence) = outcome else {
            return outcome;
        };
        match self.inspect(call.supplier, &call.key, call.trace_id).await {
            Some(known) => known,
            None => Outcome::Unknown(silence),
        }
    }
}

/// Whether a supplier that answers like this works. To refuse is to work.
fn works(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Done(_) | Outcome::Pending(_) | Outcome::Refused(_) | Outcome::Declined(_) => true,
        Outcome::NotDone(_) | Outcome::Down(_) | Outcome::Unknown(_) => false,
    }
}
