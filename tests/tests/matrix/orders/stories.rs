//! Orders in which each step may be a zombie, and their ends.

use holdfast_order_rules::action::Action;
use holdfast_order_rules::order::OrderStatus;
use holdfast_tests::shop::Basket;

use super::checks::Goods;
use super::ends::End;

pub(crate) const SKU: &str = "CABLE-001";

/// An order.
pub(crate) struct Story {
    pub(crate) name: &'static str,
    basket: fn(Basket) -> Basket,
    /// The customer cancels while it waits for this.
    pub(crate) cancelled_during: Option<Action>,
    pub(crate) end: End,
}

impl Story {
    pub(crate) fn basket(&self) -> Basket {
        (self.basket)(Goods::basket(SKU))
    }
}

pub(crate) const ALL: &[Story] = &[
    Story {
        name: "completed",
        basket: |basket| basket,
        cancelled_during: None,
        end: End::Completed,
    },
    Story {
        name: "no-carrier",
        basket: |basket| basket.simulate("ship_order", "refuse"),
        cancelled_during: None,
        end: End::Undone(OrderStatus::Failed),
    },
    Story {
        name: "no-money",
        basket: |basket| basket.simulate("capture_payment", "refuse"),
        cancelled_during: None,
        end: End::Undone(OrderStatus::Failed),
    },
    // The invoice is issued, and nobody tells the order.
    Story {
        name: "cancelled",
        basket: |basket| basket.simulate("generate_invoice", "lost"),
        cancelled_during: Some(Action::GenerateInvoice),
        end: End::Undone(OrderStatus::Cancelled),
    },
];
