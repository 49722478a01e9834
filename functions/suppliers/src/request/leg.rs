//! Reads what a call wants of a leg.

use holdfast_booking_rules::passenger::Passenger;
use holdfast_booking_rules::spec::{Kind, Spec};
use holdfast_core::fault::Fault;
use holdfast_core::ids::{BookingId, LegId, OfferId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{fingerprint, flawed};
use crate::answer::Answer;
use crate::leg::{LegOrder, LegStep, Wanted};
use crate::who::Action;

#[derive(Deserialize)]
pub(super) struct Body {
    booking: BookingId,
    leg: LegId,
    spec: Option<Value>,
    offer: Option<OfferId>,
    passengers: Option<Vec<Passenger>>,
    simulate: Option<Fault>,
}

pub(super) fn read(
    kind: Kind,
    action: Action,
    body: Body,
) -> Result<(LegOrder, Option<Fault>), Answer> {
    let step = match action {
        Action::Hold => LegStep::Hold(Box::new(Wanted {
            spec: spec(kind, body.spec)?,
            offer: body.offer,
            passengers: body.passengers.unwrap_or_default(),
        })),
        Action::Confirm => LegStep::Confirm,
        _ => LegStep::Release,
    };
    let order = LegOrder {
        booking: body.booking,
        leg: body.leg,
        kind,
        step,
    };
    Ok((order, body.simulate))
}

/// The part of [`super::Call::asked`] that is about a leg.
pub(super) fn asked(order: &LegOrder, action: Action) -> String {
    let wanted = match &order.step {
        LegStep::Hold(wanted) => told(wanted),
        LegStep::Confirm | LegStep::Release => Value::Null.to_string(),
    };
    let LegOrder {
        booking, leg, kind, ..
    } = order;
    format!("{kind}/{action} {booking}/{leg} {wanted}")
}

/// Of names a fingerprint is kept.
fn told(wanted: &Wanted) -> String {
    let mut told = json!(wanted.spec).to_string();
    if let Some(offer) = &wanted.offer {
        told.push_str(&format!(" at {offer}"));
    }
    if !wanted.passengers.is_empty() {
        told.push_str(&format!(" for {}", fingerprint(&wanted.passengers)));
    }
    told
}

fn spec(kind: Kind, json: Option<Value>) -> Result<Spec, Answer> {
    let json = json.ok_or_else(|| {
        Answer::invalid(format!("`spec` is missing; a hold needs the {kind}'s spec"))
    })?;
    Spec::read(kind, &json).map_err(|flaw| flawed(flaw.within("spec")))
}
