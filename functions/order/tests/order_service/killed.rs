//! A process is killed between any two writes: before a write comes to the table, and after it did. The
//! order ends as it would have ended, and everything is done once.

use holdfast_order_rules::order::OrderStatus;
use serde_json::{Value, json};

use crate::support::killer::Dies;
use crate::support::{Bench, Machine, order};

/// Kills at each write of an order that ends like this; tells at how many.
async fn kill_at_each_write(script: Value, end: OrderStatus) -> usize {
    for nth in 0..100 {
        for dies in [Dies::BeforeWriting, Dies::AfterWriting] {
            let bench = Bench::new().await;
            bench.killer.plan(nth, dies);
            let mut machine = Machine::new(&bench, "o-1", order(script.clone()));
            let ended = machine.runs().await;
            assert_eq!(ended, end, "{dies:?} {nth}");
            match end {
                OrderStatus::Completed => bench.is_everywhere(&machine.id).await,
                _ => bench.is_nowhere(&machine.id).await,
            }
            if bench.killer.is_waiting() {
                return nth;
            }
        }
    }
    panic!("there is no end to its writes");
}

#[tokio::test]
async fn an_order_is_completed_wherever_a_process_is_killed() {
    let writes = kill_at_each_write(json!({}), OrderStatus::Completed).await;
    assert_eq!(writes, 13);
}

#[tokio::test]
async fn an_order_is_undone_wherever_a_process_is_killed() {
    let script = json!({"capture_payment": "refuse"});
    let writes = kill_at_each_write(script, OrderStatus::Failed).await;
    assert_eq!(writes, 22);
}
