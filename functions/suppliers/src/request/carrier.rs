//! Reads what a call wants of the carrier.

use holdfast_core::fault::Fault;
use holdfast_core::ids::SagaId;
use serde::{Deserialize, Serialize};

use super::fingerprint;
use crate::answer::Answer;
use crate::carrier::{ShipmentOrder, ShipmentStep};
use crate::who::Action;

const LONGEST_LINE: usize = 200;
const MOST_ITEMS: usize = 100;
const MOST_PIECES: u32 = 999;

#[derive(Deserialize)]
pub(super) struct Body {
    order: SagaId,
    deliver_to: Option<Destination>,
    items: Option<Vec<Item>>,
    simulate: Option<Fault>,
}

#[derive(Deserialize, Serialize)]
struct Destination {
    name: String,
    postcode: String,
    city: String,
    country: String,
}

#[derive(Deserialize, Serialize)]
struct Item {
    sku: String,
    quantity: u32,
}

/// What tells two bookings of one order apart.
#[derive(Serialize)]
struct Terms<'a> {
    order: &'a SagaId,
    deliver_to: &'a Destination,
    items: &'a [Item],
}

pub(super) fn read(action: Action, body: Body) -> Result<(ShipmentOrder, Option<Fault>), Answer> {
    let step = match action {
        Action::Book => {
            let missing =
                |field| Answer::invalid(format!("`{field}` is missing; a booking needs it"));
            let deliver_to = body.deliver_to.ok_or_else(|| missing("deliver_to"))?;
            let items = body.items.ok_or_else(|| missing("items"))?;
            check_destination(&deliver_to)?;
            check_items(&items)?;
            let terms = Terms {
                order: &body.order,
                deliver_to: &deliver_to,
                items: &items,
            };
            ShipmentStep::Book {
                fingerprint: fingerprint(&terms),
            }
        }
        _ => ShipmentStep::Cancel,
    };
    let order = body.order;
    Ok((ShipmentOrder { order, step }, body.simulate))
}

/// The part of [`super::Call::asked`] that is about a shipment.
pub(super) fn asked(order: &ShipmentOrder, action: Action) -> String {
    let terms = match &order.step {
        ShipmentStep::Book { fingerprint } => fingerprint,
        ShipmentStep::Cancel => "",
    };
    format!("carrier/{action} {} {terms}", order.order)
}

fn check_destination(to: &Destination) -> Result<(), Answer> {
    let lines = [
        ("name", &to.name),
        ("postcode", &to.postcode),
        ("city", &to.city),
    ];
    for (field, line) in lines {
        check_line(&format!("deliver_to.{field}"), line)?;
    }
    let country = to.country.as_bytes();
    if country.len() != 2 || !country.iter().all(u8::is_ascii_uppercase) {
        return Err(Answer::invalid(
            "`deliver_to.country`: must be two capital letters such as BR",
        ));
    }
    Ok(())
}

fn check_items(items: &[Item]) -> Result<(), Answer> {
    if !(1..=MOST_ITEMS).contains(&items.len()) {
        return Err(Answer::invalid(format!(
            "`items`: must be 1 to {MOST_ITEMS} items"
        )));
    }
    for (position, item) in items.iter().enumerate() {
        check_line(&format!("items[{position}].sku"), &item.sku)?;
        if !(1..=MOST_PIECES).contains(&item.quantity) {
            return Err(Answer::invalid(format!(
                "`items[{position}].quantity`: must be 1 to {MOST_PIECES}"
            )));
        }
    }
    Ok(())
}

fn check_line(field: &str, line: &str) -> Result<(), Answer> {
    if line.trim().is_empty() || line.len() > LONGEST_LINE {
        return Err(Answer::invalid(format!(
            "`{field}`: must be 1 to {LONGEST_LINE} bytes of text"
        )));
    }
    Ok(())
}
