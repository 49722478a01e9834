//! The traveller's bank, as far as a test needs one: it decides about a payment that is pending, as
//! if the traveller had confirmed or refused it there, and the payment supplier reports that.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use holdfast_core::ids::SagaId;
use holdfast_core::time::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::Supplies;
use crate::answer::Answer;
use crate::payment::{self, Payment};
use crate::request::bad_request;
use crate::store::Address;
use crate::verdict::{Move, Turn};

/// What the bank says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    Approve,
    Decline,
}

impl Decision {
    /// What the payment is called after it.
    pub(crate) fn outcome(self) -> &'static str {
        match self {
            Self::Approve => "authorized",
            Self::Decline => "declined",
        }
    }
}

/// Whether the supplier reports what was decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Report {
    #[default]
    Sent,
    /// It gets lost.
    Lost,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    #[serde(default)]
    report: Report,
}

type Named = Result<Path<(SagaId, Decision)>, PathRejection>;

/// `POST /bank/{booking}/approve` and `POST /bank/{booking}/decline`; an order's id may stand there, too.
pub(crate) async fn decide(
    State(supplies): State<Supplies>,
    name: Named,
    wish: Result<Query<Wish>, QueryRejection>,
) -> Answer {
    let Ok(Path((id, decision))) = name else {
        return bad_request("use POST /bank/{booking}/approve or /bank/{booking}/decline");
    };
    let Ok(Query(Wish { report })) = wish else {
        return bad_request("the only parameter is `report`, and it is sent or lost");
    };
    let address = Address::payment(&id);
    let turn = |current, now| turn(current, decision, now);
    let payment = match supplies.switch(&address, turn).await {
        Ok(Ok(payment)) => payment,
        Ok(Err(refusal)) => return refusal,
        Err(trouble) => return Answer::unavailable(trouble.to_string()),
    };
    let reported = report == Report::Sent && supplies.report(&payment, decision).await;
    let status = decision.outcome();
    tracing::info!(
        booking = payment.owner.booking(),
        order = payment.owner.order(),
        status,
        reported,
        "the bank has decided"
    );
    Answer::ok(json!({
        "status": status, "reference": payment.reference, "reported": reported,
    }))
}

/// What a decision makes of a payment. Deciding the same again is no change.
fn turn(current: Option<Payment>, decision: Decision, now: Timestamp) -> Turn<Payment> {
    let nothing = || Answer::refused("no payment under this id waits for its bank");
    match current {
        Some(current) if current.was_decided(decision) => Turn::Already(current),
        Some(current) => match rule(&current, decision, now) {
            Some((to, amended)) => Turn::To(to, vec![amended]),
            None => Turn::Refused(nothing()),
        },
        None => Turn::Refused(nothing()),
    }
}

/// What becomes of a payment that is pending, and of the answer to its caller.
pub(crate) fn rule(
    current: &Payment,
    decision: Decision,
    now: Timestamp,
) -> Option<(Payment, Move)> {
    let payment::State::Pending {
        amount,
        attempt,
        key,
    } = &current.state
    else {
        return None;
    };
    let (attempt, amount) = (*attempt, amount.clone());
    let (state, answer) = match decision {
        Decision::Approve => (
            payment::State::Authorized { amount, attempt },
            Answer::done(decision.outcome(), &current.reference),
        ),
        Decision::Decline => (
            payment::State::Declined { attempt },
            Answer::declined("declined at the traveller's bank"),
        ),
    };
    let key = key.clone();
    Some((current.becomes(state, now), Move::Amend { key, answer }))
}
