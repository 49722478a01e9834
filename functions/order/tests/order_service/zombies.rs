//! Steps that were given up act all the same: each is delivered again after each later one. The order
//! ends as it would have ended, and everything is done once.

use holdfast_order_rules::order::OrderStatus;
use serde_json::{Value, json};

use crate::support::machine::Zombie;
use crate::support::{Bench, Machine, order};

/// Runs an order without zombies, and tells how many states it comes to.
async fn length(script: &Value) -> usize {
    let bench = Bench::new().await;
    let mut machine = Machine::new(&bench, "o-1", order(script.clone()));
    machine.runs().await;
    machine.taken.len()
}

async fn haunt(script: Value, end: OrderStatus) {
    let states = length(&script).await;
    let bench = Bench::new().await;
    for of in 0..states {
        for after in of..states {
            let id = format!("o-{of}-{after}");
            let mut machine = Machine::new(&bench, &id, order(script.clone()));
            machine.zombie = Some(Zombie { of, after });
            let ended = machine.runs().await;
            let names: Vec<_> = machine.taken.iter().map(|taken| taken.name()).collect();
            let haunted = format!("{} after {}", names[of], names[after]);
            assert_eq!(ended, end, "{haunted}");
            assert_eq!(names.len(), states, "{haunted}");
            let alive: &[&str] = match end {
                OrderStatus::Completed => &["booked", "captured"],
                _ => &[],
            };
            assert_eq!(bench.audit(&machine.id).await, alive, "{haunted}");
            let invoice = bench.invoice(&machine.id).await.unwrap();
            assert_eq!(
                invoice == "issued",
                end == OrderStatus::Completed,
                "{haunted}"
            );
            bench.history(&machine.id).await;
        }
    }
    let orders = u64::try_from(states * (states + 1) / 2).unwrap();
    let taken = match end {
        OrderStatus::Completed => orders,
        _ => 0,
    };
    let first = holdfast_stock_rules::catalogue::at_first(&"MUG-001".parse().unwrap());
    assert_eq!(bench.left("MUG-001").await.map(|left| left + taken), first);
}

#[tokio::test]
async fn no_zombie_harms_an_order_that_is_completed() {
    haunt(json!({}), OrderStatus::Completed).await;
}

#[tokio::test]
async fn no_zombie_harms_an_order_that_is_undone_from_its_last_step() {
    haunt(json!({"capture_payment": "refuse"}), OrderStatus::Failed).await;
}
