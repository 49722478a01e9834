//! What the shop sells and what the stock holds: each service has its own list, and they name the same
//! products.

use std::collections::BTreeSet;

use holdfast_order_rules::catalogue::PRODUCTS;
use holdfast_stock_rules::catalogue::skus;

#[test]
fn the_stock_holds_what_the_shop_sells_and_nothing_else() {
    let sold: BTreeSet<_> = PRODUCTS
        .iter()
        .map(|product| product.sku.to_owned())
        .collect();
    let held: BTreeSet<_> = skus().map(|sku| sku.to_string()).collect();
    let only =
        |these: &BTreeSet<String>, those| these.difference(those).cloned().collect::<Vec<_>>();
    assert_eq!(
        only(&sold, &held),
        Vec::<String>::new(),
        "sold, and not in stock"
    );
    assert_eq!(
        only(&held, &sold),
        Vec::<String>::new(),
        "in stock, and not sold"
    );
}
