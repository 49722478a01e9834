//! Calls to the suppliers, over HTTP: one key for each thing asked, a time limit, and the question
//! "did you do it?" whenever an answer does not come. A supplier that fails is left alone for a while.
//!
//! - `answer`: what an answer means, and what silence means
//! - `deadline`: the last moment at which a call may leave
//! - `http`: one request, one answer, within a time
//! - `offers`: what they offer

mod answer;
mod deadline;
mod http;
mod offers;

pub use answer::{Answer, Outcome, UNDECIDED};
pub use deadline::Deadline;
pub use holdfast_kit::breakers::Breakers;
pub use http::Endpoint;

use holdfast_booking_rules::action::{Action, Script};
use holdfast_booking_rules::unwinding::Participant;
use holdfast_core::fault::Fault;
use holdfast_core::ids::BookingId;
use holdfast_core::ids::StepKey;
use holdfast_core::money::Money;
use holdfast_core::verb::Verb;
use holdfast_kit::breakers::Verdict;
use serde::Serialize;
use serde_json::Value;

/// Something asked of a supplier.
#[derive(Clone, Debug)]
pub struct Call<'a, B> {
    /// Whom to ask.
    pub supplier: Participant,
    /// For what.
    pub action: Action,
    /// Scripted faults of the supplier, and mishaps of our own.
    pub script: &'a Script,
    /// Names what is asked, so that it is done once however often it is asked.
    pub key: StepKey,
    /// Follows the booking.
    pub trace_id: &'a str,
    /// When it must have left this machine, if that matters.
    pub deadline: Option<Deadline>,
    /// The particulars.
    pub body: B,
}

/// The particulars of a call about a leg.
#[derive(Clone, Debug, Serialize)]
pub struct LegBody<'a> {
    /// Whose trip it is.
    pub booking: &'a BookingId,
    /// The leg's name within it.
    pub leg: &'a str,
    /// What to reserve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<&'a Value>,
}

/// The particulars of a call about money.
#[derive(Clone, Debug, Serialize)]
pub struct PaymentBody<'a> {
    /// Whose trip it is.
    pub booking: &'a BookingId,
    /// Which token of the traveller's it is about, counted from 1.
    pub attempt: u32,
    /// Who pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<&'a str>,
    /// How much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<&'a Money>,
    /// Where to report a decision that comes later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_to: Option<&'a str>,
}

impl<B> Call<'_, B> {
    /// Where it goes: `hotel/hold`.
    fn path(&self) -> String {
        format!("{}/{}", self.supplier, self.action)
    }

    /// How the supplier is to fail, by the script.
    fn fault(&self) -> Fault {
        self.script.of(self.action)
    }

    /// Whether the breaker has a say in it: on the way forward only. A call whose failure is scripted
    /// is neither held up nor counted, for it says nothing about the supplier, and one booking's
    /// script must not stop the calls of all others.
    fn is_guarded(&self) -> bool {
        self.action.is_guarded() && self.fault() == Fault::Ok
    }
}

impl Endpoint {
    /// Asks a supplier, unless its breaker is open: then the supplier is not asked, and nothing is done. If no
    /// answer comes, asks what became of it. What comes back as [`Outcome::Unknown`] may still be
    /// done, even later.
    pub async fn ask<B: Serialize>(&self, call: &Call<'_, B>) -> Outcome {
        let asked = self.ask_if_admitted(call);
        self.simulation.call(call.script, call.action, asked).await
    }

    async fn ask_if_admitted<B: Serialize>(&self, call: &Call<'_, B>) -> Outcome {
        let Some(breakers) = self.breakers.as_ref().filter(|_| call.is_guarded()) else {
            return self.ask_unguarded(call).await;
        };
        // Boxed: what waits for the table is large, and the steps around this are deep.
        Box::pin(self.ask_guarded(breakers, call)).await
    }

    async fn ask_guarded<B: Serialize>(&self, breakers: &Breakers, call: &Call<'_, B>) -> Outcome {
        let supplier = call.supplier;
        let pass = match breakers.admit(supplier.as_str()).await {
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
            breakers
                .note(supplier.as_str(), pass, works(&outcome))
                .await;
        }
        outcome
    }

    async fn ask_unguarded<B: Serialize>(&self, call: &Call<'_, B>) -> Outcome {
        let outcome = self.call(call).await;
        let Outcome::Unknown(silence) = outcome else {
            return outcome;
        };
        match self.inspect(&call.key, call.trace_id).await {
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
