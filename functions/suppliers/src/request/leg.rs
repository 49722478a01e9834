//! Reads what a call wants of a leg.

use holdfast_booking_rules::spec::{Kind, Spec};
use holdfast_core::fault::Fault;
use holdfast_core::ids::{BookingId, LegId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::flawed;
use crate::answer::Answer;
use crate::leg::{LegOrder, LegStep};
use crate::who::Action;

#[derive(Deserialize)]
pub(super) struct Body {
    booking: BookingId,
    leg: LegId,
    spec: Option<Value>,
    simulate: Option<Fault>,
}

pub(super) fn read(
    kind: Kind,
    action: Action,
    body: Body,
) -> Result<(LegOrder, Option<Fault>), Answer> {
    let step = match action {
        Action::Hold => LegStep::Hold(spec(kind, body.spec)?),
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
    let spec = match &order.step {
        LegStep::Hold(spec) => json!(spec),
        LegStep::Confirm | LegStep::Release => Value::Null,
    };
    let LegOrder {
        booking, leg, kind, ..
    } = order;
    format!("{kind}/{action} {booking}/{leg} {spec}")
}

fn spec(kind: Kind, json: Option<Value>) -> Result<Spec, Answer> {
    let json = json.ok_or_else(|| {
        Answer::invalid(format!("`spec` is missing; a hold needs the {kind}'s spec"))
    })?;
    Spec::read(kind, &json).map_err(|flaw| flawed(flaw.within("spec")))
}
