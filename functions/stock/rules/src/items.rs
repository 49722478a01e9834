//! Products and how many of each.

use std::collections::BTreeSet;

use holdfast_core::ids::Sku;
use serde::{Deserialize, Serialize};

/// An order has no more lines.
const MOST_LINES: usize = 20;
/// A line has no more pieces.
const MOST_PIECES: u32 = 99;

/// One product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which.
    pub sku: Sku,
    /// How many pieces of it.
    pub quantity: u32,
}

/// What one order wants: 1 to 20 different products, 1 to 99 pieces of each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Line>")]
pub struct Items(Vec<Line>);

/// The lines cannot be what an order wants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotItems {
    /// None at all, or too many.
    #[error("must be 1 to {MOST_LINES} items")]
    Lines,
    /// A product is there twice.
    #[error("{0} is there twice")]
    Twice(Sku),
    /// No pieces, or too many.
    #[error("{0}: the quantity must be 1 to {MOST_PIECES}")]
    Quantity(Sku),
}

impl TryFrom<Vec<Line>> for Items {
    type Error = NotItems;
    fn try_from(lines: Vec<Line>) -> Result<Self, NotItems> {
        if !(1..=MOST_LINES).contains(&lines.len()) {
            return Err(NotItems::Lines);
        }
        let mut seen = BTreeSet::new();
        for Line { sku, quantity } in &lines {
            if !seen.insert(sku) {
                return Err(NotItems::Twice(sku.clone()));
            }
            if !(1..=MOST_PIECES).contains(quantity) {
                return Err(NotItems::Quantity(sku.clone()));
            }
        }
        Ok(Self(lines))
    }
}

impl Items {
    /// The lines, in the order in which they were asked for.
    pub fn lines(&self) -> &[Line] {
        &self.0
    }

    /// How many pieces of a product are wanted.
    pub fn quantity(&self, sku: &Sku) -> u32 {
        let line = self.0.iter().find(|line| line.sku == *sku);
        line.map_or(0, |line| line.quantity)
    }
}
