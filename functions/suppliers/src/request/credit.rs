//! Reads what a call wants of the credit bureau.

use holdfast_core::email::Email;
use holdfast_core::fault::Fault;
use holdfast_core::ids::{CustomerId, SagaId};
use holdfast_core::money::Money;
use serde::{Deserialize, Serialize};

use super::{fingerprint, payable};
use crate::answer::Answer;
use crate::credit::CreditOrder;
use crate::who::Action;

#[derive(Deserialize)]
pub(super) struct Body {
    order: SagaId,
    customer: Customer,
    amount: Money,
    simulate: Option<Fault>,
}

#[derive(Deserialize)]
struct Customer {
    id: CustomerId,
    email: Email,
}

/// What tells two checks of one order apart.
#[derive(Serialize)]
struct Terms<'a> {
    order: &'a SagaId,
    customer: &'a CustomerId,
    email: &'a Email,
    amount: &'a Money,
}

pub(super) fn read(body: Body) -> Result<(CreditOrder, Option<Fault>), Answer> {
    let order = CreditOrder {
        order: body.order,
        customer: body.customer.id,
        email: body.customer.email,
        amount: payable(body.amount)?,
    };
    Ok((order, body.simulate))
}

/// The part of [`super::Call::asked`] that is about a customer.
pub(super) fn asked(order: &CreditOrder, action: Action) -> String {
    let CreditOrder {
        order,
        customer,
        email,
        amount,
    } = order;
    let terms = fingerprint(&Terms {
        order,
        customer,
        email,
        amount,
    });
    format!("credit/{action} {order} {terms}")
}
