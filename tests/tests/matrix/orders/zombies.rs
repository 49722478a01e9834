//! The zombie column of orders. What is asked over the bus is answered over the bus, in a replay as well:
//! the next step is taken once the answer is recorded.

use std::time::Duration;

use holdfast_order_rules::action::Action;
use holdfast_order_rules::order::Snapshot;
use holdfast_tests::Asked;
use holdfast_tests::shop::{Shop, waits_for};

use super::checks::{self, Goods};
use super::stories::{ALL, SKU, Story};
use crate::WAITING_AT_ONCE;
use crate::replays::{Plays, haunt};

/// The answer comes over two queues, which others use, too.
const SOON: Duration = Duration::from_secs(90);

/// An order on the stack.
struct Order<'a> {
    shop: &'a Shop,
    story: &'static Story,
}

impl Plays for Order<'_> {
    const AT_ONCE: usize = WAITING_AT_ONCE;

    fn name(&self) -> &'static str {
        self.story.name
    }

    async fn is_played(&self, name: &str) -> String {
        let Self { shop, story } = self;
        let arn = shop.start(name, &story.basket()).await;
        if let Some(action) = story.cancelled_during {
            let waits = |order: &Snapshot| waits_for(order, action);
            shop.until_within(SOON, name, "it waits", waits).await;
            shop.cancel(name).await.expect("it is cancelled");
        }
        shop.stack.end_of(&arn).await;
        arn
    }

    async fn goes_on(&self, name: &str, step: &Asked, _: usize) {
        let action = step.payload["action"].clone();
        let action: Action = serde_json::from_value(action).expect("an action");
        if self.story.cancelled_during == Some(action) {
            self.shop.cancel(name).await.expect("it is cancelled");
            return;
        }
        let step = action.step().expect("a step");
        let answered = |order: &Snapshot| order.progress(step).is_settled();
        let what = format!("the answer to {action}");
        self.shop.until_within(SOON, name, &what, answered).await;
    }

    async fn check(&self, name: &str) {
        checks::stands(self.shop, name, self.story.end).await;
    }
}

#[tokio::test]
async fn no_step_that_was_given_up_changes_what_becomes_of_an_order() {
    let shop = Shop::connect().await;
    let goods = Goods::plenty_of(&shop, SKU).await;
    let order = |story| Order { shop: &shop, story };
    let stories = ALL.iter().map(order).collect();
    let played = haunt("zombies of orders", &shop.stack, stories).await;
    goods.are_with(&shop, &played).await;
}
