//! What a customer wants, by chance.

use std::time::Duration;

use fastrand::Rng;
use holdfast_tests::shop::Basket;
use serde_json::json;

/// What there is plenty of.
const GOODS: &[&str] = &[
    "BOOK-001", "BOOK-002", "MUG-001", "PEN-001", "NOTE-001", "SHIRT-M",
];
const BAD: &[&str] = &["tok_declined", "tok_insufficient_funds"];
/// Its bank wants to ask the customer first.
const PENDING: &str = "tok_pending";

/// An order, and what its customer does meanwhile.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What the plan is called in the report.
    pub(crate) name: &'static str,
    /// The execution's input.
    pub(crate) basket: Basket,
    /// What is done meanwhile.
    pub(crate) act: Option<Act>,
}

/// What a customer does.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Cancels after a while, in time or not.
    Cancel(Duration),
    /// At the customer's bank, once that has been asked.
    Decide(&'static str),
}

impl Plan {
    /// Draws a plan.
    pub(crate) fn draw(chance: &mut Rng) -> Self {
        let basket = some_goods(chance);
        let bad = BAD[chance.usize(..BAD.len())];
        let plan = |name, basket, act| Self { name, basket, act };
        match chance.u8(0..100) {
            0..46 => plan("orders", basket, None),
            46..54 => plan("orders, declined", basket.paid_with(bad), None),
            54..60 => {
                let stranger = basket.bought_by("buyer@no-credit.example");
                plan("orders without credit", stranger, None)
            }
            60..66 => plan("orders what is sold out", Basket::of("SOLD-OUT", 1), None),
            66..72 => {
                let refused = basket.simulate("generate_invoice", "refuse");
                plan("orders, not invoiced", refused, None)
            }
            72..78 => plan(
                "orders, not shipped",
                basket.simulate("ship_order", "refuse"),
                None,
            ),
            78..84 => {
                let refused = basket.simulate("capture_payment", "refuse");
                plan("orders, capture refused", refused, None)
            }
            84..92 => {
                let act = Act::Cancel(Duration::from_millis(chance.u64(0..6000)));
                plan("orders, then cancels", basket, Some(act))
            }
            _ => {
                let decision = ["approve", "approve?report=lost", "decline"][chance.usize(..3)];
                let act = Act::Decide(decision);
                plan(
                    "orders, bank decides later",
                    basket.paid_with(PENDING),
                    Some(act),
                )
            }
        }
    }
}

fn some_goods(chance: &mut Rng) -> Basket {
    let mut basket = Basket::sample();
    let count = chance.usize(1..=3);
    let skus = chance.choose_multiple(GOODS.iter(), count);
    let items = skus
        .into_iter()
        .map(|sku| json!({"sku": sku, "quantity": chance.u32(1..=3)}));
    basket.0["items"] = items.collect();
    basket
}
