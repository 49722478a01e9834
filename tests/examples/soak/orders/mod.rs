//! Orders: what customers want, and what becomes of it.

mod buy;
mod plan;

use holdfast_order_rules::order::OrderStatus;
use holdfast_tests::shop::Shop;

use crate::report::Outcome;

pub(crate) use buy::{Bought, buy};
pub(crate) use plan::Plan;

/// What the customer had in mind, and what came of it.
pub(crate) async fn look(shop: &Shop, bought: Bought) -> Outcome {
    let mut audited = shop.look_from_all_sides(&bought.name).await;
    audited.violations.extend(bought.trouble);
    Outcome {
        plan: bought.plan.name,
        name: bought.name,
        end: audited.status.map_or("unknown", OrderStatus::as_str),
        violations: audited.violations,
    }
}
