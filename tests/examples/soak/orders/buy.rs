//! Carries a plan out: starts the execution, does what the customer does, waits for the end.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use holdfast_order_rules::order::Snapshot;
use holdfast_tests::audit::what_was_said;
use holdfast_tests::shop::Shop;
use holdfast_tests::{eventually, fresh_name};

use super::plan::{Act, Plan};

const TRIES: u32 = 10;
const SOON: Duration = Duration::from_secs(120);

/// An order that was made.
pub(crate) struct Bought {
    /// What the customer had in mind.
    pub(crate) plan: Plan,
    /// The order's name.
    pub(crate) name: String,
    /// Whatever went wrong that never should.
    pub(crate) trouble: Option<String>,
}

/// Makes an order, to its end.
pub(crate) async fn buy(shop: &Shop, plan: Plan) -> Bought {
    let name = fresh_name("soak-order");
    let doing = AssertUnwindSafe(go(shop, &name, &plan)).catch_unwind();
    let trouble = doing.await.err().map(|panic| what_was_said(&*panic));
    Bought {
        plan,
        name,
        trouble,
    }
}

async fn go(shop: &Shop, name: &str, plan: &Plan) {
    let arn = shop.start(name, &plan.basket).await;
    match &plan.act {
        None => {}
        Some(Act::Cancel(pause)) => {
            tokio::time::sleep(*pause).await;
            cancel(shop, name).await;
        }
        Some(Act::Decide(decision)) => decide(shop, name, decision).await,
    }
    shop.stack.end_of(&arn).await;
}

/// Says it until it is taken, or can no longer be.
async fn cancel(shop: &Shop, name: &str) {
    for _ in 0..TRIES {
        match shop.cancel(name).await {
            Ok(_) => return,
            Err(refused) if refused.name == "Conflict" => return,
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

/// Waits until the bank is asked, or nobody will ask it any more.
async fn decide(shop: &Shop, name: &str, decision: &str) {
    let ended = |snapshot: Snapshot| snapshot.order.state.status.has_ended();
    eventually("a question to the bank", SOON, async || {
        if shop.stack.bank(name, decision).await {
            return Some(());
        }
        let id = name.parse().expect("a name");
        let found = shop.orders.find(&id).await.expect("the table answers");
        found.is_some_and(ended).then_some(())
    })
    .await;
}
