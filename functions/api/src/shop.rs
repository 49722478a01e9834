//! The shop: orders, and what they are about.

use std::time::Duration;

use holdfast_kit::clock::Clock;
use holdfast_kit::executions::Executions;
use holdfast_kit::task_tokens::TaskTokens;
use holdfast_order::commands::Commands;
use holdfast_order::store::Store as Orders;
use holdfast_stock::store::Store as Stock;

/// All that the API needs of the shop.
#[derive(Clone)]
pub struct Shop {
    /// The orders.
    pub orders: Orders,
    /// Where orders begin.
    pub executions: Executions,
    /// How long an order may take.
    pub lifetime: Duration,
    /// What there is of each product.
    pub stock: Stock,
    /// The invoices.
    pub invoices: holdfast_invoices::Store,
    /// Tells executions of orders.
    pub task_tokens: TaskTokens,
}

impl Shop {
    /// Takes commands of customers.
    pub(crate) fn commands(&self, clock: &Clock) -> Commands<TaskTokens> {
        Commands {
            store: self.orders.clone(),
            task_tokens: self.task_tokens.clone(),
            clock: clock.clone(),
        }
    }
}
