//! Whether those who take part in orders agree, over many orders: what was captured, invoiced, shipped and
//! sold.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

use std::collections::BTreeMap;
use std::fmt;

use futures_util::{StreamExt, stream};
use holdfast_order_rules::catalogue::PRODUCTS;

use super::Shop;

const AT_ONCE: usize = 8;

/// What orders come to with each who takes part, in cents, and the pieces that went with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Money, by the payment supplier.
    pub captured: u64,
    /// Invoices.
    pub invoiced: u64,
    /// Credit notes.
    pub credited: u64,
    /// What the shipped goods cost, by the orders of the carrier's shipments.
    pub shipped: u64,
    /// Pieces that were shipped, by product.
    pub sold: BTreeMap<String, u64>,
}

impl fmt::Display for Sums {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pieces: u64 = self.sold.values().sum();
        let Self {
            captured,
            invoiced,
            credited,
            shipped,
            ..
        } = self;
        write!(
            to,
            "cents: captured {captured} = invoiced {invoiced} - credited {credited} = shipped {shipped}; \
             {pieces} pieces"
        )
    }
}

impl Sums {
    /// What does not agree; `gone` is what the stock has less of than before.
    pub fn disagreements(&self, gone: &BTreeMap<String, i64>) -> Vec<String> {
        let standing = self.invoiced.saturating_sub(self.credited);
        let mut wrong = Vec::new();
        if self.captured != standing || standing != self.shipped {
            wrong.push(format!("captured, invoiced and shipped differ: {self:?}"));
        }
        for (sku, pieces) in gone {
            let sold = self.sold.get(sku).copied().unwrap_or_default();
            if i64::try_from(sold) != Ok(*pieces) {
                wrong.push(format!(
                    "{sku}: {sold} sold, and {pieces} gone from the stock"
                ));
            }
        }
        wrong
    }

    fn and(mut self, other: Self) -> Self {
        self.captured += other.captured;
        self.invoiced += other.invoiced;
        self.credited += other.credited;
        self.shipped += other.shipped;
        for (sku, pieces) in other.sold {
            *self.sold.entry(sku).or_default() += pieces;
        }
        self
    }
}

impl Shop {
    /// What these orders come to.
    pub async fn sums(&self, names: &[String]) -> Sums {
        let each = stream::iter(names).map(|name| self.sums_of(name));
        let each = each.buffer_unordered(AT_ONCE);
        each.fold(Sums::default(), async |all, one| all.and(one))
            .await
    }

    async fn sums_of(&self, name: &str) -> Sums {
        let left = self.left(name).await;
        let paid = left.payments.iter();
        let captured = paid.filter(|paid| paid["status"] == "captured");
        let amounts = captured.map(|paid| paid["amount"]["amount"].as_u64().unwrap());
        let mut sums = Sums {
            captured: amounts.sum(),
            ..Sums::default()
        };
        if let Some(invoice) = left.invoice {
            sums.invoiced = invoice.contents.total.amount;
            sums.credited = invoice.credit_note.map_or(0, |_| sums.invoiced);
        }
        if !left.shipments.is_empty() {
            let order = self.snapshot(name).await.order;
            sums.shipped = order.total.amount;
            let pieces = order.items.into_iter();
            sums.sold = pieces
                .map(|line| (line.sku.to_string(), line.quantity.into()))
                .collect();
        }
        sums
    }

    /// How many pieces there are of each product that the shop sells.
    pub async fn shelves(&self) -> BTreeMap<String, u64> {
        let mut shelves = BTreeMap::new();
        for product in PRODUCTS {
            shelves.insert(product.sku.to_owned(), self.available(product.sku).await);
        }
        shelves
    }

    /// How many pieces are gone since the shelves were looked at.
    pub async fn gone_since(&self, before: &BTreeMap<String, u64>) -> BTreeMap<String, i64> {
        let now = self.shelves().await;
        let pieces = |number: u64| i64::try_from(number).unwrap();
        let gone = before.iter();
        gone.map(|(sku, was)| (sku.clone(), pieces(*was) - pieces(now[sku])))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums() -> Sums {
        Sums {
            captured: 700,
            invoiced: 1_000,
            credited: 300,
            shipped: 700,
            sold: [("BOOK-001".to_owned(), 2)].into(),
        }
    }

    fn gone(pieces: i64) -> BTreeMap<String, i64> {
        [("BOOK-001".to_owned(), pieces), ("MUG-001".to_owned(), 0)].into()
    }

    #[test]
    fn sums_that_agree_are_fine_and_each_that_does_not_is_told() {
        assert_eq!(sums().disagreements(&gone(2)), Vec::<String>::new());
        let others = [
            Sums {
                captured: 701,
                ..sums()
            },
            Sums {
                credited: 0,
                ..sums()
            },
            Sums {
                shipped: 0,
                ..sums()
            },
        ];
        for other in others {
            assert_eq!(other.disagreements(&gone(2)).len(), 1, "{other:?}");
        }
        for pieces in [3, 1, -2] {
            assert_eq!(sums().disagreements(&gone(pieces)).len(), 1);
        }
    }
}
