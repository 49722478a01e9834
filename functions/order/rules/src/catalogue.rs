//! What the shop sells. Prices come from here, never from the customer.

use holdfast_core::ids::Sku;
use holdfast_core::money::Money;

/// The currency of all prices.
pub const CURRENCY: &str = "BRL";

/// Something that the shop sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    /// What it is ordered by.
    pub sku: &'static str,
    /// What it is called, on the invoice too.
    pub name: &'static str,
    cents: u64,
}

impl Product {
    const fn new(sku: &'static str, name: &'static str, cents: u64) -> Self {
        Self { sku, name, cents }
    }

    /// What one of it costs.
    pub fn price(&self) -> Money {
        Money::new(self.cents, CURRENCY)
    }
}

/// A product by its sku.
pub fn find(sku: &Sku) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.sku == sku.as_str())
}

/// All that the shop sells.
pub const PRODUCTS: &[Product] = &[
    Product::new("BOOK-001", "Distributed Sagas, paperback", 8_990),
    Product::new("BOOK-002", "Queues and Their Discontents", 7_450),
    Product::new("BOOK-003", "A Field Guide to Time-outs", 6_200),
    Product::new("BOOK-004", "The Idempotent Gardener", 5_490),
    Product::new("MUG-001", "Mug, 300 ml, white", 3_990),
    Product::new("MUG-002", "Mug, 300 ml, blue", 3_990),
    Product::new("MUG-003", "Mug, enamel, 500 ml", 5_290),
    Product::new("PEN-001", "Ballpoint pen, black", 590),
    Product::new("PEN-002", "Fountain pen, fine nib", 12_900),
    Product::new("INK-001", "Ink, blue-black, 50 ml", 4_590),
    Product::new("NOTE-001", "Notebook, A5, dotted", 2_890),
    Product::new("NOTE-002", "Notebook, A4, lined", 3_490),
    Product::new("DESK-001", "Desk mat, felt", 11_900),
    Product::new("LAMP-001", "Desk lamp, dimmable", 24_900),
    Product::new("LAMP-002", "Clip lamp", 9_900),
    Product::new("BAG-001", "Tote bag, canvas", 4_990),
    Product::new("BAG-002", "Backpack, 20 l", 28_900),
    Product::new("SHIRT-S", "T-shirt, small", 6_990),
    Product::new("SHIRT-M", "T-shirt, medium", 6_990),
    Product::new("SHIRT-L", "T-shirt, large", 6_990),
    Product::new("CAP-001", "Cap, embroidered", 5_990),
    Product::new("SOCK-001", "Socks, one pair", 2_490),
    Product::new("TEA-001", "Green tea, 100 g", 3_290),
    Product::new("COFFEE-001", "Coffee, whole beans, 500 g", 5_690),
    Product::new("COFFEE-002", "Coffee, decaffeinated, 500 g", 5_990),
    Product::new("GAME-001", "Card game", 7_990),
    Product::new("GAME-002", "Jigsaw, 1000 pieces", 9_490),
    Product::new("CABLE-001", "USB-C cable, 1 m", 3_990),
    Product::new("CABLE-002", "USB-C cable, 2 m", 4_990),
    Product::new("KEY-001", "Keyboard, mechanical", 45_900),
    Product::new("MOUSE-001", "Mouse, wireless", 18_900),
    Product::new("STAND-001", "Laptop stand, aluminium", 19_900),
    Product::new("POSTER-001", "Poster, A2", 3_990),
    Product::new("STICKER-001", "Stickers, ten", 1_490),
    Product::new("FIFTY-ONLY", "Print, signed, one of fifty", 14_900),
    Product::new("LAST-ONE", "The last one there is", 9_990),
    Product::new("SOLD-OUT", "What everybody wanted", 9_990),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sku_is_an_id_and_found_once() {
        for product in PRODUCTS {
            let sku: Sku = product.sku.parse().unwrap();
            assert_eq!(find(&sku), Some(product));
            let same = PRODUCTS.iter().filter(|other| other.sku == product.sku);
            assert_eq!(same.count(), 1, "{sku}");
            assert!(product.price().amount > 0, "{sku}");
        }
    }

    #[test]
    fn the_skus_that_the_examples_use_are_sold() {
        for sku in ["BOOK-001", "MUG-001", "LAST-ONE", "SOLD-OUT"] {
            assert!(find(&sku.parse().unwrap()).is_some(), "{sku}");
        }
    }
}
