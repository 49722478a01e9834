//! Which products there are, and how many to begin with.

use holdfast_core::ids::Sku;

/// Each product and how many pieces of it there are at first. A product that is new here is begun
/// in the table; the number of one that is there already is not touched.
const PRODUCTS: &[(&str, u64)] = &[
    ("BOOK-001", 1_000),
    ("BOOK-002", 1_000),
    ("BOOK-003", 500),
    ("BOOK-004", 500),
    ("MUG-001", 1_000),
    ("MUG-002", 1_000),
    ("MUG-003", 500),
    ("PEN-001", 5_000),
    ("PEN-002", 5_000),
    ("INK-001", 1_000),
    ("NOTE-001", 3_000),
    ("NOTE-002", 3_000),
    ("DESK-001", 150),
    ("LAMP-001", 150),
    ("LAMP-002", 150),
    ("BAG-001", 300),
    ("BAG-002", 300),
    ("SHIRT-S", 400),
    ("SHIRT-M", 800),
    ("SHIRT-L", 800),
    ("CAP-001", 600),
    ("SOCK-001", 2_000),
    ("TEA-001", 1_000),
    ("COFFEE-001", 1_000),
    ("COFFEE-002", 1_000),
    ("GAME-001", 300),
    ("GAME-002", 300),
    ("CABLE-001", 2_000),
    ("CABLE-002", 2_000),
    ("KEY-001", 120),
    ("MOUSE-001", 300),
    ("STAND-001", 120),
    ("POSTER-001", 900),
    ("STICKER-001", 5_000),
    ("FIFTY-ONLY", 50),
    ("LAST-ONE", 1),
    ("SOLD-OUT", 0),
];

/// How many pieces of a product there are at first; `None` where there is no such product.
pub fn at_first(sku: &Sku) -> Option<u64> {
    let found = PRODUCTS.iter().find(|(known, _)| *known == sku.as_str());
    found.map(|(_, pieces)| *pieces)
}

/// All products.
pub fn skus() -> impl Iterator<Item = Sku> {
    PRODUCTS.iter().filter_map(|(sku, _)| sku.parse().ok())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_product_is_there_once_and_has_a_name_that_orders_may_use() {
        let skus: BTreeSet<_> = skus().collect();
        assert_eq!(skus.len(), PRODUCTS.len());
        assert!(skus.len() >= 24, "a few dozen");
    }

    #[test]
    fn one_product_is_the_last_and_one_is_sold_out() {
        let pieces = |sku: &str| at_first(&sku.parse().unwrap());
        assert_eq!(pieces("LAST-ONE"), Some(1));
        assert_eq!(pieces("SOLD-OUT"), Some(0));
        assert!(pieces("BOOK-001") >= Some(1));
        assert!(pieces("MUG-001") >= Some(1));
        assert_eq!(pieces("NO-SUCH"), None);
    }
}
