//! Reads what a call wants of a payment.

use holdfast_core::fault::Fault;
use holdfast_core::ids::SagaId;
use holdfast_core::money::Money;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Key, payable};
use crate::answer::Answer;
use crate::payment::{Card, PaymentOrder, PaymentStep};
use crate::who::{Action, Owner};

const MOST_ATTEMPTS: u32 = 999;
const LONGEST_ADDRESS: usize = 300;

#[derive(Deserialize)]
pub(super) struct Body {
    booking: Option<SagaId>,
    order: Option<SagaId>,
    attempt: Option<u32>,
    token: Option<String>,
    amount: Option<Money>,
    report_to: Option<String>,
    refund: Option<u32>,
    simulate: Option<Fault>,
}

pub(super) fn read(
    action: Action,
    key: &Key,
    body: Body,
) -> Result<(PaymentOrder, Option<Fault>), Answer> {
    let owner = owner(body.booking, body.order)?;
    let attempt = body.attempt.unwrap_or(1);
    if !(1..=MOST_ATTEMPTS).contains(&attempt) {
        return Err(Answer::invalid(format!(
            "`attempt`: must be 1 to {MOST_ATTEMPTS}"
        )));
    }
    let amount = body.amount.map(payable).transpose()?;
    let step = match action {
        Action::Authorize => {
            let missing =
                |field| Answer::invalid(format!("`{field}` is missing; an authorization needs it"));
            PaymentStep::Authorize {
                card: Card::of(&body.token.ok_or_else(|| missing("token"))?),
                amount: amount.ok_or_else(|| missing("amount"))?,
                report_to: body.report_to.map(reachable).transpose()?,
            }
        }
        Action::Capture => PaymentStep::Capture { amount },
        Action::Refund => refund(body.refund, amount)?,
        Action::Withdraw => PaymentStep::Withdraw,
        _ => PaymentStep::Void,
    };
    let order = PaymentOrder {
        key: key.clone(),
        owner,
        attempt,
        step,
    };
    Ok((order, body.simulate))
}

/// A refund of a part has a number; one without gives back everything.
fn refund(number: Option<u32>, amount: Option<Money>) -> Result<PaymentStep, Answer> {
    let Some(number) = number else {
        return Ok(PaymentStep::Refund { amount });
    };
    if number == 0 {
        return Err(Answer::invalid("`refund`: must be 1 or more"));
    }
    let amount = amount
        .ok_or_else(|| Answer::invalid("`amount` is missing; the refund of a part needs it"))?;
    Ok(PaymentStep::RefundPart { number, amount })
}

fn owner(booking: Option<SagaId>, order: Option<SagaId>) -> Result<Owner, Answer> {
    match (booking, order) {
        (Some(id), None) => Ok(Owner::Booking(id)),
        (None, Some(id)) => Ok(Owner::Order(id)),
        (None, None) => Err(Answer::invalid("`booking` or `order` is missing")),
        (Some(_), Some(_)) => Err(Answer::invalid("`order`: send `booking` or `order`")),
    }
}

/// The part of [`super::Call::asked`] that is about a payment.
pub(super) fn asked(order: &PaymentOrder, action: Action) -> String {
    let owner = match &order.owner {
        Owner::Booking(id) => id.to_string(),
        Owner::Order(id) => format!("order {id}"),
    };
    let terms = match &order.step {
        PaymentStep::Authorize {
            card: Card::Account(account),
            amount,
            ..
        } => json!([order.attempt, amount, account]),
        PaymentStep::Authorize { amount, .. } => json!([order.attempt, amount]),
        PaymentStep::Capture { amount } => json!(amount),
        PaymentStep::RefundPart { number, amount } => json!([number, amount]),
        PaymentStep::Withdraw => json!(order.attempt),
        // An undo undoes all there is, whatever else is said.
        PaymentStep::Void | PaymentStep::Refund { .. } => Value::Null,
    };
    format!("payment/{action} {owner} {terms}")
}

fn reachable(address: String) -> Result<String, Answer> {
    let is_http = address.starts_with("https://") || address.starts_with("http://");
    if !is_http || address.len() > LONGEST_ADDRESS {
        return Err(Answer::invalid(format!(
            "`report_to`: must be an http or https address of at most {LONGEST_ADDRESS} characters"
        )));
    }
    Ok(address)
}
