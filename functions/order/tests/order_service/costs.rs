//! What an order costs to write. A transactional write is two units for each KiB of an item, or part of it.

use holdfast_order_rules::order::OrderStatus;
use serde_json::{Value, json};

use crate::support::{Bench, Machine, order};

/// What was written, and what it costs.
#[derive(Debug, PartialEq, Eq)]
struct Costs {
    transactions: usize,
    items: usize,
    units: usize,
}

async fn costs(script: Value, end: OrderStatus) -> Costs {
    let bench = Bench::new().await;
    let mut machine = Machine::new(&bench, "o-1", order(script));
    assert_eq!(machine.runs().await, end);
    let written = bench.killer.written();
    let items: Vec<&Value> = written
        .iter()
        .flat_map(|transaction| transaction["TransactItems"].as_array().unwrap())
        .map(|part| &part["Put"]["Item"])
        .collect();
    let units = items.iter().map(|item| 2 * size(item).div_ceil(1024));
    let costs = Costs {
        transactions: written.len(),
        items: items.len(),
        units: units.sum(),
    };
    println!("{end:?}: {costs:?}");
    costs
}

/// The size of an attribute value, as DynamoDB counts it: names and texts by their bytes.
fn size(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match (name.as_str(), value) {
                ("S", Value::String(text)) => text.len(),
                ("N", Value::String(number)) => number.len() / 2 + 2,
                ("BOOL" | "NULL", _) => 1,
                ("L" | "M", value) => 3 + size(value),
                (name, value) => name.len() + size(value),
            })
            .sum(),
        Value::Array(values) => values.iter().map(|value| 1 + size(value)).sum(),
        _ => 0,
    }
}

#[tokio::test]
async fn a_completed_order_writes_no_more_than_it_did() {
    let completed = costs(json!({}), OrderStatus::Completed).await;
    assert_eq!(completed.transactions, 13);
    assert_eq!(completed.items, 45);
    let undone = costs(json!({"capture_payment": "refuse"}), OrderStatus::Failed).await;
    assert!(undone.transactions > completed.transactions);
}
