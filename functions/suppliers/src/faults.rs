//! Faults, scripted or by chance, in front of a supplier that does its work.
//!
//! A fault never touches what the supplier keeps: it decides whether the call gets through, when,
//! and whether its answer gets back.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use holdfast_core::fault::Fault;

use crate::Supplies;
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::store::Counted;
use crate::supplies::Trouble;
use crate::who::Action;

const SLOW_BY_CHANCE_MS: std::ops::RangeInclusive<u32> = 50..=800;

impl Supplies {
    /// Answers a call, if the supplier is not out of order: as its script or chance wants it.
    pub(crate) async fn answer(&self, call: &Call) -> Response {
        let fault = match self.fault(call).await {
            Ok(fault) => fault,
            Err(out_of_order) => return out_of_order.into_response(),
        };
        match fault {
            Fault::Ok => respond(self.act(call, None).await),
            Fault::Refuse => respond(self.act(call, Some(refusal(call.action))).await),
            Fault::Unavailable(times) => self.answer_unless_unavailable(call, times).await,
            Fault::Lost(times) => self.answer_into_the_void(call, times).await,
            Fault::Slow(ms) => {
                tokio::time::sleep(Duration::from_millis(ms.into())).await;
                respond(self.act(call, None).await)
            }
        }
    }

    /// The fault of a call, or what a supplier answers that is out of order. Accounts play what is scripted,
    /// where anything is, and nothing else.
    async fn fault(&self, call: &Call) -> Result<Fault, Answer> {
        if let Some(accounts) = &self.accounts {
            let scripted = call.fault.filter(|_| accounts.simulation.is_on());
            return Ok(scripted.unwrap_or(Fault::Ok));
        }
        match self.out_of_order(call).await {
            Some(answer) => Err(answer),
            None => Ok(call.fault.unwrap_or_else(|| self.chance())),
        }
    }

    async fn answer_unless_unavailable(&self, call: &Call, times: Option<u32>) -> Response {
        let counted = self.count(call, Counted::Outages, times).await;
        match counted {
            Ok(false) => respond(self.act(call, None).await),
            Ok(true) => {
                Answer::unavailable("out of order; nothing was done, try again").into_response()
            }
            Err(trouble) => Answer::unavailable(trouble.to_string()).into_response(),
        }
    }

    async fn answer_into_the_void(&self, call: &Call, times: Option<u32>) -> Response {
        let done = match self.act(call, None).await {
            Ok(done) => done,
            Err(trouble) => return respond(Err(trouble)),
        };
        match self.count(call, Counted::Losses, times).await {
            Ok(false) => done.into_response(),
            Ok(true) | Err(_) => answer::lost(),
        }
    }

    /// Whether this is one of the first `times` calls of its key.
    async fn count(&self, call: &Call, what: Counted, times: Option<u32>) -> Result<bool, Trouble> {
        let Some(times) = times else {
            return Ok(true);
        };
        let counted = self.store.count(call.key.as_str(), what, times, self.now());
        counted
            .await
            .map_err(|error| Trouble::Nothing(error.to_string()))
    }

    fn chance(&self) -> Fault {
        if self.settings.chaos <= 0.0 || fastrand::f64() >= self.settings.chaos {
            return Fault::Ok;
        }
        match fastrand::u8(0..3) {
            0 => Fault::Unavailable(None),
            1 => Fault::Lost(None),
            _ => Fault::Slow(fastrand::u32(SLOW_BY_CHANCE_MS)),
        }
    }
}

fn refusal(action: Action) -> Answer {
    match action {
        Action::Authorize => Answer::declined("declined, as scripted"),
        _ => Answer::refused("refused, as scripted"),
    }
}

fn respond(result: Result<Answer, Trouble>) -> Response {
    match result {
        Ok(answer) => answer.into_response(),
        Err(trouble @ Trouble::Nothing(_)) => {
            tracing::warn!(%trouble, "unavailable");
            Answer::unavailable("the supplier is busy; nothing was done, try again").into_response()
        }
        Err(trouble @ Trouble::Unknown(_)) => {
            tracing::error!(%trouble, "no answer");
            answer::lost()
        }
    }
}
