//! Messages that may be lost are sent again: what waits is told by the orders themselves.

use holdfast_core::cause::Cause;
use holdfast_core::time::Timestamp;
use holdfast_kit::table::Reminder;
use holdfast_order_rules::desk::lost_work;
use holdfast_order_rules::order::Snapshot;
use holdfast_order_rules::undoing::Work;

use super::DeskItem;

/// The messages for what waits of an order that nobody has tried of late.
pub fn remind(snapshot: &Snapshot, now: Timestamp) -> Option<Reminder<DeskItem>> {
    let (work, pause) = lost_work(snapshot, now)?;
    let errands = work.into_iter().map(|work| errand(snapshot, work));
    Some(Reminder {
        errands: errands.collect(),
        pause,
    })
}

fn errand(snapshot: &Snapshot, work: Work) -> DeskItem {
    let order = &snapshot.order;
    let cause = Cause {
        step: work.step.to_string(),
        message: "sent again: nobody had tried it for a while".to_owned(),
        ..Cause::default()
    };
    DeskItem {
        id: order.order_id.clone(),
        trace_id: order.trace_id.clone(),
        work,
        cause,
        since: order.updated,
    }
}
